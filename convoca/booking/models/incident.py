"""Trouble with a vendor that its owner is told of, once, and the mails that tell it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account, Membership
from convoca.booking.models.connection import Connection
from convoca.booking.models.owed import OwedMail


class Incident(models.Model):
    """One cause of trouble in one account, from the moment it is seen until it has been gone for a while.

    It has no meeting of its own: whatever is affected is read from the meetings when it is told. `healed_at` is since
    when the cause has been gone; `quiet_until` is until when its owner wants to hear no more of it.
    """

    class Kind(models.TextChoices):
        ACCESS = "access", _("Access withdrawn")
        MISCONFIGURED = "misconfigured", _("The operator must act")
        REFUSED = "refused", _("Refused by the provider")
        UNREACHABLE = "unreachable", _("The provider does not answer")
        QUOTA = "quota", _("The allowance comes too late")
        DELETED = "deleted", _("Deleted at the provider")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="incidents")
    kind = models.CharField(max_length=16, choices=Kind)
    provider = models.CharField(max_length=32)
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, null=True, blank=True, related_name="incidents"
    )
    opened_at = models.DateTimeField()
    healed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    quiet_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "provider", "connection"],
                condition=Q(closed_at__isnull=True, connection__isnull=False),
                name="incident_open_once",
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "provider"],
                condition=Q(closed_at__isnull=True, connection__isnull=True),
                name="incident_open_once_without_connection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Alert(OwedMail):
    """A mail owed to the owner of an account, of an incident or of a connection that was given up; or of a day.

    A digest of what is on one `day` is owed to the `membership` who wants it.

    As with every mail owed, its address and words, and whether it is still owed, are read when it is sent, and
    `unanswered` counts the sendings whose outcome was never learnt. `failed`: it could not be delivered. `again` counts
    how often it was sent once more at somebody's wish.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("Trouble")
        STILL_OPEN = "still_open", _("Still trouble, a day before")
        ALL_CLEAR = "all_clear", _("All clear")
        RECEIPT = "receipt", _("Receipt of a disconnection")
        DIGEST = "digest", _("The day")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=16, choices=Kind)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, null=True, blank=True, related_name="alerts")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, null=True, blank=True, related_name="alerts")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="digests")
    day = models.DateField(null=True, blank=True)
    again = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "kind"], name="alert_once_per_incident"),
            models.UniqueConstraint(
                fields=["membership", "day"], condition=Q(membership__isnull=False), name="digest_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="alert_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
