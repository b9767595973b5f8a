"""How long a booking is to be, where whoever books may choose: minutes in steps, or whole days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext, ngettext

from convoca.booking.wording import minutes_text
from convoca.core.time import DAY, MINUTE
from convoca.public.visit import Visit

# So many are side by side; more are in a list to choose from.
SIDE_BY_SIDE = 6


@dataclass(frozen=True)
class LengthOption:
    value: str
    text: str
    url: str
    is_picked: bool


@dataclass(frozen=True)
class LengthPicker:
    """What there is to choose from. A long list is a form of its own, of which `kept` are the other fields."""

    label: str
    options: Sequence[LengthOption]

    @property
    def is_long(self) -> bool:
        return len(self.options) > SIDE_BY_SIDE


def length_picker(visit: Visit) -> LengthPicker | None:
    """Return the lengths to choose from; None where there is no choice."""
    if len(visit.lengths) < 2 or visit.length is None:
        return None
    in_days = visit.lasts_for_days
    options = [
        LengthOption(
            value=visit.length_value(each),
            text=length_text(each, in_days=in_days),
            url=visit.at(length=visit.length_value(each)),
            is_picked=each == visit.length,
        )
        for each in visit.lengths
    ]
    return LengthPicker(gettext("How many days?") if in_days else gettext("How long?"), options)


def length_text(length: timedelta, *, in_days: bool) -> str:
    """Return "90 minutes" in hours and minutes, or "3 days"."""
    if in_days:
        return ngettext("{n} day", "{n} days", length // DAY).format(n=length // DAY)
    return minutes_text(length // MINUTE)
