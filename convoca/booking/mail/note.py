"""Mails that are about no single booking: an invitation, a forgotten password, an alert. In the look of all others."""

from dataclasses import dataclass
from email.utils import make_msgid

from django.conf import settings
from django.template.loader import render_to_string

from convoca.booking.mail.envelope import BookingMail, host, one_line, require_sendable, sender_of
from convoca.booking.mail.inlining import with_inline_styles
from convoca.booking.models import Account
from convoca.booking.questions.look import brand_in, shown_logo

INSTALLATION = "Convoca"


@dataclass(frozen=True, kw_only=True)
class Note:
    """One such mail's words, in its reader's language. The button leads to `address`, if there is one.

    `lines` is a list that stands after the paragraphs.
    """

    language: str
    subject: str
    opening: str
    paragraphs: tuple[str, ...]
    lines: tuple[str, ...] = ()
    button: str = ""
    address: str = ""
    why: str = ""
    organiser: str = INSTALLATION
    contact: str = ""


def note_mail(note: Note, *, to: str, account: Account | None, message_id: str = "") -> BookingMail:
    """Return the mail, from the account if it is one's, else from the installation.

    Whatever may be sent again after its outcome was lost comes with a `message_id` of its own.

    Raises Undeliverable if the address cannot be written to.
    """
    require_sendable(to)
    mail = BookingMail(
        subject=one_line(note.subject),
        body=render_to_string("mail/note.txt", {"note": note}),
        from_email=sender_of(account) if account else settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers=_headers(note, message_id),
        alternatives=[(_as_html(note, account), "text/html")],
    )
    mail.account_id = account.pk if account else None
    return mail


def _as_html(note: Note, account: Account | None) -> str:
    shades = brand_in(account.brand_colour if account else "")
    context = {"note": note, "shades": shades, "logo": shown_logo(account)}
    return with_inline_styles(render_to_string("mail/note.html", context))


def _headers(note: Note, message_id: str) -> dict[str, str]:
    return {
        "Message-ID": message_id or make_msgid(domain=host()),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": note.language,
    }
