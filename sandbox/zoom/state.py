"""What the simulated Zoom remembers."""

import secrets
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final

ACCESS_TOKEN_LIFE: Final = timedelta(hours=1)
CODE_LIFE: Final = timedelta(minutes=5)
BASIC, LICENSED = 1, 2


@dataclass(frozen=True, kw_only=True)
class User:
    """A person with a Zoom account. `type` is 1 for the Basic plan and 2 for a licence."""

    id: str
    account_id: str
    first_name: str
    last_name: str
    email: str
    type: int
    timezone: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


ANA: Final = User(
    id="KdYKjnimT4KPd8FFgQt9FQ",
    account_id="dzVA4QmMQfyISoRcpFO8CA",
    first_name="Ana",
    last_name="García",
    email="ana@example.org",
    type=LICENSED,
    timezone="Europe/Madrid",
)
BRUNO: Final = User(
    id="z8yCxjabcdEFGHfp8uQt9Q",
    account_id="Q7pLx0aBcDeFgHiJkLmNoP",
    first_name="Bruno",
    last_name="Díaz",
    email="bruno@example.org",
    type=BASIC,
    timezone="America/Mexico_City",
)
USERS: Final = {user.id: user for user in (ANA, BRUNO)}


@dataclass(kw_only=True)
class Code:
    """An authorisation code: five minutes, one use."""

    user_id: str
    client_id: str
    redirect_uri: str
    challenge: str
    expires_at: datetime


@dataclass(kw_only=True)
class Grant:
    """What a user allowed a client. Access tokens live an hour each; there is one refresh token at any time."""

    user_id: str
    client_id: str
    scopes: list[str]
    refresh_token: str = ""
    access_tokens: dict[str, datetime] = field(default_factory=dict)

    def renew(self, now: datetime) -> str:
        """Replace the refresh token and return a new access token."""
        self.refresh_token = secrets.token_urlsafe(48)
        access_token = secrets.token_urlsafe(48)
        self.access_tokens[access_token] = now + ACCESS_TOKEN_LIFE
        return access_token


@dataclass(kw_only=True)
class Meeting:
    """A meeting. `type` is 1 for an instant one (never listed) and 2 for a scheduled one."""

    number: int
    uuid: str
    user_id: str
    topic: str
    agenda: str
    type: int
    starts_at: datetime
    duration: int
    timezone: str
    passcode: str
    link_code: str
    created_at: datetime
    settings: dict[str, Any]

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration)


class ZoomState:
    """Grants, meetings and the day's writes. Codes and page tokens live too short to be kept between runs."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.page_tokens: dict[str, int] = {}
        self.grants: list[Grant] = []
        self.meetings: dict[int, Meeting] = {}
        self.writes: Counter[str] = Counter()

    def grant_of(self, access_token: str) -> Grant | None:
        return next((grant for grant in self.grants if access_token in grant.access_tokens), None)

    def grant_refreshed_by(self, refresh_token: str) -> Grant | None:
        return next((grant for grant in self.grants if grant.refresh_token == refresh_token), None)

    def authorize(self, grant: Grant) -> None:
        """Remember the grant; the same user's earlier one to this client is dead at once."""
        self.grants = [old for old in self.grants if (old.user_id, old.client_id) != (grant.user_id, grant.client_id)]
        self.grants.append(grant)

    def new_number(self) -> int:
        """Return a meeting number: eleven digits, as Zoom's, more than 32 bits hold."""
        while (number := 80_000_000_000 + secrets.randbelow(10_000_000_000)) in self.meetings:
            pass
        return number

    def dump(self) -> dict[str, Any]:
        return {
            "grants": [_plain(asdict(grant)) for grant in self.grants],
            "meetings": [_plain(asdict(meeting)) for meeting in self.meetings.values()],
            "writes": dict(self.writes),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.grants = [_grant_from(value) for value in state["grants"]]
        self.meetings = {value["number"]: _meeting_from(value) for value in state["meetings"]}
        self.writes = Counter(state["writes"])


def _plain(value: Any) -> Any:
    """Return `value` with its instants written as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return value


def _grant_from(value: dict[str, Any]) -> Grant:
    tokens = {token: datetime.fromisoformat(expiry) for token, expiry in value["access_tokens"].items()}
    return Grant(**{**value, "access_tokens": tokens})


def _meeting_from(value: dict[str, Any]) -> Meeting:
    instants = {f.name: datetime.fromisoformat(value[f.name]) for f in fields(Meeting) if f.type is datetime}
    return Meeting(**{**value, **instants})
