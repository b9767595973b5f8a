"""Events written: insert, patch, delete, and what their owner does by hand."""

import re
from datetime import datetime
from typing import Any, Final

from sandbox.google import errors, shapes
from sandbox.google.conferences import Conferences
from sandbox.google.state import Calendar, Event, GoogleState
from sandbox.google.times import read_point
from sandbox.ledger import Ledger
from sandbox.messages import Answer, Request
from sandbox.vendor import Clock

CANCELLED, CONFIRMED = "cancelled", "confirmed"
# What Google decides by itself, whatever a body says.
NOT_OURS: Final = frozenset(
    {"kind", "etag", "id", "status", "htmlLink", "created", "updated", "creator", "organizer", "iCalUID", "hangoutLink"}
) | {"conferenceData", "sequence"}


class Writing:
    """Makes, changes and deletes events. A deleted one stays, so that its id is never given away again."""

    def __init__(self, state: GoogleState, ledger: Ledger, clock: Clock, conferences: Conferences) -> None:
        self._state = state
        self._ledger = ledger
        self._clock = clock
        self._conferences = conferences

    def insert(self, request: Request, calendar: Calendar, user_id: str) -> Answer:
        body = request.json_object()
        if body is None:
            return errors.body_is_no_object()
        event_id = body.get("id") or f"g{self._state.changes:08x}"
        refused = self._refuse_new(body, event_id, calendar) or self._refuse(body, request, calendar)
        if refused:
            return refused
        event = self.add(calendar, body, event_id, user_id)
        if request.query.get("conferenceDataVersion") == "1" and "conferenceData" in body:
            self._conferences.apply(event, body["conferenceData"])
        self._note("create", event, user_id)
        self._mail(event, request, user_id)
        return Answer.of_json(200, shapes.event(event, calendar, request.base))

    def add(self, calendar: Calendar, body: dict[str, Any], event_id: str, user_id: str) -> Event:
        """Keep a new event."""
        now = self._now()
        event = Event(
            calendar_id=calendar.id,
            id=event_id,
            written={name: value for name, value in body.items() if name not in NOT_OURS},
            status=CONFIRMED,
            created_at=now,
            updated_at=now,
            changed=self._state.next_change(),
            creator=user_id,
        )
        self._state.events[calendar.id, event_id] = event
        return event

    def patch(self, request: Request, calendar: Calendar, event: Event, user_id: str) -> Answer:
        """Change what the body names: parts are merged, lists replaced, and null takes away."""
        body = request.json_object()
        if body is None:
            return errors.body_is_no_object()
        if request.headers.get("if-match", event.etag) not in (event.etag, "*"):
            return errors.changed_meanwhile()
        after = merged(event.written, {name: value for name, value in body.items() if name not in NOT_OURS})
        refused = self._refuse({**after, **_only(body, "conferenceData")}, request, calendar)
        if refused:
            return refused
        self.change(event, after)
        if body.get("status") in (CANCELLED, CONFIRMED):
            event.status = body["status"]
        if request.query.get("conferenceDataVersion") == "1" and "conferenceData" in body:
            self._conferences.apply(event, body["conferenceData"])
        self._note("update", event, user_id)
        self._mail(event, request, user_id)
        return Answer.of_json(200, shapes.event(event, calendar, request.base))

    def change(self, event: Event, after: dict[str, Any]) -> None:
        event.sequence += int(after.get("start") != event.written.get("start"))
        event.written = after
        event.updated_at, event.changed = self._now(), self._state.next_change()

    def delete(self, request: Request, event: Event, user_id: str) -> Answer:
        if event.status == CANCELLED:
            return errors.deleted()
        self.cancel(event, user_id)
        self._mail(event, request, user_id)
        return Answer(status=204)

    def cancel(self, event: Event, user_id: str) -> None:
        """Delete an event, its call included."""
        event.status = CANCELLED
        event.updated_at, event.changed = self._now(), self._state.next_change()
        self._note("delete", event, user_id)

    def _refuse_new(self, body: dict[str, Any], event_id: str, calendar: Calendar) -> Answer | None:
        if not isinstance(event_id, str) or not re.fullmatch(r"[a-v0-9]{5,1024}", event_id):
            return errors.invalid("Invalid resource id value.")
        if (calendar.id, event_id) in self._state.events:
            return errors.duplicate()
        for name in ("start", "end"):
            if not body.get(name):
                return errors.api_error(400, "required", f"Missing {name} time.")
        return None

    def _refuse(self, body: dict[str, Any], request: Request, calendar: Calendar) -> Answer | None:
        """Return Google's refusal of an event as it would be, None if it is in order."""
        try:
            start, end = (read_point(body.get(name), calendar.time_zone) for name in ("start", "end"))
        except (ValueError, TypeError, OverflowError) as error:
            return errors.invalid(str(error) or "Invalid value")
        if end <= start:
            return errors.time_range_empty()
        for attendee in body.get("attendees") or []:
            if not re.fullmatch(r"[^@\s]+@[^@\s]+", str(attendee.get("email", ""))):
                return errors.invalid("Invalid attendee email.")
        hears_of_it = request.query.get("conferenceDataVersion") == "1"
        if hears_of_it and self._conferences.refuses(body.get("conferenceData"), calendar):
            return errors.invalid("Invalid conference type value.")
        return None

    def _mail(self, event: Event, request: Request, user_id: str) -> None:
        """Note the mails that Google sends to those invited, if it is told to send any."""
        if request.query.get("sendUpdates") != "all":
            return
        for attendee in event.written.get("attendees") or []:
            self._note("mail", event, attendee["email"])

    def _note(self, verb: str, event: Event, user: str) -> None:
        self._ledger.note(
            at=self._clock(), vendor="google", verb=verb, remote_id=event.id, marker=event.reference, user=user
        )

    def _now(self) -> datetime:
        return self._clock().replace(microsecond=0)


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return `old` with the changes of `new`, as a PATCH merges them."""
    result = dict(old)
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(old.get(name), dict):
            result[name] = merged(old[name], value)
        else:
            result[name] = value
    return result


def _only(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: body[name]} if name in body else {}
