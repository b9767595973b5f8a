"""Lengths of time as people type them: a number and its unit. Columns hold minutes."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

MINUTES_A_DAY = 24 * 60
UNITS = [
    ("1", gettext_lazy("minutes")),
    ("60", gettext_lazy("hours")),
    (str(MINUTES_A_DAY), gettext_lazy("days")),
]
LARGEST_NUMBER = 100_000
LAST_DAY, DAY_AFTER = "0", "1"
DAYS = [(LAST_DAY, gettext_lazy("on the last day")), (DAY_AFTER, gettext_lazy("on the day after"))]


class LengthInput(forms.MultiWidget):
    """A number, and a list of units beside it; together they show the largest unit that fits."""

    template_name = "manage/length_input.html"

    def __init__(self) -> None:
        number = forms.NumberInput(attrs={"inputmode": "numeric", "min": "0", "step": "1"})
        unit = forms.Select(choices=UNITS, attrs={"aria-label": gettext_lazy("Unit")})
        super().__init__([number, unit])

    def decompress(self, value: Any) -> list[Any]:
        if value is None:
            return [None, "60"]
        unit = next((unit for unit in (MINUTES_A_DAY, 60) if value and value % unit == 0), 1)
        return [value // unit, str(unit)]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0" if id_ else id_


class LengthField(forms.MultiValueField):
    """Minutes, from `least` to `most`, or None where it is not required and left empty."""

    widget = LengthInput

    def __init__(self, *, least: int = 0, most: int = 365 * MINUTES_A_DAY, **kwargs: Any) -> None:
        self.least, self.most = least, most
        number = forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER)
        super().__init__(fields=(number, forms.ChoiceField(choices=UNITS)), **kwargs)

    def compress(self, data_list: Sequence[Any]) -> int | None:
        number, unit = [*data_list, None, None][:2]
        if number is None:
            return None
        if not unit:
            raise forms.ValidationError(gettext("Choose minutes, hours or days."))
        minutes: int = number * int(unit)
        if minutes < self.least:
            raise forms.ValidationError(gettext("Use at least {n} minutes.").format(n=self.least))
        if minutes > self.most:
            raise forms.ValidationError(_too_long(self.most))
        return minutes


class CheckOutInput(forms.MultiWidget):
    """A time of day, and whether it is on the last day of a rental or on the day after."""

    template_name = "manage/length_input.html"

    def __init__(self) -> None:
        clock = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__([clock, forms.Select(choices=DAYS, attrs={"aria-label": gettext_lazy("Day")})])

    def decompress(self, value: Any) -> list[Any]:
        if value is None:
            return [None, LAST_DAY]
        day, minutes = divmod(value, MINUTES_A_DAY)
        return [time(*divmod(minutes, 60)), DAY_AFTER if day else LAST_DAY]

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0" if id_ else id_


class CheckOutField(forms.MultiValueField):
    """Minutes from the midnight of a rental's last day; a day and more is on the day after."""

    widget = CheckOutInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(fields=(forms.TimeField(), forms.ChoiceField(choices=DAYS)), **kwargs)

    def compress(self, data_list: Sequence[Any]) -> int:
        clock, day = data_list
        minutes: int = clock.hour * 60 + clock.minute + (MINUTES_A_DAY if day == DAY_AFTER else 0)
        if not minutes:
            raise forms.ValidationError(gettext("A rental cannot end when its last day begins."))
        return minutes


def _too_long(most: int) -> str:
    days = most // MINUTES_A_DAY
    if days <= 1:
        return gettext("Use at most 24 hours.")
    return gettext("Use at most {n} days.").format(n=days)
