"""What the owner's side is told of a booking: who, when, and the way to the day. Never a link to a meeting."""

from django.utils.translation import gettext

from convoca.booking.mail import phrases
from convoca.booking.mail.calendar import day_address
from convoca.booking.mail.explaining import Managing
from convoca.booking.mail.reader import is_for_staff, zone_of
from convoca.booking.mail.worded import COPIES
from convoca.booking.models import Notification
from convoca.booking.wording import city_text, clock_text

Kind = Notification.Kind


def is_copy(notification: Notification) -> bool:
    """Say whether it tells somebody else what another mail tells the attendee."""
    return notification.kind in COPIES and is_for_staff(notification)


def subject(notification: Notification, *, several: int) -> str:
    """Return the subject; `several` is how many bookings it tells of, if it is more than one."""
    slot, zone = notification.booking.slot, zone_of(notification)
    values = {
        "day": phrases.short_day(slot.starts_at, zone),
        "clock": clock_text(slot.starts_at, zone),
        "city": city_text(zone),
        "n": str(several),
    }
    name = phrases.name_or_somebody(notification.booking)
    return phrases.fit(_pattern(notification, is_several=bool(several)), name, values)


def _pattern(notification: Notification, *, is_several: bool) -> str:
    match notification.kind:
        case Kind.CONFIRMATION if is_several:
            return gettext("{n} new bookings from {day}, {clock} – {what}")
        case Kind.CONFIRMATION:
            return gettext("New booking: {day}, {clock} – {what}")
        case Kind.MOVED if is_several:
            return gettext("Moved: {n} dates, the first to {day}, {clock} ({city}) – {what}")
        case Kind.MOVED:
            return gettext("Moved to {day}, {clock} ({city}) – {what}")
        case _ if is_several:
            return gettext("Cancelled: {n} dates from {day}, {clock} – {what}")
        case _:
            return gettext("Cancelled: {day}, {clock} – {what}")


def opening(notification: Notification, *, several: int) -> str:
    name = phrases.name_or_somebody(notification.booking)
    match notification.kind:
        case Kind.CONFIRMATION if several:
            sentence = gettext("{name} has booked {n} dates.")
        case Kind.CONFIRMATION:
            sentence = gettext("{name} has booked.")
        case Kind.MOVED if several:
            sentence = gettext("{n} bookings of {name} have moved.")
        case Kind.MOVED:
            sentence = gettext("The booking of {name} has moved.")
        case _ if several:
            sentence = gettext("{n} bookings of {name} are cancelled.")
        case _:
            sentence = gettext("The booking of {name} is cancelled.")
    return sentence.format(name=name, n=several)


def preheader() -> str:
    return gettext("See it among the others of the day.")


def explanation(notification: Notification) -> str:
    return gettext("Their address: {email}").format(email=notification.booking.email)


def managing(notification: Notification) -> Managing:
    return Managing(
        sentence=gettext("See the day:"), button=gettext("See the day"), address=day_address(notification.booking)
    )


def why() -> str:
    return gettext("You get this email because the bookings of this schedule are sent to you from {host}.")
