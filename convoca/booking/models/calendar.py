"""Calendars at a vendor: those that we write into, and those that say when somebody is busy."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account
from convoca.booking.models.connection import Connection
from convoca.booking.models.sealed import SealedField


class Calendar(models.Model):
    """One calendar that an external user sees, as it was when they were listed last; `is_listed`, if it was among them.

    Changes there are read from `sync_token` on, at `read_due_at`; busy times at `busy_due_at`. These were read last at
    `busy_read_at`, up to `busy_until`; `is_busy_known` until that is too long ago, and `busy_reason` is why they could
    not be read since. `channel` is by what the vendor's notices name it until `channel_until`.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="calendars")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="calendars")
    remote_id = models.CharField(max_length=300)
    name = models.CharField(max_length=200, blank=True)
    makes_meetings = models.BooleanField(default=True)
    may_write = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=True)

    sync_token = SealedField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_due_at = models.DateTimeField(null=True, blank=True)
    busy_read_at = models.DateTimeField(null=True, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    busy_reason = models.CharField(max_length=300, blank=True)
    busy_due_at = models.DateTimeField(null=True, blank=True)
    is_busy_known = models.BooleanField(default=False)

    channel = models.UUIDField(null=True, blank=True)
    channel_resource = models.CharField(max_length=200, blank=True)
    channel_until = models.DateTimeField(null=True, blank=True)

    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "connection", "remote_id"], name="calendar_once_per_account"),
        ]
        indexes = [
            models.Index(fields=["read_due_at"], condition=Q(read_due_at__isnull=False), name="calendar_read_due"),
            models.Index(fields=["busy_due_at"], condition=Q(busy_due_at__isnull=False), name="calendar_busy_due"),
            models.Index(fields=["channel"], condition=Q(channel__isnull=False), name="calendar_of_channel"),
        ]

    def __str__(self) -> str:
        return f"calendar {self.pk}"


class BusyCalendar(models.Model):
    """A calendar on whose busy times a schedule depends, or one resource wherever it is booked."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="dependants")
    schedule = models.ForeignKey(
        "booking.Schedule", on_delete=models.CASCADE, null=True, blank=True, related_name="busy_calendars"
    )
    resource = models.ForeignKey(
        "booking.Resource", on_delete=models.CASCADE, null=True, blank=True, related_name="busy_calendars"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "calendar", "schedule"], name="busy_calendar_once_per_schedule"),
            models.UniqueConstraint(fields=["account", "calendar", "resource"], name="busy_calendar_once_per_resource"),
            models.CheckConstraint(
                condition=Q(schedule__isnull=True, resource__isnull=False)
                | Q(schedule__isnull=False, resource__isnull=True),
                name="busy_calendar_of_schedule_or_resource",
            ),
        ]

    def __str__(self) -> str:
        return f"busy calendar {self.pk}"


class BusyTime(models.Model):
    """A time at which a calendar said, when it was read last, that its owner is busy. Of what, nobody asked."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="busy_times")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "calendar", "starts_at"], name="busy_time_of_calendar")]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="busy_time_has_a_length")]

    def __str__(self) -> str:
        return f"busy {self.pk}"


class WhenUnknown(models.TextChoices):
    """What becomes of a booking when nobody knows whether its time is free."""

    REFUSE = "refuse", _("Refuse it")
    ACCEPT = "accept", _("Accept it, with a warning")
