"""Bookings that were made together: their dates in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Booking
from convoca.booking.questions.series import following_bookings
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day


@dataclass(frozen=True)
class Repeated:
    """The dates that follow this one. `only_this` and `all_of_them` are what the buttons say that cancel."""

    heading: str
    dates: Sequence[str]
    only_this: str
    all_of_them: str


def repeated(booking: Booking, *, now: datetime) -> Repeated | None:
    """Return the same person's later bookings of the same series; None if there are none. One query, of a series."""
    if booking.slot.series_id is None:
        return None
    later = [each for each in following_bookings(booking, now=now) if each.pk != booking.pk]
    if not later:
        return None
    return Repeated(
        heading=ngettext("And on {n} more date", "And on {n} more dates", len(later)).format(n=len(later)),
        dates=[_date_text(each, booking.time_zone) for each in later],
        only_this=gettext("Cancel only this one"),
        all_of_them=ngettext(
            "Cancel this one and the one that follows", "Cancel this one and the {n} that follow", len(later)
        ).format(n=len(later)),
    )


def _date_text(booking: Booking, time_zone: str) -> str:
    slot = booking.slot
    day = day_text(local_day(slot.starts_at, time_zone), "medium")
    return f"{day}, {span_text(slot.starts_at, slot.ends_at, time_zone)}"
