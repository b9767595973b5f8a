"""The parts of a kept mail."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from convoca.booking.models import OutboxMail

CALENDARS = frozenset({"text/calendar", "application/ics"})
SAFE_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}\.ics")


@dataclass(frozen=True, kw_only=True)
class CalendarFile:
    """An .ics that the mail carries, under a name that is safe in a header."""

    name: str
    content: bytes


def read_letter(mail: OutboxMail) -> EmailMessage:
    return message_from_bytes(mail.message.open().encode("utf-8", "surrogateescape"), policy=policy.default)


def text_of(letter: EmailMessage) -> str:
    """Return the plain text, or nothing if the mail has none."""
    return _content(letter, "plain")


def html_of(letter: EmailMessage) -> str:
    """Return the HTML, or nothing if the mail has none."""
    return _content(letter, "html")


def _content(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body(preferencelist=(kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def calendar_of(letter: EmailMessage) -> CalendarFile | None:
    """Return the calendar entry, preferably the one that was attached as a file."""
    parts = [part for part in letter.walk() if part.get_content_type() in CALENDARS]
    part = next((part for part in parts if part.get_filename()), parts[0] if parts else None)
    if part is None:
        return None
    name = part.get_filename() or ""
    content = part.get_payload(decode=True)
    return CalendarFile(
        name=name if SAFE_NAME.fullmatch(name) else "appointment.ics",
        content=content if isinstance(content, bytes) else b"",
    )
