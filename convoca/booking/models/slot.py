"""Occasions on the calendar, what they take, and who has a place in them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import Account, Language, Membership
from convoca.booking.models.schedule import Resource, Schedule, Service
from convoca.booking.models.sealed import SealedField


class Series(models.Model):
    """Repeats that belong together: edited as "this one" or "this and following"."""

    class Frequency(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        TWO_WEEKLY = "two_weekly", _("Every two weeks")
        MONTHLY_BY_DATE = "monthly_by_date", _("Every month, on the same date")
        MONTHLY_BY_DAY = "monthly_by_day", _("Every month, on the same weekday")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="series")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="series")
    frequency = models.CharField(max_length=16, choices=Frequency)
    until = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "series"
        indexes = [models.Index(fields=["account", "schedule"], name="series_of_schedule")]

    def __str__(self) -> str:
        return f"series {self.pk}"


class Slot(models.Model):
    """One occasion on the calendar: made ahead with a capacity, or on demand for one booking.

    `taken` counts the places of confirmed, pending and offered bookings. `link_source` is the schedule's at birth.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="slots")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="slots")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    location = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    link_source = models.CharField(max_length=32, default=Schedule.NO_LINK)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["account", "schedule", "starts_at"], name="slot_of_schedule")]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_has_a_length")]

    def __str__(self) -> str:
        return f"slot {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.cancelled_at is None

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.taken >= self.capacity


class Occupancy(models.Model):
    """A resource taken for the bare [starts_at, ends_at), across all schedules that list it, until it is released.

    On PostgreSQL an exclusion constraint stands behind the lock on the resource: no two unreleased rows of one overlap.
    A released row says which resource a cancelled appointment had, so that it can be taken back.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="occupancies")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="occupancies")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "occupancies"
        indexes = [
            models.Index(
                fields=["account", "resource", "starts_at"],
                condition=Q(released_at__isnull=True),
                name="occupancy_of_resource",
            )
        ]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="occupancy_has_a_length")]

    def __str__(self) -> str:
        return f"{self.resource_id} taken"


class Booking(models.Model):
    """One person's place in a slot. A cancelled one stays.

    `made_with` is the first of several bookings that were made in one act. `passed_at` is when somebody who waits let
    an offer pass; empty again when a further place becomes free. `form_digest` is by what the form is known that made
    it: however often that is sent, it makes one booking. `missed_at` is when somebody noted that they did not come.
    `erased_at` is when whose it was had their data deleted: what they wrote is gone, and both addresses with it.
    """

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        PENDING = "pending", _("Waiting for approval")
        WAITING = "waiting", _("On the waiting list")
        OFFERED = "offered", _("Place offered")
        CANCELLED = "cancelled", _("Cancelled")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="bookings")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings")
    membership = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings"
    )
    made_with = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="made_beside")
    form_digest = models.CharField(max_length=64, null=True, blank=True, editable=False)
    status = models.CharField(max_length=16, choices=Status, default=Status.CONFIRMED)
    waits_since = models.DateTimeField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    quantity = models.PositiveIntegerField(default=1)

    name = models.CharField(max_length=100)
    email = models.EmailField()
    language = models.CharField(max_length=8, choices=Language, default=Language.ENGLISH)
    time_zone = models.CharField(max_length=64)
    phone = models.CharField(max_length=31, blank=True)
    mobile = models.CharField(max_length=31, blank=True)
    address = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=60, blank=True)
    field_1 = models.CharField(max_length=200, blank=True)
    field_2 = models.CharField(max_length=200, blank=True)
    super_field = models.CharField(max_length=200, blank=True)
    cancel_message = models.TextField(blank=True)
    # What who booked told the owner when they cancelled; the other way is `cancel_message`.
    parting_message = models.TextField(blank=True)

    # The two addresses of this person: /b/<token> the booking, /j/<join token> the join page.
    token = SealedField()
    token_digest = models.CharField(max_length=64, unique=True)
    join_token = SealedField()
    join_token_digest = models.CharField(max_length=64, unique=True)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.PositiveIntegerField(default=0)
    mailed_meeting = models.ForeignKey(
        "booking.Meeting", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["account", "slot", "status"], name="booking_of_slot"),
            models.Index("account", Upper("email"), name="booking_of_guest"),
            models.Index(fields=["offered_until"], condition=Q(offered_until__isnull=False), name="booking_offered"),
            models.Index(
                fields=["account", "-cancelled_at"], condition=Q(cancelled_at__isnull=False), name="booking_cancelled"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="booking_takes_a_place"),
            models.UniqueConstraint(
                fields=["account", "form_digest"],
                condition=Q(form_digest__isnull=False),
                name="booking_once_per_form_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"booking {self.pk}"

    @property
    def is_confirmed(self) -> bool:
        return self.status == self.Status.CONFIRMED

    @property
    def called(self) -> str:
        """Return the name of whose booking it is; where they had it deleted, that."""
        return self.name or gettext("(data deleted)")

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @property
    def was_missed(self) -> bool:
        """Whether it was noted that they did not come; of what has been moved to a later time since, nothing was."""
        return self.is_confirmed and self.missed_at is not None and self.missed_at >= self.slot.starts_at
