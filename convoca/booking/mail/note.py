"""Mails that are about no single booking: an invitation, a forgotten password, an alert. In the look of all others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import make_msgid

from django.conf import settings
from django.template.loader import render_to_string

from convoca.booking.mail.envelope import BookingMail, automatic, host, one_line, require_sendable, sender_of
from convoca.booking.mail.inlining import with_inline_styles
from convoca.booking.mail.own_words import OwnWords, Paragraph
from convoca.booking.models import Account
from convoca.booking.questions.look import brand_in, shown_logo

INSTALLATION = "Convoca"


@dataclass(frozen=True, kw_only=True)
class Note:
    """One such mail's words, in its reader's language. The button leads to `address`, if there is one.

    `lines` is a list that stands after the paragraphs; `facts` stand above it, whatever an owner says in their
    `own_words`. `stop` leads to where such mails are stopped.
    """

    language: str
    subject: str
    opening: str
    paragraphs: tuple[str, ...]
    own_words: Sequence[Paragraph] = ()
    facts: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    button: str = ""
    address: str = ""
    why: str = ""
    stop: str = ""
    stop_address: str = ""
    organiser: str = INSTALLATION
    contact: str = ""

    @property
    def preheader(self) -> str:
        """What a list of mails shows of it beside the subject."""
        words = ["".join(piece.text for piece in line) for paragraph in self.own_words for line in paragraph]
        return next(iter([*self.paragraphs, *words, *self.facts]), "")


def with_own_words(note: Note, own: OwnWords) -> Note:
    """Return the mail as its owner words it: beside our sentences or in place of them; the facts stand."""
    return replace(
        note,
        subject=own.subject or note.subject,
        opening=own.opening or note.opening,
        paragraphs=() if own.opening else note.paragraphs,
        own_words=own.paragraphs,
    )


def render_note_text(note: Note) -> str:
    return render_to_string("mail/note.txt", {"note": note})


def render_note_html(note: Note, account: Account | None) -> str:
    """Return it as HTML, in the colours of the account that it is from."""
    context = {"note": note, "shades": brand_in(account.brand_colour if account else ""), "logo": shown_logo(account)}
    return with_inline_styles(render_to_string("mail/note.html", context))


def note_mail(note: Note, *, to: str, account: Account | None, message_id: str = "") -> BookingMail:
    """Return the mail, from the account if it is one's, else from the installation.

    Whatever may be sent again after its outcome was lost comes with a `message_id` of its own.

    Raises Undeliverable if the address cannot be written to.
    """
    require_sendable(to)
    mail = BookingMail(
        subject=one_line(note.subject),
        body=render_note_text(note),
        from_email=sender_of(account) if account else settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers=automatic(message_id or make_msgid(domain=host()), note.language),
        alternatives=[(render_note_html(note, account), "text/html")],
    )
    mail.account_id = account.pk if account else None
    return mail
