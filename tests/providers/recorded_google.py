"""Answers in the shapes that Google Calendar gives."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from convoca.providers.calendars import Conference, EventFacts, EventKey, EventSpec
from convoca.providers.contract import Response
from convoca.providers.google import GoogleCalendar
from tests.providers.replay import answer

GOOGLE = GoogleCalendar()
REFERENCE = UUID("0190d5b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b")
# Base32hex of the reference, in lower case.
EVENT_ID = "068dbc0s5lv3v2ibbhmnt3sq1c"
CALENDAR = "work@group.calendar.google.com"
KEY = EventKey(calendar_id=CALENDAR, event_id=EVENT_ID)
SPEC = EventSpec(
    key=KEY,
    reference=REFERENCE,
    title="Consultation",
    description="Booked with Convoca",
    location="Room 2",
    starts_at=datetime(2030, 3, 31, 8, 0, tzinfo=UTC),
    ends_at=datetime(2030, 3, 31, 8, 45, tzinfo=UTC),
    time_zone="Europe/Madrid",
)
ALL = frozenset(SPEC.told())
EVENTS_URL = "https://www.googleapis.com/calendar/v3/calendars/work%40group.calendar.google.com/events"
MEET_LINK = "https://meet.google.com/abc-defg-hij"

EVENT: dict[str, Any] = {
    "kind": "calendar#event",
    "etag": '"3816542000000000"',
    "id": EVENT_ID,
    "status": "confirmed",
    "htmlLink": "https://www.google.com/calendar/event?eid=MDY4",
    "created": "2030-03-01T09:00:00.000Z",
    "updated": "2030-03-01T09:00:00.123Z",
    "summary": "Consultation",
    "description": "Booked with Convoca",
    "location": "Room 2",
    "creator": {"email": "ana@example.org", "self": True},
    "organizer": {"email": CALENDAR, "displayName": "Work", "self": True},
    "start": {"dateTime": "2030-03-31T10:00:00+02:00", "timeZone": "Europe/Madrid"},
    "end": {"dateTime": "2030-03-31T10:45:00+02:00", "timeZone": "Europe/Madrid"},
    "iCalUID": f"{EVENT_ID}@google.com",
    "sequence": 0,
    "extendedProperties": {"private": {"convocaRef": str(REFERENCE)}},
    "guestsCanInviteOthers": False,
    "reminders": {"useDefault": False},
    "eventType": "default",
}
# What of it is of use to us.
FACTS = EventFacts(
    key=KEY,
    etag='"3816542000000000"',
    title="Consultation",
    location="Room 2",
    starts_at=SPEC.starts_at,
    ends_at=SPEC.ends_at,
    html_link="https://www.google.com/calendar/event?eid=MDY4",
    ical_uid=f"{EVENT_ID}@google.com",
    conference=Conference.NONE,
    reference=REFERENCE,
)


def conference(status: str, *, request_id: str = "first") -> dict[str, Any]:
    """Return an event's members about a Meet call that was asked for."""
    request = {
        "requestId": request_id,
        "conferenceSolutionKey": {"type": "hangoutsMeet"},
        "status": {"statusCode": status},
    }
    if status != "success":
        return {"conferenceData": {"createRequest": request}}
    entries = [
        {"entryPointType": "phone", "uri": "tel:+34-910-00-00-00", "pin": "123456789"},
        {"entryPointType": "video", "uri": MEET_LINK, "label": "meet.google.com/abc-defg-hij"},
    ]
    data = {
        "createRequest": request,
        "entryPoints": entries,
        "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"},
        "conferenceId": "abc-defg-hij",
    }
    return {"hangoutLink": MEET_LINK, "conferenceData": data}


def error(status: int, reason: str, message: str = "Words of Google's", *, domain: str = "global") -> Response:
    listed = [{"domain": domain, "reason": reason, "message": message}]
    return answer(status, {"error": {"errors": listed, "code": status, "message": message}})


DUPLICATE = error(409, "duplicate", "The requested identifier already exists.")
DELETED = error(410, "deleted", "Resource has been deleted")
NOT_FOUND = error(404, "notFound", "Not Found")
NO_MEET = error(400, "invalid", "Invalid conference type value.")
