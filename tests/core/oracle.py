"""The rules said again, slowly: look at the clock on the wall in every minute and count.

Nothing here is shared with the code under test but the values it is asked about. Where that sweeps sorted intervals and
computes with offsets, this reads a table of what a zone's clock shows and keeps sets of moments.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from convoca.core.availability import (
    AnyLength,
    ChosenLength,
    DayKind,
    FixedLength,
    Hours,
    LengthRule,
    Limits,
    Rules,
    StartGrid,
    WholeDays,
)
from convoca.core.time import Interval

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Clock:
    """What the clock of a zone shows at every `step` of some days."""

    def __init__(self, time_zone: str, first: datetime, last: datetime, step: timedelta) -> None:
        zone = ZoneInfo(time_zone)
        self.first = first
        self.step = step
        self.shown: dict[datetime, datetime] = {}
        self.day: dict[datetime, date] = {}
        self.moments_in_order = [first + number * step for number in range((last - first) // step)]
        self._begun: dict[datetime, datetime] = {}
        self._closed: dict[datetime, datetime] = {}
        today = date.min
        for moment in self.moments_in_order:
            self.shown[moment] = moment.astimezone(zone).replace(tzinfo=None, fold=0)
            today = max(today, self.shown[moment].date())  # A day that has begun goes on although the clock went back.
            self.day[moment] = today

    def begins(self, wall: datetime) -> datetime:
        """The first moment at which the clock shows this time or a later one."""
        if wall not in self._begun:
            self._begun[wall] = next(moment for moment, shown in self.shown.items() if shown >= wall)
        return self._begun[wall]

    def closes(self, wall: datetime) -> datetime:
        """The moment after the last one at which the clock shows an earlier time."""
        if wall not in self._closed:
            self._closed[wall] = max(moment for moment, shown in self.shown.items() if shown < wall) + self.step
        return self._closed[wall]

    def moments(self, interval: Interval) -> set[datetime]:
        """The moments of the table within an interval."""
        before, until = (-((self.first - edge) // self.step) for edge in (interval.starts_at, interval.ends_at))
        return set(self.moments_in_order[max(before, 0) : max(until, 0)])

    def between(self, day: date, opens: int, closes: int) -> set[datetime]:
        """The moments of a period that opens and closes so many minutes after midnight."""
        midnight = datetime.combine(day, datetime.min.time())
        return self.moments(Interval(self.begins(midnight + opens * MINUTE), self.closes(midnight + closes * MINUTE)))


@cache
def clock_around(time_zone: str, day: date, *, days: int, minutes: int) -> Clock:
    """The clock of a zone from `days` before a UTC day to `days` after it."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return Clock(time_zone, noon - days * DAY, noon + days * DAY, minutes * MINUTE)


def open_moments(hours: Hours, clock: Clock) -> set[datetime]:
    """When it is open; to be trusted two days from either end of the clock's table."""
    first, last = min(clock.day.values()), max(clock.day.values())
    days = [first + number * DAY for number in range(1, (last - first).days - 2)]
    special = [each for each in hours.special_days if each.day in days]
    shut = {each.day for each in special if each.kind is DayKind.REPLACE}
    shut |= {each.day for each in special if each.kind is DayKind.CLOSED and not each.periods}
    found: set[datetime] = set()
    for day in days:
        for period in hours.periods:
            if period.weekday == day.weekday() and day not in shut:
                found |= clock.between(day, period.opens, period.closes)
    found -= {moment for moment, day in clock.day.items() if day in shut}
    for each in special:
        for opens, closes in each.periods if each.kind is DayKind.CLOSED else ():
            found -= clock.between(each.day, opens, closes)
    for each in special:
        for opens, closes in each.periods if each.kind is not DayKind.CLOSED else ():
            found |= clock.between(each.day, opens, closes)
    found -= {moment for moment, day in clock.day.items() if hours.first_day and day < hours.first_day}
    found -= {moment for moment, day in clock.day.items() if hours.last_day and day > hours.last_day}
    return found


def is_start(grid: StartGrid, shown: datetime) -> bool:
    """Whether a booking may start when the clock shows this."""
    grid = grid.by_weekday.get(shown.weekday(), grid)
    minutes = shown.hour * 60 + shown.minute
    return minutes in grid.at or (grid.every is not None and (minutes - grid.counted_from) % grid.every == 0)


def ends(rule: LengthRule, start: datetime, length: timedelta, clock: Clock) -> datetime:
    """When a booking is over."""
    if isinstance(rule, WholeDays):
        last_midnight = datetime.combine(clock.day[start] + length - DAY, datetime.min.time())
        return clock.closes(last_midnight + rule.check_out * MINUTE)
    return start + length


def allowed(rule: LengthRule) -> Iterable[timedelta]:
    """All the lengths a rule allows."""
    match rule:
        case FixedLength(length):
            yield length
        case ChosenLength():
            length = rule.minimum
            while length <= rule.maximum:
                yield length
                length += rule.step
        case WholeDays():
            yield from (days * DAY for days in range(rule.minimum, rule.maximum + 1))
        case AnyLength():
            raise ValueError("There are too many")


def is_bookable(
    wanted: Interval, *, opened: set[datetime], busy: set[datetime], rules: Rules, clock: Clock, now: datetime
) -> bool:
    """Whether one resource may be booked for this, moment by moment."""
    start, end = wanted.starts_at, wanted.ends_at
    gap = rules.buffer_before + rules.buffer_after
    inside = clock.moments(wanted)
    if isinstance(rules.length, WholeDays):
        open_days = {clock.day[moment] for moment in opened}
        within_hours = start in opened and {clock.day[moment] for moment in inside} <= open_days
    else:
        within_hours = inside <= opened
    return (
        start < end
        and any(end == ends(rules.length, start, length, clock) for length in allowed(rules.length))
        and is_start(rules.grid, clock.shown[start])
        and within_hours
        and not busy & clock.moments(Interval(start - gap, end + gap))
        and (rules.notice is None or start >= now + rules.notice)
        and (rules.horizon is None or start <= now + rules.horizon)
    )


def clock_changes(first: date, last: date) -> list[tuple[str, datetime]]:
    """Each way in which some zone moves its clock between two days: one such zone, and the moment to the minute."""
    found: dict[tuple[datetime, timedelta, timedelta], str] = {}
    for time_zone in sorted(available_timezones()):
        zone = ZoneInfo(time_zone)
        week = datetime(first.year, first.month, first.day, tzinfo=UTC)
        while week.date() < last:
            before, after = _offset(week, zone), _offset(week + 7 * DAY, zone)
            if before != after:
                hour = next(
                    week + n * 60 * MINUTE for n in range(169) if _offset(week + n * 60 * MINUTE, zone) != before
                )
                moment = next(hour - n * MINUTE for n in range(61) if _offset(hour - (n + 1) * MINUTE, zone) == before)
                found.setdefault((moment, before, after), time_zone)
            week += 7 * DAY
    return [(time_zone, moment) for (moment, _, _), time_zone in found.items()]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).replace(tzinfo=UTC) - moment


def may_hold(wanted: Interval, own: Iterable[Interval], limits: Limits, *, now: datetime, clock: Clock) -> bool:
    """Whether a person who has the bookings `own` may have one more: each of them looked at on the calendar."""

    def week(day: date) -> date:
        return next(day - n * DAY for n in range(7) if (day - n * DAY).weekday() == limits.first_weekday)

    own = list(own)
    today = clock.day[wanted.starts_at]
    days = [clock.day[each.starts_at] for each in own]
    counted = [
        (limits.day, sum(day == today for day in days)),
        (limits.week, sum(week(day) == week(today) for day in days)),
        (limits.month, sum((day.year, day.month) == (today.year, today.month) for day in days)),
        (limits.total, len(own)),
        (limits.future, sum(each.starts_at > now for each in own) if wanted.starts_at > now else -1),
    ]
    apart = not any(clock.moments(each) & clock.moments(wanted) for each in own)
    return all(limit is None or held < limit for limit, held in counted) and (apart or not limits.no_overlap)


def repeats(first: Interval, rule: LengthRule, length: timedelta, days: Iterable[date], clock: Clock) -> list[Interval]:
    """A booking and its repeats on the given days, those that exist: each when the clock shows the same time."""
    shown = clock.shown[first.starts_at]
    found = [first]
    for day in days:
        if day in clock.day.values():
            start = clock.begins(datetime.combine(day, shown.time()))
            found.append(Interval(start, ends(rule, start, length, clock)))
    return found
