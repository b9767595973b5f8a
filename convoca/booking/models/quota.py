"""How much of a vendor's daily allowance is spent."""

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
