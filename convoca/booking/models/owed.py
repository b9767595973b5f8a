"""What every mail owed keeps, whoever it is for."""

from django.db import models


class OwedMail(models.Model):
    """A mail owed: when it is due, who is just sending it, and what became of it.

    `due_at` is empty once it was sent or dropped. `unanswered` counts the sendings whose outcome was never learnt.
    `failed`: it was owed, and could not be delivered.
    """

    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    unanswered = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    failed = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
