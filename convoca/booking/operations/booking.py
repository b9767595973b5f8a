"""The path of a booking: lock what becomes scarcer, read, ask core, write. No network call happens here.

Lock order: resources by ascending id, then the slot. A booking that is refused has written nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from convoca.booking.models import Booking, Meeting, Membership, Occupancy, Resource, Schedule, Service, Slot
from convoca.booking.operations.addresses import give_addresses
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import owe_cancellation, owe_confirmation
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.refusals import AlreadyCancelled, AlreadySignedUp, NotOffered
from convoca.booking.operations.wishing import born_with_meeting, link_source_at_birth, wanted_meeting, wish_for_meeting
from convoca.booking.questions.hours import rules_of, times_of
from convoca.booking.questions.offers import day_of, length_of, needs_of
from convoca.core.admission import (
    Choice,
    Refusal,
    ResourceTaken,
    SlotFull,
    admit,
    admit_cancellation,
    admit_place,
    choose_resources,
)
from convoca.core.availability import ResourceTime, Rules
from convoca.core.choosing import by_preference
from convoca.core.time import Interval


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who books: a contact, or a person with a log-in. `language` and `time_zone` are those of their mails."""

    name: str
    email: str
    language: str
    time_zone: str
    membership: Membership | None = None


def book_resource(
    schedule: Schedule, resource: Resource, starts_at: datetime, *, client: Client, now: datetime
) -> Booking:
    """Book one resource of a resource schedule from `starts_at`, for the schedule's length.

    Raises a core Refusal, or NotOffered if the schedule does not list the resource.
    """
    if schedule.kind != Schedule.Kind.RESOURCE:
        raise NotOffered
    return _book_on_demand(schedule, [[resource.pk]], starts_at, service=None, client=client, now=now)


def book_service(
    schedule: Schedule, service: Service, starts_at: datetime, *, client: Client, now: datetime
) -> Booking:
    """Book a service of a service schedule from `starts_at`; the system finds its resources.

    Raises a core Refusal, or NotOffered if the service is another schedule's.
    """
    if schedule.kind != Schedule.Kind.SERVICE or service.schedule_id != schedule.pk:
        raise NotOffered
    needs = needs_of(schedule, resource=None, service=service)
    return _book_on_demand(schedule, needs, starts_at, service=service, client=client, now=now)


def book_place(slot: Slot, *, client: Client, quantity: int = 1, now: datetime) -> Booking:
    """Sign up for `quantity` places in a slot of a capacity schedule. Raises a core Refusal or AlreadySignedUp."""
    with transaction.atomic():
        held = _lock_slot(slot)
        schedule = held.schedule
        if not schedule.is_capacity or not held.is_live:
            raise NotOffered
        if _has_place(held, client):
            raise AlreadySignedUp
        when = Interval(held.starts_at, held.ends_at)
        rules = rules_of(schedule, length=when.duration)
        admit_place(capacity=held.capacity, taken=held.taken, quantity=quantity, slot=when, rules=rules, now=now)
        _take_places(held, quantity)
        return _write_booking(held, wanted_meeting(held), client=client, quantity=quantity, now=now)


def _lock_slot(slot: Slot) -> Slot:
    return (
        Slot.objects.select_for_update(no_key=True, of=("self",))
        .select_related("schedule")
        .get(account_id=slot.account_id, pk=slot.pk)
    )


def _has_place(slot: Slot, client: Client) -> bool:
    same = Q(email__iexact=client.email, membership__isnull=True)
    if client.membership is not None:
        same = Q(membership=client.membership)
    own = Booking.objects.filter(same, account_id=slot.account_id, slot=slot)
    return own.exclude(status=Booking.Status.CANCELLED).exists()


def _take_places(slot: Slot, quantity: int) -> None:
    """Count the places; the condition stands behind the lock, so that no forgotten lock could ever overbook."""
    room = Q(capacity__isnull=True) | Q(capacity__gte=F("taken") + quantity)
    if not Slot.objects.filter(room, pk=slot.pk).update(taken=F("taken") + quantity):
        raise SlotFull(slot.capacity or 0, 0)
    slot.taken += quantity


def _book_on_demand(
    schedule: Schedule,
    needs: Sequence[Sequence[int]],
    starts_at: datetime,
    *,
    service: Service | None,
    client: Client,
    now: datetime,
) -> Booking:
    wanted = Interval(starts_at, starts_at + length_of(schedule, service))
    rules = rules_of(schedule, length=wanted.duration)
    candidates = sorted({candidate for need in needs for candidate in need})
    try:
        with transaction.atomic():
            _lock_resources(schedule, candidates)
            times = times_of(schedule, candidates, span=rules.needed_for(wanted, time_zone=schedule.time_zone))
            free = _admitted(wanted, times, rules=rules, time_zone=schedule.time_zone, now=now)
            preferred = _by_load(schedule, free, wanted) if len(candidates) > len(needs) else free
            chosen = choose_resources(needs, preferred=preferred)
            slot = _write_slot(schedule, wanted, chosen, service=service)
            meeting = born_with_meeting(slot, confirmed=1, now=now)
            return _write_booking(slot, meeting, client=client, quantity=1, now=now)
    except IntegrityError as error:
        if "occupancy_no_overlap" in str(error):
            raise ResourceTaken from error
        raise


def _lock_resources(schedule: Schedule, resources: Sequence[int]) -> None:
    """Hold the resources until the transaction ends: two people can never hold the same one.

    Raises NotOffered if one is gone, or is not listed by a resource schedule.
    """
    offered = Resource.objects.filter(account_id=schedule.account_id, pk__in=resources)
    if schedule.kind == Schedule.Kind.RESOURCE:
        offered = offered.filter(listed__schedule=schedule)
    locked = offered.select_for_update(no_key=True, of=("self",)).order_by("pk").only("pk")
    if len(locked) != len(resources):
        raise NotOffered


def _admitted(
    wanted: Interval, times: Mapping[int, ResourceTime], *, rules: Rules, time_zone: str, now: datetime
) -> list[int]:
    """Return the resources that may be booked; if there is none, raise the refusal of the first."""
    free, refusals = [], []
    for resource, its in times.items():
        try:
            admit(
                wanted,
                open_intervals=its.open_intervals,
                busy=its.busy,
                rules=rules,
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


def _by_load(schedule: Schedule, free: Sequence[int], wanted: Interval) -> list[int]:
    """Order the free resources by how few bookings each has that day."""
    day = day_of(wanted.starts_at, schedule.time_zone)
    taken = Occupancy.objects.filter(
        account_id=schedule.account_id, resource__in=free, starts_at__gte=day.starts_at, starts_at__lt=day.ends_at
    ).values_list("resource_id", flat=True)
    return by_preference(free, choice=Choice.FEWEST, bookings_that_day=Counter(taken), seed=0)


def _write_slot(schedule: Schedule, when: Interval, resources: Sequence[int], *, service: Service | None) -> Slot:
    slot = Slot.objects.create(
        account_id=schedule.account_id,
        schedule=schedule,
        service=service,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        capacity=1,
        taken=1,
        link_source=link_source_at_birth(schedule),
    )
    Occupancy.objects.bulk_create(
        Occupancy(
            account_id=schedule.account_id,
            resource_id=resource,
            slot=slot,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
        )
        for resource in resources
    )
    return slot


def _write_booking(slot: Slot, meeting: Meeting | None, *, client: Client, quantity: int, now: datetime) -> Booking:
    """Write the place and the mails owed, and wake the worker: all or nothing."""
    booking = Booking(
        account_id=slot.account_id,
        slot=slot,
        membership=client.membership,
        quantity=quantity,
        name=client.name,
        email=client.email,
        language=client.language,
        time_zone=client.time_zone,
    )
    give_addresses(booking)
    booking.save(force_insert=True)
    link_is_coming = meeting is not None and not meeting.link
    owe_confirmation(booking, slot, link_is_coming=link_is_coming, now=now)
    (provision_due if link_is_coming else notify_due).enqueue()
    return booking


def cancel(booking: Booking, *, now: datetime) -> Booking:
    """Cancel a booking for its attendee: the link is denied and the place is free from this moment.

    The meeting of an appointment is deleted at the vendor when the undo window has passed; that of a class stays.
    Raises TooLateToCancel, SlotOver or AlreadyCancelled.
    """
    with transaction.atomic():
        slot = _lock_slot(booking.slot)
        held = Booking.objects.select_for_update(no_key=True).get(account_id=booking.account_id, pk=booking.pk)
        if held.status == Booking.Status.CANCELLED:
            raise AlreadyCancelled
        when = Interval(slot.starts_at, slot.ends_at)
        admit_cancellation(when, rules=rules_of(slot.schedule, length=when.duration), now=now)
        _give_place_back(held, slot, now=now)
        held.status, held.cancelled_at, held.revision = Booking.Status.CANCELLED, now, held.revision + 1
        held.save(update_fields=["status", "cancelled_at", "revision"])
        wish_for_meeting(slot, now=now)
        owe_cancellation(held, slot, now=now)
        notify_due.enqueue()
    held.slot = slot
    return held


def _give_place_back(booking: Booking, slot: Slot, *, now: datetime) -> None:
    if booking.status in {Booking.Status.CONFIRMED, Booking.Status.PENDING, Booking.Status.OFFERED}:
        Slot.objects.filter(pk=slot.pk).update(taken=F("taken") - booking.quantity)
        slot.taken -= booking.quantity
    if not slot.schedule.is_capacity:
        slot.occupancies.all().delete()
        slot.cancelled_at = now
        slot.save(update_fields=["cancelled_at"])
