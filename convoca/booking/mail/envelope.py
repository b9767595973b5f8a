"""The outside of a mail: its headers, its parts and the bytes that leave."""

import email.policy
import hashlib
import re
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage as MimeMessage
from email.message import Message
from email.policy import Policy
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives

from convoca.booking.mail.outcomes import Undeliverable
from convoca.booking.models import Account, Notification

# Seven bits: a server that announces no 8BITMIME takes it, and none changes a byte that a signature covers.
WIRE = email.policy.SMTP.clone(cte_type="7bit")


class BookingMail(EmailMultiAlternatives):
    """A mail about a booking, with its calendar entry, if any, twice: as a part that calendars act on, and as a file.

    The method is told in the part's header, too; it must equal the one inside, or Outlook shows a plain file.
    """

    account_id: int | None = None
    calendar: bytes = b""
    calendar_method: str = "REQUEST"
    # By what a mail service that reports what became of a mail tells which it was; of no meaning to anybody else.
    metadata: dict[str, str]
    # On the monotonic clock: the mail's body must not be handed over later, because another worker may begin then.
    hand_over_before: float | None = None

    def message(self, *, policy: "Policy[Message] | None" = None) -> MimeMessage:
        message = super().message(policy=policy or email.policy.default)
        if not self.calendar:
            return message
        alternative = next(part for part in message.walk() if part.get_content_type() == "multipart/alternative")
        assert isinstance(message, MimeMessage)
        assert isinstance(alternative, MimeMessage)
        alternative.add_alternative(
            self.calendar,
            maintype="text",
            subtype="calendar",
            params={"charset": "utf-8", "method": self.calendar_method},
        )
        return message


def to_bytes(message: EmailMessage) -> bytes:
    """Return the mail as it goes over the wire. Raises Undeliverable if it cannot be written as one."""
    try:
        return message.message(policy=WIRE).as_bytes()
    except (ValueError, LookupError, MessageError) as error:
        raise Undeliverable("The mail cannot be written in the form that mail servers take.") from error


def one_line(text: str) -> str:
    """Return `text` fit for a header: on one line, without characters that cannot be seen."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def require_sendable(address: str) -> None:
    """Raise Undeliverable for an address that no mail server must understand (RFC 5321: ASCII before the @)."""
    local, _, domain = address.rpartition("@")
    if not local or not domain or not local.isascii() or one_line(address).replace(" ", "") != address:
        raise Undeliverable("The address cannot be written in a form that every mail server takes.")


def sender_of(account: Account) -> str:
    """Return the installation's fixed address under the organiser's name: the domain that vouches for it is ours."""
    return str(Address(display_name=one_line(account.title), addr_spec=sender_address()))


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def host() -> str:
    """Return the installation's host as it may stand behind an @ in an identifier."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", urlsplit(settings.BASE_URL).hostname or "localhost")


def automatic(identifier: str, language: str) -> dict[str, str]:
    """Return the headers of every mail of ours: nobody has written it, and nothing is to answer it by itself."""
    return {
        "Message-ID": identifier,
        "Auto-Submitted": "auto-generated",
        # Stops the out-of-office answers of Exchange, which knows no other way.
        "X-Auto-Response-Suppress": "All",
        "Content-Language": language,
    }


def of_a_list(name: str, account: Account, *, schedule: int = 0, stop_address: str) -> dict[str, str]:
    """Return the headers of what nobody waits for: which list it belongs to, and how one press leaves that.

    RFC 2919 (List-Id), RFC 8058 (one press at the mail program). What answers somebody's act belongs to no list.
    Feedback-ID is by what mail services group complaints; its last part is who sends.
    """
    return {
        "List-Id": f"<{name}.{account.name.lower()}.{host()}>",
        "Feedback-ID": f"{name}:{schedule}:{account.pk}:{host()}",
        "List-Unsubscribe": f"<{stop_address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def message_id(notification: Notification) -> str:
    """Return the mail's identifier, the same however often it is sent. It is made of nothing that opens a door."""
    step = f"{notification.kind}.{notification.slot_revision}-{notification.booking_revision}"
    if notification.offset_minutes:
        step += f".{abs(notification.offset_minutes)}"
    if notification.recipient != Notification.Recipient.ATTENDEE:
        step += f".{notification.recipient}"
    if notification.reader:
        step += f".{hashlib.sha256(notification.reader.encode()).hexdigest()[:12]}"
    if notification.again:
        step += f".again-{notification.again}"
    return f"<{notification.booking.uid.hex}.{step}@{host()}>"


def thread_of(notification: Notification) -> str | None:
    """Return the identifier of the first mail about this booking that the same reader was sent, or None."""
    booking = notification.booking
    sent = booking.notifications.filter(
        recipient=notification.recipient, reader=notification.reader, sent_at__isnull=False, told_by__isnull=True
    )
    first = sent.order_by("sent_at", "pk").first()
    if first is None:
        return None
    first.booking = booking
    return message_id(first)
