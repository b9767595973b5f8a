"""Calendars that other programs subscribe to."""

from django.db import models

from convoca.booking.models.account import Account, Membership
from convoca.booking.models.schedule import Resource, Schedule
from convoca.booking.models.sealed import SealedField


class Feed(models.Model):
    """A secret address under which a calendar program finds one person's bookings, or those of a schedule or resource.

    It shows what `membership` may see at the moment it is asked. Revoking it deletes the row. The token is stored
    encrypted (its owner copies it again) and found by its SHA-256.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="feeds")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="feeds")
    # Neither: the person's own bookings.
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds")
    has_names = models.BooleanField(default=False)
    has_links = models.BooleanField(default=False)
    token = SealedField()
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "membership"], name="feed_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(schedule__isnull=True) | models.Q(resource__isnull=True), name="feed_of_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"
