"""The inside of a mail: every line of it, in the order in which both its forms show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext

from convoca.booking.mail import copies, phrases
from convoca.booking.mail.beside import Date, dates_of, heading
from convoca.booking.mail.calendar import join_address, reminders_address
from convoca.booking.mail.envelope import one_line
from convoca.booking.mail.explaining import Managing, explanation, managing, message_of
from convoca.booking.mail.kinds import NUDGES, OF_AN_END, carries_a_place
from convoca.booking.mail.markup import reservation
from convoca.booking.mail.own_words import Paragraph, Text, own_words, published_text
from convoca.booking.mail.reader import is_for_staff, language_of, zone_of
from convoca.booking.models import Notification
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.questions.look import Shown, brand_in, shown_logo
from convoca.core.colour import Brand

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

    `was` is when it was to be before it moved; `message` is what was written about a cancellation, `own_words` what the
    owner says in every mail of this kind, by paragraphs and lines; `dates` are the others that the mail tells of, under
    their `heading`. `stop_address` is where such mails are stopped; `markup` is for programs.
    `shades` are the colours of buttons.
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
    own_words: Sequence[Paragraph]
    joining: Joining | None
    heading: str
    dates: Sequence[Date]
    managing: Managing
    contact: str
    why: str
    stop_address: str
    markup: str
    shades: Brand
    logo: Shown | None


def write_letter(
    notification: Notification,
    link: Link,
    *,
    beside: Sequence[Notification] = (),
    text: Text | None = None,
    now: datetime,
) -> Letter:
    """Write the mail in the active language, on the clocks of its reader's zone; `beside` is what else it tells of.

    `text` is what the owner says in it: None for what is published.
    """
    booking, account, zone = notification.booking, notification.account, zone_of(notification)
    slot = booking.slot
    is_cancelled = notification.kind in OF_AN_END
    day, zone_line = phrases.when_lines(slot, zone)
    resources = phrases.resources_of(booking)
    own = own_words(published_text(notification) if text is None else text, notification, link, resources=resources)
    standard = _standard_words(notification, link, several=len(beside) + 1 if beside else 0, now=now)
    return Letter(
        language=language_of(notification),
        subject=own.subject or standard.subject,
        preheader=standard.preheader,
        organiser=one_line(account.title),
        opening=own.opening or standard.opening,
        title=phrases.title_of(slot),
        resources=resources,
        was=phrases.was_text(notification, zone),
        day=day,
        zone=zone_line,
        other_side=phrases.other_side(slot, zone),
        place="" if is_cancelled else one_line(slot.location),
        is_cancelled=is_cancelled,
        explanation="" if own.opening and not _is_needed(notification) else standard.explanation,
        message=message_of(notification),
        own_words=own.paragraphs,
        joining=_joining(notification, link),
        heading=heading(notification) if beside else "",
        dates=dates_of(notification, beside),
        managing=standard.managing,
        contact=one_line(booking.email if is_for_staff(notification) else account.contact_email),
        why=_why(notification).format(host=urlsplit(settings.BASE_URL).netloc),
        stop_address=reminders_address(booking) if notification.kind in NUDGES else "",
        markup=reservation(notification, link),
        shades=brand_in(account.brand_colour),
        logo=shown_logo(account),
    )


@dataclass(frozen=True, kw_only=True)
class _Words:
    subject: str
    preheader: str
    opening: str
    explanation: str
    managing: Managing


def _standard_words(notification: Notification, link: Link, *, several: int, now: datetime) -> _Words:
    """Return what we say ourselves; `several` is how many bookings the mail tells of, if it is more than one."""
    if copies.is_copy(notification):
        return _Words(
            subject=copies.subject(notification, several=several),
            preheader=copies.preheader(),
            opening=copies.opening(notification, several=several),
            explanation=copies.explanation(notification),
            managing=copies.managing(notification),
        )
    return _Words(
        subject=phrases.subject(notification, link, several=several, now=now),
        preheader=phrases.preheader(notification, link),
        opening=phrases.opening(notification, several=several, now=now),
        explanation=explanation(notification, link, is_several=bool(several)),
        managing=managing(notification, is_several=bool(several)),
    )


def _is_needed(notification: Notification) -> bool:
    """Say whether what we explain is a fact that stands whatever else is said: who it is, when an offer ends."""
    return is_for_staff(notification) or notification.kind == Kind.OFFER


def _direct_label(link: Link) -> str:
    """Name the address that follows: by the brand of the meeting, or as the backup link that it is."""
    if not link.url:
        return ""
    return gettext("Backup link:") if link.is_backup else gettext("Direct ({provider}):").format(provider=link.label)


def _why(notification: Notification) -> str:
    if copies.is_copy(notification):
        return copies.why()
    if notification.kind == Kind.LEFT:
        return gettext("You get this email because you look after the bookings at {host}.")
    if is_for_staff(notification):
        return gettext("You get this email because you answer the requests at {host}.")
    return gettext("You get this email because you made this booking at {host}.")


def _joining(notification: Notification, link: Link) -> Joining | None:
    if not carries_a_place(notification) or link.state in {LinkState.NONE, LinkState.HIDDEN}:
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
