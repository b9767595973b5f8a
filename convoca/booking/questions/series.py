"""What belongs together: the slots of a series, and the bookings that one person has in them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from convoca.booking.models import Booking, Schedule, Slot


def rest_of_series(slot: Slot, *, now: datetime) -> list[Slot]:
    """Return this slot and the live ones of its series that start later, in order; without a series, itself.

    What is cancelled or has ended is left out.
    """
    rest = _of_series(slot).filter(cancelled_at__isnull=True, ends_at__gt=now)
    if slot.series_id is not None:
        # Itself stays, though it was moved since it was read.
        rest = rest.filter(Q(pk=slot.pk) | Q(starts_at__gte=slot.starts_at))
    return list(rest.order_by("starts_at", "pk"))


def _of_series(slot: Slot) -> QuerySet[Slot]:
    """Return the slots of its series, or itself alone. Not "it or its series", for which SQLite reads all slots."""
    series = Q(pk=slot.pk) if slot.series_id is None else Q(series=slot.series_id)
    return Slot.objects.select_related("schedule").filter(series, account_id=slot.account_id)


def following_bookings(booking: Booking, *, now: datetime) -> list[Booking]:
    """Return this booking and its person's later ones of the same series that stand, in order; else itself alone.

    A person with a log-in is known by it; a guest by the act in which the bookings were made: an e-mail address is what
    anybody can type.
    """
    slot = booking.slot
    if slot.series_id is None:
        return [booking]
    standing = _same_person(booking).exclude(status=Booking.Status.CANCELLED).filter(slot__series=slot.series_id)
    later = Q(slot__ends_at__gt=now, slot__starts_at__gte=slot.starts_at)
    following = standing.filter(Q(pk=booking.pk) | later)
    return list(following.select_related("slot__schedule").order_by("slot__starts_at", "pk"))


def _same_person(booking: Booking) -> QuerySet[Booking]:
    own = Booking.objects.filter(slot__account_id=booking.account_id)
    if booking.membership_id is not None:
        return own.filter(membership=booking.membership_id)
    return _of_one_act(booking).filter(membership__isnull=True)


def _of_one_act(booking: Booking) -> QuerySet[Booking]:
    """Return what was made with this booking, and itself. One after the other, each by its index."""
    first = booking.made_with_id or booking.pk
    made = Booking.objects.filter(pk=first).values("pk").union(Booking.objects.filter(made_with=first).values("pk"))
    return Booking.objects.filter(account_id=booking.account_id, pk__in=made)


def called_off_with(slot: Slot) -> list[Slot]:
    """Return this slot and those of its series that were called off in the same act, in order."""
    called_off = _of_series(slot).filter(cancelled_at=slot.cancelled_at, schedule__kind=Schedule.Kind.CAPACITY)
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
    cancelled = _same_person(booking).filter(status=Booking.Status.CANCELLED, cancelled_at=booking.cancelled_at)
    together = cancelled.filter(slot__series=booking.slot.series_id)
    return list(together.select_related("slot__schedule").order_by("slot__starts_at", "pk"))


def requests_with(booking: Booking) -> list[Booking]:
    """Return this request and those made in the same act that wait for an answer still, in order."""
    asked = _of_one_act(booking).filter(status=Booking.Status.PENDING).select_related("slot")
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
