"""Meetings that people wait for: which they are, why they are not ready, and what mends each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from convoca.booking.models import Account, Booking, Connection, Incident, Meeting, Schedule, Slot
from convoca.booking.questions.links import PROMISED_WITHIN
from convoca.providers import PROVIDERS

# What is only slow is nobody's business before this has passed.
TOLD_AFTER = timedelta(minutes=3)


class Spelled(Value):
    """A constant of ours that is written into the statement itself, as the conditions of indexes are.

    SQLite uses a partial index only if it reads in the statement that all that is asked for is in it; of values that
    are handed over beside it, it does not know. Among a million past meetings that is a second.
    """

    def as_sql(self, _compiler: object, _connection: object) -> tuple[str, list[str]]:  # type: ignore[override]
        return f"'{self.value}'", []


# In the words, and in the order, of the index that holds them.
WANTED = Spelled(Meeting.Wanted.PRESENT.value)
NOT_MADE = [Spelled(each.value) for each in (Meeting.Observed.NOTHING, Meeting.Observed.UNKNOWN, Meeting.Observed.GONE)]

# Sources that make a meeting only while there is a connection, and the one where somebody types the link.
OF_A_CONNECTION = [provider.id for provider in PROVIDERS if provider.capabilities.connects]

Kind = Incident.Kind


class Remedy(StrEnum):
    """The one thing that mends a meeting that is not ready, and who does it."""

    RECONNECT = "reconnect"
    RETRY = "retry"
    OPERATOR = "operator"
    WAIT = "wait"
    TYPE_LINK = "type_link"


class Why(StrEnum):
    """Why a meeting is not ready."""

    NO_ACCESS = "no_access"
    REFUSED = "refused"
    MISCONFIGURED = "misconfigured"
    QUOTA = "quota"
    RESTING = "resting"
    SLOW = "slow"
    DISCONNECTED = "disconnected"
    NOT_TYPED = "not_typed"


@dataclass(frozen=True, kw_only=True)
class Unready:
    """A meeting that people wait for: why it is not ready, what mends it, and when it is tried again by itself.

    `meeting` is None where none can be made. `may_hurry`: trying it at once makes sense.
    """

    slot: Slot
    meeting: Meeting | None
    why: Why
    remedy: Remedy
    reason: str = ""
    again_at: datetime | None = None
    may_hurry: bool = False


def unready(*, now: datetime) -> QuerySet[Meeting]:
    """Return the meetings of all accounts that are wanted, of occasions not over, and have not been made."""
    return Meeting.objects.filter(wanted=WANTED, observed__in=NOT_MADE, slot__ends_at__gt=now)


def late(*, now: datetime) -> Q:
    """Return the condition "was promised by now, or will not come by itself"."""
    return Q(wanted_at__lte=now - PROMISED_WITHIN) | ~Q(blocked=Meeting.Blocked.NONE)


def condition_of(kind: Incident.Kind, *, now: datetime) -> Q:
    """Return which of the unready meetings suffer from trouble of this kind."""
    free = Q(blocked=Meeting.Blocked.NONE)
    with_access = Q(connection__isnull=True) | Q(connection__state=Connection.State.OPEN)
    match kind:
        case Kind.ACCESS:
            return free & Q(connection__state=Connection.State.NEEDS_OWNER)
        case Kind.MISCONFIGURED:
            whole = Q(connection__state=Connection.State.OPEN) & ~Q(connection__reason="")
            return Q(blocked=Meeting.Blocked.MISCONFIGURED) | (free & whole)
        case Kind.REFUSED:
            return Q(blocked=Meeting.Blocked.REJECTED)
        case Kind.UNREACHABLE:
            return free & with_access & _failing(now=now) & ~_out_of_quota()
        case Kind.QUOTA:
            return free & with_access & _out_of_quota() & Q(due_at__gte=F("slot__starts_at"))
        case Kind.DELETED:
            # What the vendor has lost is replaced: those that are told of here are made, and read elsewhere.
            return Q(pk__in=[])


def _out_of_quota() -> Q:
    return Q(waiting=Meeting.Waiting.QUOTA)


def _failing(*, now: datetime) -> Q:
    """Return the condition "has been tried in vain for minutes"; what only stands in a queue does not suffer."""
    since = now - TOLD_AFTER
    tried = Q(waiting=Meeting.Waiting.RETRY) | Q(attempts__gt=0)
    resting = Q(connection__blocked_until__gt=now, connection__failures__gt=0)
    for_minutes = Q(connection__connected_at__isnull=True) | Q(connection__connected_at__lte=since)
    return (tried | resting) & Q(wanted_at__lte=since) & for_minutes


def unready_meetings(account: Account, *, now: datetime, at_most: int | None = None) -> list[Unready]:
    """Return every meeting that is wanted and has no link although it was promised by now, the soonest first.

    Occasions that nobody can make a meeting for, or whose link is to be typed, are among them.
    """
    found = unready(now=now).filter(late(now=now), account=account)
    found = found.select_related("connection", "slot__schedule").order_by("slot__starts_at", "pk")
    lost = without_meeting(account, now=now).select_related("schedule").order_by("starts_at", "pk")
    rows = [_explained(each, now=now) for each in found[:at_most]] + [_unmade(each) for each in lost[:at_most]]
    return sorted(rows, key=lambda each: (each.slot.starts_at, each.slot.pk))[:at_most]


def unready_count(account: Account, *, now: datetime) -> int:
    """Count what `unready_meetings` returns. Two queries."""
    return unready_counts(account, now=now)[0]


def unready_counts(account: Account, *, now: datetime) -> tuple[int, int]:
    """Count what `unready_meetings` returns, and what of it does not come by itself. Two queries."""
    found = unready(now=now).filter(late(now=now), account=account).order_by()
    no_help = Q(connection__isnull=False) & (~Q(connection__state=Connection.State.OPEN) | ~Q(connection__reason=""))
    needing = Count("pk", filter=~Q(blocked=Meeting.Blocked.NONE) | no_help)
    counted = found.aggregate(every=Count("pk"), needing=needing)
    unmade = without_meeting(account, now=now).count()
    return counted["every"] + unmade, counted["needing"] + unmade


def without_meeting(account: Account, *, now: datetime) -> QuerySet[Slot]:
    """Return the occasions to come that should have a link and have no meeting that could bring it.

    Their schedule was disconnected before they were confirmed, or their link is to be typed and has not been.
    """
    wanted = Meeting.objects.filter(slot=OuterRef("pk"), wanted=Meeting.Wanted.PRESENT)
    booked = Booking.objects.filter(slot=OuterRef("pk"), status=Booking.Status.CONFIRMED)
    sources = [*OF_A_CONNECTION, Schedule.MANUAL]
    slots = Slot.objects.filter(account=account, ends_at__gt=now, cancelled_at__isnull=True, link_source__in=sources)
    return slots.filter(~Exists(wanted), Exists(booked))


def _unmade(slot: Slot) -> Unready:
    why = Why.NOT_TYPED if slot.link_source == Schedule.MANUAL else Why.DISCONNECTED
    return Unready(slot=slot, meeting=None, why=why, remedy=Remedy.TYPE_LINK)


def _explained(meeting: Meeting, *, now: datetime) -> Unready:
    connection = meeting.connection
    if meeting.blocked:
        refused = meeting.blocked == Meeting.Blocked.REJECTED
        why, remedy = (Why.REFUSED, Remedy.RETRY) if refused else (Why.MISCONFIGURED, Remedy.OPERATOR)
        return _unready_by(meeting, why, remedy, meeting.reason, may_hurry=True)
    if connection is not None and connection.state == Connection.State.NEEDS_OWNER:
        return _unready_by(meeting, Why.NO_ACCESS, Remedy.RECONNECT, connection.reason)
    if connection is not None and connection.state != Connection.State.OPEN:
        return _unready_by(meeting, Why.DISCONNECTED, Remedy.TYPE_LINK, "")
    if connection is not None and connection.reason:
        return _unready_by(meeting, Why.MISCONFIGURED, Remedy.OPERATOR, connection.reason, may_hurry=True)
    if meeting.waiting == Meeting.Waiting.QUOTA:
        return _unready_by(meeting, Why.QUOTA, Remedy.WAIT, "", again_at=meeting.due_at)
    if connection is not None and rests(connection, now=now):
        # A pause of our own making can be cut short; one that the vendor asked for cannot.
        ours = connection.failures > 0
        return _unready_by(meeting, Why.RESTING, Remedy.WAIT, "", again_at=connection.blocked_until, may_hurry=ours)
    return _unready_by(meeting, Why.SLOW, Remedy.WAIT, meeting.reason, again_at=meeting.due_at, may_hurry=True)


def rests(connection: Connection, *, now: datetime) -> bool:
    """Say whether no worker touches the connection now."""
    return connection.blocked_until is not None and connection.blocked_until > now


def _unready_by(
    meeting: Meeting,
    why: Why,
    remedy: Remedy,
    reason: str,
    *,
    again_at: datetime | None = None,
    may_hurry: bool = False,
) -> Unready:
    return Unready(
        slot=meeting.slot,
        meeting=meeting,
        why=why,
        remedy=remedy,
        reason=reason,
        again_at=again_at,
        may_hurry=may_hurry,
    )


def whose(account_id: int, slots: Sequence[Slot]) -> dict[int, list[Booking]]:
    """Return the confirmed bookings of each of these slots, by the slot's id. One query."""
    found: dict[int, list[Booking]] = {}
    bookings = Booking.objects.filter(
        account_id=account_id, slot__in=[slot.pk for slot in slots], status=Booking.Status.CONFIRMED
    )
    for booking in bookings.order_by("pk"):
        found.setdefault(booking.slot_id, []).append(booking)
    return found
