"""How much of a vendor's allowance is spent: of the day's, and of the second's."""

from django.db import models


class QuotaDay(models.Model):
    """Creates and updates of one external user on one UTC day, whichever accounts asked for them."""

    provider = models.CharField(max_length=32)
    external_user = models.CharField(max_length=200)
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "external_user", "day"], name="quota_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}: {self.used}"


class CallPace(models.Model):
    """The calls of the last second in the name of one account at a vendor, of one weight.

    `recent` holds their instants (seconds since 1970), oldest first. Whoever calls holds this row while it looks.
    """

    provider = models.CharField(max_length=32)
    external_account = models.CharField(max_length=200)
    weight = models.CharField(max_length=16)
    recent = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "external_account", "weight"], name="call_pace_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} pace {self.pk}"
