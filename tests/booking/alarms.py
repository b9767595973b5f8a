"""Watching and alerting as a worker does them, and the mails that owners find."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from convoca.booking.mail.post import Post
from convoca.booking.models import OutboxMail
from convoca.booking.operations.alerting import alert_next
from convoca.booking.operations.watching import watch


def look(now: datetime) -> None:
    """Make one round: see what is wrong, and send what is owed of it."""
    watch(now=now)
    send_alerts(now)


def send_alerts(now: datetime) -> None:
    with Post() as post:
        while alert_next(now=now, post=post):
            continue


def letters() -> list[EmailMessage]:
    """Return all mails in the outbox, oldest first."""
    return [parsed(mail) for mail in OutboxMail.objects.order_by("pk")]


def parsed(mail: OutboxMail) -> EmailMessage:
    message = message_from_bytes(mail.message.open().encode("ascii"), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def subjects() -> list[str]:
    return [str(letter["Subject"]) for letter in letters()]


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
