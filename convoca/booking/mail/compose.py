"""One mail, ready to leave: written for its reader, with the calendar entry inside."""

from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from convoca.booking.mail.calendar import cancellation, invitation
from convoca.booking.mail.envelope import BookingMail, message_id, require_sendable, sender_of, thread_of
from convoca.booking.mail.inlining import with_inline_styles
from convoca.booking.mail.letter import Letter, write_letter
from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.models import Notification
from convoca.booking.questions.links import Link


def compose(notification: Notification, link: Link, *, now: datetime) -> BookingMail:
    """Return the mail that `notification` owes, carrying what `link` says its reader may know.

    Raises Undeliverable if the address cannot be written to.
    """
    booking = notification.booking
    require_sendable(booking.email)
    with override(booking.language):
        letter = write_letter(notification, link, now=now)
        mail = _mail(notification, letter)
        if letter.is_cancelled:
            mail.calendar, mail.calendar_method = cancellation(booking, now=now), "CANCEL"
            mail.attach(gettext("cancelled-booking.ics"), mail.calendar, "application/ics")
        else:
            mail.calendar = invitation(booking, now=now)
            mail.attach(gettext("appointment.ics"), mail.calendar, "application/ics")
    return mail


def _mail(notification: Notification, letter: Letter) -> BookingMail:
    mail = BookingMail(
        subject=letter.subject,
        body=render_text(letter),
        from_email=sender_of(notification.account),
        to=[notification.booking.email],
        reply_to=_reply_to(letter),
        headers=_headers(notification),
        alternatives=[(render_html(letter), "text/html")],
    )
    mail.account_id = notification.account_id
    return mail


def _reply_to(letter: Letter) -> list[str]:
    """Return the organiser's address, unless it is missing or could not be written."""
    try:
        require_sendable(letter.contact)
    except Undeliverable:
        return []
    return [letter.contact]


def _headers(notification: Notification) -> dict[str, str]:
    own, first = message_id(notification), thread_of(notification.booking)
    headers = {
        "Message-ID": own,
        "Auto-Submitted": "auto-generated",
        # Stops the out-of-office answers of Exchange, which knows no other way.
        "X-Auto-Response-Suppress": "All",
        "Content-Language": notification.booking.language,
    }
    if first is not None and first != own:
        headers |= {"In-Reply-To": first, "References": first}
    return headers


def render_text(letter: Letter) -> str:
    return render_to_string("mail/letter.txt", {"letter": letter})


def render_html(letter: Letter) -> str:
    return with_inline_styles(render_to_string("mail/letter.html", {"letter": letter}))
