"""Create, update and delete one scheduled meeting.

Always single meetings with a start: without one Zoom makes an instant meeting that its list never shows, and its
recurring meetings move across changes of the clock.
"""

import re
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from convoca.providers.answers import is_refusal, is_success, read_int, read_object, read_text
from convoca.providers.contract import (
    Application,
    Exchange,
    Gone,
    Json,
    MeetingFacts,
    MeetingSpec,
    OutcomeLost,
    Rejected,
    Unreachable,
)
from convoca.providers.links import leads_to, split_web_link
from convoca.providers.zoom.api import HOSTS, api_request, api_url
from convoca.providers.zoom.errors import refusal
from convoca.providers.zoom.limits import JOIN_BEFORE_HOST_MINUTES, MEDIUM, TOPIC_MAX_CHARS

SCHEDULED_MEETING: Final = 2
NO_REGISTRATION: Final = 2
WHOLE: Final = frozenset({"topic", "starts_at", "time_zone", "minutes", "waiting_room"})
# How guests come in is `_entering`. Zoom forces a waiting room on meetings without any protection, hence the passcode
# unless the owner wants none; a waiting room leaves guests outside until the host comes, whatever else is said.
SETTINGS: Final[dict[str, Json]] = {
    "use_pmi": False,
    "approval_type": NO_REGISTRATION,
    "meeting_authentication": False,
    "email_notification": False,
}


def create(spec: MeetingSpec, *, application: Application, token: str) -> Exchange[MeetingFacts]:
    """Make the meeting and return it. Zoom makes another one each time it is asked.

    Raises OutcomeLost for everything but a readable success and a definite refusal: look before asking again.
    """
    body: dict[str, Json] = {
        **_wanted(spec, WHOLE),
        "type": SCHEDULED_MEETING,
        "agenda": f"{marker_text(spec.marker)} Convoca",
        "default_password": spec.passcode,
        "settings": SETTINGS | _entering(spec),
    }
    response = yield api_request(
        "POST", "/users/me/meetings", application=application, token=token, json=body, weight=MEDIUM
    )
    if is_refusal(response):
        raise refusal(response)
    facts = read_facts(read_object(response) or {}, application) if is_success(response) else None
    if facts is None:
        raise OutcomeLost("Zoom's answer does not say whether the meeting was made.")
    return facts


def get(remote_id: str, *, application: Application, token: str) -> Exchange[dict[str, Json]]:
    """Return the meeting in Zoom's own words. Raises Gone if Zoom says that there is none."""
    response = yield api_request("GET", meeting_path(remote_id), application=application, token=token)
    if not is_success(response):
        raise refusal(response)
    answer = read_object(response)
    if answer is None:
        raise Unreachable("Zoom's meeting could not be read.")
    return answer


def read(remote_id: str, *, application: Application, token: str) -> Exchange[MeetingFacts]:
    """Return the meeting as it is now. Raises Gone if Zoom says that there is none."""
    answer = yield from get(remote_id, application=application, token=token)
    return usable_facts(answer, application)


def host_url(remote_id: str, *, application: Application, token: str) -> Exchange[str]:
    """Return the address with the host's rights, which lives for two hours. Raises Gone if there is no meeting."""
    answer = yield from get(remote_id, application=application, token=token)
    link = read_text(answer, "start_url")
    if not _leads_into(link, "s", application):
        raise Unreachable("Zoom names no address for the host.")
    return link


def update(
    remote_id: str, spec: MeetingSpec, *, changed: frozenset[str], application: Application, token: str
) -> Exchange[None]:
    """Tell Zoom what of `spec` has changed; the link stays. Zoom ignores a start in the past."""
    path, body = meeting_path(remote_id), _wanted(spec, changed)
    if "waiting_room" in changed:
        body["settings"] = _entering(spec)
    response = yield api_request("PATCH", path, application=application, token=token, json=body)
    if not is_success(response):
        raise refusal(response)


def delete(remote_id: str, *, application: Application, token: str) -> Exchange[None]:
    """Delete the meeting without a mail from Zoom; one that Zoom does not know is a success."""
    query = {"schedule_for_reminder": "false", "cancel_meeting_reminder": "false"}
    path = meeting_path(remote_id)
    response = yield api_request("DELETE", path, application=application, token=token, query=query)
    if not is_success(response):
        reason = refusal(response)
        if not isinstance(reason, Gone):
            raise reason


def marker_text(marker: UUID) -> str:
    """Return what stands at the beginning of the agenda; lists show only its first 250 characters."""
    return f"[ref:{marker}]"


def marker_in(agenda: str) -> UUID | None:
    """Return the marker at the beginning of an agenda, or None."""
    match = re.match(r"\[ref:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\]", agenda)
    return UUID(match[1]) if match else None


def meeting_path(remote_id: str) -> str:
    """Return the address of a meeting. Raises ValueError if `remote_id` is not a meeting number of Zoom's."""
    if not re.fullmatch(r"[0-9]{1,19}", remote_id):
        raise ValueError("A meeting of Zoom's is called by its number.")
    return f"/meetings/{remote_id}"


def read_facts(answer: dict[str, Json], application: Application) -> MeetingFacts | None:
    """Return the meeting that Zoom describes; None without its number or a link for guests. All else is optional."""
    number, link = read_int(answer.get("id")), read_text(answer, "join_url")
    if number is None or not _is_join_link(link, application):
        return None
    settings = answer.get("settings")
    room = settings.get("waiting_room") if isinstance(settings, dict) else None
    return MeetingFacts(
        remote_id=str(number),
        link=link,
        passcode=read_text(answer, "password"),
        topic=read_text(answer, "topic") or None,
        starts_at=_read_start(answer),
        minutes=read_int(answer.get("duration")),
        waiting_room=room if isinstance(room, bool) else None,
    )


def usable_facts(answer: dict[str, Json], application: Application) -> MeetingFacts:
    """Return the meeting that Zoom describes. Raises Rejected if its link is not one that we hand out."""
    facts = read_facts(answer, application)
    if facts is None:
        raise Rejected("Zoom names a link for this meeting that does not lead to Zoom.")
    return facts


def in_zoom_time(instant: datetime) -> str:
    """Return `instant` as Zoom reads UTC: seconds, and a Z. Raises ValueError unless it is aware and in UTC."""
    if instant.utcoffset() != timedelta(0):
        raise ValueError("Instants are in UTC.")
    return instant.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _read_start(answer: dict[str, Json]) -> datetime | None:
    """Return the start, which Zoom answers in UTC; None if there is none that can be read."""
    try:
        start = datetime.fromisoformat(read_text(answer, "start_time"))
    except ValueError:
        return None
    return start if start.utcoffset() == timedelta(0) else None


def _wanted(spec: MeetingSpec, changed: frozenset[str]) -> dict[str, Json]:
    """Return what we decide about a meeting, as far as it changed.

    Beside a start with Z, `timezone` is only how Zoom shows it; the two always travel together.
    """
    body: dict[str, Json] = {}
    if "topic" in changed:
        body["topic"] = spec.topic[:TOPIC_MAX_CHARS]
    if {"starts_at", "time_zone"} & changed:
        body |= {"start_time": in_zoom_time(spec.starts_at), "timezone": spec.time_zone}
    if "minutes" in changed:
        body["duration"] = spec.minutes
    return body


def _entering(spec: MeetingSpec) -> dict[str, Json]:
    """Return how guests come in: by themselves some minutes ahead, or one by one when the host lets them."""
    if spec.waiting_room:
        return {"join_before_host": False, "waiting_room": True}
    return {"join_before_host": True, "jbh_time": JOIN_BEFORE_HOST_MINUTES, "waiting_room": False}


def _is_join_link(link: str, application: Application) -> bool:
    """Say whether `link` is a guest's: under /j/ (/s/ starts the meeting with the host's rights)."""
    return _leads_into(link, "j", application)


def _leads_into(link: str, way: str, application: Application) -> bool:
    """Say whether `link` leads to a meeting on Zoom's hosts, by `way`."""
    parts = split_web_link(link)
    return (
        parts is not None
        and leads_to(link, HOSTS, base=api_url(application))
        and re.search(rf"/{way}/[0-9]+/?$", parts.path) is not None
    )
