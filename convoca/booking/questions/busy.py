"""When calendars say that nobody can be booked: of a schedule as a whole, or of one of its resources."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q

from convoca.booking.models import BusyCalendar, BusyTime, Schedule, WhenUnknown
from convoca.core.time import Interval

# Asked for every quarter of an hour; what is twice as old was not answered.
STALE_AFTER = timedelta(minutes=30)


class Freshness(StrEnum):
    KNOWN = "known"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """A calendar on which a schedule depends, or a resource of its (`whose`, "" for the schedule as a whole)."""

    number: int
    calendar: str
    email: str
    whose: str
    freshness: Freshness
    read_at: datetime | None
    reason: str


def closed_by_calendars(
    schedule: Schedule, resources: Collection[int], *, span: Interval
) -> defaultdict[int | None, list[Interval]]:
    """Return what of `span` is closed by each resource's calendars; under None, for all of them. Two queries.

    What is not known is closed, if the owner wants it so.
    """
    rows = BusyCalendar.objects.filter(
        Q(schedule=schedule) | Q(resource__in=resources), account_id=schedule.account_id
    ).select_related("calendar")
    whose = [(row.resource_id, row.calendar) for row in rows]
    busy = _busy_times(schedule.account_id, {calendar.pk for _, calendar in whose}, span=span)
    closed: defaultdict[int | None, list[Interval]] = defaultdict(list)
    for resource, calendar in whose:
        closed[resource] += busy.get(calendar.pk, [])
        if not calendar.is_busy_known and schedule.when_unknown == WhenUnknown.REFUSE:
            closed[resource].append(span)
    return closed


def _busy_times(account_id: int, calendars: Collection[int], *, span: Interval) -> Mapping[int, list[Interval]]:
    found: defaultdict[int, list[Interval]] = defaultdict(list)
    if not calendars:
        return found
    times = BusyTime.objects.filter(
        account_id=account_id, calendar__in=calendars, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at
    )
    for calendar, starts_at, ends_at in times.values_list("calendar_id", "starts_at", "ends_at"):
        found[calendar].append(Interval(starts_at, ends_at))
    return found


def dependences_of(schedule: Schedule, *, now: datetime) -> list[Dependence]:
    """Return the calendars on which the schedule, or a resource that it offers, depends."""
    offered = Q(schedule=schedule) | Q(resource__listed__schedule=schedule)
    rows = BusyCalendar.objects.filter(offered, account_id=schedule.account_id).distinct()
    rows = rows.select_related("calendar__connection", "resource").order_by("resource__name", "pk")
    return [
        Dependence(
            number=row.pk,
            calendar=row.calendar.name,
            email=row.calendar.connection.email,
            whose=row.resource.name if row.resource else "",
            freshness=_freshness(row, now=now),
            read_at=row.calendar.busy_read_at,
            reason=row.calendar.busy_reason,
        )
        for row in rows
    ]


def _freshness(row: BusyCalendar, *, now: datetime) -> Freshness:
    calendar = row.calendar
    if not calendar.is_busy_known or calendar.busy_read_at is None:
        return Freshness.UNKNOWN
    return Freshness.KNOWN if now - calendar.busy_read_at <= STALE_AFTER else Freshness.STALE
