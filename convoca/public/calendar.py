"""The free times of a schedule as its page shows them: days with their choices, and a month at a glance.

Everything is words by the time a template sees it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.translation import gettext, ngettext

from convoca.booking.models import Slot
from convoca.booking.wording import clock_text, day_text, greenwich_text, language
from convoca.core.time import DAY, Interval, local_day
from convoca.public.visit import Visit

DAYS_SHOWN = 5
TIMES_A_DAY = 6
WINDOW_DAYS = 28
WEEK = 7

# What can be chosen: a free time of a resource or a service, or a class.
type Offer = Interval | Slot


@dataclass(frozen=True)
class Choice:
    """One radio button. `name` is what a screen reader says, `summary` what the details repeat once it is chosen.

    `detail` and `places` belong to a class.
    """

    value: str
    text: str
    name: str
    summary: str
    is_checked: bool = False
    detail: str = ""
    places: str = ""
    is_full: bool = False


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
    earlier_text: str = ""
    later: str = ""
    later_text: str = ""


def _value(offer: Offer) -> str:
    """Return what the form carries: of a class its number, of anything else when it starts."""
    return str(offer.pk) if isinstance(offer, Slot) else instant_value(offer.starts_at)


def _time_choice(free: Interval, time_zone: str) -> Choice:
    text = clock_text(free.starts_at, time_zone)
    if free.starts_at.astimezone(ZoneInfo(time_zone)).fold:
        # The clock was put back and shows this time twice: only the distance from Greenwich tells them apart.
        text = f"{text} {greenwich_text(time_zone, free.starts_at)}"
    name = gettext("{start} to {end}, {day}").format(
        start=text,
        end=clock_text(free.ends_at, time_zone),
        day=day_text(local_day(free.starts_at, time_zone)),
    )
    return Choice(value=_value(free), text=text, name=name, summary=name)


def _slot_choice(slot: Slot, time_zone: str) -> Choice:
    places = places_text(slot)
    starts, ends = clock_text(slot.starts_at, time_zone), clock_text(slot.ends_at, time_zone)
    day = day_text(local_day(slot.starts_at, time_zone))
    when = gettext("{start} to {end}, {day}").format(start=starts, end=ends, day=day)
    return Choice(
        value=_value(slot),
        text=f"{starts}–{ends}",
        name=", ".join(part for part in (when, slot.title, places) if part),
        summary=", ".join(part for part in (when, slot.title) if part),
        detail=slot.title,
        places=places,
        is_full=slot.is_full,
    )


def places_text(slot: Slot) -> str:
    """Return "5 of 12 places left", "1 place left", "Full"; nothing where places are unlimited."""
    if slot.capacity is None:
        return ""
    left = slot.capacity - slot.taken
    if left <= 0:
        return gettext("Full")
    if left == 1:
        return gettext("1 place left")
    return gettext("{n} of {m} places left").format(n=left, m=slot.capacity)


def instant_value(instant: datetime) -> str:
    """Return the instant as the form carries it: "2026-11-24T15:30Z"."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def list_days(offers: Sequence[Offer], visit: Visit, *, checked: str = "", not_before: datetime | None = None) -> Days:
    """Return the first days that have something on offer, six choices of each, all of the first if it was opened.

    A day whose `checked` choice comes later is shown whole. The first day's list begins at `not_before`. What is not
    shown is not put into words: a month has hundreds of times, the page thirty.
    """
    by_day: dict[date, list[Offer]] = {}
    for offer in offers:
        by_day.setdefault(local_day(offer.starts_at, visit.time_zone), []).append(offer)
    shown = sorted(by_day)[:DAYS_SHOWN]
    after = sorted(by_day)[DAYS_SHOWN:]
    whole = {day for day in shown if checked and checked in map(_value, by_day[day][TIMES_A_DAY:])}
    if visit.opened:
        whole.add(visit.first_day)
    days = []
    for day in shown:
        chosen = by_day[day] if day in whole else _first_of(by_day[day], not_before)
        choices = [replace(each, is_checked=each.value == checked) for each in _choices(chosen, visit.time_zone)]
        days.append(_day(day, choices, visit, has_more=len(by_day[day]) > len(choices)))
    return Days(
        days=days,
        skipped=_skipped(visit, shown) if shown else "",
        earlier=_earlier(visit),
        later=visit.at(day=after[0].isoformat()) if after else "",
    )


def _first_of(offers: Sequence[Offer], not_before: datetime | None) -> Sequence[Offer]:
    late_enough = [each for each in offers if not_before is None or each.starts_at >= not_before]
    return (late_enough or offers)[:TIMES_A_DAY]


def _choices(offers: Iterable[Offer], time_zone: str) -> list[Choice]:
    return [
        _slot_choice(offer, time_zone) if isinstance(offer, Slot) else _time_choice(offer, time_zone)
        for offer in offers
    ]


def _day(day: date, choices: Sequence[Choice], visit: Visit, *, has_more: bool) -> Day:
    weekday = format_date(day, "EEEE", locale=language())
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
    pattern = {"en": "d MMMM", "es": "d 'de' MMMM"}[language()]
    return format_date(day, pattern if day.year == today.year else f"{pattern} y", locale=language())


def _earlier(visit: Visit) -> str:
    """Return the address of the days before: a week back at most, as it is not known which of them have times."""
    if visit.first_day <= visit.today:
        return ""
    earlier = max(visit.today, visit.first_day - timedelta(days=WEEK))
    return visit.at(day=earlier.isoformat()) if earlier > visit.today else visit.at()


def _skipped(visit: Visit, shown: Collection[date]) -> str:
    """Return "Sat 28 Nov, Sun 29 Nov: no free times", or nothing if none was skipped."""
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
    sentence = gettext("{days}: no sessions") if visit.schedule.is_capacity else gettext("{days}: no free times")
    return sentence.format(days=", ".join(_run_text(run) for run in runs))


def _run_text(run: Sequence[date]) -> str:
    if len(run) > 2:
        return f"{day_text(run[0], 'short')} – {day_text(run[-1], 'short')}"
    return ", ".join(day_text(day, "short") for day in run)


def month_days(visit: Visit) -> tuple[date, int]:
    """Return the first day of the shown month that is not past, and how many days of the month are left from it."""
    month = visit.month or visit.today.replace(day=1)
    first = max(month, visit.today)
    return first, (_next_month(month) - first).days


def month_table(offers: Iterable[Offer], visit: Visit) -> Month:
    """Return the shown month with the number of free times of each day."""
    month = visit.month or visit.today.replace(day=1)
    free: dict[date, int] = {}
    for offer in offers:
        if not (isinstance(offer, Slot) and offer.is_full):
            day = local_day(offer.starts_at, visit.time_zone)
            free[day] = free.get(day, 0) + 1
    first = month - timedelta(days=month.weekday())
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
        earlier_text=gettext("Previous month, {month}").format(month=_month_text(before)) if has_before else "",
        later=visit.at(month=f"{after:%Y-%m}"),
        later_text=gettext("Next month, {month}").format(month=_month_text(after)),
    )


def _next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _month_text(month: date) -> str:
    return format_date(month, {"en": "MMMM y", "es": "MMMM 'de' y"}[language()], locale=language())


def _weekday(month: date, position: int) -> tuple[str, str]:
    day = month - timedelta(days=month.weekday() - position)
    return format_date(day, "EEEEEE", locale=language()), format_date(day, "EEEE", locale=language())


def _cell(day: date, month: date, today: date, free: dict[date, int]) -> Cell:
    if day.month != month.month:
        return Cell()
    number, times = str(day.day), free.get(day, 0)
    if not times:
        return Cell(number=number, name=gettext("no times"), is_today=day == today)
    name = ngettext("{day}, {n} time free", "{day}, {n} times free", times).format(day=day_text(day), n=times)
    return Cell(number=number, value=day.isoformat(), name=name, is_today=day == today)
