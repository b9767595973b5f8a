"""What can be booked, and when it is open."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from convoca.booking.models.account import NAME_IN_ADDRESS, Account
from convoca.booking.models.calendar import WhenUnknown
from convoca.booking.models.rules import BookingRules
from convoca.booking.models.sealed import SealedField

MINUTES_A_DAY = 24 * 60


class Schedule(BookingRules):
    """A page that clients book on. Its kind is fixed once made.

    `closing_at` is when its owner deleted it: nobody sees it or books on it any more. What its people are told is in
    `closing_message`; `closing_due_at` is when the worker goes on taking it away.
    """

    class Kind(models.TextChoices):
        RESOURCE = "resource", _("Resource schedule")
        SERVICE = "service", _("Service schedule")
        CAPACITY = "capacity", _("Capacity schedule")

    class Applying(models.TextChoices):
        NOTHING = "", _("To nothing that exists")
        MISSING = "missing", _("To what has no link")
        ALL = "all", _("To everything booked")

    class Framing(models.TextChoices):
        """Whether pages of other sites may show this schedule's page within them."""

        NOWHERE = "nowhere", _("Nowhere")
        SITES = "sites", _("Only on these sites")
        ANYWHERE = "anywhere", _("On any site")

    NO_LINK = "none"
    MANUAL = "manual"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="schedules")
    kind = models.CharField(max_length=16, choices=Kind)
    slug = models.CharField(max_length=60, validators=[NAME_IN_ADDRESS])
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    time_zone = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0)
    framing = models.CharField(max_length=8, choices=Framing, default=Framing.NOWHERE)
    # Their origins, with spaces between them: "https://example.com https://*.example.org".
    framing_sites = models.TextField(blank=True)

    # A provider's id, MANUAL or NO_LINK: no list of choices, so that a new provider needs no migration.
    link_source = models.CharField(max_length=32, default=NO_LINK)
    connection = models.ForeignKey(
        "booking.Connection", on_delete=models.PROTECT, null=True, blank=True, related_name="schedules"
    )
    # How its meetings are made where the provider knows such a choice, and what is shown when none is ready in time.
    meeting_passcode = models.BooleanField(default=True)
    waiting_room = models.BooleanField(default=False)
    backup_link = SealedField()
    # Where links are typed by hand: the one that every booking has which has none of its own, and since when.
    shared_link = SealedField()
    shared_at = models.DateTimeField(null=True, blank=True)
    # How long before the start its people see the link; empty: as soon as it is there.
    reveal_minutes = models.PositiveIntegerField(null=True, blank=True)
    # To which existing bookings the source of links is being applied; empty again when all of them have been wished.
    applying = models.CharField(max_length=8, choices=Applying, default=Applying.NOTHING, blank=True)

    # Subjects of its mails do not say what was booked: for health, or legal advice.
    has_discreet_subjects = models.BooleanField(default=False)
    # The calendar that shows what is booked, since when there has been one, and how: texts of the owner's, whether the
    # client is named in them, and whether the vendor invites the client. `copying`: what is booked is being copied.
    calendar = models.ForeignKey(
        "booking.Calendar", on_delete=models.PROTECT, null=True, blank=True, related_name="schedules"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    copying = models.BooleanField(default=False)
    event_title = models.CharField(max_length=200, blank=True)
    event_description = models.TextField(blank=True)
    event_names_client = models.BooleanField(default=True)
    event_invites_client = models.BooleanField(default=False)
    # Whether its availability, or that of a resource of its, depends on a calendar; what to do when nobody knows.
    heeds_busy_times = models.BooleanField(default=False)
    when_unknown = models.CharField(max_length=8, choices=WhenUnknown, default=WhenUnknown.REFUSE)

    resources = models.ManyToManyField("booking.Resource", through="booking.ScheduleResource", related_name="schedules")
    # Made up for an owner to look at, and removed without a trace.
    is_example = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    closing_at = models.DateTimeField(null=True, blank=True)
    closing_due_at = models.DateTimeField(null=True, blank=True)
    closing_message = models.TextField(blank=True)

    class Meta:
        ordering = ["account_id", "position", "id"]
        indexes = [
            models.Index(fields=["closing_due_at"], condition=Q(closing_due_at__isnull=False), name="schedule_closing"),
            models.Index(fields=["id"], condition=Q(copying=True), name="schedule_copied"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "slug"], name="schedule_slug_unique_in_account"),
            *BookingRules.Meta.constraints,
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_capacity(self) -> bool:
        return self.kind == self.Kind.CAPACITY

    @property
    def shares_a_link(self) -> bool:
        return self.link_source == self.MANUAL and bool(self.shared_link)

    @property
    def is_closing(self) -> bool:
        return self.closing_at is not None


class FormerAddress(models.Model):
    """An address that a schedule's page had before: who follows it finds the page where it is now.

    No other schedule of the account may take it, or old links would lead to a stranger.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="former_addresses")
    slug = models.CharField(max_length=60)
    left_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "slug"], name="former_address_once_per_account"),
        ]

    def __str__(self) -> str:
        return self.slug


class Resource(models.Model):
    """What is taken by a booking: a person, a room, a thing. It belongs to the account; schedules list it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="resources")
    name = models.CharField(max_length=100)
    # Its bookings are shown there instead of in its schedule's calendar.
    calendar = models.ForeignKey(
        "booking.Calendar", on_delete=models.SET_NULL, null=True, blank=True, related_name="resources"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ScheduleResource(models.Model):
    """A resource on a schedule's page, in the page's order."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="listed")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="listed")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "schedule", "resource"], name="resource_once_per_schedule"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} on {self.schedule_id}"


class Service(models.Model):
    """What is sold on a service schedule; the system finds the resources that it needs."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="services")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="services")
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    minutes = models.PositiveIntegerField()
    price_label = models.CharField(max_length=40, blank=True)
    is_hidden = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["account", "schedule", "position"], name="service_of_schedule")]
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0), name="service_length_positive")]

    def __str__(self) -> str:
        return self.name


class ServiceResource(models.Model):
    """One candidate for one need of a service: every need takes one resource, any of its candidates."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="candidates")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    need = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["need", "id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "service", "need", "resource"], name="candidate_once_per_need"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} for {self.service_id}"


class OpeningHours(models.Model):
    """One period of one weekday (Monday is 0), of a schedule or of one resource.

    `opens` and `closes` are wall-clock minutes from that day's midnight; `closes` may lie on the next day.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, null=True, blank=True, related_name="hours")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name_plural = "opening hours"
        indexes = [models.Index(fields=["account", "schedule", "resource"], name="hours_of_schedule")]
        constraints = [
            models.CheckConstraint(
                condition=Q(schedule__isnull=True, resource__isnull=False)
                | Q(schedule__isnull=False, resource__isnull=True),
                name="hours_of_schedule_or_resource",
            ),
            models.CheckConstraint(
                condition=Q(
                    weekday__lte=6, opens__lt=MINUTES_A_DAY, closes__gt=F("opens"), closes__lte=2 * MINUTES_A_DAY
                ),
                name="hours_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens}–{self.closes}"


class StartTime(models.Model):
    """A time at which bookings may start, in minutes from midnight, every day or on one weekday (Monday is 0).

    A weekday that has times of its own has only those.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="start_times")
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "minutes"]
        indexes = [models.Index(fields=["account", "schedule"], name="start_time_of_schedule")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(weekday__isnull=True) | Q(weekday__lte=6)) & Q(minutes__lt=MINUTES_A_DAY),
                name="start_time_makes_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.minutes}"


class SpecialDay(models.Model):
    """A date that differs from its weekday: closed all day, or open also in an extra period."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Closed")
        EXTRA = "extra", _("Open also")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, null=True, blank=True, related_name="special_days")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, null=True, blank=True, related_name="special_days")
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind)
    opens = models.PositiveSmallIntegerField(default=0)
    closes = models.PositiveSmallIntegerField(default=MINUTES_A_DAY)

    class Meta:
        indexes = [models.Index(fields=["account", "schedule", "resource", "day"], name="special_day_of_schedule")]
        constraints = [
            models.CheckConstraint(
                condition=Q(schedule__isnull=True, resource__isnull=False)
                | Q(schedule__isnull=False, resource__isnull=True),
                name="special_day_of_schedule_or_resource",
            ),
            models.CheckConstraint(
                condition=Q(opens__lt=MINUTES_A_DAY, closes__gt=F("opens"), closes__lte=2 * MINUTES_A_DAY),
                name="special_day_makes_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.kind}"
