"""How long a booking may take: always the same, chosen in steps, or whole days."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from convoca.core.time import DAY, MIDNIGHT, MINUTE, Interval, day_bounds, local_day, localize, merge

DAY_MINUTES = 1440
NO_TIME = timedelta(0)


class LengthRule(ABC):
    """Which lengths there are, and what a length means.

    Unless a rule says otherwise, the time that passes: an hour is an hour, also in the night when the clock is moved.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def longest(self) -> timedelta | None:
        """The longest length allowed; None where there is no longest."""

    @abstractmethod
    def allows(self, length: timedelta) -> bool:
        """Say whether a booking may have this length."""

    def end_of(self, start: datetime, length: timedelta, time_zone: str) -> datetime:
        """Return when a booking of this length that starts then is over."""
        return start + length

    def length_of(self, wanted: Interval, time_zone: str) -> timedelta | None:
        """Return the allowed length that leads from the start to the end; None if there is none."""
        return wanted.duration if self.allows(wanted.duration) else None

    def bookable(self, open_intervals: Sequence[Interval], time_zone: str) -> Sequence[Interval]:
        """Return the stretches, disjoint and in order, within one of which the whole booking must lie."""
        return open_intervals

    def surroundings(self, span: Interval, time_zone: str) -> Interval:
        """Return how far the opening hours must be known to judge a booking of `span`."""
        return span

    def kept(self, taken: Interval, time_zone: str) -> "KeptLength":
        """Return how long a booking stays that takes `taken` and is moved, though by now the rule may allow others."""
        return KeptLength(FixedLength(taken.duration), taken.duration)


@dataclass(frozen=True, slots=True)
class KeptLength:
    """The length of a booking that is moved, and a rule that allows no other."""

    rule: LengthRule
    length: timedelta


@dataclass(frozen=True, slots=True)
class FixedLength(LengthRule):
    """Every booking takes the same time."""

    length: timedelta

    def __post_init__(self) -> None:
        if self.length <= NO_TIME:
            raise ValueError(f"A booking takes some time, not {self.length}")

    @property
    def longest(self) -> timedelta | None:
        return self.length

    def allows(self, length: timedelta) -> bool:
        return length == self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLength(LengthRule):
    """Who books chooses: `minimum`, and from there in steps up to `maximum`."""

    minimum: timedelta
    maximum: timedelta
    step: timedelta

    def __post_init__(self) -> None:
        if not NO_TIME < self.minimum <= self.maximum or self.step <= NO_TIME:
            raise ValueError(f"Lengths go up in steps, not from {self.minimum} to {self.maximum} by {self.step}")

    @property
    def longest(self) -> timedelta | None:
        return self.maximum

    def allows(self, length: timedelta) -> bool:
        return self.minimum <= length <= self.maximum and (length - self.minimum) % self.step == NO_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeDays(LengthRule):
    """Rentals: a number of local days, the day of the start included, that ends at the check-out clock.

    `check_out` is in minutes from midnight of the last day: 1440 is its end, 1080 six in the evening; a hotel that
    counts nights and empties its rooms at 11:00 of the day after has 1440 + 660. The start lies within opening hours
    and every day touched has some: a day without is neither arrival, stay nor departure. A day's length is written
    `timedelta(days=1)`, though twice a year it takes an hour less or more.
    """

    minimum: int = 1
    maximum: int
    check_out: int = DAY_MINUTES

    def __post_init__(self) -> None:
        if not 1 <= self.minimum <= self.maximum:
            raise ValueError(f"A rental takes one day or more, not {self.minimum} to {self.maximum}")
        if not 0 < self.check_out <= 2 * DAY_MINUTES:
            raise ValueError(f"Check-out is on the last day or the next, not {self.check_out} minutes after midnight")

    @property
    def longest(self) -> timedelta | None:
        return self.maximum * DAY

    def allows(self, length: timedelta) -> bool:
        return length % DAY == NO_TIME and self.minimum <= length // DAY <= self.maximum

    def end_of(self, start: datetime, length: timedelta, time_zone: str) -> datetime:
        """Return the check-out of the last day. Where that is not after the start, there is no such booking."""
        last_day = local_day(start, time_zone) + length - DAY
        return localize(last_day, self.check_out, time_zone, closing=True)

    def length_of(self, wanted: Interval, time_zone: str) -> timedelta | None:
        """Return the number of days, as a length; None unless it is allowed and ends at the check-out of a day."""
        nearest = local_day(wanted.ends_at, time_zone) - local_day(wanted.starts_at, time_zone)
        for length in (nearest - DAY, nearest, nearest + DAY):
            if self.allows(length) and self.end_of(wanted.starts_at, length, time_zone) == wanted.ends_at:
                return length if wanted.duration else None
        return None

    def bookable(self, open_intervals: Sequence[Interval], time_zone: str) -> Sequence[Interval]:
        """Return the whole days that have opening hours, neighbours joined."""
        return merge(self.surroundings(interval, time_zone) for interval in open_intervals)

    def surroundings(self, span: Interval, time_zone: str) -> Interval:
        """Return the whole days that `span` touches."""
        last_instant = max(span.starts_at, span.ends_at - timedelta.resolution)
        first, last = local_day(span.starts_at, time_zone), local_day(last_instant, time_zone)
        return Interval(day_bounds(first, time_zone).starts_at, day_bounds(last, time_zone).ends_at)

    def kept(self, taken: Interval, time_zone: str) -> KeptLength:
        """Return the number of days that `taken` has; they end at the rule's check-out, if these do, else at theirs."""
        first_day, last_instant = local_day(taken.starts_at, time_zone), taken.ends_at - timedelta.resolution
        days = local_day(last_instant, time_zone) - first_day + DAY
        if self.check_out > DAY_MINUTES:
            days = max(days - DAY, DAY)
        rule = replace(self, minimum=days // DAY, maximum=days // DAY)
        if self.end_of(taken.starts_at, days, time_zone) != taken.ends_at:
            last_midnight = datetime.combine(first_day + days - DAY, MIDNIGHT)
            clock = taken.ends_at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
            rule = replace(rule, check_out=max((clock - last_midnight) // MINUTE, 1))
        return KeptLength(rule, days)


@dataclass(frozen=True, slots=True)
class AnyLength(LengthRule):
    """No rule: for whoever may ignore the limits, and for slots whose length their owner chose."""

    @property
    def longest(self) -> timedelta | None:
        return None

    def allows(self, length: timedelta) -> bool:
        return length > NO_TIME
