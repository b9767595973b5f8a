"""What exists at a vendor because of us: what is wanted of it, what is known of it, and who is at work on it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account
from convoca.booking.models.connection import Connection
from convoca.booking.models.slot import Slot


class Remote(models.Model):
    """One generation of a slot's thing at a vendor. Whose it is there, and in whose name, is fixed at birth.

    Operations write `wanted`, `wanted_revision`, `wanted_at`; workers what is observed. `due_at` is empty at rest.
    `sent` is the thing as the vendor has it from us, by field; a field whose last call is unanswered is missing.
    `doubted_at` is set while somebody's word (a vendor's notice) says that the vendor's copy may have changed;
    `differences` names what of it is not as we asked, `accepted` what of that its owner leaves as it is: of a thing
    that is gone, that it is (GONE).
    """

    class Wanted(models.TextChoices):
        PRESENT = "present", _("Wanted")
        ABSENT = "absent", _("Not wanted")

    class Observed(models.TextChoices):
        NOTHING = "nothing", _("Not made")
        PRESENT = "present", _("Made")
        GONE = "gone", _("Gone at the provider")
        UNKNOWN = "unknown", _("Outcome not known")
        EXTERNAL = "external", _("Typed by hand")
        DETACHED = "detached", _("No longer ours to change")

    class Blocked(models.TextChoices):
        NONE = "", _("Not blocked")
        REJECTED = "rejected", _("Refused by the provider")
        MISCONFIGURED = "misconfigured", _("The operator must act")

    class Waiting(models.TextChoices):
        NOTHING = "", _("Not waiting")
        RETRY = "retry", _("The provider is slow to answer")
        QUOTA = "quota", _("The day's allowance is used up")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="%(class)ss")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="%(class)ss")
    generation = models.PositiveIntegerField(default=1)
    provider = models.CharField(max_length=32)
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    marker = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    wanted = models.CharField(max_length=8, choices=Wanted, default=Wanted.PRESENT)
    wanted_revision = models.PositiveIntegerField(default=0)
    wanted_at = models.DateTimeField()

    observed = models.CharField(max_length=16, choices=Observed, default=Observed.NOTHING)
    sent_revision = models.PositiveIntegerField(default=0)
    settling_revision = models.PositiveIntegerField(default=0)
    sent: Any = models.JSONField(default=dict, blank=True)
    doubted_at = models.DateTimeField(null=True, blank=True)
    differences = models.CharField(max_length=100, blank=True)
    accepted = models.CharField(max_length=100, blank=True)
    remote_id = models.CharField(max_length=200, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    blocked = models.CharField(max_length=16, choices=Blocked, default=Blocked.NONE, blank=True)
    waiting = models.CharField(max_length=8, choices=Waiting, default=Waiting.NOTHING, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    look_again_at = models.DateTimeField(null=True, blank=True)

    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["slot_id", "generation"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "generation"], name="%(class)s_generation_unique"),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(wanted="present"), name="%(class)s_one_wanted_per_slot"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="%(class)s_due"),
            models.Index(fields=["account", "slot"], name="%(class)s_of_slot"),
        ]

    @property
    def is_awaited(self) -> bool:
        """Whether the vendor has made it, but not yet all of it."""
        return False

    @property
    def is_kept(self) -> bool:
        """Whether it is wanted no more and left where it is for the time being."""
        return False


class Attempt(models.Model):
    """One line of the log that is only added to: when, which verb, how it ended, and the vendor's name for the call.

    Never a link, a person's name or a token.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    step = models.CharField(max_length=8)
    outcome = models.CharField(max_length=32)
    request_id = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.step}: {self.outcome}"
