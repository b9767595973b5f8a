"""When a schedule or a resource is open: a week that repeats, and the days that differ from it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from convoca.core.lengths import DAY_MINUTES
from convoca.core.time import DAY, Interval, day_bounds, intersect, local_day, localize, merge, subtract


@dataclass(frozen=True, slots=True, order=True)
class OpeningPeriod:
    """Open every week from `opens` to `closes`, in minutes from midnight of the weekday (0 is Monday).

    After midnight is more than 1440, up to the end of the next day; 0 to 1440 is open all day.
    """

    weekday: int
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"Weekdays are 0 (Monday) to 6, not {self.weekday}")
        _check_clocks(self.opens, self.closes)


class DayKind(Enum):
    """How a special day differs from its weekday."""

    CLOSED = "closed"
    EXTRA = "extra"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A local day with hours of its own; `periods` are (opens, closes) as in OpeningPeriod.

    EXTRA is open during the periods as well. CLOSED is not open during the periods; without any, nothing of that date
    is open, neither the end of an evening that began the day before nor the evening that would have begun on it.
    REPLACE is closed in that way and then open during the periods: these are the hours of the date. Where a closed and
    an extra period meet, it is open.
    """

    day: date
    periods: tuple[tuple[int, int], ...] = ()
    kind: DayKind = DayKind.CLOSED

    def __post_init__(self) -> None:
        for opens, closes in self.periods:
            _check_clocks(opens, closes)

    @property
    def sets_week_aside(self) -> bool:
        """Whether the hours of the weekday do not count on this day."""
        return self.kind is DayKind.REPLACE or (self.kind is DayKind.CLOSED and not self.periods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """All that decides when something is open, on the clocks of `time_zone`.

    Nothing is open before the day `first_day` or after `last_day`; None is no such end. A resource without hours of its
    own has its schedule's.
    """

    time_zone: str
    periods: tuple[OpeningPeriod, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


def open_intervals(hours: Hours, window: Interval) -> list[Interval]:
    """Return when it is open within `window`: disjoint intervals, in order, what touches joined.

    Costs what the window holds, plus a look at each special day.
    """
    # A day's periods reach at most to the end of the next, so the day before the window's first still matters.
    first, last = local_day(window.starts_at, hours.time_zone) - DAY, local_day(window.ends_at, hours.time_zone)
    special = [special for special in hours.special_days if first <= special.day <= last]
    aside = {each.day for each in special if each.sets_week_aside}
    regular = merge(_weekly_intervals(hours, first, last, aside))
    closed = merge(_closures(special, hours.time_zone))
    extra = [
        _localize_period(each.day, period, hours.time_zone)
        for each in special
        if each.kind is not DayKind.CLOSED
        for period in each.periods
    ]
    return intersect(merge([*subtract(regular, closed), *extra]), _lifetime(hours, window))


def _weekly_intervals(hours: Hours, first: date, last: date, aside: set[date]) -> Iterator[Interval]:
    of_weekday: dict[int, list[tuple[int, int]]] = {}
    for period in hours.periods:
        of_weekday.setdefault(period.weekday, []).append((period.opens, period.closes))
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if day not in aside:
            for clocks in of_weekday.get(day.weekday(), ()):
                yield _localize_period(day, clocks, hours.time_zone)


def _closures(special_days: Iterable[SpecialDay], time_zone: str) -> Iterator[Interval]:
    for special in special_days:
        if special.sets_week_aside:
            yield day_bounds(special.day, time_zone)
        elif special.kind is DayKind.CLOSED:
            for clocks in special.periods:
                yield _localize_period(special.day, clocks, time_zone)


def _lifetime(hours: Hours, window: Interval) -> list[Interval]:
    begins, ends = window.starts_at, window.ends_at
    if hours.first_day is not None:
        begins = max(begins, day_bounds(hours.first_day, hours.time_zone).starts_at)
    if hours.last_day is not None:
        ends = min(ends, day_bounds(hours.last_day, hours.time_zone).ends_at)
    return [Interval(begins, ends)] if begins < ends else []


def _localize_period(day: date, clocks: tuple[int, int], time_zone: str) -> Interval:
    opens, closes = clocks
    return Interval(localize(day, opens, time_zone), localize(day, closes, time_zone, closing=True))


def _check_clocks(opens: int, closes: int) -> None:
    if not 0 <= opens < DAY_MINUTES or not opens < closes <= 2 * DAY_MINUTES:
        raise ValueError(f"A period opens during its day and closes later, by the end of the next: {opens}, {closes}")
