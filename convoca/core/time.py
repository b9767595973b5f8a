"""Instants, stretches of time and the one place where a day and a clock become an instant.

Below the doors everything is UTC. A wall clock is minutes from midnight of a day, so that 26 o'clock (1560) is two in
the morning of the next day. Clocks are put forward, and times never happen; put back, and times happen twice. One rule
decides all of it, however far, in whichever direction and at whatever hour a zone moves its clock:

    What begins at a time, begins when the clock first shows that time or a later one.
    What closes at a time, closes when the clock has shown an earlier one for the last time.

So in the missing hour of spring what was to open or start does so at its end, and what was to close closes then too; a
day that a zone left out (Samoa, 2011-12-30) has no time in it. In the repeated hour of autumn a class starts at the
first 02:30 and a bar that is open until 02:30 is still open at the second 02:29; until 02:00, it closes at the first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
MIDNIGHT = time.min


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The time from `starts_at` up to, but not including, `ends_at`; both in UTC.

    [t, t) is legal and holds no time at all: it overlaps nothing. Raises ValueError for an instant that is naive or in
    another zone than `datetime.UTC`, and for an end before the start.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        starts_at, ends_at = self.starts_at, self.ends_at
        # By identity first, which is quicker and nearly always enough: a month is made of thousands of intervals.
        if not (starts_at.tzinfo is UTC is ends_at.tzinfo) and not (starts_at.tzinfo == UTC == ends_at.tzinfo):
            raise ValueError(f"An interval is in UTC: {starts_at!r}, {ends_at!r}")
        if ends_at < starts_at:
            raise ValueError(f"An interval does not end before it starts: {starts_at}, {ends_at}")

    @property
    def duration(self) -> timedelta:
        """The time that passes, whatever the clocks on the wall do meanwhile."""
        return self.ends_at - self.starts_at

    def overlaps(self, other: "Interval") -> bool:
        """Say whether some instant lies in both; intervals that only touch do not overlap."""
        return max(self.starts_at, other.starts_at) < min(self.ends_at, other.ends_at)

    def contains(self, other: "Interval") -> bool:
        """Say whether `other` neither starts before this one nor ends after it."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    def holds(self, instant: datetime) -> bool:
        """Say whether the instant lies within; the end does not."""
        return self.starts_at <= instant < self.ends_at

    def widened(self, *, before: timedelta, after: timedelta) -> "Interval":
        """Return the interval that starts `before` earlier and ends `after` later."""
        return Interval(self.starts_at - before, self.ends_at + after)


def localize(day: date, minutes: int, time_zone: str, *, closing: bool = False) -> datetime:
    """Return the UTC instant of the wall-clock time `minutes` after midnight of `day`, by the rule of this module.

    `minutes` may exceed 1440 and counts on into the following days. `closing` is for the end of what is open until that
    time; on all but a few nights of the year it makes no difference. Raises ZoneInfoNotFoundError for a zone that the
    IANA database does not have, and OverflowError beyond the years 1 to 9999.
    """
    zone = ZoneInfo(time_zone)
    wall = datetime.combine(day, MIDNIGHT, tzinfo=zone) + minutes * MINUTE
    first = wall.astimezone(UTC)
    second = wall.replace(fold=1).astimezone(UTC)
    if first > second:  # PEP 495: so it is in a gap, and only there.
        return _clock_change(second, first, zone)
    if closing and first < second and _offset_at(second - timedelta.resolution, zone) == _offset_at(second, zone):
        return second  # Otherwise the clock is put back to this very time, and shows no earlier one again.
    return first


def local_day(instant: datetime, time_zone: str) -> date:
    """Return the day of `time_zone` whose `day_bounds` hold the instant."""
    local = instant.astimezone(ZoneInfo(time_zone))
    day = local.date()
    if local.fold and instant >= localize(day + DAY, 0, time_zone):
        return day + DAY  # The clock went back over midnight: it shows yesterday, but today has begun.
    return day


def day_bounds(day: date, time_zone: str) -> Interval:
    """Return the local day from its first midnight to the next day's: 23, 24 or 25 hours, or none where it is missing.

    Consecutive days leave no gap and do not overlap.
    """
    return Interval(localize(day, 0, time_zone), localize(day + DAY, 0, time_zone))


def straight_stretches(span: Interval, time_zone: str) -> Iterator[tuple[Interval, timedelta]]:
    """Split `span` where the zone's clock is moved; give each piece, in order, with its distance from UTC.

    Pieces are a day long at most. No zone has ever moved its clock forth and back within a day.
    """
    zone = ZoneInfo(time_zone)
    begins = span.starts_at
    while begins < span.ends_at:
        ends = min(begins + DAY, span.ends_at)
        offset = _offset_at(begins, zone)
        if _offset_at(ends, zone) != offset:
            ends = min(ends, _clock_change(begins, ends, zone))
        yield Interval(begins, ends), offset
        begins = ends


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time as disjoint intervals, in order; what touches becomes one, empty ones vanish."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if interval.starts_at == interval.ends_at:
            continue
        if merged and interval.starts_at <= merged[-1].ends_at:
            if interval.ends_at > merged[-1].ends_at:
                merged[-1] = Interval(merged[-1].starts_at, interval.ends_at)
        else:
            merged.append(interval)
    return merged


def subtract(intervals: Sequence[Interval], removed: Sequence[Interval]) -> list[Interval]:
    """Return what is in `intervals` and not in `removed`. Both, and the answer, are disjoint and in order."""
    left: list[Interval] = []
    position = 0
    for interval in intervals:
        begins = interval.starts_at
        while position < len(removed) and removed[position].ends_at <= begins:
            position += 1
        ahead = position  # The last one removed here may reach into the next interval, so `position` stays on it.
        while ahead < len(removed) and removed[ahead].starts_at < interval.ends_at:
            if begins < removed[ahead].starts_at:
                left.append(Interval(begins, removed[ahead].starts_at))
            begins = max(begins, removed[ahead].ends_at)
            ahead += 1
        position = max(position, ahead - 1)
        if begins < interval.ends_at:
            left.append(Interval(begins, interval.ends_at))
    return left


def intersect(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """Return what is in both. Both, and the answer, are disjoint and in order."""
    common: list[Interval] = []
    here = there = 0
    while here < len(some) and there < len(others):
        begins = max(some[here].starts_at, others[there].starts_at)
        ends = min(some[here].ends_at, others[there].ends_at)
        if begins < ends:
            common.append(Interval(begins, ends))
        if some[here].ends_at <= others[there].ends_at:
            here += 1
        else:
            there += 1
    return common


def _offset_at(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).replace(tzinfo=UTC) - instant


def _clock_change(after: datetime, until: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant later than `after` with another offset; the caller knows of one, at `until` at latest.

    zoneinfo does not publish its transitions; they fall on whole seconds, so a search by halves finds one.
    """
    low = after.replace(microsecond=0)
    high = until if not until.microsecond else until.replace(microsecond=0) + SECOND
    offset = _offset_at(after, zone)
    while high - low > SECOND:
        middle = low + SECOND * ((high - low) // SECOND // 2)
        if _offset_at(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high
