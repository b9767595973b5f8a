"""What a superuser may do beyond seeing bookings and booking for people: as much as the owner grants."""

from enum import StrEnum

from django.db import models


class Right(StrEnum):
    """One right on schedules, called as its column is."""

    BOOKINGS = "changes_bookings"
    BEYOND_RULES = "ignores_rules"
    HOURS = "changes_hours"
    LAYOUT = "changes_layout"


class Rights(models.Model):
    """Those of one superuser: of the whole account, on their membership; of one schedule, on their supervision of it.

    Who becomes a superuser handles bookings freely, and changes nothing about the schedule.
    """

    changes_bookings = models.BooleanField(default=True)
    ignores_rules = models.BooleanField(default=True)
    changes_hours = models.BooleanField(default=False)
    changes_layout = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def rights(self) -> frozenset[Right]:
        return frozenset(right for right in Right if getattr(self, right))


# What whoever becomes a superuser has, until the owner says otherwise.
USUAL_RIGHTS = frozenset({Right.BOOKINGS, Right.BEYOND_RULES})
