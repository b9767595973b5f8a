"""A month at a glance: how much is free on each day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date
from django.utils.translation import gettext, ngettext

from convoca.booking.models import Slot
from convoca.booking.wording import day_text, language, week_begin
from convoca.core.time import DAY, day_bounds, local_day
from convoca.public.calendar import WEEK
from convoca.public.choices import Offer
from convoca.public.visit import Visit


@dataclass(frozen=True)
class Cell:
    """One day of a month's table: a button if `value`, else a number that says why not; empty outside the month."""

    number: str = ""
    value: str = ""
    name: str = ""
    is_today: bool = False


@dataclass(frozen=True)
class Month:
    caption: str
    weekdays: Sequence[tuple[str, str]]
    weeks: Sequence[Sequence[Cell]]
    earlier: str = ""
    earlier_name: str = ""
    earlier_text: str = ""
    later: str = ""
    later_name: str = ""
    later_text: str = ""


def month_days(visit: Visit) -> tuple[date, int]:
    """Return the first day of the shown month that is not past, and how many days of the month are left from it."""
    month = visit.month or visit.today.replace(day=1)
    first = max(month, visit.today)
    return first, (_next_month(month) - first).days


def month_table(offers: Iterable[Offer], visit: Visit) -> Month:
    """Return the shown month with the number of free times of each day."""
    month = visit.month or visit.today.replace(day=1)
    free = _free_by_day(offers, visit.time_zone)
    first = week_begin(month)
    weeks = []
    while first < _next_month(month):
        weeks.append([_cell(first + timedelta(days=n), month, visit.today, free) for n in range(WEEK)])
        first += timedelta(days=WEEK)
    before, after = (month - DAY).replace(day=1), _next_month(month)
    has_before = month > visit.today.replace(day=1)
    return Month(
        caption=_month_text(month).capitalize(),
        weekdays=[_weekday(month, n) for n in range(WEEK)],
        weeks=weeks,
        earlier=visit.at(month=f"{before:%Y-%m}") if has_before else "",
        earlier_name=_month_name(before) if has_before else "",
        earlier_text=gettext("Previous month, {month}").format(month=_month_text(before)) if has_before else "",
        later=visit.at(month=f"{after:%Y-%m}"),
        later_name=_month_name(after),
        later_text=gettext("Next month, {month}").format(month=_month_text(after)),
    )


def _free_by_day(offers: Iterable[Offer], time_zone: str) -> dict[date, int]:
    """Count by local day; `offers` are in order, so that which day it is, is asked once a day."""
    free: dict[date, int] = {}
    ends_at: datetime | None = None
    for offer in offers:
        if isinstance(offer, Slot) and offer.is_full:
            continue
        if ends_at is None or offer.starts_at >= ends_at:
            day = local_day(offer.starts_at, time_zone)
            ends_at = day_bounds(day, time_zone).ends_at
            free[day] = 0
        free[day] += 1
    return free


def _next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _month_text(month: date) -> str:
    return format_date(month, {"en": "MMMM y", "es": "MMMM 'de' y"}[language()], locale=language())


def _month_name(month: date) -> str:
    return format_date(month, "LLLL", locale=language()).capitalize()


def _weekday(month: date, position: int) -> tuple[str, str]:
    day = week_begin(month) + timedelta(days=position)
    return format_date(day, "EEEEEE", locale=language()), format_date(day, "EEEE", locale=language())


def _cell(day: date, month: date, today: date, free: dict[date, int]) -> Cell:
    if day.month != month.month:
        return Cell()
    number, times = str(day.day), free.get(day, 0)
    if not times:
        return Cell(number=number, name=gettext("no times"), is_today=day == today)
    name = ngettext("{day}, {n} time free", "{day}, {n} times free", times).format(day=day_text(day), n=times)
    return Cell(number=number, value=day.isoformat(), name=name, is_today=day == today)
