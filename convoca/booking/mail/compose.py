"""One mail, ready to leave: written for its reader, with the calendar entry of their place inside."""

from collections.abc import Sequence
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext

from convoca.booking.mail.beside import told_beside
from convoca.booking.mail.calendar import cancellation, invitation, publication, reminders_address
from convoca.booking.mail.envelope import (
    BookingMail,
    automatic,
    message_id,
    of_a_list,
    require_sendable,
    sender_of,
    thread_of,
)
from convoca.booking.mail.inlining import with_inline_styles
from convoca.booking.mail.kinds import NUDGES, carries_a_place
from convoca.booking.mail.letter import Letter, write_letter
from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.mail.reader import address_of, is_for_staff, language_of
from convoca.booking.manner import speaking
from convoca.booking.models import Booking, Notification
from convoca.booking.questions.links import Link


def compose(notification: Notification, link: Link, *, now: datetime) -> BookingMail:
    """Return the mail that `notification` owes, carrying what `link` says its reader may know.

    Raises Undeliverable if the address cannot be written to.
    """
    address = address_of(notification)
    require_sendable(address)
    with speaking(language_of(notification), notification.account):
        beside = told_beside(notification)
        letter = write_letter(notification, link, beside=beside, now=now)
        mail = _mail(notification, letter, address)
        _add_calendar(mail, notification, link, [each.booking for each in beside], now=now)
    return mail


def _add_calendar(
    mail: BookingMail, notification: Notification, link: Link, beside: Sequence[Booking], *, now: datetime
) -> None:
    """Add the calendar's entry where there is a place, or take it out; who only asks or waits has none.

    Of several bookings there is one file, to be opened, and no part that mail programs act on by themselves: Outlook
    would read the first entry of it and leave out the others without a word.
    """
    booking = notification.booking
    if is_for_staff(notification):
        return
    is_over = notification.kind == Notification.Kind.CANCELLATION
    if beside and (carries_a_place(notification) or is_over):
        name = gettext("cancelled-bookings.ics") if is_over else gettext("appointments.ics")
        mail.attach(name, publication([booking, *beside], now=now), "application/ics")
    elif carries_a_place(notification):
        mail.calendar = invitation(booking, link, now=now)
        mail.attach(gettext("appointment.ics"), mail.calendar, "application/ics")
    elif is_over:
        mail.calendar, mail.calendar_method = cancellation(booking, now=now), "CANCEL"
        mail.attach(gettext("cancelled-booking.ics"), mail.calendar, "application/ics")


def _mail(notification: Notification, letter: Letter, address: str) -> BookingMail:
    mail = BookingMail(
        subject=letter.subject,
        body=render_text(letter),
        from_email=sender_of(notification.account),
        to=[address],
        reply_to=_reply_to(letter.contact),
        headers=_headers(notification),
        alternatives=[(render_html(letter), "text/html")],
    )
    mail.account_id = notification.account_id
    return mail


def _reply_to(contact: str) -> list[str]:
    """Return the other side's address, unless it is missing or could not be written."""
    try:
        require_sendable(contact)
    except Undeliverable:
        return []
    return [contact]


def _headers(notification: Notification) -> dict[str, str]:
    own, first = message_id(notification), thread_of(notification)
    headers = automatic(own, language_of(notification))
    if first is not None and first != own:
        headers |= {"In-Reply-To": first, "References": first}
    if notification.kind in NUDGES:
        booking, name = notification.booking, notification.kind.replace("_", "-")
        headers |= of_a_list(
            name,
            notification.account,
            schedule=booking.slot.schedule_id,
            stop_address=reminders_address(booking),
        )
    return headers


def render_text(letter: Letter) -> str:
    return render_to_string("mail/letter.txt", {"letter": letter})


def render_html(letter: Letter) -> str:
    context = {"letter": letter, "shades": letter.shades, "logo": letter.logo}
    return with_inline_styles(render_to_string("mail/letter.html", context))
