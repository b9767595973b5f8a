"""Leave to act at a vendor: the credentials of one external user, and an account's proven use of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account
from convoca.booking.models.sealed import SealedField


class Grant(models.Model):
    """The OAuth credentials of one external user, once in the installation whoever uses them.

    `kind` is decided at birth: a user consented, or the installation's own application acts for its own account and
    asks for a new token by its secret. `refresh_claim` and `refresh_lease_until` are the committed lease under which
    one process refreshes; `renew_at` is when a token in use is due for it, well before it expires. `ends_at` is when
    the grant itself ends by the vendor's own word, as in an application's test mode; empty if it said nothing.
    """

    class Kind(models.TextChoices):
        USER = "user", _("Consent of a user")
        SERVER = "server", _("The installation's own account")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.USER)
    provider = models.CharField(max_length=32)
    external_user = models.CharField(max_length=200)
    access_token = SealedField()
    refresh_token = SealedField()
    expires_at = models.DateTimeField()
    scopes = models.TextField(blank=True)
    api_url = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)
    refresh_claim = models.UUIDField(null=True, blank=True)
    refresh_lease_until = models.DateTimeField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    renew_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "external_user"], name="grant_once_per_external_user"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} grant {self.pk}"


class Connection(models.Model):
    """An account's proven use of a grant, with its health. `grant` is empty once the credentials are deleted.

    `blocked_until` is honoured by the query that hands out work, so a throttled connection occupies no worker.
    `failures` counts calls in a row that the vendor did not answer. `check_at` is when access and scopes are proven
    next; `probe` is set if the vendor said that the access was withdrawn, which is proven before it is believed.
    `was_revoked`: the vendor had withdrawn the access before it was given up here. `replaced_by` is the connection of
    another external user that its owner made instead, while they are asked what becomes of the links that exist.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Connected")
        NEEDS_OWNER = "needs_owner", _("Reconnect needed")
        CLOSING = "closing", _("Disconnecting")
        CLOSED = "closed", _("Not connected")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="connections")
    provider = models.CharField(max_length=32)
    external_user = models.CharField(max_length=200)
    external_account = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    plan = models.CharField(max_length=32, blank=True)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="connections")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    blocked_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    check_at = models.DateTimeField(null=True, blank=True)
    probe = models.BooleanField(default=False)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    closing_at = models.DateTimeField(null=True, blank=True)
    wiped_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    was_revoked = models.BooleanField(default=False)
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaces")

    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "provider", "external_user"], name="connection_once_per_external_user"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="connection_due"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} connection {self.pk}"


class VendorEvent(models.Model):
    """A notice that a vendor sent us and that was heeded once; `digest` is of what tells it from every other."""

    provider = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "digest"], name="vendor_event_once")]
        indexes = [models.Index(fields=["received_at"], name="vendor_event_by_age")]

    def __str__(self) -> str:
        return f"{self.provider} event {self.pk}"
