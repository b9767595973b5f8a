"""Mails owed, and the local outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account
from convoca.booking.models.owed import OwedMail
from convoca.booking.models.sealed import SealedField
from convoca.booking.models.slot import Booking


class Notification(OwedMail):
    """A mail owed, once per booking, kind, offset, revisions and recipient's role.

    Its address and text are read when it is sent, and so is whether it is still owed. `due_at` is empty once it was
    sent or dropped. `unanswered` counts the sendings whose outcome was never learnt: a second one is the last.
    `was_at` is when what has moved was to be, as its reader was told last. `told_by` is the person's other booking
    whose mail of this kind tells of this one too: then no mail of its own is due, and both count as sent at once.
    `failed`: it was owed, and could not be delivered. A backup link that another mail carried counts as sent with that.
    `reader` tells apart those of one role: the membership's id of a superuser, the address of who gets copies. `again`
    counts how often somebody had it sent once more: each time it is another mail.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Confirmation")
        LINK_READY = "link_ready", _("Meeting link")
        LINK_CHANGED = "link_changed", _("New meeting link")
        BACKUP_LINK = "backup_link", _("Backup link")
        REMINDER = "reminder", _("Reminder")
        FOLLOW_UP = "follow_up", _("Follow-up")
        CANCELLATION = "cancellation", _("Cancellation")
        REQUEST = "request", _("Request received")
        APPROVAL_WANTED = "approval_wanted", _("Approval wanted")
        DECLINED = "declined", _("Request declined")
        MOVED = "moved", _("Appointment moved")
        WAITING = "waiting", _("Waiting list")
        OFFER = "offer", _("A place is free")
        OFFER_PASSED = "offer_passed", _("The offer has passed")
        LEFT = "left", _("Cancelled with a message")

    class Recipient(models.TextChoices):
        ATTENDEE = "attendee", _("Attendee")
        OWNER = "owner", _("Owner")
        SUPERUSER = "superuser", _("Superuser")
        COPY = "copy", _("Copy")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notifications")
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=16, choices=Kind)
    offset_minutes = models.IntegerField(default=0)
    slot_revision = models.PositiveIntegerField()
    booking_revision = models.PositiveIntegerField()
    was_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(
        Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="tells", db_index=False
    )
    recipient = models.CharField(max_length=16, choices=Recipient, default=Recipient.ATTENDEE)
    reader = models.CharField(max_length=254, blank=True)
    again = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "booking",
                    "kind",
                    "offset_minutes",
                    "slot_revision",
                    "booking_revision",
                    "recipient",
                    "reader",
                ],
                name="notification_owed_once",
            ),
        ]
        indexes = [
            # Of what is due in the same instant, what starts first comes first: a reminder's offset is negative.
            models.Index(
                fields=["due_at", "-offset_minutes", "id"],
                condition=models.Q(due_at__isnull=False),
                name="notification_next",
            ),
            # What somebody waits for has no offset, and does not queue behind ten thousand reminders.
            models.Index(
                fields=["offset_minutes", "due_at", "id"],
                condition=models.Q(due_at__isnull=False),
                name="notification_waited_for",
            ),
            models.Index(
                fields=["lease_until"], condition=models.Q(lease_until__isnull=False), name="notification_leased"
            ),
            models.Index(fields=["account", "booking"], name="notification_of_booking"),
            models.Index(fields=["account", "-id"], name="notification_of_account"),
            models.Index(fields=["account"], condition=models.Q(failed=True), name="notification_failed"),
            models.Index(
                fields=["told_by"], condition=models.Q(told_by__isnull=False), name="notification_told_beside"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class OutboxMail(models.Model):
    """A mail of an installation without a mail server, kept encrypted for its owner to read in the browser.

    `account` is empty for mails of the installation itself (a password to be set anew).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="outbox")
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    message = SealedField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["account", "-id"], name="outbox_of_account")]

    def __str__(self) -> str:
        return f"mail {self.pk}"
