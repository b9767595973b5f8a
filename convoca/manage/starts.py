"""When bookings may start, as the owner types it: every so many minutes, or the times one by one."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Schedule
from convoca.booking.spoken import SpokenForm
from convoca.booking.wording import weekdays
from convoca.manage.hours import DAYS_A_WEEK, weekday_name
from convoca.manage.lengths import MINUTES_A_DAY, LengthField

EVERY, LISTED = "every", "listed"
EVERY_DAY = None
CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})", re.ASCII)
MOST_TIMES = 96
type ListedTime = tuple[int | None, int]


class ClocksField(forms.CharField):
    """Times of a day on one line: "9:00, 10:30 12:15". Its value is minutes from midnight, in order, each once."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"})
        super().__init__(required=False, max_length=1000, widget=widget, **options)

    def clean(self, value: Any) -> list[int]:
        typed = re.split(r"[\s,;]+", super().clean(value))
        minutes = sorted({self._minutes(clock) for clock in typed if clock})
        if len(minutes) > MOST_TIMES:
            raise forms.ValidationError(gettext("Use at most 96 times a day."))
        return minutes

    def _minutes(self, clock: str) -> int:
        found = CLOCK.fullmatch(clock)
        minutes = int(found[1]) * 60 + int(found[2]) if found else MINUTES_A_DAY
        if minutes >= MINUTES_A_DAY or int(clock[-2:]) > 59:
            raise forms.ValidationError(gettext("“{text}” is no time. Write it like 9:30.").format(text=clock))
        return minutes


class StartsForm(SpokenForm):
    """Every so many minutes from midnight; or a list for every day, and lists for weekdays that differ."""

    how = forms.ChoiceField(
        label=gettext_lazy("When may a booking start?"),
        choices=[(EVERY, gettext_lazy("At regular times")), (LISTED, gettext_lazy("Only at the times listed below"))],
        widget=forms.RadioSelect,
    )
    every = LengthField(
        label=gettext_lazy("A booking may start every"),
        least=5,
        most=MINUTES_A_DAY,
        required=False,
        help_text=gettext_lazy("Counted from midnight: every 30 minutes is 9:00, 9:30, 10:00 and so on."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, schedule: Schedule) -> None:
        times: dict[int | None, list[str]] = {}
        for weekday, minutes in schedule.start_times.values_list("weekday", "minutes"):
            times.setdefault(weekday, []).append(f"{minutes // 60}:{minutes % 60:02}")
        every = schedule.start_every_minutes
        initial: dict[str, Any] = {"how": LISTED if every is None else EVERY, "every": every}
        initial |= {_name(weekday): ", ".join(clocks) for weekday, clocks in times.items()}
        super().__init__(data, initial=initial)
        self.fields[_name(EVERY_DAY)] = ClocksField(
            label=gettext("Every day"), help_text=gettext("Write them like 9:00, 10:30, 12:00.")
        )
        for day in range(DAYS_A_WEEK):
            self.fields[_name(day)] = ClocksField(label=weekday_name(day))

    @property
    def every_day(self) -> BoundField:
        return self[_name(EVERY_DAY)]

    @property
    def weekdays(self) -> list[BoundField]:
        return [self[_name(day)] for day in weekdays()]

    @property
    def interval(self) -> int | None:
        """Minutes from one start to the next, None where the list counts. Only of a valid form."""
        minutes: int | None = self.cleaned_data.get("every")
        return minutes if self.cleaned_data["how"] == EVERY else None

    @property
    def listed(self) -> list[ListedTime]:
        """The times that were typed, with their weekdays."""
        days = (EVERY_DAY, *range(DAYS_A_WEEK))
        return [(day, minutes) for day in days for minutes in self.cleaned_data.get(_name(day), ())]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        how = cleaned.get("how")
        if how == EVERY and cleaned.get("every") is None and "every" not in self.errors:
            self.add_error("every", gettext("Enter how much time lies between two starts."))
        if how == LISTED:
            # What does not count is not checked.
            self.errors.pop("every", None)
            if not self.listed and not self.errors:
                self.add_error(_name(EVERY_DAY), gettext("Enter at least one time."))
        return cleaned


def _name(weekday: int | None) -> str:
    return "at" if weekday is None else f"at-{weekday}"
