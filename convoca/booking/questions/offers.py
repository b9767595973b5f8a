"""What can be booked now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.db.models import QuerySet

from convoca.booking.models import Resource, Schedule, Service, Slot
from convoca.booking.questions.hours import times_of
from convoca.booking.questions.prepared import Blank, Prepared
from convoca.booking.questions.terms import length_of, rules_of
from convoca.core.availability import free_starts_in_pool
from convoca.core.choosing import can_serve
from convoca.core.lengths import KeptLength
from convoca.core.time import Interval, day_bounds, local_day, localize

# How much of the calendar is looked through at once for the next free day.
LOOK_AHEAD_DAYS = 28

_SLOTS = Prepared(
    lambda: Slot.objects.filter(
        account_id=Blank("account"),
        schedule_id=Blank("schedule"),
        cancelled_at__isnull=True,
        starts_at__gte=Blank("begins"),
        starts_at__lt=Blank("ends"),
    ).order_by("starts_at", "pk")
)


def _own_slots() -> QuerySet[Slot]:
    return Slot.objects.order_by("starts_at", "pk")


_ONE_SLOT = Prepared(
    lambda: _own_slots().filter(account_id=Blank("account"), schedule_id=Blank("schedule"), pk=Blank("slot"))
)


def local_window(first_day: date, days: int, time_zone: str) -> Interval:
    """Return `days` whole local days from the first midnight of `first_day`."""
    return Interval(localize(first_day, 0, time_zone), localize(first_day + timedelta(days=days), 0, time_zone))


def needs_of(schedule: Schedule, *, resource: Resource | None, service: Service | None) -> list[list[int]]:
    """Return what a booking takes: of each need one resource, any of its candidates."""
    if resource is not None:
        return [[resource.pk]]
    if service is None:
        return [list(schedule.listed.values_list("resource_id", flat=True))]
    needs: defaultdict[int, list[int]] = defaultdict(list)
    for need, candidate in service.candidates.values_list("need", "resource_id"):
        needs[need].append(candidate)
    return [needs[need] for need in sorted(needs)]


def starts_on_offer(
    schedule: Schedule,
    *,
    window: Interval,
    now: datetime,
    resource: Resource | None = None,
    service: Service | None = None,
    length: timedelta | None = None,
    kept: KeptLength | None = None,
) -> list[Interval]:
    """Return the free intervals that start in `window`, in order, of a resource or service schedule.

    Without a `resource`, those of which any resource of the schedule is free; `length` is for those who may choose one,
    `kept` for a booking that is moved.
    """
    needs = needs_of(schedule, resource=resource, service=service)
    candidates = list(dict.fromkeys(candidate for need in needs for candidate in need))
    if not candidates:
        return []
    length = length or length_of(schedule, service)
    rules = rules_of(schedule, service=service)
    if kept is not None:
        rules, length = replace(rules, length=kept.rule), kept.length
    span = rules.needed_for_starts(window, length=length, time_zone=schedule.time_zone)
    times = times_of(schedule, candidates, span=span)
    starts = free_starts_in_pool(
        times, rules=rules, length=length, window=window, time_zone=schedule.time_zone, now=now
    )
    if needs == [candidates]:
        return [start.interval for start in starts]  # One of them is enough, and each start has one.
    # Of the same few resources again and again: asked once each.
    serves = {free: can_serve(needs, free=free) for free in {start.resources for start in starts}}
    return [start.interval for start in starts if serves[start.resources]]


def slots_on_offer(schedule: Schedule, *, window: Interval, now: datetime) -> Sequence[Slot]:
    """Return a capacity schedule's live slots that start in `window` and have not started, in order; full ones too."""
    begins = max(window.starts_at, now.astimezone(UTC))
    return _SLOTS.all(account=schedule.account_id, schedule=schedule.pk, begins=begins, ends=window.ends_at)


def slots_of(schedule: Schedule, ids: Sequence[int]) -> list[Slot]:
    """Return those of the schedule's slots that have these ids, cancelled ones too, in the order of their starts."""
    if len(ids) == 1:
        slots = _ONE_SLOT.all(account=schedule.account_id, schedule=schedule.pk, slot=ids[0])
    else:
        slots = list(_own_slots().filter(account_id=schedule.account_id, schedule=schedule, pk__in=ids))
    for slot in slots:
        slot.schedule = schedule
    return slots


def next_free_day(
    schedule: Schedule,
    *,
    after: date,
    now: datetime,
    resource: Resource | None = None,
    service: Service | None = None,
    length: timedelta | None = None,
    kept: KeptLength | None = None,
) -> date | None:
    """Return the first local day later than `after` on which something can be booked, or None within the horizon."""
    last = local_day(now, schedule.time_zone) + timedelta(days=schedule.horizon_days or 366)
    day = after + timedelta(days=1)
    while day <= last:
        window = local_window(day, min(LOOK_AHEAD_DAYS, (last - day).days + 1), schedule.time_zone)
        first = _first_start(schedule, window, now=now, resource=resource, service=service, length=length, kept=kept)
        if first is not None:
            return local_day(first, schedule.time_zone)
        day += timedelta(days=LOOK_AHEAD_DAYS)
    return None


def _first_start(
    schedule: Schedule,
    window: Interval,
    *,
    now: datetime,
    resource: Resource | None,
    service: Service | None,
    length: timedelta | None,
    kept: KeptLength | None,
) -> datetime | None:
    if schedule.is_capacity:
        return next((slot.starts_at for slot in slots_on_offer(schedule, window=window, now=now)), None)
    offers = starts_on_offer(
        schedule, window=window, now=now, resource=resource, service=service, length=length, kept=kept
    )
    return offers[0].starts_at if offers else None


def day_of(instant: datetime, time_zone: str) -> Interval:
    return day_bounds(local_day(instant, time_zone), time_zone)
