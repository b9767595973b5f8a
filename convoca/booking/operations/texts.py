"""What owners write into their mails: drafted, published, restored (M21). No mail that is owed is touched by it."""

from datetime import datetime

from django.db import transaction

from convoca.booking.mail.own_words import OF_A_BODY, OF_A_SUBJECT, Text
from convoca.booking.models import MessageText, Schedule, Sealed
from convoca.core.filling import Finding, findings


class TextUnfit(Exception):
    """The text has faults that would be read by people. Nothing was published."""


def faults_in(text: Text) -> tuple[list[Finding], list[Finding]]:
    """Return what is wrong with the subject, and with the body."""
    return findings(text.subject, OF_A_SUBJECT), findings(text.body, OF_A_BODY)


def save_draft(schedule: Schedule, kind: str, language: str, text: Text, *, now: datetime) -> MessageText:
    """Keep what is being written; it is seen in the preview and sent to nobody."""
    with transaction.atomic():
        row = _hold(schedule, kind, language)
        row.draft_subject, row.draft_body, row.draft_replaces = text.subject, Sealed.seal(text.body), text.replaces
        row.drafted_at = now
        row.save(update_fields=["draft_subject", "draft_body", "draft_replaces", "drafted_at"])
    return row


def publish_text(schedule: Schedule, kind: str, language: str, text: Text, *, now: datetime) -> MessageText:
    """Let mails that leave from now on say this; the draft is gone. Raises TextUnfit."""
    if any(faults_in(text)):
        raise TextUnfit
    with transaction.atomic():
        row = _hold(schedule, kind, language)
        row.subject, row.body, row.replaces, row.published_at = text.subject, Sealed.seal(text.body), text.replaces, now
        _forget_draft(row)
        row.save()
    return row


def discard_draft(schedule: Schedule, kind: str, language: str) -> None:
    """Forget what was being written; what is published stays."""
    with transaction.atomic():
        row = _hold(schedule, kind, language)
        _forget_draft(row)
        row.save()


def restore_text(schedule: Schedule, kind: str, language: str) -> None:
    """Let these mails say what they say by themselves."""
    MessageText.objects.filter(account=schedule.account_id, schedule=schedule, kind=kind, language=language).delete()


def set_discreet(schedule: Schedule, *, is_discreet: bool) -> None:
    """Choose whether subjects leave out what was booked."""
    schedule.has_discreet_subjects = is_discreet
    schedule.save(update_fields=["has_discreet_subjects"])


def _forget_draft(row: MessageText) -> None:
    row.draft_subject, row.draft_body, row.draft_replaces, row.drafted_at = "", Sealed(), False, None


def _hold(schedule: Schedule, kind: str, language: str) -> MessageText:
    """Return the row, made if there is none, held against whoever saves at the same time."""
    row, _ = MessageText.objects.get_or_create(
        account_id=schedule.account_id, schedule=schedule, kind=kind, language=language
    )
    return MessageText.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
