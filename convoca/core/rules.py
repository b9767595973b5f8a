"""What a schedule asks of each booking, and how much one person may hold.

Values only: `availability` lists what they leave free, `admission` refuses what they forbid.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from convoca.core.lengths import DAY_MINUTES, NO_TIME, AnyLength, LengthRule
from convoca.core.time import DAY, Interval, local_day, localize, merge, straight_stretches


@dataclass(frozen=True, slots=True, kw_only=True)
class StartGrid:
    """The times, on the schedule's own clock, at which a booking may start.

    Every `every` minutes, in step with `counted_from` (minutes from midnight; the count begins anew each midnight), or
    at the times of `at`, or both. A weekday (0 is Monday) found in `by_weekday` has its own grid instead. A clock that
    is put back shows some times twice, and each of the two is a start; times that it skips are none that day.
    """

    every: int | None = None
    counted_from: int = 0
    at: tuple[int, ...] = ()
    by_weekday: Mapping[int, "StartGrid"] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.every is not None and not 1 <= self.every <= DAY_MINUTES:
            raise ValueError(f"Starts are 1 to {DAY_MINUTES} minutes apart, not {self.every}")
        if not all(0 <= minutes < DAY_MINUTES for minutes in (self.counted_from, *self.at)):
            raise ValueError(f"A start is within a day of midnight, not at minute {self.counted_from} or {self.at}")
        if not self.by_weekday.keys() <= set(range(7)):
            raise ValueError(f"Weekdays are 0 (Monday) to 6, not {sorted(self.by_weekday)}")

    def starts_in(self, span: Interval, time_zone: str) -> Iterator[datetime]:
        """Yield the starts within `span`, in order."""
        for piece, offset in straight_stretches(span, time_zone):
            midnight = (piece.starts_at + offset).replace(hour=0, minute=0, second=0, microsecond=0) - offset
            while midnight < piece.ends_at:
                grid = self.by_weekday.get((midnight + offset).weekday(), self)
                day = Interval(max(midnight, piece.starts_at), min(midnight + DAY, piece.ends_at))
                yield from grid._starts_of_day(day, midnight)
                midnight += DAY

    def has(self, start: datetime, time_zone: str) -> bool:
        """Say whether the instant is one of the starts."""
        return any(self.starts_in(Interval(start, start + timedelta.resolution), time_zone))

    def _starts_of_day(self, day: Interval, midnight: datetime) -> Iterable[datetime]:
        starts = [midnight + timedelta(minutes=minutes) for minutes in self.at]
        starts = [start for start in starts if day.holds(start)]
        if self.every:
            step = timedelta(minutes=self.every)
            start = day.starts_at + (midnight + timedelta(minutes=self.counted_from) - day.starts_at) % step
            while start < day.ends_at:
                starts.append(start)
                start += step
        return sorted(set(starts)) if self.at else starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a schedule asks of every booking that its users make.

    Preparing and clearing up (`buffer_before`, `buffer_after`) belong to each booking and are not shared: between two
    there is time for the clearing up of the one and the preparing of the other. They may fall outside opening hours.

    A booking is made at least `notice` and at most `horizon` before it starts, changed at least `change_limit` and
    cancelled at least `cancel_limit` before; where these are zero, until it starts. None is no limit: of `notice`,
    `change_limit` and `cancel_limit` it allows the past as well. One person may hold `places_per_person` places in one
    slot of a class.
    """

    grid: StartGrid
    length: LengthRule
    buffer_before: timedelta = NO_TIME
    buffer_after: timedelta = NO_TIME
    notice: timedelta | None = NO_TIME
    horizon: timedelta | None = None
    change_limit: timedelta | None = NO_TIME
    cancel_limit: timedelta | None = NO_TIME
    places_per_person: int | None = 1

    def __post_init__(self) -> None:
        limits = (self.notice, self.horizon, self.change_limit, self.cancel_limit)
        if any(limit is not None and limit < NO_TIME for limit in (self.buffer_before, self.buffer_after, *limits)):
            raise ValueError("Buffers, notice, horizon and limits are not negative")

    @property
    def gap(self) -> timedelta:
        """The time that two bookings of a resource keep between them."""
        return self.buffer_before + self.buffer_after

    def taken_for_new(self, busy: Iterable[Interval]) -> list[Interval]:
        """Return what no other booking may touch, disjoint and in order: `busy` with the gap on either side."""
        gap = self.gap
        return merge(taken.widened(before=gap, after=gap) for taken in busy) if gap else merge(busy)

    def on_offer(self, window: Interval, *, now: datetime) -> Interval:
        """Return the part of `window` in which a booking made now may start; [t, t) if there is none."""
        first = window.starts_at if self.notice is None else max(window.starts_at, now + self.notice)
        last = window.ends_at
        if self.horizon is not None:
            last = min(last, now + self.horizon + timedelta.resolution)  # The horizon itself may still be booked.
        return Interval(first, max(first, last))

    def needed_for(self, wanted: Interval, *, time_zone: str) -> Interval:
        """Return the stretch of which opening hours and busy time must be known to admit `wanted`."""
        return self.length.surroundings(wanted, time_zone).widened(before=self.gap, after=self.gap)

    def needed_for_starts(self, window: Interval, *, length: timedelta, time_zone: str) -> Interval:
        """Return the stretch of which opening hours and busy time must be known to list the starts in `window`."""
        last_end = max(window.ends_at, self.length.end_of(window.ends_at, length, time_zone))
        return self.needed_for(Interval(window.starts_at, last_end), time_zone=time_zone)


UNLIMITED = Rules(
    grid=StartGrid(every=1),
    length=AnyLength(),
    notice=None,
    change_limit=None,
    cancel_limit=None,
    places_per_person=None,
)
"""For whoever may ignore opening hours and limits: what is taken stays taken, nothing else binds.

The opening hours are the caller's to ignore: admit within all the time there is, `[UNLIMITED.needed_for(wanted, …)]`.
"""


class Per(Enum):
    """What a limit on one person's bookings is counted over."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TOTAL = "total"
    FUTURE = "future"
    SLOT = "slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many bookings one person may hold; None is no limit.

    Per local day, week (from `first_weekday`, 0 is Monday) and month of the start; in `total`, for ever; in the
    `future`, which is all that has not started yet. `no_overlap`: never two at a time.
    """

    day: int | None = None
    week: int | None = None
    month: int | None = None
    total: int | None = None
    future: int | None = None
    no_overlap: bool = False
    first_weekday: int = 0

    def period(self, per: Per, start: datetime, *, time_zone: str) -> Interval:
        """Return the local day, week or month around a start: what its limit is counted over."""
        day = local_day(start, time_zone)
        match per:
            case Per.DAY:
                first, following = day, day + DAY
            case Per.WEEK:
                first = day - DAY * ((day.weekday() - self.first_weekday) % 7)
                following = first + 7 * DAY
            case Per.MONTH:
                first = day.replace(day=1)
                following = (first + 31 * DAY).replace(day=1)
            case _:
                raise ValueError(f"A limit per {per.value} is not counted over a period")
        return Interval(localize(first, 0, time_zone), localize(following, 0, time_zone))
