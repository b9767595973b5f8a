"""What those who supervise look for: occasions of a window, coming and past bookings, what was cancelled, who did it.

Every question begins with the account and its schedules, so that an index leads to the window: the cost is what the
window holds, never what the table holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from convoca.booking.models import AuditEntry, Booking, Occupancy, Schedule, Slot
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.viewers import Viewer
from convoca.booking.questions.words import holding, words_of
from convoca.core.time import Interval

Status = Booking.Status
QUEUEING = frozenset({Status.WAITING, Status.OFFERED})
SEARCHED = ("name", "email", "phone", "mobile", "slot__title", "slot__service__name")


class State(StrEnum):
    """What a list of bookings can be narrowed to."""

    NEED = "need"
    PENDING = "pending"
    NO_LINK = "no_link"
    WAITING = "waiting"
    CANCELLED = "cancelled"


# Known only once the links are: these narrow what was found, not the question.
OF_LINKS = frozenset({State.NEED, State.NO_LINK})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for, on `schedules` that the viewer supervises. What is empty narrows nothing."""

    account_id: int
    schedules: Sequence[int]
    resource: int | None = None
    service: int | None = None
    state: State | None = None
    words: str = ""

    @property
    def shows_classes(self) -> bool:
        """Whether a class that nobody has booked belongs to the answer."""
        return not words_of(self.words) and self.resource is None and self.state in {None, *OF_LINKS}


def schedules_to_supervise(viewer: Viewer) -> list[Schedule]:
    """Return the schedules whose bookings the viewer may supervise, in the account's order."""
    schedules = Schedule.objects.filter(account_id=viewer.account_id)
    return [schedule for schedule in schedules if may(viewer, Action.SUPERVISE, schedule)]


def occasions(
    wanted: Wanted, window: Interval, *, reach: timedelta = timedelta(0), first: int = 0, most: int
) -> list[Slot]:
    """Return up to `most` slots of `window` that hold what is wanted, in order, the first `first` skipped.

    They start in it, or began at most `reach` before and go on in it.
    """
    found = Q(Exists(_narrowed(wanted).filter(slot=OuterRef("pk"))))
    if wanted.shows_classes:
        classes = Q(schedule__kind=Schedule.Kind.CAPACITY, cancelled_at__isnull=True)
        if wanted.service is not None:
            classes &= Q(service=wanted.service)
        found |= classes
    slots = Slot.objects.select_related("schedule", "service").filter(
        found,
        account_id=wanted.account_id,
        schedule__in=wanted.schedules,
        starts_at__gte=window.starts_at - reach,
        starts_at__lt=window.ends_at,
        ends_at__gt=window.starts_at,
    )
    return list(slots.order_by("starts_at", "pk")[first : first + most])


def longest_stay(schedules: Iterable[Schedule]) -> timedelta:
    """Return how long ago what still goes on may have begun: a day, or the longest rental of these schedules."""
    rentals = [each.most_days for each in schedules if each.length_kind == Schedule.LengthKind.DAYS]
    return timedelta(days=max(rentals, default=0) + 1)


def bookings_in(wanted: Wanted, slots: Sequence[Slot]) -> list[Booking]:
    """Return the wanted bookings of these slots, in the order in which they were made."""
    bookings = _narrowed(wanted).filter(slot__in=[slot.pk for slot in slots])
    return list(bookings.order_by("slot__starts_at", "slot_id", "pk"))


def bookings_wanted(wanted: Wanted, window: Interval) -> QuerySet[Booking]:
    """Return the wanted bookings whose occasions start in `window`, with all that a line about one says."""
    return _narrowed(wanted).filter(
        slot__schedule__in=wanted.schedules,
        slot__starts_at__gte=window.starts_at,
        slot__starts_at__lt=window.ends_at,
    ).select_related("slot__schedule", "slot__service").order_by("slot__starts_at", "slot_id", "pk")  # fmt: skip


def trash(wanted: Wanted) -> QuerySet[Booking]:
    """Return the wanted bookings that were cancelled, the last one first."""
    cancelled = _holding(wanted).filter(
        status=Status.CANCELLED, cancelled_at__isnull=False, slot__schedule__in=wanted.schedules
    )
    return cancelled.select_related("slot__schedule", "slot__service").order_by("-cancelled_at", "-pk")


def who_cancelled(account_id: int, bookings: Sequence[Booking]) -> dict[int, AuditEntry]:
    """Return the last line of each booking's trail that ended it, by the booking's id."""
    verbs = (AuditEntry.Verb.CANCELLED, AuditEntry.Verb.DECLINED)
    entries = AuditEntry.objects.filter(account_id=account_id, booking__in=[each.pk for each in bookings])
    found = entries.filter(verb__in=verbs).select_related("membership__user").order_by("pk")
    return {entry.booking_id: entry for entry in found if entry.booking_id is not None}


def arrived_since(
    account_id: int, schedules: Sequence[Schedule], window: Interval, *, after: int, most: int
) -> list[Booking]:
    """Return up to `most` bookings that were made after the booking `after`, stand, and start in `window`, in order."""
    made = Booking.objects.filter(
        account_id=account_id,
        pk__gt=after,
        # Said of the slot as well, whose index begins with it: so the cost is that of the window.
        slot__account_id=account_id,
        slot__schedule__in=schedules,
        slot__starts_at__gte=window.starts_at,
        slot__starts_at__lt=window.ends_at,
    )
    standing = made.exclude(status=Status.CANCELLED).select_related("slot")
    return list(standing.order_by("slot__starts_at", "pk")[:most])


def moved_since(account_id: int, bookings: Sequence[Booking], *, since: datetime) -> frozenset[int]:
    """Return the ids of those bookings that were moved after `since`."""
    entries = AuditEntry.objects.filter(account_id=account_id, booking__in=[each.pk for each in bookings])
    moved = entries.filter(verb=AuditEntry.Verb.MOVED, at__gte=since)
    return frozenset(moved.exclude(booking=None).values_list("booking_id", flat=True))


# Acts that are about no single schedule's bookings.
OF_THE_ACCOUNT = (
    AuditEntry.Verb.DELETED,
    AuditEntry.Verb.FEED_MADE,
    AuditEntry.Verb.FEED_SHOWN,
    AuditEntry.Verb.FEED_REVOKED,
    AuditEntry.Verb.MAILED_AGAIN,
)


def trail_of(account_id: int, schedules: Sequence[int], *, whole: bool = False) -> QuerySet[AuditEntry]:
    """Return what was done on these schedules, the last act first.

    Of the `whole` account also which schedules were deleted, and who made, read and revoked calendar addresses.
    """
    meant = Q(slot__schedule__in=schedules)
    if whole:
        meant |= Q(verb__in=OF_THE_ACCOUNT)
    entries = AuditEntry.objects.filter(meant, account_id=account_id)
    related = ("membership__user", "booking", "slot__schedule", "slot__service")
    return entries.select_related(*related).order_by("-pk")


def trail_of_slot(slot: Slot) -> QuerySet[AuditEntry]:
    """Return what was done to one occasion and its bookings, the last act first."""
    entries = AuditEntry.objects.filter(account_id=slot.account_id, slot=slot)
    return entries.select_related("membership__user", "booking").order_by("-pk")


def places_of(slot: Slot) -> list[Booking]:
    """Return everybody who has a place in the slot or waits for one; those who wait stand in the order of the list."""
    live = Booking.objects.filter(account_id=slot.account_id, slot=slot).exclude(status=Status.CANCELLED)
    return sorted(live.select_related("membership"), key=_in_order)


def _in_order(booking: Booking) -> tuple[bool, datetime, int]:
    waits = booking.status == Status.WAITING
    return waits, (booking.waits_since if waits else None) or booking.created_at, booking.pk


def _narrowed(wanted: Wanted) -> QuerySet[Booking]:
    """Return the bookings in the state that is wanted; without one, all that stand."""
    bookings = _holding(wanted)
    match wanted.state:
        case State.CANCELLED:
            return bookings.filter(status=Status.CANCELLED)
        case State.PENDING:
            return bookings.filter(status=Status.PENDING)
        case State.WAITING:
            return bookings.filter(status__in=QUEUEING)
        case _:
            return bookings.exclude(status=Status.CANCELLED)


def _holding(wanted: Wanted) -> QuerySet[Booking]:
    bookings = Booking.objects.filter(account_id=wanted.account_id)
    if wanted.service is not None:
        bookings = bookings.filter(slot__service=wanted.service)
    if wanted.resource is not None:
        taken = Occupancy.objects.filter(account_id=wanted.account_id, slot=OuterRef("slot"), resource=wanted.resource)
        bookings = bookings.filter(Exists(taken))
    if words_of(wanted.words):
        bookings = bookings.filter(holding(wanted.words, among=SEARCHED))
    return bookings
