"""What owners write into the mails of a schedule, and who wants no reminders."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account, Language
from convoca.booking.models.notification import Notification
from convoca.booking.models.schedule import Schedule
from convoca.booking.models.sealed import SealedField


class OwnersMessage(models.TextChoices):
    """The mails to the owner's side that can be worded, beside those that have a kind of their own."""

    NEW_BOOKING = "copy_booked", _("New booking, to you")
    MOVED = "copy_moved", _("Moved, to you")
    CANCELLED = "copy_cancelled", _("Cancelled, to you")
    DIGEST = "digest", _("Your day")
    LINK_PROBLEM = "link_problem", _("Meeting links are missing")
    ACCESS_LOST = "access_lost", _("Access was withdrawn")
    STILL_OPEN = "still_open", _("Links are still missing")
    ALL_CLEAR = "all_clear", _("All clear")
    RECEIPT = "receipt", _("Credentials deleted")


class MessageText(models.Model):
    """The owner's own words for one kind of mail in one language: of a schedule, or without one of the whole account.

    What is published is sent, added to the standard text or in its place; the draft is seen in the preview alone.
    Bodies are sealed, for they may hold a link. Empty instants: nothing is published; there is no draft. A text that
    was `restored_at` some time counts as none, and is kept so that it can be taken back.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, null=True, blank=True, related_name="texts")
    kind = models.CharField(max_length=16, choices=[*Notification.Kind.choices, *OwnersMessage.choices])
    language = models.CharField(max_length=8, choices=Language)

    subject = models.CharField(max_length=150, blank=True)
    body = SealedField()
    replaces = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)

    draft_subject = models.CharField(max_length=150, blank=True)
    draft_body = SealedField()
    draft_replaces = models.BooleanField(default=False)
    drafted_at = models.DateTimeField(null=True, blank=True)

    restored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "schedule", "kind", "language"], name="message_text_once"),
            models.UniqueConstraint(
                fields=["account", "kind", "language"],
                condition=Q(schedule__isnull=True),
                name="message_text_of_account_once",
            ),
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
