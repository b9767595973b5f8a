"""The inside of a mail: every line of it, in the order in which both its forms show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext

from convoca.booking.mail import phrases
from convoca.booking.mail.beside import Date, dates_of, heading
from convoca.booking.mail.calendar import join_address
from convoca.booking.mail.envelope import one_line
from convoca.booking.mail.explaining import Managing, explanation, managing, message_of
from convoca.booking.mail.kinds import OF_A_PLACE, OF_AN_END
from convoca.booking.mail.reader import is_for_owner, language_of, zone_of
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
class Letter:
    """One mail's words. Texts that do not apply are empty and not shown; `joining` is None without a meeting.

    `was` is when it was to be before it moved; `message` is what the owner wrote, by paragraphs and lines; `dates` are
    the others that the mail tells of, under their `heading`.
    """

    language: str
    subject: str
    preheader: str
    organiser: str
    opening: str
    title: str
    resources: str
    was: str
    day: str
    zone: str
    other_side: str
    place: str
    is_cancelled: bool
    explanation: str
    message: Sequence[Sequence[str]]
    joining: Joining | None
    heading: str
    dates: Sequence[Date]
    managing: Managing
    contact: str
    why: str


def write_letter(
    notification: Notification, link: Link, *, beside: Sequence[Notification] = (), now: datetime
) -> Letter:
    """Write the mail in the active language, on the clocks of its reader's zone; `beside` is what else it tells of."""
    booking, account, zone = notification.booking, notification.account, zone_of(notification)
    slot = booking.slot
    is_cancelled = notification.kind in OF_AN_END
    day, zone_line = phrases.when_lines(slot, zone)
    return Letter(
        language=language_of(notification),
        subject=phrases.subject(notification, link, several=len(beside) + 1 if beside else 0, now=now),
        preheader=phrases.preheader(notification, link),
        organiser=one_line(account.title),
        opening=phrases.opening(notification, several=len(beside) + 1 if beside else 0, now=now),
        title=phrases.title_of(slot),
        resources=_resources(booking),
        was=phrases.was_text(notification, zone),
        day=day,
        zone=zone_line,
        other_side=phrases.other_side(slot, zone),
        place="" if is_cancelled else one_line(slot.location),
        is_cancelled=is_cancelled,
        explanation=explanation(notification, link, is_several=bool(beside)),
        message=message_of(notification),
        joining=_joining(notification, link),
        heading=heading(notification) if beside else "",
        dates=dates_of(notification, beside),
        managing=managing(notification, is_several=bool(beside)),
        contact=one_line(booking.email if is_for_owner(notification) else account.contact_email),
        why=_why(notification).format(host=urlsplit(settings.BASE_URL).netloc),
    )


def _direct_label(link: Link) -> str:
    """Name the address that follows: by the brand of the meeting, or as the backup link that it is."""
    if not link.url:
        return ""
    return gettext("Backup link:") if link.is_backup else gettext("Direct ({provider}):").format(provider=link.label)


def _why(notification: Notification) -> str:
    if notification.kind == Kind.LEFT:
        return gettext("You get this email because you look after the bookings at {host}.")
    if is_for_owner(notification):
        return gettext("You get this email because you answer the requests at {host}.")
    return gettext("You get this email because you made this booking at {host}.")


def _resources(booking: Booking) -> str:
    """Return what is booked beside the occasion's own name: a person, a room."""
    taken = booking.slot.occupancies.select_related("resource").order_by("pk")
    return ", ".join(one_line(each.resource.name) for each in taken)


def _joining(notification: Notification, link: Link) -> Joining | None:
    if notification.kind not in OF_A_PLACE or link.state in {LinkState.NONE, LinkState.HIDDEN}:
        return None
    has_changed = notification.kind == Kind.LINK_CHANGED
    return Joining(
        sentence=phrases.join_sentence(
            link, notification.account, has_changed=has_changed, time_zone=notification.booking.time_zone
        ),
        needs_words=has_changed or link.is_backup or not link.is_ready,
        address=join_address(notification.booking),
        is_ready=link.is_ready,
        direct_label=_direct_label(link),
        direct_address=link.url,
        passcode=gettext("Passcode: {code}").format(code=link.passcode) if link.passcode else "",
    )
