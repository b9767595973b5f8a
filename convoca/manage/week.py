"""Opening hours as the owner types them: seven weekdays with a few rows each, and single days that differ."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import OpeningHours, Schedule, SpecialDay
from convoca.booking.operations.opening import LONGEST_CLOSURE_DAYS
from convoca.booking.spoken import SpokenForm
from convoca.booking.wording import weekdays
from convoca.core.hours import OpeningPeriod
from convoca.core.time import local_day
from convoca.manage.forms import FURTHEST_AHEAD
from convoca.manage.hours import DAYS_A_WEEK, MINUTES_A_DAY, weekday_name

# A weekday shows what it has and one row more, two at least: open, and open again after lunch.
FEWEST_ROWS = 2
# Whose hours count for a resource.
SCHEDULES, OWN = "schedules", "own"
MOST_ROWS = 8


@dataclass(frozen=True, kw_only=True)
class Row:
    """One period to be typed."""

    opens: BoundField
    closes: BoundField


@dataclass(frozen=True, kw_only=True)
class Weekday:
    """One fieldset of the week."""

    number: int
    name: str
    rows: Sequence[Row]


def clock_field(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, widget=widget)


class WeekForm(SpokenForm):
    """The week of one schedule. A row with both times empty is no period; an end before its start is the next day's."""

    def __init__(self, data: Mapping[str, Any] | None, *, hours: Iterable[OpeningHours]) -> None:
        saved: defaultdict[int, list[OpeningHours]] = defaultdict(list)
        for each in hours:
            saved[each.weekday].append(each)
        initial: dict[str, time] = {}
        self.rows: dict[int, int] = {}
        for day in range(DAYS_A_WEEK):
            for row, period in enumerate(saved[day]):
                initial |= {_opens(day, row): _clock(period.opens), _closes(day, row): _clock(period.closes)}
            self.rows[day] = max(len(saved[day]) + 1, FEWEST_ROWS, _typed_rows(data, day))
        super().__init__(data, initial=initial)
        for day, row in self._all_rows():
            name = weekday_name(day)
            self.fields[_opens(day, row)] = clock_field(gettext("{weekday}, opens").format(weekday=name))
            self.fields[_closes(day, row)] = clock_field(gettext("{weekday}, closes").format(weekday=name))

    @property
    def weekdays(self) -> list[Weekday]:
        """The fieldsets, in the order of a week."""
        return [
            Weekday(number=day, name=weekday_name(day), rows=[self._row(day, row) for row in range(self.rows[day])])
            for day in weekdays()
        ]

    @property
    def periods(self) -> list[OpeningPeriod]:
        """The week that was typed. Only of a valid form."""
        found = (self._period(day, row) for day, row in self._all_rows())
        return [period for period in found if period is not None]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for day, row in self._all_rows():
            opens, closes = _opens(day, row), _closes(day, row)
            if opens not in cleaned or closes not in cleaned:
                continue
            if (cleaned[opens] is None) != (cleaned[closes] is None):
                empty = opens if cleaned[opens] is None else closes
                self.add_error(empty, gettext("Enter both times, or leave both empty."))
            elif cleaned[opens] is not None and cleaned[opens] == cleaned[closes] != time(0):
                self.add_error(closes, gettext("Enter two different times; for a whole day, 00:00 twice."))
        if not self.errors:
            self._refuse_overlaps()
        return cleaned

    def _refuse_overlaps(self) -> None:
        for day in range(DAYS_A_WEEK):
            typed = [(self._period(day, row), row) for row in range(self.rows[day])]
            of_day = sorted((period, row) for period, row in typed if period is not None)
            for (earlier, _), (later, row) in pairwise(of_day):
                if later.opens < earlier.closes:
                    self.add_error(_opens(day, row), gettext("This period begins before the other one ends."))

    def _all_rows(self) -> Iterator[tuple[int, int]]:
        for day, rows in self.rows.items():
            for row in range(rows):
                yield day, row

    def _row(self, day: int, row: int) -> Row:
        return Row(opens=self[_opens(day, row)], closes=self[_closes(day, row)])

    def _period(self, day: int, row: int) -> OpeningPeriod | None:
        opens, closes = self.cleaned_data[_opens(day, row)], self.cleaned_data[_closes(day, row)]
        if opens is None or closes is None:
            return None
        return OpeningPeriod(day, *minutes_of(opens, closes))


class ResourceWeekForm(WeekForm):
    """The week of one resource: one of its own, or its schedules'."""

    whose = forms.ChoiceField(
        label=gettext_lazy("Which hours count for it?"),
        choices=[
            (SCHEDULES, gettext_lazy("Those of the schedule")),
            (OWN, gettext_lazy("Its own, on every schedule that lists it")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Mapping[str, Any] | None, *, hours: Iterable[OpeningHours]) -> None:
        hours = list(hours)
        super().__init__(data, hours=hours)
        self.initial["whose"] = OWN if hours else SCHEDULES

    @property
    def periods(self) -> list[OpeningPeriod]:
        """The week that was typed, none if the schedule's counts. Only of a valid form."""
        return super().periods if self.cleaned_data["whose"] == OWN else []

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("whose") == SCHEDULES:
            # What does not count is not checked.
            self.errors.clear()
            return self.cleaned_data
        cleaned = super().clean()
        if not self.errors and not self.periods:
            self.add_error("whose", gettext("Enter when it is open, or choose the hours of the schedule."))
        return cleaned


class SpecialDayForm(forms.Form):
    """A date that differs from its weekday, closed or open in one period more; or a stretch of days that are closed."""

    day = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is different?"),
        choices=SpecialDay.Kind.choices,
        initial=SpecialDay.Kind.CLOSED,
        widget=forms.RadioSelect,
    )
    opens = clock_field(gettext_lazy("Opens"))
    closes = clock_field(gettext_lazy("Closes"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, schedule: Schedule, now: datetime) -> None:
        super().__init__(data)
        self.today = local_day(now, schedule.time_zone)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError(gettext("Choose a date that has not passed."))
        if day > self.today + FURTHEST_AHEAD:
            raise forms.ValidationError(gettext("Choose a date within the next three years."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if cleaned.get("kind") == SpecialDay.Kind.EXTRA and not self.errors:
            if opens is None or closes is None:
                self.add_error("opens" if opens is None else "closes", gettext("Enter from when until when."))
            elif opens == closes != time(0):
                self.add_error("closes", gettext("Enter two different times; for a whole day, 00:00 twice."))
        self._check_until(cleaned)
        return cleaned

    def _check_until(self, cleaned: Mapping[str, Any]) -> None:
        first, last = cleaned.get("day"), cleaned.get("until")
        if first is None or last is None:
            return
        if cleaned.get("kind") == SpecialDay.Kind.EXTRA and last != first:
            self.add_error("until", gettext("Enter days on which it is open also one by one."))
        elif last < first:
            self.add_error("until", gettext("The last day is before the first."))
        elif (last - first).days >= LONGEST_CLOSURE_DAYS:
            self.add_error("until", gettext("Close a year at most at a time."))

    @property
    def is_closed(self) -> bool:
        return bool(self.cleaned_data["kind"] == SpecialDay.Kind.CLOSED)

    @property
    def last_day(self) -> date:
        """The last of the days. Only of a valid form."""
        last: date = self.cleaned_data["until"] or self.cleaned_data["day"]
        return last

    @property
    def minutes(self) -> tuple[int, int]:
        """When it opens and closes, in minutes from midnight. Only of a valid form for a day that is open also."""
        return minutes_of(self.cleaned_data["opens"], self.cleaned_data["closes"])


def minutes_of(opens: time, closes: time) -> tuple[int, int]:
    """Return a period in minutes from midnight; what closes at or before its opening closes on the next day."""
    first, last = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return first, last if last > first else last + MINUTES_A_DAY


def _opens(day: int, row: int) -> str:
    return f"opens-{day}-{row}"


def _closes(day: int, row: int) -> str:
    return f"closes-{day}-{row}"


def _clock(minutes: int) -> time:
    hours, rest = divmod(minutes % MINUTES_A_DAY, 60)
    return time(hours, rest)


def _typed_rows(data: Mapping[str, Any] | None, day: int) -> int:
    """Return how many rows of a weekday were sent; rows beyond the most are not looked at."""
    if data is None:
        return 0
    return max(
        (row + 1 for row in range(MOST_ROWS) if _opens(day, row) in data or _closes(day, row) in data), default=0
    )
