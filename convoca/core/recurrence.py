"""Repeats: the same wall clock on other days, so that a class at six stays at six when the clock is moved."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from itertools import count
from zoneinfo import ZoneInfo

from convoca.core.lengths import LengthRule
from convoca.core.refusals import TooManyRepeats, WrongLength
from convoca.core.time import DAY, Interval, day_bounds, localize

MOST_OCCURRENCES = 52
"""A year of weeks, the first one counted. It keeps one click from taking a provider's quota of many days."""


class Frequency(Enum):
    """How often something repeats; the first day says on which weekday or date."""

    DAILY = "daily"
    WEEKLY = "weekly"
    TWO_WEEKLY = "two_weekly"
    MONTHLY_BY_DATE = "monthly_by_date"
    MONTHLY_BY_DAY = "monthly_by_day"


def expand(
    first: Interval, *, frequency: Frequency, until: date | None, length: LengthRule, time_zone: str
) -> list[Interval]:
    """Return `first` and its repeats up to and including the local day `until`; None is as many as there may be.

    Each starts when the clocks of `time_zone` show what they show at the first start, and has the same length by the
    rule. Months without the date (the 31st) or the day (a fifth Tuesday), and days that the zone left out, are skipped.
    A time that the clock skips begins at the end of the gap, and one that it shows twice at the first.

    Raises TooManyRepeats for more than `MOST_OCCURRENCES`, and WrongLength if the rule does not allow the length.
    """
    its_length = length.length_of(first, time_zone)
    if its_length is None:
        raise WrongLength(length)
    local = first.starts_at.astimezone(ZoneInfo(time_zone))
    clock = local.hour * 60 + local.minute
    past_the_minute = timedelta(seconds=local.second, microseconds=local.microsecond)
    occurrences = [first]
    for day in _days_after(local.date(), frequency):
        if until is not None and day > until:
            break
        if not day_bounds(day, time_zone).duration:
            continue
        if len(occurrences) == MOST_OCCURRENCES:
            if until is None:
                break
            raise TooManyRepeats(MOST_OCCURRENCES)
        start = localize(day, clock, time_zone) + past_the_minute
        occurrences.append(Interval(start, length.end_of(start, its_length, time_zone)))
    return occurrences


def _days_after(first: date, frequency: Frequency) -> Iterator[date]:
    match frequency:
        case Frequency.DAILY:
            yield from (first + step * DAY for step in count(1))
        case Frequency.WEEKLY:
            yield from (first + step * 7 * DAY for step in count(1))
        case Frequency.TWO_WEEKLY:
            yield from (first + step * 14 * DAY for step in count(1))
        case Frequency.MONTHLY_BY_DATE:
            for year, month in _months_after(first):
                if first.day <= monthrange(year, month)[1]:
                    yield date(year, month, first.day)
        case Frequency.MONTHLY_BY_DAY:
            for year, month in _months_after(first):
                to_weekday = (first.weekday() - date(year, month, 1).weekday()) % 7
                day = 1 + to_weekday + (first.day - 1) // 7 * 7
                if day <= monthrange(year, month)[1]:
                    yield date(year, month, day)


def _months_after(first: date) -> Iterator[tuple[int, int]]:
    for months in count(first.year * 12 + first.month):  # months since the year 0; January is 0, so this is the next
        yield months // 12, months % 12 + 1
