"""What owners have written into their mails."""

from dataclasses import dataclass

from django.db.models import QuerySet

from convoca.booking.models import Account, MessageText, Schedule


@dataclass(frozen=True, kw_only=True)
class Message:
    """One mail that an owner words, in one language: of a schedule, or with `schedule` None of the whole account."""

    account: Account
    schedule: Schedule | None
    kind: str
    language: str

    @property
    def texts(self) -> QuerySet[MessageText]:
        """The text, if there is one; what was restored is among them."""
        return MessageText.objects.filter(
            account=self.account, schedule=self.schedule, kind=self.kind, language=self.language
        )


def texts_of(account: Account, schedule: Schedule | None) -> dict[tuple[str, str], MessageText]:
    """Return the texts of a schedule, or of the account, that are published or drafted, by kind and language."""
    rows = MessageText.objects.filter(account=account, schedule=schedule, restored_at__isnull=True)
    return {(row.kind, row.language): row for row in rows}


def published(account_id: int, schedule_id: int | None, kind: str, language: str) -> MessageText | None:
    """Return the text that these mails say now; None for the standard one."""
    rows = MessageText.objects.filter(account=account_id, schedule=schedule_id, kind=kind, language=language)
    return rows.filter(published_at__isnull=False, restored_at__isnull=True).first()
