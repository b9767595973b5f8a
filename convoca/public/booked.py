"""An appointment as its attendee's pages show it: its state, what it is and when, all in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from convoca.booking.models import Booking, Slot
from convoca.booking.wording import city_text, day_text, greenwich_text, span_text
from convoca.core.time import local_day

# «Cancelled. The time is free again.» is said so long; later the page says when it was.
JUST_NOW = timedelta(minutes=5)
# The join page stays open a little longer than the appointment: meetings overrun.
OVERRUN = timedelta(minutes=15)
LAST_MINUTES = timedelta(minutes=90)


class Standing(StrEnum):
    """Whether the appointment still takes place."""

    LIVE = "live"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Booked:
    """`text` explains a standing that is not live."""

    standing: Standing
    title: str
    what: str
    partner: str
    day: str
    clock: str
    zone: str
    book_again: str
    text: str = ""

    @property
    def is_live(self) -> bool:
        return self.standing is Standing.LIVE


def standing_of(booking: Booking, *, now: datetime, overrun: timedelta = timedelta(0)) -> Standing:
    """Return whether the appointment takes place, is over, or was cancelled by either side."""
    if booking.status == Booking.Status.CANCELLED or not booking.slot.is_live:
        return Standing.CANCELLED
    return Standing.OVER if booking.slot.ends_at + overrun <= now else Standing.LIVE


def booked_page(booking: Booking, *, now: datetime) -> Booked:
    """Return the words of the booking's own page."""
    standing = standing_of(booking, now=now)
    titles = {
        Standing.LIVE: gettext("Your place is booked")
        if booking.slot.schedule.is_capacity
        else gettext("Your appointment is booked"),
        Standing.OVER: gettext("This appointment has ended"),
        Standing.CANCELLED: gettext("This appointment was cancelled"),
    }
    texts = {
        Standing.LIVE: "",
        Standing.OVER: gettext("This appointment was on {date}.").format(date=_day(booking, booking.slot.starts_at)),
        Standing.CANCELLED: _cancelled_text(booking, now=now),
    }
    return _in_words(booking, standing, title=titles[standing], text=texts[standing])


def join_page(booking: Booking, *, now: datetime) -> Booked:
    """Return the words of the join page, which lasts a little longer than the appointment."""
    standing = standing_of(booking, now=now, overrun=OVERRUN)
    texts = {
        Standing.LIVE: starts_text(booking, now=now),
        Standing.OVER: gettext("This appointment has ended."),
        Standing.CANCELLED: gettext("This appointment was cancelled."),
    }
    return _in_words(booking, standing, title=what_text(booking.slot), text=texts[standing])


def what_text(slot: Slot) -> str:
    """Return what the appointment is called."""
    return slot.title or (slot.service.name if slot.service else slot.schedule.name)


def starts_text(booking: Booking, *, now: datetime) -> str:
    """Return "Your appointment starts in 12 minutes."; nothing while that is far off."""
    ahead = booking.slot.starts_at - now
    if ahead > LAST_MINUTES:
        return ""
    minutes = -(-int(ahead.total_seconds()) // 60)
    if minutes <= 0:
        return gettext("Your appointment has begun.")
    return ngettext(
        "Your appointment starts in {n} minute.", "Your appointment starts in {n} minutes.", minutes
    ).format(n=minutes)


def _in_words(booking: Booking, standing: Standing, *, title: str, text: str) -> Booked:
    slot, zone = booking.slot, booking.time_zone
    day = day_text(local_day(slot.starts_at, zone), "full")
    return Booked(
        standing=standing,
        title=title,
        what=what_text(slot),
        partner=booking.account.title,
        day=day[:1].upper() + day[1:],
        clock=span_text(slot.starts_at, slot.ends_at, zone),
        zone=gettext("{city} time ({offset})").format(
            city=city_text(zone), offset=greenwich_text(zone, slot.starts_at)
        ),
        book_again=reverse("schedule", args=[booking.account.name, slot.schedule.slug]),
        text=text,
    )


def _cancelled_text(booking: Booking, *, now: datetime) -> str:
    if booking.status != Booking.Status.CANCELLED:
        return gettext("It was cancelled by {owner}.").format(owner=booking.account.title)
    if booking.cancelled_at is None:
        return ""
    if now - booking.cancelled_at <= JUST_NOW:
        if booking.slot.schedule.is_capacity:
            return gettext("Cancelled. Your place is free again.")
        return gettext("Cancelled. The time is free again.")
    return gettext("This appointment was cancelled on {date}.").format(date=_day(booking, booking.cancelled_at))


def _day(booking: Booking, instant: datetime) -> str:
    return day_text(local_day(instant, booking.time_zone), "full")
