"""What owners write into their mails: drafted, published, restored (M21). No mail that is owed is touched by it."""

from datetime import datetime

from django.db import transaction

from convoca.booking.mail.own_words import Text
from convoca.booking.mail.worded import names_for
from convoca.booking.models import MessageText, Schedule, Sealed
from convoca.booking.questions.texts import Message
from convoca.core.filling import Finding, findings


class TextUnfit(Exception):
    """The text has faults that would be read by people. Nothing was published."""


def faults_in(text: Text, kind: str) -> tuple[list[Finding], list[Finding]]:
    """Return what is wrong with the subject, and with the body, of a mail of this kind."""
    names = names_for(kind)
    return findings(text.subject, names.of_a_subject), findings(text.body, names.of_a_body)


def save_draft(message: Message, text: Text, *, now: datetime) -> MessageText:
    """Keep what is being written; it is seen in the preview and sent to nobody."""
    with transaction.atomic():
        row = _hold(message)
        row.draft_subject, row.draft_body, row.draft_replaces = text.subject, Sealed.seal(text.body), text.replaces
        row.drafted_at = now
        row.save()
    return row


def publish_text(message: Message, text: Text, *, now: datetime) -> MessageText:
    """Let mails that leave from now on say this; the draft is gone. Raises TextUnfit."""
    if any(faults_in(text, message.kind)):
        raise TextUnfit
    with transaction.atomic():
        row = _hold(message)
        row.subject, row.body, row.replaces, row.published_at = text.subject, Sealed.seal(text.body), text.replaces, now
        _forget_draft(row)
        row.save()
    return row


def discard_draft(message: Message) -> None:
    """Forget what was being written; what is published stays."""
    with transaction.atomic():
        row = _hold(message)
        _forget_draft(row)
        row.save()


def restore_text(message: Message, *, now: datetime) -> None:
    """Let these mails say what they say by themselves; what the owner had written can be taken back."""
    message.texts.filter(restored_at__isnull=True).update(restored_at=now)


def take_text_back(message: Message) -> bool:
    """Let the owner's own words stand again as they stood before they were restored; say whether there were any."""
    return message.texts.filter(restored_at__isnull=False).update(restored_at=None) > 0


def set_discreet(schedule: Schedule, *, is_discreet: bool) -> None:
    """Choose whether subjects leave out what was booked."""
    schedule.has_discreet_subjects = is_discreet
    schedule.save(update_fields=["has_discreet_subjects"])


def _forget_draft(row: MessageText) -> None:
    row.draft_subject, row.draft_body, row.draft_replaces, row.drafted_at = "", Sealed(), False, None


def _hold(message: Message) -> MessageText:
    """Return the row, made if there is none, held against whoever saves at the same time.

    Of what was restored nothing is left once something else is written.
    """
    found, _ = MessageText.objects.get_or_create(
        account=message.account, schedule=message.schedule, kind=message.kind, language=message.language
    )
    row = MessageText.objects.select_for_update(no_key=True, of=("self",)).get(pk=found.pk)
    if row.restored_at is not None:
        row.subject, row.body, row.replaces, row.published_at, row.restored_at = "", Sealed(), False, None, None
        _forget_draft(row)
    return row
