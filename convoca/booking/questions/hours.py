"""When a schedule's resources are open and taken: bounded reads that the pure rules are asked with."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from convoca.booking.models import Occupancy, OpeningHours, Resource, Schedule, SpecialDay
from convoca.core.availability import (
    DayKind,
    FixedLength,
    Hours,
    OpeningPeriod,
    ResourceTime,
    Rules,
    StartGrid,
    open_intervals,
)
from convoca.core.availability import SpecialDay as Special
from convoca.core.time import Interval


def rules_of(schedule: Schedule, *, length: timedelta) -> Rules:
    """Return what `schedule` asks of a booking of `length`."""
    return Rules(
        grid=StartGrid(every=schedule.start_every_minutes),
        length=FixedLength(length),
        buffer_before=timedelta(minutes=schedule.buffer_before_minutes),
        buffer_after=timedelta(minutes=schedule.buffer_after_minutes),
        notice=timedelta(minutes=schedule.notice_minutes),
        horizon=None if schedule.horizon_days is None else timedelta(days=schedule.horizon_days),
        change_limit=timedelta(minutes=schedule.change_limit_minutes),
        cancel_limit=timedelta(minutes=schedule.cancel_limit_minutes),
        places_per_person=None,
    )


def times_of(schedule: Schedule, resources: Collection[int], *, span: Interval) -> dict[int, ResourceTime]:
    """Return when each resource is open and taken within `span`. Three queries, however many resources."""
    hours = _hours(schedule, resources)
    busy = busy_times(schedule.account_id, resources, span=span)
    opened = {id(each): open_intervals(each, span) for each in {id(one): one for one in hours.values()}.values()}
    return {each: ResourceTime(opened[id(hours[each])], busy.get(each, [])) for each in resources}


def busy_times(account_id: int, resources: Collection[int], *, span: Interval) -> Mapping[int, list[Interval]]:
    """Return what of each resource is taken in `span`.

    Of one resource no two occupancies overlap, so besides those that start within only the last one before can reach
    in: the cost is that of the span, not of the table.
    """
    last_before = Occupancy.objects.filter(
        account_id=account_id, resource=OuterRef("pk"), starts_at__lt=span.starts_at
    ).order_by("-starts_at")  # fmt: skip
    first = Coalesce(Subquery(last_before.values("starts_at")[:1]), Value(span.starts_at))
    rows = Resource.objects.filter(
        account_id=account_id,
        pk__in=resources,
        # Said again, because the index begins with it.
        occupancies__account_id=account_id,
        occupancies__starts_at__gte=first,
        occupancies__starts_at__lt=span.ends_at,
        occupancies__ends_at__gt=span.starts_at,
    )
    taken: defaultdict[int, list[Interval]] = defaultdict(list)
    for resource, starts_at, ends_at in rows.values_list("pk", "occupancies__starts_at", "occupancies__ends_at"):
        taken[resource].append(Interval(starts_at, ends_at))
    return taken


def _hours(schedule: Schedule, resources: Iterable[int]) -> dict[int, Hours]:
    """Return each resource's hours: its own if it has any, else the schedule's."""
    resources = list(resources)
    whose = Q(schedule=schedule) | Q(resource__in=resources)
    periods: defaultdict[int | None, list[OpeningPeriod]] = defaultdict(list)
    weekly = OpeningHours.objects.filter(whose, account_id=schedule.account_id)
    for resource, *period in weekly.values_list("resource_id", "weekday", "opens", "closes"):
        periods[resource].append(OpeningPeriod(*period))
    special: defaultdict[int | None, list[Special]] = defaultdict(list)
    days = SpecialDay.objects.filter(whose, account_id=schedule.account_id)
    for resource, kind, day, opens, closes in days.values_list("resource_id", "kind", "day", "opens", "closes"):
        special[resource].append(_special(kind, day, opens, closes))
    shared = Hours(time_zone=schedule.time_zone, periods=tuple(periods[None]), special_days=tuple(special[None]))
    own = {
        each: Hours(
            time_zone=schedule.time_zone,
            periods=tuple(periods.get(each, periods[None])),
            special_days=(*special[None], *special.get(each, ())),
        )
        for each in resources
        if each in periods or each in special
    }
    return {each: own.get(each, shared) for each in resources}


def _special(kind: str, day: date, opens: int, closes: int) -> Special:
    if kind == SpecialDay.Kind.CLOSED:
        return Special(day, kind=DayKind.CLOSED)
    return Special(day, ((opens, closes),), kind=DayKind.EXTRA)
