"""What owners write into the mails of a schedule, and who wants no reminders."""

from django.db import models

from convoca.booking.models.account import Account, Language
from convoca.booking.models.notification import Notification
from convoca.booking.models.schedule import Schedule
from convoca.booking.models.sealed import SealedField


class MessageText(models.Model):
    """The owner's own words for one kind of mail of one schedule in one language.

    What is published is sent, added to the standard text or in its place; the draft is seen in the preview alone.
    Bodies are sealed, for they may hold a link. Empty instants: nothing is published; there is no draft.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="texts")
    kind = models.CharField(max_length=16, choices=Notification.Kind)
    language = models.CharField(max_length=8, choices=Language)

    subject = models.CharField(max_length=150, blank=True)
    body = SealedField()
    replaces = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)

    draft_subject = models.CharField(max_length=150, blank=True)
    draft_body = SealedField()
    draft_replaces = models.BooleanField(default=False)
    drafted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "schedule", "kind", "language"], name="message_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.language} of {self.schedule_id}"


class ReminderStop(models.Model):
    """Somebody wants no reminders and follow-ups of this account's schedules. Their address is kept as its digest."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    address_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "address_digest"], name="reminder_stop_once")]

    def __str__(self) -> str:
        return f"stop {self.pk}"
