"""How far long work is, the same on every page: what is done, what remains, and when it will end.

The work itself is wanted state, and how far it is is counted in the tables: it survives whoever does it, and a page
that is opened again says the same.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.utils.translation import gettext, ngettext

EVERY_TWO_SECONDS = "every 2s"
# What takes longer is not counted in minutes.
LONG = timedelta(minutes=90)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One piece of work under way. `text` says it all; the bar draws it. Nothing is drawn where `text` is empty."""

    text: str
    done: int
    total: int


def time_left_words(left: timedelta | None) -> str:
    """Say how long it will take; "" if nobody knows yet. In steps, so that it is not said anew every second."""
    if left is None:
        return ""
    minutes = ceil(left / timedelta(minutes=1))
    if minutes <= 1:
        return gettext("Less than a minute left.")
    if left <= LONG:
        return ngettext("About {n} minute left.", "About {n} minutes left.", minutes).format(n=minutes)
    hours = ceil(left / timedelta(hours=1))
    return ngettext("About {n} hour left.", "About {n} hours left.", hours).format(n=hours)
