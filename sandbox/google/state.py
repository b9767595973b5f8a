"""What the simulated Google remembers."""

import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

ACCESS_TOKEN_LIFE: Final = timedelta(hours=1)
CODE_LIFE: Final = timedelta(minutes=10)
MEET: Final = "hangoutsMeet"
OWNER, WRITER, READER = "owner", "writer", "reader"


@dataclass(frozen=True, kw_only=True)
class User:
    """A person with a Google account. `makes_meet`: whether their own calendars allow Google Meet."""

    id: str
    name: str
    email: str
    time_zone: str
    makes_meet: bool = True


ANA: Final = User(id="104300000000000000001", name="Ana García", email="ana@example.org", time_zone="Europe/Madrid")
BRUNO: Final = User(
    id="104300000000000000002",
    name="Bruno Díaz",
    email="bruno@example.org",
    time_zone="America/Mexico_City",
    makes_meet=False,
)
USERS: Final = {user.id: user for user in (ANA, BRUNO)}
WORK: Final = "work@group.calendar.google.com"
HOLIDAYS: Final = "es.spain#holiday@group.v.calendar.google.com"


@dataclass(kw_only=True)
class Code:
    """An authorisation code: ten minutes, one use."""

    user_id: str
    client_id: str
    redirect_uri: str
    challenge: str
    scopes: list[str]
    is_offline: bool
    expires_at: datetime
    nonce: str = ""


@dataclass(kw_only=True)
class Grant:
    """What a user allowed a client. Its refresh tokens never change and several live side by side."""

    user_id: str
    client_id: str
    scopes: list[str]
    consented_at: datetime
    refresh_tokens: list[str] = field(default_factory=list)
    access_tokens: dict[str, datetime] = field(default_factory=dict)

    def new_access_token(self, now: datetime) -> str:
        token = f"ya29.{secrets.token_urlsafe(48)}"
        self.access_tokens[token] = now + ACCESS_TOKEN_LIFE
        return token


@dataclass(kw_only=True)
class Calendar:
    """A calendar, who may do what with it, and the application that made it, if any."""

    id: str
    summary: str
    time_zone: str
    roles: dict[str, str]
    makes_meet: bool
    is_primary: bool = False
    made_by: str = ""


@dataclass(kw_only=True)
class Meet:
    """A Meet call that was asked for. It succeeds when it has been read `polls_left` times more; never below nought."""

    request_id: str
    status: str
    code: str
    polls_left: int


@dataclass(kw_only=True)
class Event:
    """An event: what its owner wrote (`written`), and what Google knows of it. `changed` orders all changes."""

    calendar_id: str
    id: str
    written: dict[str, Any]
    status: str
    created_at: datetime
    updated_at: datetime
    changed: int
    creator: str
    sequence: int = 0
    meet: Meet | None = None

    @property
    def etag(self) -> str:
        return f'"{self.changed:016d}"'

    @property
    def reference(self) -> str:
        """The UUID that the client put among the private properties, "" if none."""
        private = (self.written.get("extendedProperties") or {}).get("private") or {}
        return next((str(value) for value in private.values()), "")


@dataclass(kw_only=True)
class Channel:
    """Somebody who wants to be called when a calendar changes."""

    id: str
    resource_id: str
    calendar_id: str
    address: str
    token: str
    expires_at: datetime
    sent: int = 0


class GoogleState:
    """Grants, calendars, events and channels. Codes, pages and the last minute's calls are not kept between runs."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.pages: dict[str, tuple[list[Event], int]] = {}
        self.calls: dict[str, deque[datetime]] = {}
        self.grants: list[Grant] = []
        self.calendars: dict[str, Calendar] = {each.id: each for each in _first_calendars()}
        self.events: dict[tuple[str, str], Event] = {}
        self.channels: dict[str, Channel] = {}
        self.changes = 0
        self.sync_valid_from = 0

    def grant_of(self, access_token: str) -> Grant | None:
        return next((grant for grant in self.grants if access_token in grant.access_tokens), None)

    def grant_refreshed_by(self, refresh_token: str) -> Grant | None:
        return next((grant for grant in self.grants if refresh_token in grant.refresh_tokens), None)

    def grant_between(self, user_id: str, client_id: str) -> Grant | None:
        return next((g for g in self.grants if (g.user_id, g.client_id) == (user_id, client_id)), None)

    def withdraw(self, grant: Grant) -> None:
        self.grants.remove(grant)

    def next_change(self) -> int:
        self.changes += 1
        return self.changes

    def events_of(self, calendar_id: str) -> list[Event]:
        return [event for event in self.events.values() if event.calendar_id == calendar_id]

    def channels_of(self, calendar_id: str, *, now: datetime) -> list[Channel]:
        return [c for c in self.channels.values() if c.calendar_id == calendar_id and c.expires_at > now]

    def dump(self) -> dict[str, Any]:
        return {
            "grants": [_plain(asdict(each)) for each in self.grants],
            "calendars": [_plain(asdict(each)) for each in self.calendars.values()],
            "events": [_plain(asdict(each)) for each in self.events.values()],
            "channels": [_plain(asdict(each)) for each in self.channels.values()],
            "changes": self.changes,
            "sync_valid_from": self.sync_valid_from,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.grants = [_grant_from(value) for value in state["grants"]]
        self.calendars = {value["id"]: Calendar(**value) for value in state["calendars"]}
        events = [_event_from(value) for value in state["events"]]
        self.events = {(event.calendar_id, event.id): event for event in events}
        self.channels = {value["id"]: Channel(**_instants(value, "expires_at")) for value in state["channels"]}
        self.changes, self.sync_valid_from = state["changes"], state["sync_valid_from"]


def _first_calendars() -> Iterable[Calendar]:
    for user in USERS.values():
        yield Calendar(
            id=user.email,
            summary=user.email,
            time_zone=user.time_zone,
            roles={user.id: OWNER},
            makes_meet=user.makes_meet,
            is_primary=True,
        )
    yield Calendar(id=WORK, summary="Work", time_zone=ANA.time_zone, roles={ANA.id: OWNER}, makes_meet=True)
    yield Calendar(
        id=HOLIDAYS,
        summary="Festivos en España",
        time_zone=ANA.time_zone,
        roles={ANA.id: READER, BRUNO.id: READER},
        makes_meet=False,
    )


def _plain(value: Any) -> Any:
    """Return `value` with its instants written as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return value


def _instants(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return value | {name: datetime.fromisoformat(value[name]) for name in names}


def _grant_from(value: dict[str, Any]) -> Grant:
    tokens = {token: datetime.fromisoformat(expiry) for token, expiry in value["access_tokens"].items()}
    return Grant(**{**_instants(value, "consented_at"), "access_tokens": tokens})


def _event_from(value: dict[str, Any]) -> Event:
    meet = Meet(**value["meet"]) if value["meet"] else None
    return Event(**{**_instants(value, "created_at", "updated_at"), "meet": meet})
