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
)
from convoca.providers.links import leads_to, split_web_link
from convoca.providers.zoom.api import HOSTS, api_request, api_url
from convoca.providers.zoom.errors import refusal
from convoca.providers.zoom.limits import JOIN_BEFORE_HOST_MINUTES, TOPIC_MAX_CHARS

SCHEDULED_MEETING: Final = 2
NO_REGISTRATION: Final = 2
# Zoom forces a waiting room on meetings without any protection, hence the passcode; a waiting room would leave guests
# outside until the host comes, whatever join_before_host says.
SETTINGS: Final[dict[str, Json]] = {
    "join_before_host": True,
    "jbh_time": JOIN_BEFORE_HOST_MINUTES,
    "waiting_room": False,
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
        **_wanted(spec),
        "type": SCHEDULED_MEETING,
        "agenda": f"{marker_text(spec.marker)} Convoca",
        "default_password": True,
        "settings": SETTINGS,
    }
    response = yield api_request("POST", "/users/me/meetings", application=application, token=token, json=body)
    if is_refusal(response):
        raise refusal(response)
    facts = read_facts(read_object(response) or {}, application) if is_success(response) else None
    if facts is None:
        raise OutcomeLost("Zoom's answer does not say whether the meeting was made.")
    return facts


def update(remote_id: str, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[None]:
    """Give the meeting the topic, start and length of `spec`; its link stays. Zoom ignores a start in the past."""
    path = meeting_path(remote_id)
    response = yield api_request("PATCH", path, application=application, token=token, json=_wanted(spec))
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
    return MeetingFacts(remote_id=str(number), link=link, passcode=read_text(answer, "password"))


def in_zoom_time(instant: datetime) -> str:
    """Return `instant` as Zoom reads UTC: seconds, and a Z. Raises ValueError unless it is aware and in UTC."""
    if instant.utcoffset() != timedelta(0):
        raise ValueError("Instants are in UTC.")
    return instant.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _wanted(spec: MeetingSpec) -> dict[str, Json]:
    """Return what we decide about a meeting. Beside a start with Z, `timezone` is only how Zoom shows it."""
    return {
        "topic": spec.topic[:TOPIC_MAX_CHARS],
        "start_time": in_zoom_time(spec.starts_at),
        "timezone": spec.time_zone,
        "duration": max(1, -((spec.starts_at - spec.ends_at) // timedelta(minutes=1))),
    }


def _is_join_link(link: str, application: Application) -> bool:
    """Say whether `link` is a guest's: on Zoom's hosts, under /j/ (/s/ starts the meeting with the host's rights)."""
    parts = split_web_link(link)
    return (
        parts is not None
        and leads_to(link, HOSTS, base=api_url(application))
        and re.search(r"/j/[0-9]+/?$", parts.path) is not None
    )
