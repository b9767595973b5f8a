"""When a schedule's resources are open and taken: bounded reads that the pure rules are asked with.

Every look at a calendar asks them. The ORM spends several times as long on building such statements anew as the
database on answering them, so they are written out here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from convoca.booking.models import Schedule, SpecialDay
from convoca.booking.questions.busy import closed_by_calendars
from convoca.core.availability import (
    DayKind,
    Hours,
    OpeningPeriod,
    ResourceTime,
    open_intervals,
)
from convoca.core.availability import SpecialDay as Special
from convoca.core.time import Interval, merge, subtract

# Of one resource no two occupancies overlap, so besides those that start within a span only the last one that starts
# before can reach into it. `account_id` is said of every table, because the indexes begin with it.
TAKEN = """
SELECT resource.id, taken.starts_at, taken.ends_at
FROM booking_resource resource JOIN booking_occupancy taken ON taken.resource_id = resource.id
WHERE resource.account_id = %s AND resource.id IN ({resources})
AND taken.account_id = %s AND taken.released_at IS NULL AND taken.ends_at > %s AND taken.starts_at < %s
AND taken.starts_at >= COALESCE((
    SELECT earlier.starts_at FROM booking_occupancy earlier
    WHERE earlier.account_id = %s AND earlier.resource_id = resource.id AND earlier.released_at IS NULL
    AND earlier.starts_at < %s ORDER BY earlier.starts_at DESC LIMIT 1
), %s)
"""

# A row of the week has a weekday, one of a special day its kind and the day, one of what is taken two instants.
TIMES = (
    """
SELECT resource_id, weekday, NULL AS kind, CAST(NULL AS date) AS day, opens, closes,
CAST(NULL AS timestamp with time zone) AS starts_at, CAST(NULL AS timestamp with time zone) AS ends_at
FROM booking_openinghours
WHERE account_id = %s AND (schedule_id = %s OR resource_id IN ({resources}))
UNION ALL
SELECT resource_id, NULL, kind, day, opens, closes, NULL, NULL FROM booking_specialday
WHERE account_id = %s AND (schedule_id = %s OR resource_id IN ({resources})) AND day BETWEEN %s AND %s
UNION ALL
SELECT id, NULL, NULL, NULL, NULL, NULL, starts_at, ends_at FROM ("""
    + TAKEN
    + ") AS taken"
)

# Where in such a row the instants begin.
STARTS_AT = 6

# A special day matters from its own first minute in the easternmost zone to the end of the next in the westernmost.
DAYS_AROUND = timedelta(days=3)


def times_of(schedule: Schedule, resources: Collection[int], *, span: Interval) -> dict[int, ResourceTime]:
    """Return when each resource is open and taken within `span`. One query, however many resources.

    A schedule that depends on calendars is closed while they are busy.
    """
    resources = tuple(resources)
    if not resources:
        return {}
    hours, busy = _hours_and_taken(schedule, resources, span=span)
    opened = {id(each): open_intervals(each, span) for each in {id(one): one for one in hours.values()}.values()}
    times = {each: ResourceTime(opened[id(hours[each])], busy.get(each, [])) for each in resources}
    return _closed_when_busy(times, schedule, span=span) if schedule.heeds_busy_times else times


def _closed_when_busy(
    times: Mapping[int, ResourceTime], schedule: Schedule, *, span: Interval
) -> dict[int, ResourceTime]:
    """Return the same times, closed while the owners of the resources' calendars are busy. Two queries more."""
    closed = closed_by_calendars(schedule, tuple(times), span=span)
    return {
        each: ResourceTime(subtract(merge(its.open_intervals), merge([*closed[None], *closed[each]])), its.busy)
        for each, its in times.items()
    }


def busy_times(account_id: int, resources: Collection[int], *, span: Interval) -> Mapping[int, list[Interval]]:
    """Return what of each resource is taken in `span`: the cost is that of the span, not of the table."""
    values = _taken_values(account_id, resources, span)
    return _taken_of(_ask(TAKEN, resources, *values))


def _taken_values(account_id: int, resources: Collection[int], span: Interval) -> Sequence[Any]:
    begins, ends = (connection.ops.adapt_datetimefield_value(each) for each in (span.starts_at, span.ends_at))
    return (account_id, *resources, account_id, begins, ends, account_id, begins, begins)


def _taken_of(rows: Iterable[Sequence[Any]]) -> Mapping[int, list[Interval]]:
    taken: defaultdict[int, list[Interval]] = defaultdict(list)
    for resource, starts_at, ends_at in rows:
        taken[resource].append(Interval(_instant(starts_at), _instant(ends_at)))
    return taken


def _hours_and_taken(
    schedule: Schedule, resources: Collection[int], *, span: Interval
) -> tuple[dict[int, Hours], Mapping[int, list[Interval]]]:
    """Return each resource's hours, and what of it is taken; of special days, those that matter."""
    whose = (schedule.account_id, schedule.pk, *resources)
    near = (span.starts_at.date() - DAYS_AROUND, span.ends_at.date() + DAYS_AROUND)
    first, last = (connection.ops.adapt_datefield_value(each) for each in near)
    taken = _taken_values(schedule.account_id, resources, span)
    rows = _ask(TIMES, resources, *whose, *whose, first, last, *taken)
    hours = [row[:STARTS_AT] for row in rows if row[STARTS_AT] is None]
    return _hours_of(schedule, resources, hours), _taken_of(
        (row[0], *row[STARTS_AT:]) for row in rows if row[STARTS_AT] is not None
    )


def _hours_of(schedule: Schedule, resources: Collection[int], rows: Iterable[Sequence[Any]]) -> dict[int, Hours]:
    """Return each resource's hours: its own if it has any, else the schedule's."""
    periods: defaultdict[int | None, list[OpeningPeriod]] = defaultdict(list)
    special: defaultdict[int | None, list[Special]] = defaultdict(list)
    for resource, weekday, kind, day, opens, closes in rows:
        if kind is None:
            periods[resource].append(OpeningPeriod(weekday, opens, closes))
        else:
            special[resource].append(_special(kind, _day(day), opens, closes))
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


def _day(written: date | str) -> date:
    """Return the day: of a column of two tables SQLite does not know what it holds."""
    return date.fromisoformat(written) if isinstance(written, str) else written


def _ask(statement: str, resources: Collection[int], *values: int | str | date | None) -> list[Any]:
    """Return all rows; `{resources}` in the statement takes as many values as there are resources."""
    with connection.cursor() as cursor:
        cursor.execute(statement.format(resources=", ".join(["%s"] * len(resources))), values)
        return list(cursor.fetchall())


def _instant(written: datetime | str) -> datetime:
    """Return the instant in UTC: SQLite keeps no zone, and all that we write there is UTC."""
    instant = datetime.fromisoformat(written) if isinstance(written, str) else written
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
