"""Events and calendars read: get, list with its tokens, and busy times."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from sandbox.google import errors, shapes
from sandbox.google.conferences import Conferences
from sandbox.google.state import Calendar, Event, GoogleState
from sandbox.google.times import read_instant, read_point, written
from sandbox.google.writing import CANCELLED
from sandbox.messages import Answer, Request

EVENTS_PAGE: Final = 250
LARGEST_PAGE: Final = 2500
# What may not stand beside a token of changes.
NOT_WITH_TOKENS: Final = ("iCalUID", "orderBy", "privateExtendedProperty", "q", "timeMin", "timeMax", "updatedMin")
# Google refuses long questions and does not say how long; about three months are said to work.
FREE_BUSY_SPAN: Final = timedelta(days=92)
FREE_BUSY_CALENDARS: Final = 50


class Reading:
    def __init__(self, state: GoogleState, conferences: Conferences) -> None:
        self._state = state
        self._conferences = conferences

    def get(self, request: Request, calendar: Calendar, event: Event) -> Answer:
        """Return the event, deleted or not. Whoever reads waits for its call."""
        if self._conferences.poll(event):
            event.changed = self._state.next_change()
        return Answer.of_json(200, shapes.event(event, calendar, request.base))

    def list_events(self, request: Request, calendar: Calendar) -> Answer:
        query = request.query
        page_token, sync_token = query.get("pageToken", ""), query.get("syncToken", "")
        if page_token:
            if page_token not in self._state.pages:
                return errors.invalid("Invalid pageToken value.")
            return self._page(request, calendar, *self._state.pages[page_token])
        if sync_token and any(name in query for name in NOT_WITH_TOKENS):
            return errors.invalid("Sync token cannot be used with the given parameters.")
        try:
            chosen = self._changed(calendar, sync_token) if sync_token else self._chosen(calendar, request)
        except _SyncLost:
            return errors.sync_lost()
        except ValueError:
            return errors.invalid("Bad Request")
        return self._page(request, calendar, chosen, 0)

    def _changed(self, calendar: Calendar, sync_token: str) -> list[Event]:
        """Return what has changed since the token was given, deleted events too."""
        calendar_id, _, number = sync_token.rpartition("~")
        if calendar_id != calendar.id or not number.isdigit() or int(number) < self._state.sync_valid_from:
            raise _SyncLost
        later = [event for event in self._state.events_of(calendar.id) if event.changed > int(number)]
        return sorted(later, key=lambda event: event.changed)

    def _chosen(self, calendar: Calendar, request: Request) -> list[Event]:
        """Return what the filters of a list leave. Raises ValueError for a time that is none."""
        query = request.query
        shows_deleted = query.get("showDeleted") == "true"
        first = read_instant(query["timeMin"]) if "timeMin" in query else None
        last = read_instant(query["timeMax"]) if "timeMax" in query else None
        chosen = [
            event
            for event in self._state.events_of(calendar.id)
            if (shows_deleted or event.status != CANCELLED)
            and (first is None or read_point(event.written["end"], calendar.time_zone) > first)
            and (last is None or read_point(event.written["start"], calendar.time_zone) < last)
            and _has_property(event, query.get("privateExtendedProperty", ""))
        ]
        return sorted(chosen, key=lambda event: event.changed)

    def _page(self, request: Request, calendar: Calendar, chosen: list[Event], start: int) -> Answer:
        size = min(int(request.query.get("maxResults", EVENTS_PAGE)), LARGEST_PAGE)
        # In a list of changes deleted events are nearly empty.
        hides = "syncToken" in request.query
        items = [
            shapes.deleted(event)
            if hides and event.status == CANCELLED
            else shapes.event(event, calendar, request.base)
            for event in chosen[start : start + size]
        ]
        value: dict[str, Any] = {
            "kind": "calendar#events",
            "etag": f'"{self._state.changes}"',
            "summary": calendar.summary,
            "timeZone": calendar.time_zone,
            "accessRole": "owner",
            "defaultReminders": [],
            "items": items,
        }
        if start + size < len(chosen):
            value["nextPageToken"] = secrets.token_urlsafe(24)
            self._state.pages[value["nextPageToken"]] = (chosen, start + size)
        else:
            value["nextSyncToken"] = f"{calendar.id}~{self._state.changes}"
        return Answer.of_json(200, value)

    def calendars(self, user_id: str) -> Answer:
        """Return the calendars that a person sees."""
        items = [
            shapes.calendar(each, each.roles[user_id], self._conferences.allowed_in(each))
            for each in self._state.calendars.values()
            if user_id in each.roles
        ]
        value = {"kind": "calendar#calendarList", "etag": '"1"', "nextSyncToken": "1", "items": items}
        return Answer.of_json(200, value)

    def free_busy(self, request: Request, user_id: str) -> Answer:
        """Say when calendars are taken. One that is not shared with the person is not found."""
        body = request.json_object()
        try:
            first, last = (read_instant(str((body or {}).get(name))) for name in ("timeMin", "timeMax"))
        except ValueError:
            return errors.invalid("Bad Request")
        asked = [str(item.get("id")) for item in (body or {}).get("items", [])]
        if last <= first:
            return errors.time_range_empty()
        if last - first > FREE_BUSY_SPAN:
            return errors.api_error(400, "timeRangeTooLong", "The requested time range is too long.", domain="calendar")
        if len(asked) > FREE_BUSY_CALENDARS:
            return errors.api_error(400, "tooManyCalendarsRequested", "Too many calendars.", domain="calendar")
        told = {each: self._busy(each, user_id, first, last) for each in asked}
        value = {"kind": "calendar#freeBusy", "timeMin": written(first), "timeMax": written(last), "calendars": told}
        return Answer.of_json(200, value)

    def _busy(self, calendar_id: str, user_id: str, first: datetime, last: datetime) -> dict[str, Any]:
        calendar = self._state.calendars.get(calendar_id)
        if calendar is None or user_id not in calendar.roles:
            return {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
        taken = [
            (
                read_point(event.written["start"], calendar.time_zone),
                read_point(event.written["end"], calendar.time_zone),
            )
            for event in self._state.events_of(calendar_id)
            if event.status != CANCELLED and event.written.get("transparency") != "transparent"
        ]
        within = sorted((max(start, first), min(end, last)) for start, end in taken if start < last and end > first)
        return {"busy": [{"start": written(start), "end": written(end)} for start, end in within]}


class _SyncLost(Exception):
    pass


def _has_property(event: Event, wanted: str) -> bool:
    """Say whether the event has the private property `name=value`; "" asks for none."""
    if not wanted:
        return True
    name, _, value = wanted.partition("=")
    private = (event.written.get("extendedProperties") or {}).get("private") or {}
    return private.get(name) == value
