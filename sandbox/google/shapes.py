"""How Google writes its things as JSON."""

from typing import Any
from urllib.parse import quote

from sandbox.google.conferences import conference_data, meet_link
from sandbox.google.state import USERS, Calendar, Channel, Event
from sandbox.google.times import written, written_point


def event(event: Event, calendar: Calendar, base: str) -> dict[str, Any]:
    """Return an event as insert, get, patch and list answer it. What is empty is left out."""
    owner = USERS[event.creator]
    own = {name: value for name, value in event.written.items() if value not in (None, "", [])}
    value = own | {
        "kind": "calendar#event",
        "etag": event.etag,
        "id": event.id,
        "status": event.status,
        "htmlLink": f"{base}/google/event/{quote(event.calendar_id, safe='')}/{event.id}",
        "created": written(event.created_at),
        "updated": written(event.updated_at),
        "creator": {"email": owner.email, "self": True},
        "organizer": _organizer(calendar),
        "start": written_point(event.written["start"], calendar.time_zone),
        "end": written_point(event.written["end"], calendar.time_zone),
        "iCalUID": f"{event.id}@google.com",
        "sequence": event.sequence,
        "eventType": "default",
    }
    if own.get("attendees"):
        value["attendees"] = [{"responseStatus": "needsAction", **each} for each in own["attendees"]]
    if event.meet is not None:
        value["conferenceData"] = conference_data(event.meet, base)
        if event.meet.status == "success":
            value["hangoutLink"] = meet_link(event.meet, base)
    return value


def deleted(event: Event) -> dict[str, Any]:
    """Return a deleted event as lists of changes show it: hardly more than its id."""
    return {"kind": "calendar#event", "etag": event.etag, "id": event.id, "status": "cancelled"}


def calendar(calendar: Calendar, role: str, allowed: list[str]) -> dict[str, Any]:
    """Return a calendar as a person's list of calendars shows it."""
    value: dict[str, Any] = {
        "kind": "calendar#calendarListEntry",
        "etag": '"1"',
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "accessRole": role,
        "selected": True,
        "defaultReminders": [],
        "conferenceProperties": {"allowedConferenceSolutionTypes": allowed},
    }
    return value | ({"primary": True} if calendar.is_primary else {})


def new_calendar(calendar: Calendar, allowed: list[str]) -> dict[str, Any]:
    """Return a calendar as its making answers it."""
    return {
        "kind": "calendar#calendar",
        "etag": '"1"',
        "id": calendar.id,
        "summary": calendar.summary,
        "timeZone": calendar.time_zone,
        "conferenceProperties": {"allowedConferenceSolutionTypes": allowed},
    }


def channel(channel: Channel, base: str) -> dict[str, Any]:
    return {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": resource_uri(channel, base),
        "token": channel.token,
        "expiration": str(int(channel.expires_at.timestamp() * 1000)),
    }


def resource_uri(channel: Channel, base: str) -> str:
    return f"{base}/google/calendar/v3/calendars/{channel.calendar_id}/events?alt=json"


def _organizer(calendar: Calendar) -> dict[str, Any]:
    if calendar.is_primary:
        return {"email": calendar.id, "self": True}
    return {"email": calendar.id, "displayName": calendar.summary, "self": True}
