"""An appointment as its attendee's pages show it: its state, what it is and when, all in words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from convoca.booking.models import Booking, Slot
from convoca.booking.questions.bookings import may_take, position_of, was_moved
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.wording import city_text, clock_text, day_text, greenwich_text, queue_text, span_text
from convoca.core.time import local_day
from convoca.public import phrases
from convoca.public.holding import Hand, Held

# «Cancelled. The time is free again.» is said so long; later the page says when it was.
JUST_NOW = timedelta(minutes=5)
# The join page stays open a little longer than the appointment: meetings overrun.
OVERRUN = timedelta(minutes=15)
LAST_MINUTES = timedelta(minutes=90)


class Standing(StrEnum):
    """Whether the appointment takes place, and whether this person has a place in it."""

    LIVE = "live"
    REQUESTED = "requested"
    WAITING = "waiting"
    OFFERED = "offered"
    OVER = "over"
    CANCELLED = "cancelled"


OF_STATUS = {
    Booking.Status.PENDING: Standing.REQUESTED,
    Booking.Status.WAITING: Standing.WAITING,
    Booking.Status.OFFERED: Standing.OFFERED,
}


@dataclass(frozen=True, kw_only=True)
class Booked:
    """`text` explains a standing that is not live; `where` and `places` are what a session has beside its time.

    `change` and `cancel` are the addresses where that can be done, empty where it cannot; then `limit` says why.
    """

    standing: Standing
    title: str
    what: str
    partner: str
    day: str
    clock: str
    zone: str
    book_again: str
    text: str = ""
    where: str = ""
    places: str = ""
    change: str = ""
    cancel: str = ""
    limit: str = ""

    @property
    def is_live(self) -> bool:
        return self.standing is Standing.LIVE

    @property
    def has_ended(self) -> bool:
        return self.standing in {Standing.OVER, Standing.CANCELLED}


def standing_of(booking: Booking, *, now: datetime, overrun: timedelta = timedelta(0)) -> Standing:
    """Return whether the appointment takes place, is only asked or waited for, is over, or was cancelled."""
    if booking.status == Booking.Status.CANCELLED or not booking.slot.is_live:
        return Standing.CANCELLED
    if booking.slot.ends_at + overrun <= now:
        return Standing.OVER
    if booking.status == Booking.Status.OFFERED and (booking.offered_until is None or booking.offered_until <= now):
        # The worker is about to write it; nobody can take this place any more.
        return Standing.WAITING
    if booking.status == Booking.Status.WAITING and may_take(booking, booking.slot, now=now):
        return Standing.OFFERED
    return OF_STATUS.get(Booking.Status(booking.status), Standing.LIVE)


def booked_page(held: Held) -> Booked:
    """Return the words of the booking's own page."""
    booking, standing = held.booking, standing_of(held.booking, now=held.now)
    page = _in_words(booking, standing, title=_title(booking, standing), text=_text(booking, standing, now=held.now))
    if standing in {Standing.WAITING, Standing.OFFERED} and held.is_barred:
        return replace(page, limit=phrases.not_yours_to_change(booking.slot.schedule))
    return _with_changes(page, held) if standing in {Standing.LIVE, Standing.REQUESTED} else page


def booked_words(hand: Hand) -> Booked:
    """Return what a booking is and when, for whoever may change it: by their own clocks, and without a title."""
    standing = standing_of(hand.booking, now=hand.now)
    page = _in_words(hand.booking, standing, title="", text="", time_zone=hand.time_zone)
    return _with_changes(page, hand) if standing in {Standing.LIVE, Standing.REQUESTED} else page


def _with_changes(page: Booked, hand: Hand) -> Booked:
    """Add what can still be changed by whoever has the booking in hand, and what they read where nothing can."""
    slot, schedule = hand.booking.slot, hand.booking.slot.schedule
    if not hand.may_change:
        return replace(page, limit=phrases.not_yours_to_change(schedule))
    ahead = slot.starts_at - hand.now
    change, cancel = timedelta(minutes=schedule.change_limit_minutes), timedelta(minutes=schedule.cancel_limit_minutes)
    missed = [limit for limit in (change, cancel) if ahead < limit]
    return replace(
        page,
        change=hand.change_address if ahead >= change and page.is_live else "",
        cancel=hand.cancel_address if ahead >= cancel else "",
        limit=phrases.too_late(max(missed), schedule) if missed else "",
    )


def _title(booking: Booking, standing: Standing) -> str:
    match standing:
        case Standing.LIVE if booking.slot.schedule.is_capacity:
            return gettext("Your place is booked")
        case Standing.LIVE:
            return gettext("Your appointment is booked")
        case Standing.REQUESTED:
            return gettext("Request sent.")
        case Standing.WAITING:
            return gettext("You are on the waiting list")
        case Standing.OFFERED:
            return gettext("A place is free.")
        case Standing.OVER:
            return gettext("This appointment has ended")
        case Standing.CANCELLED:
            return gettext("This appointment was cancelled")


def _text(booking: Booking, standing: Standing, *, now: datetime) -> str:
    match standing:
        case Standing.LIVE:
            return ""
        case Standing.REQUESTED:
            return gettext("{owner} answers, usually within a day. You will get an email at {email}.").format(
                owner=booking.account.title, email=booking.email
            )
        case Standing.WAITING if booking.status == Booking.Status.OFFERED:
            return phrases.offer_passed()
        case Standing.WAITING:
            return queue_text(position_of(booking), booking.slot.schedule.offer_hours)
        case Standing.OFFERED:
            return gettext("Take it before {time}.").format(time=_until(booking))
        case Standing.OVER:
            return gettext("This appointment was on {date}.").format(date=_day(booking, booking.slot.starts_at))
        case Standing.CANCELLED:
            return _cancelled_text(booking, now=now)


def _until(booking: Booking) -> str:
    until, zone = booking.offered_until or booking.slot.starts_at, booking.time_zone
    return f"{day_text(local_day(until, zone), 'short')}, {clock_text(until, zone)}"


def moved_text(booking: Booking, link: Link | None) -> str:
    """Return what somebody reads who has just moved their booking."""
    slot, zone = booking.slot, booking.time_zone
    when = f"{day_text(local_day(slot.starts_at, zone))}, {clock_text(slot.starts_at, zone)}"
    is_class = slot.schedule.is_capacity
    if link is not None and link.is_ready and not is_class:
        pattern = gettext("Moved to {new}. Your calendar entry will update. The meeting link stays the same.")
    elif link is not None and link.state is LinkState.PENDING and is_class:
        pattern = gettext("Moved to {new}. We are preparing a new meeting link; the Join button will use it.")
    else:
        pattern = gettext("Moved to {new}. Your calendar entry will update.")
    return pattern.format(new=when)


def join_page(held: Held) -> Booked:
    """Return the words of the join page, which lasts a little longer than the appointment."""
    booking, now = held.booking, held.now
    standing = standing_of(booking, now=now, overrun=OVERRUN)
    texts = {
        Standing.LIVE: f"{_was_moved_text(booking, now=now)} {starts_text(booking, now=now)}".strip(),
        Standing.OVER: gettext("This appointment has ended."),
        Standing.CANCELLED: gettext("This appointment was cancelled."),
        Standing.REQUESTED: gettext("You get the meeting link when your request is accepted."),
    }
    if standing is Standing.WAITING:
        no_place = gettext("You do not have a place yet. You are number {n}.")
        texts[standing] = no_place.format(n=position_of(booking))
    return _in_words(
        booking,
        standing,
        title=what_text(booking.slot),
        text=texts.get(standing, gettext("You get the meeting link when you have a place.")),
    )


def _was_moved_text(booking: Booking, *, now: datetime) -> str:
    """Return to when the appointment has been moved; nothing if it has not been, or has begun."""
    slot = booking.slot
    # What has never been changed is not asked after.
    if slot.starts_at <= now or slot.revision + booking.revision == 0 or not was_moved(booking):
        return ""
    when = f"{_day(booking, slot.starts_at)}, {clock_text(slot.starts_at, booking.time_zone)}"
    return gettext("This appointment was moved to {new}.").format(new=when)


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


def _in_words(booking: Booking, standing: Standing, *, title: str, text: str, time_zone: str = "") -> Booked:
    slot, zone = booking.slot, time_zone or booking.time_zone
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
        where=slot.location,
        places=_places_text(booking.quantity),
    )


def _places_text(quantity: int) -> str:
    """Return how many places one has, where that is not one."""
    return ngettext("{n} place", "{n} places", quantity).format(n=quantity) if quantity > 1 else ""


def _cancelled_text(booking: Booking, *, now: datetime) -> str:
    owner, is_class = booking.account.title, booking.slot.schedule.is_capacity
    if is_class and not booking.slot.is_live:
        called_off = gettext("This session was cancelled by {owner}.").format(owner=owner)
        return f"{called_off} {booking.cancel_message}".strip()
    if booking.status != Booking.Status.CANCELLED:
        return gettext("It was cancelled by {owner}.").format(owner=owner)
    if booking.cancelled_at is None:
        return ""
    if now - booking.cancelled_at <= JUST_NOW:
        free = (
            gettext("Cancelled. Your place is free again.")
            if is_class
            else gettext("Cancelled. The time is free again.")
        )
        if not booking.parting_message:
            return free
        passed_on = gettext("{owner} gets your message by email.").format(owner=owner)
        return f"{free} {passed_on}"
    return gettext("This appointment was cancelled on {date}.").format(date=_day(booking, booking.cancelled_at))


def _day(booking: Booking, instant: datetime) -> str:
    return day_text(local_day(instant, booking.time_zone), "full")
