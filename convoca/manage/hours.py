"""Opening hours in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from babel.dates import format_date

from convoca.booking.models import OpeningHours
from convoca.booking.wording import hour_text, language, weekdays

A_MONDAY = date(2026, 11, 23)
HOURS_A_DAY = 24
MINUTES_A_DAY = HOURS_A_DAY * 60
DAYS_A_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class OpenDay:
    """A weekday and its periods in words; none if it is closed."""

    name: str
    periods: Sequence[str]


def week_of(hours: Iterable[OpeningHours]) -> list[OpenDay]:
    """Return the seven days of a week, or nothing if there are no hours at all."""
    periods: defaultdict[int, list[str]] = defaultdict(list)
    for each in hours:
        periods[each.weekday].append(period_text(each.opens, each.closes))
    if not periods:
        return []
    return [OpenDay(name=weekday_name(day), periods=periods[day]) for day in weekdays()]


def weekday_name(day: int) -> str:
    """Return "Monday" for 0."""
    return format_date(A_MONDAY + timedelta(days=day), "EEEE", locale=language()).capitalize()


def period_text(opens: int, closes: int) -> str:
    """Return "09:30–14:00"."""
    return f"{_clock(opens)}–{_clock(closes)}"


def _clock(minutes: int) -> str:
    """Return "09:30"; the midnight that ends a day is "24:00", and what lies after it is the next day's clock."""
    hours = minutes // 60 if minutes <= MINUTES_A_DAY else minutes // 60 - HOURS_A_DAY
    return "24:00" if hours == HOURS_A_DAY else hour_text(time(hours, minutes % 60))
