"""The outbox of an installation without a mail server: mails are kept in the database, encrypted."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.utils import timezone

from convoca.booking.mail.envelope import one_line, to_bytes
from convoca.booking.mail.outcomes import NotNow
from convoca.booking.models import OutboxMail, Sealed

# Mails hold personal data and links; whoever tries Convoca out reads them within days.
KEPT = timedelta(days=30)


class OutboxBackend(BaseEmailBackend):
    """Stores mails, one row for each recipient, for the owner to read in the browser.

    A mail belongs to the account in its attribute `account_id`; without one, to the installation.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            with transaction.atomic():
                for message in email_messages:
                    _store(message)
                forget_old_mails()
        except DatabaseError as error:
            raise NotNow("The outbox could not be written.") from error
        return len(email_messages)


def _store(message: EmailMessage) -> None:
    content = Sealed.seal(to_bytes(message).decode("ascii"))
    OutboxMail.objects.bulk_create(
        OutboxMail(
            account_id=getattr(message, "account_id", None),
            recipient=recipient[:254],
            subject=one_line(str(message.subject))[:300],
            message=content,
        )
        for recipient in message.recipients()
    )


def forget_old_mails() -> None:
    """Delete what is older than `KEPT`. The oldest mail tells whether there is anything to look for."""
    oldest = OutboxMail.objects.order_by("pk").values_list("created_at", flat=True).first()
    limit = timezone.now() - KEPT
    if oldest is not None and oldest < limit:
        OutboxMail.objects.filter(created_at__lt=limit).delete()
