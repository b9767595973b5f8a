"""Lists for programs: bookings and slots of one schedule, in a window, since a change, or of one person.

Each begins with the account and the schedule and returns at most so many: the cost is what is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet

from convoca.booking.models import AuditEntry, Booking, Membership, Occupancy, Resource, Schedule, Service, Slot
from convoca.booking.questions.offers import slots_on_offer, starts_on_offer
from convoca.core.time import Interval

Status = Booking.Status
# So much of a calendar is looked through at once for what is free, and so much in all.
LOOKED_THROUGH = timedelta(days=14)
LOOKED_THROUGH_IN_ALL = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which bookings of a schedule: what starts from `begins` on, before `ends`; what is None narrows nothing."""

    schedule: Schedule
    begins: datetime
    ends: datetime | None = None
    person: Membership | None = None
    resource: int | None = None
    service: int | None = None
    first: int = 0
    most: int


def bookings_listed(wanted: Wanted) -> list[Booking]:
    """Return the bookings that stand, by their start."""
    bookings = _narrowed(wanted).order_by("slot__starts_at", "slot_id", "pk")
    return list(bookings[wanted.first : wanted.first + wanted.most])


def slots_listed(wanted: Wanted) -> list[tuple[Slot, list[Booking]]]:
    """Return the live slots of a capacity schedule, by their start, each with its bookings. Two queries.

    Where one person is meant, those slots in which they have a booking, and that alone.
    """
    slots = Slot.objects.filter(
        account_id=wanted.schedule.account_id,
        schedule=wanted.schedule,
        starts_at__gte=wanted.begins,
        cancelled_at__isnull=True,
    )
    if wanted.ends is not None:
        slots = slots.filter(starts_at__lt=wanted.ends)
    if wanted.person is not None:
        slots = slots.filter(Exists(_narrowed(wanted).filter(slot=OuterRef("pk"))))
    found = list(slots.order_by("starts_at", "pk")[wanted.first : wanted.first + wanted.most])
    theirs = _narrowed(wanted).filter(slot__in=[slot.pk for slot in found]).order_by("pk")
    in_slot: dict[int, list[Booking]] = {slot.pk: [] for slot in found}
    for booking in theirs:
        in_slot[booking.slot_id].append(booking)
    for slot in found:
        slot.schedule = wanted.schedule
    return [(slot, in_slot[slot.pk]) for slot in found]


def bookings_changed(
    schedule: Schedule,
    *,
    since: datetime | None,
    until: datetime | None,
    person: Membership | None = None,
    first: int = 0,
    most: int,
) -> list[Booking]:
    """Return the bookings to which something was done last since then and before `until`, cancelled ones too.

    Who wants to know what is new asks `since` the last time, and gets the oldest change first; without it, the latest
    first.
    """
    entries = AuditEntry.objects.filter(account_id=schedule.account_id, slot__schedule=schedule, booking__isnull=False)
    if since is not None:
        entries = entries.filter(at__gte=since)
    if person is not None:
        entries = entries.filter(booking__membership=person)
    changed = entries.values("booking").annotate(last=Max("at"))
    if until is not None:
        changed = changed.filter(last__lt=until)
    changed = changed.order_by("last", "booking") if since is not None else changed.order_by("-last", "-booking")
    numbers = [each["booking"] for each in changed[first : first + most]]
    found = _whole(Booking.objects.filter(account_id=schedule.account_id, pk__in=numbers)).in_bulk()
    return [found[number] for number in numbers if number in found]


def _narrowed(wanted: Wanted) -> QuerySet[Booking]:
    schedule = wanted.schedule
    bookings = Booking.objects.filter(
        account_id=schedule.account_id, slot__schedule=schedule, slot__starts_at__gte=wanted.begins
    ).exclude(status=Status.CANCELLED)
    if wanted.ends is not None:
        bookings = bookings.filter(slot__starts_at__lt=wanted.ends)
    if wanted.person is not None:
        bookings = bookings.filter(membership=wanted.person)
    if wanted.service is not None:
        bookings = bookings.filter(slot__service=wanted.service)
    if wanted.resource is not None:
        taken = Occupancy.objects.filter(
            account_id=schedule.account_id, slot=OuterRef("slot"), resource=wanted.resource
        )
        bookings = bookings.filter(Exists(taken))
    return _whole(bookings)


def _whole(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    return bookings.select_related("slot__schedule", "slot__service", "membership")


@dataclass(frozen=True, kw_only=True)
class Free:
    """Something that can be booked: a time of a resource or service, or a slot."""

    when: Interval
    of: Resource | Service | None = None
    slot: Slot | None = None


def free_from(
    schedule: Schedule,
    begins: datetime,
    *,
    named: str | None = None,
    length: timedelta | None = None,
    full: bool = False,
    most: int,
    now: datetime,
) -> list[Free]:
    """Return up to `most` of what can be booked from then on, in order; of a class full ones too if wanted.

    `named` narrows it to one resource or service; a name that nothing has finds nothing. It is looked for a year ahead.
    """
    sold = _sold(schedule, named)
    found: list[Free] = []
    at, last = begins, min(begins + LOOKED_THROUGH_IN_ALL, _horizon(schedule, now))
    while at < last and len(found) < most:
        window = Interval(at, min(at + LOOKED_THROUGH, last))
        if schedule.is_capacity:
            slots = slots_on_offer(schedule, window=window, now=now)
            found += [Free(when=Interval(s.starts_at, s.ends_at), slot=s) for s in slots if full or not s.is_full]
        else:
            found += _starts(schedule, sold, window, length=length, now=now)
        at = window.ends_at
    return found[:most]


def _horizon(schedule: Schedule, now: datetime) -> datetime:
    return now + timedelta(days=(schedule.horizon_days or LOOKED_THROUGH_IN_ALL.days) + 1)


def _sold(schedule: Schedule, named: str | None) -> Sequence[Resource | Service]:
    """Return the resources or services of which free times are told, each for itself."""
    sold: Sequence[Resource | Service]
    if schedule.kind == Schedule.Kind.SERVICE:
        sold = list(schedule.services.filter(account_id=schedule.account_id, is_hidden=False))
    elif schedule.kind == Schedule.Kind.RESOURCE:
        sold = [each.resource for each in schedule.listed.select_related("resource").order_by("position", "id")]
    else:
        sold = []
    return sold if named is None else [each for each in sold if each.name == named]


def _starts(
    schedule: Schedule,
    sold: Sequence[Resource | Service],
    window: Interval,
    *,
    length: timedelta | None,
    now: datetime,
) -> list[Free]:
    found = []
    for each in sold:
        resource = each if isinstance(each, Resource) else None
        service = each if isinstance(each, Service) else None
        starts = starts_on_offer(
            schedule,
            window=window,
            now=now,
            resource=resource,
            service=service,
            length=length if service is None else None,
        )
        found += [Free(when=when, of=each) for when in starts]
    return sorted(found, key=lambda free: free.when.starts_at)
