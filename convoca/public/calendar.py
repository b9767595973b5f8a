"""The free times of a schedule as its page shows them: days with their choices.

Everything is words by the time a template sees it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date
from django.utils.translation import gettext

from convoca.booking.wording import day_text, language
from convoca.core.time import DAY, day_bounds, local_day
from convoca.public.choices import Choice, Hints, Offer, Taken, choices_of, value_of
from convoca.public.visit import Visit

DAYS_SHOWN = 5
TIMES_A_DAY = 6
WINDOW_DAYS = 28
WEEK = 7


@dataclass(frozen=True)
class Day:
    """A day with its choices. `more` leads to all of them where there are more."""

    day: date
    weekday: str
    date: str
    choices: Sequence[Choice]
    more: str = ""
    more_text: str = ""

    @property
    def anchor(self) -> str:
        return f"day-{self.day.isoformat()}"


@dataclass(frozen=True)
class Days:
    """The list of days. `skipped` says which days between them have nothing; the rest are addresses, or empty."""

    days: Sequence[Day]
    skipped: str = ""
    earlier: str = ""
    later: str = ""

    @property
    def chosen(self) -> str:
        """What is chosen already, as the details repeat it: a script that wrote it would push them down."""
        chosen = [each for day in self.days for each in day.choices if each.is_checked]
        return " · ".join(each.name if each.is_plain else each.summary for each in chosen)


def list_days(offers: Sequence[Offer], visit: Visit, *, hints: Hints, not_before: datetime | None = None) -> Days:
    """Return the first days that have something, six choices of each, all of the first if it was opened.

    `offers` are in order. A day whose checked choice comes later is shown whole. The first day's list begins at
    `not_before`. What is not shown is not put into words: a month has hundreds of times, the page thirty.
    """
    by_day = _by_day(offers, visit.time_zone)
    shown, after = list(by_day)[:DAYS_SHOWN], list(by_day)[DAYS_SHOWN:]
    days = []
    for day in shown:
        its = by_day[day]
        whole = (visit.opened and day == visit.first_day) or _is_checked_later(its, hints)
        chosen = its if whole else _first_of(its, not_before)
        choices = choices_of(chosen, day, visit.time_zone, hints)
        days.append(_day(day, choices, visit, has_more=len(its) > len(choices)))
    return Days(
        days=days,
        skipped=_skipped(visit, shown) if shown else "",
        earlier=_earlier(visit),
        later=visit.at(day=after[0].isoformat()) if after else "",
    )


def _by_day(offers: Sequence[Offer], time_zone: str) -> dict[date, list[Offer]]:
    """Group by local day; which day it is, is asked once a day and not for every time."""
    by_day: dict[date, list[Offer]] = {}
    ends_at: datetime | None = None
    for offer in offers:
        if ends_at is None or offer.starts_at >= ends_at:
            day = local_day(offer.starts_at, time_zone)
            ends_at = day_bounds(day, time_zone).ends_at
            its = by_day.setdefault(day, [])
        its.append(offer)
    return by_day


def _is_checked_later(offers: Sequence[Offer], hints: Hints) -> bool:
    return bool(hints.checked) and any(value_of(each) in hints.checked for each in offers[TIMES_A_DAY:])


def _first_of(offers: Sequence[Offer], not_before: datetime | None) -> Sequence[Offer]:
    """Return the first six that can be chosen, and what is taken between them."""
    late_enough = [each for each in offers if not_before is None or each.starts_at >= not_before] or offers
    first: list[Offer] = []
    free = 0
    for offer in late_enough:
        if free == TIMES_A_DAY:
            break
        free += not isinstance(offer, Taken)
        first.append(offer)
    return first


def _day(day: date, choices: Sequence[Choice], visit: Visit, *, has_more: bool) -> Day:
    weekday = _pattern_text(day, "EEEE", language())
    return Day(
        day=day,
        weekday=_heading(day, visit.today, weekday),
        date=_date_text(day, visit.today),
        choices=choices,
        more=visit.at(day=day.isoformat(), all="1") if has_more else "",
        more_text=gettext("More times on {weekday}").format(weekday=weekday) if has_more else "",
    )


def _heading(day: date, today: date, weekday: str) -> str:
    if day == today:
        return gettext("Today, {weekday}").format(weekday=weekday)
    if day == today + DAY:
        return gettext("Tomorrow, {weekday}").format(weekday=weekday)
    return weekday[:1].upper() + weekday[1:]


def _date_text(day: date, today: date) -> str:
    return day_text(day, "date" if day.year == today.year else "date of a year")


@lru_cache(maxsize=4096)
def _pattern_text(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=language)


def _earlier(visit: Visit) -> str:
    """Return the address of the days before: a week back at most, as it is not known which of them have times."""
    if visit.first_day <= visit.today:
        return ""
    earlier = max(visit.today, visit.first_day - timedelta(days=WEEK))
    return visit.at(day=earlier.isoformat()) if earlier > visit.today else visit.at()


def _skipped(visit: Visit, shown: Collection[date]) -> str:
    """Return "No free times: Sat 28 Nov, Sun 29 Nov", or nothing if none was skipped."""
    runs: list[list[date]] = []
    day, last = visit.first_day, max(shown)
    while day < last:
        if day not in shown:
            if runs and runs[-1][-1] == day - DAY:
                runs[-1].append(day)
            else:
                runs.append([day])
        day += DAY
    if not runs:
        return ""
    sentence = gettext("No sessions: {days}") if visit.schedule.is_capacity else gettext("No free times: {days}")
    return sentence.format(days=", ".join(_run_text(run) for run in runs))


def _run_text(run: Sequence[date]) -> str:
    if len(run) > 2:
        return f"{day_text(run[0], 'short')} – {day_text(run[-1], 'short')}"
    return ", ".join(day_text(day, "short") for day in run)
