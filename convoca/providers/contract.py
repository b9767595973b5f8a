"""What a provider of meetings is: plain values in, plain values out, no socket, no clock, no database.

A provider says what to send and reads what came back. Each verb is an `Exchange`: a generator that yields
`Request`s, receives `Response`s and returns its result, so that one runner (`wire.carry_out`) owns every socket.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol
from uuid import UUID

type Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request. `form`, `json` and `body` exclude each other; a `body` is sent byte by byte as it is.

    `weight` is the vendor's own name for the limit per second under which the call falls; "" if there is none.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: Mapping[str, Json] | None = field(default=None, repr=False)
    body: bytes | None = field(default=None, repr=False)
    weight: str = ""


@dataclass(frozen=True, kw_only=True)
class Response:
    """One HTTP answer, its body unread. Names in `headers` are lower-case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


type Exchange[T] = Generator[Request, Response, T]


@dataclass(frozen=True, kw_only=True)
class Application:
    """The vendor's application of this installation, and where the vendor is reached.

    `endpoints` are base addresses without a trailing slash, by the provider's own names ("oauth", "api").
    `secret` is the installation's own, for providers that compute their links. `account_id` names the account at the
    vendor for which the application acts by itself; "" if it acts for users who consent.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_uri: str = ""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    secret: str = field(default="", repr=False)
    account_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What a token endpoint answered.

    `expires_in` is in seconds; `refresh_token` is "" if none was sent: keep the old one. `scopes` is empty if the
    answer to a refresh names none: they are then as before. `refresh_expires_in` is None unless the vendor said how
    many seconds the refresh token will live. `id_token` says who consented, where OpenID was asked for; else "".
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_in: int = 3600
    scopes: frozenset[str] = frozenset()
    api_url: str = ""
    refresh_expires_in: int | None = None
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class ExternalUser:
    """Whose account at the vendor a grant opens."""

    id: str
    account_id: str = ""
    email: str = ""
    plan: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingSpec:
    """The meeting that we want. Instants are aware and in UTC; `time_zone` is an IANA name, for display at the vendor.

    `marker` is ours alone and is found again in what the vendor lists. `passcode` and `waiting_room` are wishes: a
    vendor's own settings may be stronger.
    """

    marker: UUID
    topic: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    passcode: bool = True
    waiting_room: bool = False

    @property
    def minutes(self) -> int:
        """Return the length in minutes, rounded up."""
        return max(1, -((self.starts_at - self.ends_at) // timedelta(minutes=1)))

    def told(self) -> dict[str, Json]:
        """Return what a vendor is told and may be told again, by name. What did not change need not be sent."""
        return {
            "topic": self.topic,
            "starts_at": self.starts_at.isoformat(),
            "minutes": self.minutes,
            "time_zone": self.time_zone,
            "waiting_room": self.waiting_room,
        }


@dataclass(frozen=True, kw_only=True)
class MeetingFacts:
    """The meeting as the vendor tells it. `link` is what a guest opens, never a host's address.

    What the vendor did not say is None. A passcode that was not said is "", as one that does not exist.
    """

    remote_id: str
    link: str = field(repr=False)
    passcode: str = field(default="", repr=False)
    topic: str | None = None
    starts_at: datetime | None = None
    minutes: int | None = None
    waiting_room: bool | None = None

    def differences(self, spec: MeetingSpec) -> frozenset[str]:
        """Return the names of what the vendor has otherwise than `spec` asks."""
        said = {
            "topic": (self.topic, spec.topic),
            "starts_at": (self.starts_at, spec.starts_at),
            "minutes": (self.minutes, spec.minutes),
            "waiting_room": (self.waiting_room, spec.waiting_room),
            "passcode": (bool(self.passcode), spec.passcode),
        }
        return frozenset(name for name, (has, asked) in said.items() if has is not None and has != asked)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Meetings that carry our marker, oldest first; more than one only if the vendor made one twice."""

    meetings: tuple[MeetingFacts, ...]


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A meeting at the vendor that carries a marker of ours, or of another installation's."""

    marker: UUID
    remote_id: str


class Absent:
    """A complete listing that covers the start did not hold our marker."""


class CannotTell:
    """The listing was incomplete or does not cover the start: nothing follows from it."""


type Sighting = Found | Absent | CannotTell


class ProviderError(Exception):
    """A definite answer that is not the wanted one. Each class has its own next step; nothing else decides a retry."""


class Unreachable(ProviderError):
    """The vendor is down or was not reached: back off and try again.

    The act provably did not happen, or is one that may be repeated without harm (a read, an update, a deletion).
    """


class NotSent(Unreachable):
    """Not a byte of the request left us: what was paid for the call may be given back."""


@dataclass
class Throttled(ProviderError):
    """Too many calls in a short time.

    The vendor named an instant (`until`) or a time to wait (`after`), at most one of them and often neither. It is a
    hint: whoever waits takes the later of it and of a back-off of its own.
    """

    until: datetime | None = None
    after: timedelta | None = None


@dataclass
class QuotaExhausted(ProviderError):
    """The day's allowance is used up. `until` is None if the vendor named no instant: then its next UTC midnight."""

    until: datetime | None = None


class TokenExpired(ProviderError):
    """The access token is no longer accepted: refresh once, then decide."""


@dataclass
class NotAuthorized(ProviderError):
    """The connection needs its owner. `missing_scopes` is empty unless that is what is wrong."""

    reason: str = ""
    missing_scopes: frozenset[str] = frozenset()


class Gone(ProviderError):
    """The vendor says that the meeting does not exist."""


@dataclass
class Rejected(ProviderError):
    """The vendor will not do it, and will not tomorrow. `reason` is the vendor's words, shown to the owner."""

    reason: str


@dataclass
class Misconfigured(ProviderError):
    """This installation's application at the vendor is wrong: the operator must act. `reason` is the vendor's words."""

    reason: str


class Change(StrEnum):
    """What a vendor's notice says has happened, by somebody else's hand."""

    MEETING_DELETED = "meeting deleted"
    MEETING_CHANGED = "meeting changed"
    ACCESS_WITHDRAWN = "access withdrawn"
    CALENDAR_CHANGED = "calendar changed"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A vendor's word that something has changed. It is never believed: it only says where to look.

    `identity` tells this notice from every other; the same one may be sent many times, and late. `channel` is our own
    name of the subscription under which it came; "" if the vendor knows none.
    """

    change: Change
    identity: str
    external_user: str = ""
    external_account: str = ""
    remote_id: str = ""
    channel: str = ""


class OutcomeLost(Exception):
    """A request was sent and its outcome never learnt: timeout, reset, unreadable success. No error but *unknown*."""


@dataclass(frozen=True)
class Capabilities:
    """What a provider's meetings allow.

    computed: links are calculated here, nothing exists at the vendor. connects: needs an owner's consent (OAuth).
    daily_writes: creates and updates per external user and UTC day, None for no limit.
    serves_itself: the installation's own application may act for its own account, without anybody's consent.
    passcodes, waiting_rooms: an owner may choose whether meetings have one.
    host_links: the host has a way in of their own, by which the meeting starts.
    born_with_event: a meeting comes with an event in a calendar and makes no call of its own.
    """

    automatic: bool = True
    computed: bool = False
    connects: bool = False
    daily_writes: int | None = None
    basic_plan_minutes: int | None = None
    serves_itself: bool = False
    passcodes: bool = False
    waiting_rooms: bool = False
    host_links: bool = False
    born_with_event: bool = False


@dataclass(frozen=True, kw_only=True)
class KnownLink:
    """What an address on a vendor's hosts says by itself. `number` is "" if it names no meeting that people know.

    `gives_host_rights`: whoever opens it starts the meeting as its host; it is not for guests.
    """

    number: str = ""
    has_passcode: bool = False
    gives_host_rights: bool = False


class Provider(Protocol):
    """A maker of meetings. `id` is the value of `Schedule.link_source`, also used in addresses; `name` is the brand."""

    id: ClassVar[str]
    name: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def create(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[MeetingFacts]: ...

    def look(self, spec: MeetingSpec, *, application: Application, token: str) -> Exchange[Sighting]: ...

    def read(self, remote_id: str, *, application: Application, token: str) -> Exchange[MeetingFacts]:
        """Return the meeting as it is now. Raises Gone if the vendor says that there is none."""
        ...

    def update(
        self, remote_id: str, spec: MeetingSpec, *, changed: frozenset[str], application: Application, token: str
    ) -> Exchange[None]:
        """Tell the vendor what of `spec` has `changed` (names of `MeetingSpec.told`), and nothing else."""
        ...

    def delete(self, remote_id: str, *, application: Application, token: str) -> Exchange[None]:
        """Delete the meeting; a meeting that is already gone is a success."""
        ...

    def host_url(self, remote_id: str, *, application: Application, token: str) -> Exchange[str]:
        """Return the address that starts the meeting with the host's rights: a secret, never to be kept."""
        ...

    def calls_per_second(self, weight: str, *, plan: str) -> int | None:
        """Return how many calls of `weight` an account on `plan` is allowed in a second; None if nobody counts."""
        ...

    def owns_link(self, url: str, *, application: Application) -> bool:
        """Say whether `url` leads to this vendor's hosts (or to the host of a configured loopback address)."""
        ...

    def read_link(self, url: str) -> KnownLink:
        """Return what can be read off a link that leads to this vendor's hosts, whoever typed it."""
        ...

    def host_signs_in(self, *, application: Application) -> bool:
        """Say whether guests wait, of an automatic meeting, until its host has signed in at the vendor."""
        ...


class ConnectedProvider(Provider, Protocol):
    """A provider that acts for an owner who consented (OAuth 2.0, RFC 6749, with PKCE, RFC 7636).

    `consents_page` is where that person takes back by hand what the vendor did not let us withdraw; "" if unknown.
    """

    scopes: ClassVar[frozenset[str]]
    consents_page: ClassVar[str]

    def consent_url(self, *, application: Application, state: str, code_challenge: str) -> str: ...

    def redeem_code(self, code: str, *, application: Application, code_verifier: str) -> Exchange[Tokens]: ...

    def refresh(self, refresh_token: str, *, application: Application) -> Exchange[Tokens]: ...

    def token_for_account(self, *, application: Application) -> Exchange[Tokens]:
        """Return a token for the application's own account. There is none to refresh: it is asked for anew."""
        ...

    def revoke(self, token: str, *, application: Application) -> Exchange[None]: ...

    def who_am_i(self, *, application: Application, token: str) -> Exchange[ExternalUser]: ...

    def marked(self, *, application: Application, token: str) -> Exchange[tuple[Marked, ...]]:
        """Return the user's upcoming meetings that carry a marker, as far as the vendor lists them."""
        ...

    def missing_scopes(self, granted: frozenset[str]) -> frozenset[str]:
        """Return what a grant lacks for all our verbs (any spelling that the vendor accepts counts)."""
        ...
