"""How an event is written for Google, and read from what it answers.

<https://developers.google.com/workspace/calendar/api/v3/reference/events>
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from convoca.providers.answers import read_text
from convoca.providers.calendars import Conference, EventFacts, EventKey, EventSpec
from convoca.providers.contract import Application, Json
from convoca.providers.google.meet import leads_to_meet

# The event's private property that holds our reference. Only our application sees it.
REFERENCE: Final = "convocaRef"
MEET: Final = "hangoutsMeet"
WHOLE: Final = frozenset(
    {"title", "description", "location", "starts_at", "ends_at", "time_zone", "attendees", "conference"}
)


def new_event(spec: EventSpec, *, with_conference: bool = True) -> dict[str, Json]:
    """Return the whole event, under our own id.

    Google's reminders are left out: we mail our own. Whoever is invited invites nobody else.
    """
    body = changed_parts(spec, WHOLE if with_conference else WHOLE - {"conference"})
    if not spec.conference_request:
        body.pop("conferenceData", None)
    return {
        "id": spec.key.event_id,
        **body,
        "extendedProperties": {"private": {REFERENCE: str(spec.reference)}},
        "reminders": {"useDefault": False},
        "guestsCanInviteOthers": False,
    }


def changed_parts(spec: EventSpec, changed: frozenset[str]) -> dict[str, Json]:
    """Return what of the event `changed`, in Google's words. Start, end and zone always travel together."""
    body: dict[str, Json] = {}
    if "title" in changed:
        body["summary"] = spec.title
    if "description" in changed:
        body["description"] = spec.description
    if "location" in changed:
        body["location"] = spec.location
    if {"starts_at", "ends_at", "time_zone"} & changed:
        body["start"] = {"dateTime": in_google_time(spec.starts_at), "timeZone": spec.time_zone}
        body["end"] = {"dateTime": in_google_time(spec.ends_at), "timeZone": spec.time_zone}
    if "attendees" in changed:
        body["attendees"] = [{"email": address} for address in spec.attendees]
    if "conference" in changed:
        body["conferenceData"] = _conference_wish(spec.conference_request)
    return body


def _conference_wish(request_id: str) -> dict[str, Json] | None:
    """Return the request for a Meet call; None takes the one that there is away."""
    if not request_id:
        return None
    return {"createRequest": {"requestId": request_id, "conferenceSolutionKey": {"type": MEET}}}


def in_google_time(instant: datetime) -> str:
    """Return `instant` as RFC 3339: seconds, and a Z. Raises ValueError unless it is aware and in UTC."""
    if instant.tzinfo is None or instant.utcoffset():
        raise ValueError("Instants are in UTC.")
    return instant.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def read_event(answer: dict[str, Json], *, calendar_id: str, application: Application) -> EventFacts | None:
    """Return the event that Google describes; None without its id. All else is optional."""
    event_id = read_text(answer, "id")
    if not event_id:
        return None
    conference, link = _read_conference(answer, application)
    # Google leaves out what is empty; of a deleted event it leaves out what it likes.
    is_cancelled = read_text(answer, "status") == "cancelled"
    return EventFacts(
        key=EventKey(calendar_id=calendar_id, event_id=event_id),
        etag=read_text(answer, "etag"),
        is_cancelled=is_cancelled,
        title=None if is_cancelled else read_text(answer, "summary"),
        location=None if is_cancelled else read_text(answer, "location"),
        starts_at=read_instant(answer.get("start")),
        ends_at=read_instant(answer.get("end")),
        html_link=read_text(answer, "htmlLink"),
        ical_uid=read_text(answer, "iCalUID"),
        conference=conference,
        link=link,
        reference=_read_reference(answer),
    )


def _read_conference(answer: dict[str, Json], application: Application) -> tuple[Conference, str]:
    """Return what has become of the Meet call, and its link once there is one.

    A success without a link is believed when the link is there, and another vendor's conference is none of ours.
    """
    data = _object(answer.get("conferenceData"))
    link = read_text(answer, "hangoutLink") or _video_entry(data)
    if link and leads_to_meet(link, application=application):
        return Conference.SUCCESS, link
    status = _object(_object(data.get("createRequest")).get("status"))
    match read_text(status, "statusCode"):
        case "pending" | "success":
            return Conference.PENDING, ""
        case "failure":
            return Conference.FAILURE, ""
        case _:
            return Conference.NONE, ""


def _video_entry(data: dict[str, Json]) -> str:
    listed = data.get("entryPoints")
    entries = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return next((read_text(each, "uri") for each in entries if each.get("entryPointType") == "video"), "")


def _read_reference(answer: dict[str, Json]) -> UUID | None:
    private = _object(_object(answer.get("extendedProperties")).get("private"))
    try:
        return UUID(read_text(private, REFERENCE))
    except ValueError:
        return None


def read_instant(value: Json) -> datetime | None:
    """Return the instant, in UTC, that a start or an end names; of a whole day its first moment in its zone."""
    part = _object(value)
    try:
        moment = datetime.fromisoformat(read_text(part, "dateTime", "date"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(read_text(part, "timeZone") or "UTC"))
        return moment.astimezone(UTC)
    except (ValueError, LookupError, OSError, OverflowError):
        return None


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
