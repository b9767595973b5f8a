"""Google Calendar's interface, as far as a scheduler uses it: who may call what, how often, and for which calendar."""

import re
import secrets
from collections import deque
from datetime import timedelta
from typing import Final
from urllib.parse import unquote

from sandbox.google import errors, shapes
from sandbox.google.conferences import Conferences
from sandbox.google.members import select
from sandbox.google.oauth import OAuth
from sandbox.google.push import Channels, in_background
from sandbox.google.reading import Reading
from sandbox.google.scopes import allows
from sandbox.google.state import OWNER, USERS, WRITER, Calendar, GoogleState, Grant
from sandbox.google.times import zone_of
from sandbox.google.writing import Writing
from sandbox.ledger import Ledger
from sandbox.messages import Answer, Request
from sandbox.vendor import Clock

MINUTE: Final = timedelta(minutes=1)
WRITES: Final = frozenset({"event.insert", "event.patch", "event.delete"})


class Api:
    """Acts for the owner of the access token. `calls_per_minute` are counted per user and application, sliding."""

    def __init__(self, state: GoogleState, ledger: Ledger, clock: Clock, oauth: OAuth) -> None:
        self._state = state
        self._ledger = ledger
        self._clock = clock
        self._oauth = oauth
        self.conferences = Conferences()
        self.writing = Writing(state, ledger, clock, self.conferences)
        self.reading = Reading(state, self.conferences)
        self.channels = Channels(state, clock)
        self.calls_per_minute = 600

    def answer(self, verb: str, request: Request) -> Answer:
        """Answer one call, after what Google checks first: the token, its scopes, the limit, the calendar."""
        grant = self._oauth.grant_at_work(request)
        if grant is None:
            return errors.invalid_credentials()
        calendar = self._calendar(request, grant)
        ours = calendar is not None and calendar.made_by == grant.client_id
        if not allows(grant.scopes, verb, is_of_our_making=ours):
            return errors.scope_missing()
        if not self._count(grant):
            self._ledger.calls["google.throttled"] += 1
            return errors.rate_limit()
        return _partial(self._answer(verb, request, grant, calendar), request)

    def _answer(self, verb: str, request: Request, grant: Grant, calendar: Calendar | None) -> Answer:
        match verb:
            case "calendar.list":
                return self.reading.calendars(grant.user_id)
            case "calendar.insert":
                return self._make_calendar(request, grant)
            case "freebusy":
                return self.reading.free_busy(request, grant.user_id)
            case "channel.stop":
                return self.channels.close(request)
            case _:
                return self._about_calendar(verb, request, grant, calendar)

    def _about_calendar(self, verb: str, request: Request, grant: Grant, calendar: Calendar | None) -> Answer:
        if calendar is None:
            return errors.not_found()
        if verb in WRITES and calendar.roles[grant.user_id] not in (OWNER, WRITER):
            return errors.writer_needed()
        before = self._state.changes
        answer = self._about_events(verb, request, grant, calendar)
        if self._state.changes != before:
            in_background(self.channels.notices_of(calendar.id, request.base))
        return answer

    def _about_events(self, verb: str, request: Request, grant: Grant, calendar: Calendar) -> Answer:
        match verb:
            case "event.insert":
                return self.writing.insert(request, calendar, grant.user_id)
            case "event.list":
                return self.reading.list_events(request, calendar)
            case "event.watch":
                return self.channels.open(request, calendar)
        event = self._state.events.get((calendar.id, request.path.rpartition("/")[2]))
        if event is None:
            return errors.not_found()
        match verb:
            case "event.get":
                return self.reading.get(request, calendar, event)
            case "event.patch":
                return self.writing.patch(request, calendar, event, grant.user_id)
            case _:
                return self.writing.delete(request, event, grant.user_id)

    def _calendar(self, request: Request, grant: Grant) -> Calendar | None:
        """Return the calendar that the address names, if the person sees it; "primary" is their own."""
        named = re.search(r"/calendars/([^/]+)/events", request.path)
        name = unquote(named[1]) if named else ""
        calendar = self._state.calendars.get(USERS[grant.user_id].email if name == "primary" else name)
        return calendar if calendar is not None and grant.user_id in calendar.roles else None

    def _make_calendar(self, request: Request, grant: Grant) -> Answer:
        body = request.json_object()
        if body is None:
            return errors.body_is_no_object()
        time_zone = body.get("timeZone") or USERS[grant.user_id].time_zone
        try:
            zone_of(time_zone)
        except ValueError as error:
            return errors.invalid(str(error))
        if not isinstance(body.get("summary"), str) or not body["summary"]:
            return errors.api_error(400, "required", "Missing title.")
        calendar = Calendar(
            id=f"c_{secrets.token_hex(32)}@group.calendar.google.com",
            summary=body["summary"],
            time_zone=time_zone,
            roles={grant.user_id: OWNER},
            makes_meet=USERS[grant.user_id].makes_meet,
            made_by=grant.client_id,
        )
        self._state.calendars[calendar.id] = calendar
        now = self._clock()
        self._ledger.note(
            at=now, vendor="google", verb="create_calendar", remote_id=calendar.id, marker="", user=grant.user_id
        )
        return Answer.of_json(200, shapes.new_calendar(calendar, self.conferences.allowed_in(calendar)))

    def _count(self, grant: Grant) -> bool:
        """Count a call and say whether it was one of those that the last minute allows."""
        now = self._clock()
        recent = self._state.calls.setdefault(f"{grant.user_id} {grant.client_id}", deque())
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        if len(recent) >= self.calls_per_minute:
            return False
        recent.append(now)
        return True


def _partial(answer: Answer, request: Request) -> Answer:
    """Return what of an answer the query asks for."""
    fields = request.query.get("fields", "")
    if not fields or answer.status != 200:
        return answer
    try:
        return Answer.of_json(200, select(Request(method="", path="", body=answer.body).json(), fields))
    except (ValueError, IndexError):
        return errors.api_error(400, "invalidParameter", f"Invalid field selection {fields}")
