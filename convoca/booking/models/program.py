"""Other programs: those that are told what happens in an account, and the key with which they ask."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account, Membership
from convoca.booking.models.schedule import Schedule
from convoca.booking.models.sealed import SealedField
from convoca.booking.models.slot import Booking, Slot


class Happening(models.TextChoices):
    """What programs are told of, by the name that they are told."""

    BOOKING_CREATED = "booking.created", _("Booking made")
    BOOKING_CHANGED = "booking.changed", _("Booking changed")
    BOOKING_MOVED = "booking.moved", _("Booking moved")
    BOOKING_APPROVED = "booking.approved", _("Booking approved")
    BOOKING_CANCELLED = "booking.cancelled", _("Booking cancelled or declined")
    BOOKING_RESTORED = "booking.restored", _("Cancellation taken back")
    WAITING_OFFERED = "waitlist.offered", _("Place offered to who waits")
    WAITING_PROMOTED = "waitlist.promoted", _("Place taken from the waiting list")
    LINK_READY = "link.ready", _("Meeting link of a booking ready or changed")
    SLOT_CREATED = "slot.created", _("Slot made")
    SLOT_CHANGED = "slot.changed", _("Slot changed or moved")
    SLOT_CANCELLED = "slot.cancelled", _("Slot cancelled")
    USER_CREATED = "user.created", _("User added")
    USER_CHANGED = "user.changed", _("User changed or blocked")
    USER_DELETED = "user.deleted", _("User deleted")
    TEST = "test", _("Test")


class Webhook(models.Model):
    """An address of another program's that is told what happens in an account, or on one schedule of it.

    `happenings` are names of what it is told of, with spaces between them. The address may hold a secret of its own, so
    it is kept encrypted; `host` is what logs and pages may call it. For a while after the secret was replaced both
    sign. `blocked_until` is when an address that fails is tried again, `failing_since` when it began to;
    `switched_off_at` is when we gave it up, `paused_at` when its owner did.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="webhooks")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, null=True, blank=True, related_name="webhooks")
    url = SealedField()
    host = models.CharField(max_length=255)
    happenings = models.CharField(max_length=400)
    tells_links = models.BooleanField(default=False)
    secret = SealedField()
    previous_secret = SealedField()
    previous_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    blocked_until = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    switched_off_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "schedule"], name="webhook_of_account")]

    def __str__(self) -> str:
        return f"webhook {self.pk}"

    @property
    def is_on(self) -> bool:
        return self.paused_at is None and self.switched_off_at is None

    @property
    def told_of(self) -> list[str]:
        return self.happenings.split()


class Delivery(models.Model):
    """One thing that one webhook is owed to be told, once it has happened; written in the same transaction.

    It holds ids and what became of it, and none of what is said: that is read when it is sent. `number` stays the same
    however often it is sent. `due_at` is empty once it was delivered or given up. `gone` is the id of a user who is no
    more.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    number = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    happening = models.CharField(max_length=32, choices=Happening)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    gone = models.PositiveBigIntegerField(null=True, blank=True)
    happened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="delivery_due"),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="delivery_leased"),
            models.Index(fields=["account", "webhook", "-id"], name="delivery_of_webhook"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class ApiKey(models.Model):
    """An account's key for programs: 32 random bytes, of which their SHA-256 is kept and a beginning to be found by.

    `counted_from` and `counted` are the calls of the minute that began then: the limit holds for all processes.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="api_key")
    prefix = models.CharField(max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    counted_from = models.DateTimeField(null=True, blank=True)
    counted = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"key of account {self.account_id}"
