"""What belongs together: the slots of a series, and the bookings that one person has in them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Lower

from convoca.booking.models import Booking, Schedule, Slot


def rest_of_series(slot: Slot, *, now: datetime) -> list[Slot]:
    """Return this slot and the live ones of its series that start later, in order; without a series, itself.

    What is cancelled or has ended is left out.
    """
    rest = Slot.objects.select_related("schedule").filter(
        account_id=slot.account_id, cancelled_at__isnull=True, ends_at__gt=now
    )
    these = Q(pk=slot.pk)
    if slot.series_id is not None:
        these |= Q(series=slot.series_id, starts_at__gte=slot.starts_at)
    return list(rest.filter(these).order_by("starts_at", "pk"))


def following_bookings(booking: Booking, *, now: datetime) -> list[Booking]:
    """Return this booking and its person's later ones of the same series that stand, in order; else itself alone.

    A person with a log-in is known by it; a guest by the act in which the bookings were made: an e-mail address is what
    anybody can type.
    """
    slot = booking.slot
    if slot.series_id is None:
        return [booking]
    standing = Booking.objects.exclude(status=Booking.Status.CANCELLED).filter(account_id=booking.account_id)
    later = Q(slot__series=slot.series_id, slot__ends_at__gt=now, slot__starts_at__gte=slot.starts_at)
    following = standing.filter(Q(pk=booking.pk) | (later & _same_person(booking)))
    return list(following.select_related("slot__schedule").order_by("slot__starts_at", "pk"))


def _same_person(booking: Booking) -> Q:
    if booking.membership_id is not None:
        return Q(membership=booking.membership_id)
    first = booking.made_with_id or booking.pk
    return Q(membership__isnull=True) & (Q(pk=first) | Q(made_with=first))


def called_off_with(slot: Slot) -> list[Slot]:
    """Return this slot and those of its series that were called off in the same act, in order."""
    together = Q(pk=slot.pk)
    if slot.series_id is not None:
        together |= Q(series=slot.series_id)
    called_off = Slot.objects.select_related("schedule").filter(
        together, account_id=slot.account_id, cancelled_at=slot.cancelled_at, schedule__kind=Schedule.Kind.CAPACITY
    )
    return list(called_off.order_by("starts_at", "pk")) if slot.cancelled_at is not None else []


def called_off_since(schedule: Schedule, since: datetime) -> list[list[Slot]]:
    """Return the slots of a capacity schedule that were called off after `since`: those of each act together."""
    slots = Slot.objects.select_related("schedule").filter(
        account_id=schedule.account_id, schedule=schedule, cancelled_at__gte=since
    )
    acts: defaultdict[tuple[int, datetime | None], list[Slot]] = defaultdict(list)
    for slot in slots.order_by("starts_at", "pk"):
        acts[slot.series_id or -slot.pk, slot.cancelled_at].append(slot)
    return list(acts.values())


def cancelled_with(booking: Booking) -> list[Booking]:
    """Return this booking and its person's others of the same series that were cancelled in the same act, in order."""
    if booking.slot.series_id is None or booking.cancelled_at is None:
        return [booking]
    cancelled = Booking.objects.filter(
        account_id=booking.account_id, status=Booking.Status.CANCELLED, cancelled_at=booking.cancelled_at
    )
    together = cancelled.filter(Q(pk=booking.pk) | (Q(slot__series=booking.slot.series_id) & _same_person(booking)))
    return list(together.select_related("slot__schedule").order_by("slot__starts_at", "pk"))


def requests_with(booking: Booking) -> list[Booking]:
    """Return this request and those made in the same act that wait for an answer still, in order."""
    first = booking.made_with_id or booking.pk
    waiting = Booking.objects.filter(account_id=booking.account_id, status=Booking.Status.PENDING)
    asked = waiting.filter(Q(pk=first) | Q(made_with=first)).select_related("slot")
    return list(asked.order_by("slot__starts_at", "pk"))


def people_in(slots: Sequence[Slot]) -> int:
    """Return how many people have, ask for or wait for a place in these slots of one account; each counts once."""
    if not slots:
        return 0
    standing = Booking.objects.exclude(status=Booking.Status.CANCELLED).filter(
        account_id=slots[0].account_id, slot__in=[slot.pk for slot in slots]
    )
    people = standing.values_list("membership", Lower("email"))
    return len({member or email for member, email in people})
