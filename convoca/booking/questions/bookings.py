"""Bookings, found by their addresses or for those who supervise."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Upper

from convoca.booking.models import Account, Booking, Notification, Occupancy, Schedule, Slot
from convoca.booking.questions.viewers import Viewer
from convoca.core.time import Interval


def _with_context() -> QuerySet[Booking]:
    return Booking.objects.select_related("slot__schedule__account", "slot__service", "account", "membership")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def booking_by_token(token: str) -> Booking | None:
    """Return the booking whose address is /b/<token>, or None. The token yields the account."""
    return _with_context().filter(token_digest=_digest(token)).first()


def booking_by_join_token(token: str) -> Booking | None:
    """Return the booking whose join page is /j/<token>, or None."""
    return _with_context().filter(join_token_digest=_digest(token)).first()


def bookings_at(email: str, *, now: datetime) -> QuerySet[Booking]:
    """Return what somebody with this address has booked or waits for in the whole installation, the soonest first.

    For mails to that address alone. Each account's index is asked, however many bookings there are.
    """
    standing = Booking.objects.alias(folded=Upper("email")).filter(
        account__in=Account.objects.values("pk"), folded=Upper(Value(email)), slot__ends_at__gt=now
    )
    standing = standing.filter(slot__cancelled_at=None).exclude(status=Booking.Status.CANCELLED)
    return standing.select_related("slot").order_by("slot__starts_at", "pk")


# What occupies a window overlaps it. An end alone would make the database read all that ever was; no occasion is
# longer than `reach`, so whatever still goes on began at most that long before the window, and the index leads there.
AT_ONCE = timedelta(0)


def bookings_between(
    viewer: Viewer, window: Interval, *, schedule: Schedule | None = None, reach: timedelta = AT_ONCE
) -> list[Booking]:
    """Return the live bookings of `window` on schedules that the viewer supervises, in order.

    They start in it, or began at most `reach` before and go on in it.
    """
    bookings = _with_context().filter(
        account_id=viewer.account_id,
        slot__starts_at__gte=window.starts_at - reach,
        slot__starts_at__lt=window.ends_at,
        slot__ends_at__gt=window.starts_at,
        slot__cancelled_at__isnull=True,
    ).exclude(status=Booking.Status.CANCELLED)  # fmt: skip
    if schedule is not None:
        bookings = bookings.filter(slot__schedule=schedule)
    if not viewer.supervises_account:
        bookings = bookings.filter(slot__schedule__in=viewer.supervised if viewer.supervises_anything else [])
    return list(bookings.order_by("slot__starts_at", "slot_id", "pk"))


def slots_between(
    viewer: Viewer, window: Interval, *, schedule: Schedule | None = None, reach: timedelta = AT_ONCE
) -> list[Slot]:
    """Return the live slots of `window` on schedules that the viewer supervises, in order.

    They start in it, or began at most `reach` before and go on in it.
    """
    slots = Slot.objects.select_related("schedule", "service").filter(
        account_id=viewer.account_id,
        starts_at__gte=window.starts_at - reach,
        starts_at__lt=window.ends_at,
        ends_at__gt=window.starts_at,
        cancelled_at__isnull=True,
    )
    if schedule is not None:
        slots = slots.filter(schedule=schedule)
    if not viewer.supervises_account:
        slots = slots.filter(schedule__in=viewer.supervised if viewer.supervises_anything else [])
    return list(slots.order_by("starts_at", "pk"))


def requests_waiting(viewer: Viewer, window: Interval) -> int:
    """Return how many requests on schedules that the viewer supervises, of occasions that start in `window`, wait."""
    requests = Booking.objects.filter(
        account_id=viewer.account_id,
        status=Booking.Status.PENDING,
        slot__starts_at__gte=window.starts_at,
        slot__starts_at__lt=window.ends_at,
    )
    if not viewer.supervises_account:
        requests = requests.filter(slot__schedule__in=viewer.supervised if viewer.supervises_anything else [])
    return requests.count()


def confirmed_in(slot: Slot) -> int:
    """Return how many bookings are confirmed in the slot: whoever made them has its link."""
    confirmed = Booking.objects.filter(account_id=slot.account_id, slot=slot, status=Booking.Status.CONFIRMED)
    return confirmed.count()


def position_of(booking: Booking) -> int:
    """Return the place in the queue of somebody who waits: 1 is next. Who is made up for a preview is that."""
    if booking._state.adding:
        return 1
    queue = Booking.objects.filter(account_id=booking.account_id, slot=booking.slot_id, status=Booking.Status.WAITING)
    earlier = Q(waits_since__lt=booking.waits_since) | Q(waits_since=booking.waits_since, pk__lt=booking.pk)
    return queue.filter(earlier).count() + 1


def was_moved(booking: Booking) -> bool:
    """Say whether its person was told of another time before."""
    return booking.notifications.filter(kind=Notification.Kind.MOVED).exclude(was_at=booking.slot.starts_at).exists()


def is_free_for(quantity: int, slot: Slot) -> bool:
    """Say whether the slot has so many places free."""
    return slot.capacity is None or slot.taken + quantity <= slot.capacity


def may_take(booking: Booking, slot: Slot, *, now: datetime) -> bool:
    """Say whether they can take a place of the slot: it is offered to them, or they let it pass and it stayed free."""
    if booking.status == Booking.Status.OFFERED:
        return booking.offered_until is not None and booking.offered_until > now
    passed = booking.status == Booking.Status.WAITING and booking.passed_at is not None
    return passed and slot.starts_at > now and is_free_for(booking.quantity, slot)


def waiting_for(slots: Sequence[Slot]) -> dict[int, int]:
    """Return how many people wait for a place in each of these slots of one account, by the slot's id."""
    waiting = Booking.objects.filter(
        account_id__in={slot.account_id for slot in slots},
        slot__in=[slot.pk for slot in slots],
        status=Booking.Status.WAITING,
    )
    return dict(waiting.values_list("slot_id").annotate(people=Count("pk")))


class Taken(NamedTuple):
    """One resource that a slot takes."""

    resource_id: int
    name: str


def resources_of(account_id: int, slots: Iterable[Slot]) -> dict[int, str]:
    """Return with whom or what each of the slots takes place; those that take no resource are left out."""
    taken = resources_taken(account_id, slots)
    return {slot_id: ", ".join(each.name for each in resources) for slot_id, resources in taken.items()}


def resources_taken(account_id: int, slots: Iterable[Slot]) -> dict[int, tuple[Taken, ...]]:
    """Return what each of the slots takes, or took before it was cancelled, by the slot's id."""
    # The account is said of the slot: of the occupancy SQLite would take it as the way in, and read all that it has.
    occupancies = Occupancy.objects.filter(slot__account_id=account_id, slot__in=[slot.pk for slot in slots])
    found: dict[int, tuple[Taken, ...]] = {}
    for slot_id, resource, name in occupancies.order_by("pk").values_list("slot_id", "resource_id", "resource__name"):
        found[slot_id] = (*found.get(slot_id, ()), Taken(resource, name))
    return found
