"""Taking what is scarce: lock it first, then look, then ask core.

Lock order: resources by id, slots by id, bookings. Two people can never hold the same resource; on
PostgreSQL a constraint stands behind the lock.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from secrets import randbits
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from convoca.booking.models import Booking, Occupancy, Resource, Schedule, ScheduleResource, Slot
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.questions.hours import busy_times, times_of
from convoca.booking.questions.offers import day_of
from convoca.booking.questions.prepared import Blank, Prepared
from convoca.booking.questions.terms import Terms
from convoca.core.admission import Choice, Refusal, ResourceTaken, SlotFull, admit, choose_resources
from convoca.core.availability import ResourceTime
from convoca.core.choosing import by_preference
from convoca.core.time import Interval

# When each resource is open and taken, by its id.
type Times = Mapping[int, ResourceTime]

# What takes a place: somebody who waits does not.
HOLDING = frozenset({Booking.Status.CONFIRMED, Booking.Status.PENDING, Booking.Status.OFFERED})

CHOICE = {
    Schedule.ResourceChoice.FIRST: Choice.FIRST,
    Schedule.ResourceChoice.FEWEST: Choice.FEWEST,
    Schedule.ResourceChoice.RANDOM: Choice.RANDOM,
}


def lock_slot(slot: Slot) -> Slot:
    """Hold the slot until the transaction ends, and return it as it is now, with its schedule."""
    return _lock_slots(slot.account_id, [slot.pk])[slot.pk]


def lock_schedule(schedule: Schedule) -> Schedule:
    """Hold the schedule until the transaction ends, and return it as it is now. It is locked before its slots."""
    held = Schedule.objects.select_for_update(no_key=True, of=("self",))
    return held.get(account_id=schedule.account_id, pk=schedule.pk)


def lock_slots(slots: Sequence[Slot]) -> list[Slot]:
    """Hold one account's slots until the transaction ends; return them as they are now, in the order of their starts.

    They are locked in the order of their ids, whatever order they came in.
    """
    held = _lock_slots(slots[0].account_id, [slot.pk for slot in slots])
    return sorted(held.values(), key=lambda slot: (slot.starts_at, slot.pk))


def lock_booking(booking: Booking) -> Booking:
    """Hold the booking until the transaction ends, and return it as it is now. Its slot is locked before it."""
    return Booking.objects.select_for_update(no_key=True).get(account_id=booking.account_id, pk=booking.pk)


def lock_slot_and_booking(booking: Booking) -> tuple[Slot, Booking]:
    """Hold the booking and the slot that it is in now, whichever it was in when it was read; return both as they are.

    In that order; until the transaction ends, which is open.
    """
    slots, held = _lock_where_it_is(booking, [])
    return slots[held.slot_id], held


def lock_slots_and_booking(booking: Booking, other: Slot) -> tuple[Slot, Slot, Booking]:
    """Hold the booking, the slot that it is in now, and another one, as `lock_slot_and_booking` does."""
    slots, held = _lock_where_it_is(booking, [other.pk])
    return slots[held.slot_id], slots[other.pk], held


def _lock_where_it_is(booking: Booking, others: Sequence[int]) -> tuple[dict[int, Slot], Booking]:
    """Lock slots by ascending id, then the booking; anew, if it has been moved to another slot meanwhile."""
    slot = booking.slot_id
    while True:
        with transaction.atomic():
            slots, held = _lock_slots(booking.account_id, [slot, *others]), lock_booking(booking)
            if held.slot_id == slot:
                return slots, held
            # Letting go of both keeps the order of locks: nobody waits for a slot who holds a booking.
            transaction.set_rollback(True)
        slot = held.slot_id


def _lock_slots(account_id: int, slots: Sequence[int]) -> dict[int, Slot]:
    if len(slots) == 1:
        return {slot.pk: slot for slot in _ONE_SLOT.all(account=account_id, slot=slots[0])}
    return {slot.pk: slot for slot in _slots_to_hold().filter(account_id=account_id, pk__in=slots).order_by("pk")}


def _slots_to_hold() -> QuerySet[Slot]:
    return Slot.objects.select_for_update(no_key=True, of=("self",)).select_related("schedule", "service")


_ONE_SLOT = Prepared(lambda: _slots_to_hold().filter(account_id=Blank("account"), pk=Blank("slot")))


def lock_resources(schedule: Schedule, resources: Sequence[int], *, had: Collection[int] = ()) -> None:
    """Hold the resources until the transaction ends. Raises NotOffered if the schedule does not offer one of them.

    Those that a booking `had` before it keeps, though they are on offer no more.
    """
    if not resources:
        return  # A class takes none.
    are_listed = schedule.kind == Schedule.Kind.RESOURCE
    to_hold = _resources_to_hold(len(resources), listed=are_listed, had=len(had) if are_listed else 0)
    names = {f"resource_{place}": each for place, each in enumerate(resources)}
    had_before = {f"had_{place}": each for place, each in enumerate(had)}
    locked = to_hold.all(account=schedule.account_id, schedule=schedule.pk, **names, **had_before)
    if len(locked) != len(resources):
        raise NotOffered


@cache
def _resources_to_hold(number: int, *, listed: bool, had: int) -> Prepared[Resource]:
    """Return the read that locks so many resources by ascending id: of a schedule that lists them, or `had` before."""

    def build() -> QuerySet[Resource]:
        wanted: list[Any] = [Blank(f"resource_{place}") for place in range(number)]
        offered = Resource.objects.filter(account_id=Blank("account"), pk__in=wanted)
        if listed:
            on_page = ScheduleResource.objects.filter(schedule_id=Blank("schedule")).values("resource")
            kept = Q(pk__in=[Blank(f"had_{place}") for place in range(had)])
            offered = offered.filter(Q(pk__in=on_page) | kept if had else Q(pk__in=on_page))
        return offered.select_for_update(no_key=True, of=("self",)).order_by("pk").only("pk")

    return Prepared(build)


def take_resources(
    schedule: Schedule,
    needs: Sequence[Sequence[int]],
    wanted: Interval,
    *,
    terms: Terms,
    now: datetime,
    instead_of: Slot | None = None,
    seen: Times | None = None,
) -> tuple[int, ...]:
    """Return one free resource for each need; the caller holds all of them and writes the occupancies.

    What `instead_of` takes counts as free: it is about to move. `seen` is what `look_at` saw before they were held: of
    that, opening hours are believed. Raises a core Refusal.
    """
    candidates, span = _candidates(needs), terms.rules.needed_for(wanted, time_zone=schedule.time_zone)
    if seen is None:
        times = _times(schedule, candidates, span, terms)
    else:
        busy = busy_times(schedule.account_id, candidates, span=span)
        times = {each: ResourceTime(seen[each].open_intervals, busy.get(each, [])) for each in candidates}
    if instead_of is not None:
        times = _without(times, instead_of)
    free = _admitted(wanted, times, terms=terms, time_zone=schedule.time_zone, now=now)
    preferred = _by_preference(schedule, free, wanted) if len(candidates) > len(needs) else free
    return choose_resources(needs, preferred=preferred)


def look_at(
    schedule: Schedule, needs: Sequence[Sequence[int]], wanted: Interval, *, terms: Terms, now: datetime
) -> Times | None:
    """Return when what is needed is open and taken, holding nothing. Raises ResourceTaken if somebody has it already.

    What else there may be against it is left to be found by who holds it: then this returns None.
    """
    candidates, span = _candidates(needs), terms.rules.needed_for(wanted, time_zone=schedule.time_zone)
    times = _times(schedule, candidates, span, terms)
    try:
        free = _admitted(wanted, times, terms=terms, time_zone=schedule.time_zone, now=now)
    except ResourceTaken:
        raise
    except Refusal:
        return None
    choose_resources(needs, preferred=free)
    return times


def _candidates(needs: Sequence[Sequence[int]]) -> list[int]:
    """Return them in the schedule's order: it is what "the first free one" means, and what breaks ties."""
    return list(dict.fromkeys(candidate for need in needs for candidate in need))


def _times(schedule: Schedule, candidates: Sequence[int], span: Interval, terms: Terms) -> Times:
    times = times_of(schedule, candidates, span=span)
    if terms.hours_bind:
        return times
    return {each: ResourceTime([span], its.busy) for each, its in times.items()}


def _without(times: Times, slot: Slot) -> Times:
    own = {each.resource_id: Interval(each.starts_at, each.ends_at) for each in slot.occupancies.all()}
    return {
        resource: ResourceTime(its.open_intervals, [busy for busy in its.busy if busy != own.get(resource)])
        for resource, its in times.items()
    }


def _admitted(wanted: Interval, times: Times, *, terms: Terms, time_zone: str, now: datetime) -> list[int]:
    """Return the resources that may be booked; if there is none, raise the refusal of the first."""
    free, refusals = [], []
    for resource, its in times.items():
        try:
            admit(
                wanted,
                open_intervals=its.open_intervals,
                busy=its.busy,
                rules=terms.rules,
                time_zone=time_zone,
                now=now,
            )
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            free.append(resource)
    if not free:
        raise refusals[0] if refusals else NotOffered
    return free


def _by_preference(schedule: Schedule, free: Sequence[int], wanted: Interval) -> list[int]:
    """Order the free resources as the schedule prefers them."""
    day = day_of(wanted.starts_at, schedule.time_zone)
    taken = Occupancy.objects.filter(
        account_id=schedule.account_id,
        resource__in=free,
        released_at__isnull=True,
        starts_at__gte=day.starts_at,
        starts_at__lt=day.ends_at,
    ).values_list("resource_id", flat=True)
    choice = CHOICE[Schedule.ResourceChoice(schedule.resource_choice)]
    return by_preference(free, choice=choice, bookings_that_day=Counter(taken), seed=randbits(64))


def occupy(slot: Slot, resources: Sequence[int]) -> None:
    """Write that the slot takes the resources, for its own time."""
    Occupancy.objects.bulk_create(
        Occupancy(
            account_id=slot.account_id,
            resource_id=resource,
            slot=slot,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
        )
        for resource in resources
    )


def take_places(slot: Slot, quantity: int) -> None:
    """Count the places; the condition stands behind the lock, so that no forgotten lock could ever overbook."""
    room = Q(capacity__isnull=True) | Q(capacity__gte=F("taken") + quantity)
    if not Slot.objects.filter(room, pk=slot.pk).update(taken=F("taken") + quantity):
        raise SlotFull(slot.capacity or 0, max((slot.capacity or 0) - slot.taken, 0))
    slot.taken += quantity


def give_places_back(slot: Slot, quantity: int) -> None:
    Slot.objects.filter(pk=slot.pk).update(taken=F("taken") - quantity)
    slot.taken -= quantity
