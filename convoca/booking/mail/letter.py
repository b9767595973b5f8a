"""The inside of a mail: every line of it, in the order in which both its forms show them."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext

from convoca.booking.mail import phrases
from convoca.booking.mail.calendar import join_address, manage_address
from convoca.booking.mail.envelope import one_line
from convoca.booking.models import Booking, Notification
from convoca.booking.questions.links import Link, LinkState

Kind = Notification.Kind


@dataclass(frozen=True, kw_only=True)
class Joining:
    """The way into the meeting: our join page always, the provider's own address once it is known.

    `needs_words` is False where the button alone says what the sentence would.
    """

    sentence: str
    needs_words: bool
    address: str
    is_ready: bool
    direct_label: str
    direct_address: str
    passcode: str


@dataclass(frozen=True, kw_only=True)
class Managing:
    """The way to the booking's own page, and what the attached file is for."""

    sentence: str
    button: str
    address: str
    calendar_note: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail's words. Texts that do not apply are empty and not shown; `joining` is None without a meeting."""

    language: str
    subject: str
    preheader: str
    organiser: str
    opening: str
    title: str
    resources: str
    day: str
    zone: str
    other_side: str
    place: str
    is_cancelled: bool
    joining: Joining | None
    managing: Managing
    contact: str
    why: str


def write_letter(notification: Notification, link: Link, *, now: datetime) -> Letter:
    """Write the mail in the active language, on the clocks of the booking's zone."""
    booking, account = notification.booking, notification.account
    slot = booking.slot
    is_cancelled = notification.kind == Kind.CANCELLATION
    day, zone = phrases.when_lines(slot, booking.time_zone)
    return Letter(
        language=booking.language,
        subject=phrases.subject(notification, link, now=now),
        preheader=phrases.preheader(notification, link),
        organiser=one_line(account.title),
        opening=phrases.opening(notification, now=now),
        title=phrases.title_of(slot),
        resources=_resources(booking),
        day=day,
        zone=zone,
        other_side=phrases.other_side(slot, booking.time_zone),
        place="" if is_cancelled else one_line(slot.location),
        is_cancelled=is_cancelled,
        joining=_joining(notification, link),
        managing=_managing(booking, is_cancelled=is_cancelled),
        contact=one_line(account.contact_email),
        why=gettext("You get this email because you made this booking at {host}.").format(
            host=urlsplit(settings.BASE_URL).netloc
        ),
    )


def _resources(booking: Booking) -> str:
    """Return what is booked beside the occasion's own name: a person, a room."""
    taken = booking.slot.occupancies.select_related("resource").order_by("pk")
    return ", ".join(one_line(each.resource.name) for each in taken)


def _joining(notification: Notification, link: Link) -> Joining | None:
    if notification.kind == Kind.CANCELLATION or link.state in {LinkState.NONE, LinkState.HIDDEN}:
        return None
    has_changed = notification.kind == Kind.LINK_CHANGED
    return Joining(
        sentence=phrases.join_sentence(
            link, notification.account, has_changed=has_changed, time_zone=notification.booking.time_zone
        ),
        needs_words=has_changed or not link.is_ready,
        address=join_address(notification.booking),
        is_ready=link.is_ready,
        direct_label=gettext("Direct ({provider}):").format(provider=link.label) if link.url else "",
        direct_address=link.url,
        passcode=gettext("Passcode: {code}").format(code=link.passcode) if link.passcode else "",
    )


def _managing(booking: Booking, *, is_cancelled: bool) -> Managing:
    if is_cancelled:
        return Managing(
            sentence=gettext("What was booked:"),
            button=gettext("See the booking"),
            address=manage_address(booking),
            calendar_note=gettext("Open the attached file to take it out of your calendar."),
        )
    return Managing(
        sentence=gettext("See or cancel it (no account needed):"),
        button=gettext("See or cancel the booking"),
        address=manage_address(booking),
        calendar_note=gettext("Open the attached file to add it to your calendar."),
    )
