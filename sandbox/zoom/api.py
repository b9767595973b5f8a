"""Zoom's REST interface for meetings, as far as a scheduler uses it."""

import re
import secrets
from base64 import b64encode
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from sandbox.ledger import Ledger
from sandbox.messages import Answer, Request
from sandbox.vendor import Clock
from sandbox.zoom import errors, shapes
from sandbox.zoom.state import USERS, Grant, Meeting, ZoomState
from sandbox.zoom.times import read_start, zone_of

UPCOMING_HORIZON: Final = timedelta(days=183)
TOPIC_MAX_CHARS, AGENDA_MAX_CHARS = 200, 2000
MEETING_TYPES: Final = (1, 2, 3, 8, 10)
INSTANT, SCHEDULED = 1, 2
# The scope that each verb needs; "me" is free of any.
SCOPES: Final = {
    "user": "user:read:user",
    "create": "meeting:write:meeting",
    "look": "meeting:read:list_meetings",
    "get": "meeting:read:meeting",
    "update": "meeting:update:meeting",
    "delete": "meeting:delete:meeting",
}


def marker_in(agenda: str) -> str:
    """Return the UUID that stands as `[ref:…]` in an agenda, "" if none does."""
    match = re.search(r"\[ref:([0-9a-f-]{36})\]", agenda)
    return match[1] if match else ""


class Api:
    """Acts for the owner of the access token. `daily_writes` creates and updates a day and user are allowed."""

    def __init__(self, state: ZoomState, ledger: Ledger, clock: Clock) -> None:
        self._state = state
        self._ledger = ledger
        self._clock = clock
        self.daily_writes = 100

    def answer(self, verb: str, request: Request) -> Answer:
        """Answer one call, after what Zoom checks first: the token, its scopes, the meeting's existence."""
        grant = self._state.grant_of(request.bearer_token())
        if grant is None:
            return errors.token_not_accepted()
        if grant.access_tokens[request.bearer_token()] <= self._clock():
            return errors.token_not_accepted(errors.TOKEN_EXPIRED)
        if SCOPES[verb] not in {scope.removesuffix(":admin") for scope in grant.scopes}:
            return errors.scope_missing(SCOPES[verb])
        if verb in ("user", "create", "look"):
            calls: dict[str, Callable[[Request, Grant], Answer]]
            calls = {"user": self._user, "create": self._create, "look": self._list}
            return calls[verb](request, grant)
        number = request.path.rpartition("/")[2]
        meeting = self._state.meetings.get(int(number)) if number.isdigit() else None
        if meeting is None or meeting.user_id != grant.user_id:
            return errors.meeting_does_not_exist(number)
        if verb == "get":
            return Answer.of_json(200, shapes.meeting(meeting, request.base))
        return self._update(request, meeting) if verb == "update" else self._delete(meeting)

    def _user(self, request: Request, grant: Grant) -> Answer:
        return Answer.of_json(200, shapes.user(USERS[grant.user_id]))

    def _create(self, request: Request, grant: Grant) -> Answer:
        body = request.json_object()
        if body is None:
            return errors.body_is_no_object()
        refused = _refuse(body) or self._spend(grant.user_id)
        if refused:
            return refused
        meeting = self._meeting_from(body, grant)
        self._state.meetings[meeting.number] = meeting
        self.note("create", meeting)
        return Answer.of_json(201, shapes.meeting(meeting, request.base))

    def _meeting_from(self, body: dict[str, Any], grant: Grant) -> Meeting:
        """Return a new meeting. Without a start it is an instant one; a start in the past becomes now.

        One without a passcode gets a waiting room, whatever was asked for.
        """
        passcode = body.get("password") or (
            f"{secrets.randbelow(1_000_000):06}" if body.get("default_password") else ""
        )
        now = self._clock().replace(microsecond=0)
        time_zone = body.get("timezone") or USERS[grant.user_id].timezone
        starts_at = max(read_start(body["start_time"], time_zone), now) if "start_time" in body else now
        return Meeting(
            number=self._state.new_number(),
            uuid=b64encode(secrets.token_bytes(16)).decode(),
            user_id=grant.user_id,
            topic=body.get("topic") or "Zoom Meeting",
            agenda=body.get("agenda", ""),
            type=body.get("type", SCHEDULED) if "start_time" in body else INSTANT,
            starts_at=starts_at,
            duration=body.get("duration", 60),
            timezone=time_zone,
            passcode=passcode,
            link_code=secrets.token_urlsafe(24) + ".1",
            created_at=now,
            settings=body.get("settings", {}) | ({} if passcode else {"waiting_room": True}),
        )

    def _update(self, request: Request, meeting: Meeting) -> Answer:
        """Change what the body names. A start in the past is ignored without a word."""
        body = request.json_object()
        if body is None:
            return errors.body_is_no_object()
        refused = _refuse(body) or self._spend(meeting.user_id)
        if refused:
            return refused
        meeting.timezone = body.get("timezone", meeting.timezone)
        if "start_time" in body:
            starts_at = read_start(body["start_time"], meeting.timezone)
            meeting.starts_at = starts_at if starts_at > self._clock() else meeting.starts_at
        for name in ("topic", "agenda", "duration"):
            setattr(meeting, name, body.get(name, getattr(meeting, name)))
        meeting.settings |= body.get("settings", {})
        self.note("update", meeting)
        return Answer(status=204)

    def _delete(self, meeting: Meeting) -> Answer:
        del self._state.meetings[meeting.number]
        self.note("delete", meeting)
        return Answer(status=204)

    def _list(self, request: Request, grant: Grant) -> Answer:
        """List a page of the user's upcoming meetings. Instant and ended ones are missing."""
        try:
            size = min(int(request.query.get("page_size", "30")), 300)
            chosen = [meeting for meeting in self._upcoming(grant.user_id) if _is_between(meeting, request)]
        except ValueError:
            return errors.validation_failed("from", "Invalid field.")
        page_token = request.query.get("next_page_token", "")
        if page_token and page_token not in self._state.page_tokens:
            return errors.api_error(400, 300, "The next page token is invalid or expired.")
        start = self._state.page_tokens.get(page_token, 0)
        following = ""
        if start + size < len(chosen):
            following = secrets.token_urlsafe(24)
            self._state.page_tokens[following] = start + size
        page = [shapes.listed(meeting, request.base) for meeting in chosen[start : start + size]]
        value = {"page_size": size, "total_records": len(chosen), "next_page_token": following, "meetings": page}
        return Answer.of_json(200, value)

    def _upcoming(self, user_id: str) -> list[Meeting]:
        now = self._clock()
        mine = (meeting for meeting in self._state.meetings.values() if meeting.user_id == user_id)
        listed = (m for m in mine if m.type != INSTANT and m.ends_at > now and m.starts_at <= now + UPCOMING_HORIZON)
        return sorted(listed, key=lambda meeting: (meeting.starts_at, meeting.number))

    def _spend(self, user_id: str) -> Answer | None:
        """Count a create or update of this UTC day; return the refusal if none is left."""
        day = f"{user_id} {self._clock().date().isoformat()}"
        if self._state.writes[day] >= self.daily_writes:
            return errors.daily_limit(self.daily_writes)
        self._state.writes[day] += 1
        return None

    def note(self, verb: str, meeting: Meeting) -> None:
        self._ledger.note(
            at=self._clock(),
            vendor="zoom",
            verb=verb,
            remote_id=str(meeting.number),
            marker=marker_in(meeting.agenda),
            user=meeting.user_id,
        )


def _refuse(body: dict[str, Any]) -> Answer | None:
    """Return Zoom's refusal of a create or update, None if it is in order."""
    for name, longest in (("topic", TOPIC_MAX_CHARS), ("agenda", AGENDA_MAX_CHARS)):
        if not isinstance(body.get(name, ""), str) or len(body.get(name, "")) > longest:
            return errors.validation_failed(name, f"The length must be less than or equal to {longest} characters.")
    if not isinstance(body.get("settings", {}), dict):
        return errors.validation_failed("settings", "Invalid field.")
    if body.get("type", SCHEDULED) not in MEETING_TYPES:
        return errors.validation_failed("type", "Invalid field.")
    if not isinstance(body.get("duration", 1), int) or body.get("duration", 1) < 1:
        return errors.validation_failed("duration", "Invalid field.")
    try:
        zone_of(body.get("timezone", "UTC"))
    except (ValueError, TypeError):
        return errors.validation_failed("timezone", "Invalid field.")
    try:
        read_start(body.get("start_time", "2030-01-01T00:00:00Z"), body.get("timezone", "UTC"))
    except (ValueError, TypeError, OverflowError):
        return errors.validation_failed("start_time", "Invalid field.")
    return None


def _is_between(meeting: Meeting, request: Request) -> bool:
    """Say whether the meeting starts on one of the days asked for. Raises ValueError for a day that is none."""
    day: date = meeting.starts_at.astimezone(zone_of(request.query.get("timezone", "UTC"))).date()
    first, last = request.query.get("from"), request.query.get("to")
    return (not first or day >= date.fromisoformat(first)) and (not last or day <= date.fromisoformat(last))
