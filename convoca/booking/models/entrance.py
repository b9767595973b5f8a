"""How people come in besides with a password: by an account elsewhere, and as owners of new accounts here."""

from django.db import models

from convoca.booking.models.account import Language, User


class OutsideLogIn(models.Model):
    """An account elsewhere that logs a person in here. `subject` is what the provider calls them, for good."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="outside_log_ins")
    provider = models.CharField(max_length=16)
    subject = models.CharField(max_length=255)
    email = models.EmailField(blank=True)
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="outside_log_in_of_one_person"),
            models.UniqueConstraint(fields=["user", "provider"], name="outside_log_in_once_per_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} log-in {self.pk}"


class Installation(models.Model):
    """What whoever looks after the installation has decided for all of it; one row, or none yet."""

    takes_accounts = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return "installation"


class FoundingRequest(models.Model):
    """Somebody who wants an account here and has not shown yet that the address is theirs.

    The mail holds the token, the row its SHA-256; `password` is a hash.
    """

    email = models.EmailField()
    name = models.CharField(max_length=100)
    offer = models.CharField(max_length=100)
    password = models.CharField(max_length=128)
    language = models.CharField(max_length=8, choices=Language, default=Language.ENGLISH)
    time_zone = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="founding_request_over")]

    def __str__(self) -> str:
        return f"founding request {self.pk}"
