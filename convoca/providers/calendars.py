"""What a provider of calendars is: plain values in, plain values out, as with meetings in `contract`.

An event is named by us before it exists, so that whoever repeats an insert finds what the first one made: after a call
whose outcome was lost, insert again or look, nothing is ever doubled. A meeting that is born with an event (Google
Meet) is a part of it: asked for with it, perhaps told later, kept when it moves, gone with it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from convoca.core.time import Interval
from convoca.providers.contract import Application, ConnectedProvider, Exchange, Json, ProviderError


class ChangedMeanwhile(ProviderError):
    """The event is no longer as it was when its `etag` was read: read it again, then decide."""


class SyncLost(ProviderError):
    """The vendor no longer knows our place in its list of changes: ask for all of them, from no token at all."""


class Conference(StrEnum):
    """What has become of the meeting that was asked for with an event. A failure is told, never raised."""

    NONE = "none"
    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, kw_only=True)
class EventKey:
    """Where an event is: a calendar of the grant's user, and the event's id there, which is ours (`event_id`)."""

    calendar_id: str
    event_id: str


@dataclass(frozen=True, kw_only=True)
class EventSpec:
    """The event that we want. Instants are aware and in UTC; `time_zone` is an IANA name, for display at the vendor.

    `reference` is ours alone, is kept with the event and shown to nobody. `conference_request` asks for a meeting of
    the vendor's own with the event, "" for none; the same text never makes a second one, a new text makes a new one
    with another link: it stays the same for as long as the link shall. `attendees` are e-mail addresses, whom the
    vendor mails only if `tells_attendees`.
    """

    key: EventKey
    reference: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    description: str = ""
    location: str = ""
    attendees: tuple[str, ...] = ()
    tells_attendees: bool = False
    conference_request: str = ""

    def told(self) -> dict[str, Json]:
        """Return what the vendor is told and may be told again, by name. What did not change need not be sent."""
        return {
            "title": self.title,
            "description": self.description,
            "location": self.location,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "time_zone": self.time_zone,
            "attendees": list(self.attendees),
            "conference": self.conference_request,
        }


@dataclass(frozen=True, kw_only=True)
class EventFacts:
    """The event as the vendor tells it. What it did not say is None, or "" where that says as much.

    Of an event that was deleted (`is_cancelled`) often nothing but the key is told. `link` is what guests of its
    meeting open; only with `Conference.SUCCESS` is there one. `reference` is None for events that are not ours.
    """

    key: EventKey
    etag: str = ""
    is_cancelled: bool = False
    title: str | None = None
    location: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    html_link: str = field(default="", repr=False)
    ical_uid: str = ""
    conference: Conference = Conference.NONE
    link: str = field(default="", repr=False)
    reference: UUID | None = None

    def differences(self, spec: EventSpec) -> frozenset[str]:
        """Return the names (of `EventSpec.told`) of what a hand at the vendor has made other than `spec` asks."""
        said = {
            "title": (self.title, spec.title),
            "location": (self.location, spec.location),
            "starts_at": (self.starts_at, spec.starts_at),
            "ends_at": (self.ends_at, spec.ends_at),
        }
        return frozenset(name for name, (has, asked) in said.items() if has is not None and has != asked)


@dataclass(frozen=True, kw_only=True)
class CalendarFacts:
    """A calendar that the user sees at the vendor. `makes_meetings`: events in it may be born with a meeting."""

    id: str
    name: str
    time_zone: str = ""
    is_primary: bool = False
    may_write: bool = False
    makes_meetings: bool = False


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What has changed in a calendar: our own events and deleted ones, whoever's they were.

    `sync_token` asks for what comes afterwards.
    """

    events: tuple[EventFacts, ...]
    sync_token: str


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A subscription to a calendar's changes. `id` is ours, `resource_id` the vendor's; both are needed to stop it.

    It is never renewed: open another before `expires_at`, then stop this one.
    """

    id: str
    resource_id: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Busy:
    """When a calendar is taken: disjoint intervals, in order. `problem` is the vendor's word for why it does not say.

    With a problem nothing follows from the intervals: the calendar's times are unknown. Our own events are among them;
    whoever asks takes out what is booked here.
    """

    calendar_id: str
    intervals: tuple[Interval, ...] = ()
    problem: str = ""


class CalendarProvider(ConnectedProvider, Protocol):
    """A keeper of calendars for an owner who consented.

    Errors are those of `contract`. Where an event is no longer (deleted, even if the vendor still remembers it) reads
    and updates raise Gone: its id is spent, and the next generation needs a new one. Where the calendar is gone they
    raise Gone too, and so does an insert.

    `missing_scopes` names what a grant lacks to list calendars and to keep events in one: without it a connection is
    of no use (a box that was unticked). What else may be missing costs only what it is for.
    """

    def event_id(self, reference: UUID) -> str:
        """Return the id that an event of ours has at the vendor; the same for the same reference, always."""
        ...

    def insert(self, spec: EventSpec, *, application: Application, token: str) -> Exchange[EventFacts]:
        """Make the event and return it; if it exists already, return it as it is. May be repeated without harm.

        Raises Gone if the id belongs to an event that was deleted, or that is not of this reference. Raises OutcomeLost
        for everything but a readable success and a definite refusal.
        """
        ...

    def look_up(self, key: EventKey, *, application: Application, token: str) -> Exchange[EventFacts | None]:
        """Return the event by our own id, deleted ones included; None if the vendor never heard of it."""
        ...

    def read_event(self, key: EventKey, *, application: Application, token: str) -> Exchange[EventFacts]:
        """Return the event as it is now, its meeting's link too once there is one. Raises Gone."""
        ...

    def patch(
        self, spec: EventSpec, *, changed: frozenset[str], etag: str = "", application: Application, token: str
    ) -> Exchange[EventFacts]:
        """Tell the vendor what of `spec` has `changed` (names of `EventSpec.told`), nothing else, and return the event.

        The meeting stays as it is unless "conference" is among them. Raises Gone; and ChangedMeanwhile if an `etag` is
        given and no longer the event's.
        """
        ...

    def remove(
        self, key: EventKey, *, tells_attendees: bool = False, application: Application, token: str
    ) -> Exchange[None]:
        """Delete the event, and its meeting with it; an event that is already gone is a success."""
        ...

    def calendars(self, *, application: Application, token: str) -> Exchange[tuple[CalendarFacts, ...]]:
        """Return the user's calendars, the primary one first; those that can only be read as well."""
        ...

    def make_calendar(
        self, name: str, *, time_zone: str, application: Application, token: str
    ) -> Exchange[CalendarFacts]:
        """Make a calendar and return it. Repeated, it makes another: after OutcomeLost list first."""
        ...

    def changes(
        self,
        calendar_id: str,
        *,
        sync_token: str = "",
        since: datetime | None = None,
        application: Application,
        token: str,
    ) -> Exchange[Changes]:
        """Return what has changed since `sync_token` was given.

        Without a token: our events that end after `since` as they are now; of deleted ones nothing is told then. Raises
        SyncLost if the token is too old, and Gone if the calendar is no longer.
        """
        ...

    def watch(
        self, calendar_id: str, *, channel_id: str, address: str, application: Application, token: str
    ) -> Exchange[Channel]:
        """Have the vendor call `address` (https) whenever something changes in the calendar.

        `channel_id` is new each time, at most 64 letters, digits and hyphens (a UUID is well). Each call of the
        vendor's carries a secret that only this installation can make from it.
        """
        ...

    def stop(self, channel: Channel, *, application: Application, token: str) -> Exchange[None]:
        """End a subscription; one that the vendor no longer knows is a success."""
        ...

    def busy(
        self, calendar_ids: tuple[str, ...], during: Interval, *, application: Application, token: str
    ) -> Exchange[tuple[Busy, ...]]:
        """Return when each of the calendars is taken, in the order asked; a calendar that cannot be asked says why."""
        ...

    def missing_for_busy_times(self, granted: frozenset[str]) -> frozenset[str]:
        """Return what a grant lacks to ask when calendars are taken."""
        ...

    def missing_for_new_calendars(self, granted: frozenset[str]) -> frozenset[str]:
        """Return what a grant lacks to make a calendar."""
        ...
