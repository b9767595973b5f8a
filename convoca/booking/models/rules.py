"""What the owner of a schedule asks of its bookings, and who may do what there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who may see a schedule, or book on it."""

    ANYONE = "anyone", _("Anyone who knows the address")
    USERS = "users", _("Users who log in")
    GROUPS = "groups", _("Only users of these groups")
    SUPERUSERS = "superusers", _("Only superusers")


class Changes(models.TextChoices):
    """Whose bookings a user may change and cancel."""

    NOBODYS = "nobodys", _("None: only superusers change bookings")
    OWN = "own", _("Their own")
    EVERYBODYS = "everybodys", _("Everybody's: whoever logs in and may book here")


class Visibility(models.TextChoices):
    """What people see of the bookings of others. A meeting link is never part of it."""

    NOTHING = "nothing", _("Nothing: what is taken is left out")
    TIMES = "times", _("That a time is taken")
    NAMES = "names", _("The name of who booked")
    EVERYTHING = "everything", _("All details but the meeting link")


class BookingRules(models.Model):
    """The rules of one schedule. Minutes and days are wall-clock lengths; an empty limit is no limit."""

    class LengthKind(models.TextChoices):
        FIXED = "fixed", _("Always the same")
        CHOSEN = "chosen", _("Chosen by who books")
        DAYS = "days", _("Whole days")

    class Repeats(models.TextChoices):
        NO = "no", _("One booking at a time")
        MAY = "may", _("Who books may repeat it")
        MUST = "must", _("Who books signs up for the whole series")

    class ResourceChoice(models.TextChoices):
        FIRST = "first", _("The first free one")
        FEWEST = "fewest", _("The one with the fewest bookings that day")
        RANDOM = "random", _("A random one")

    who_sees = models.CharField(max_length=16, choices=Audience, default=Audience.ANYONE)
    who_books = models.CharField(max_length=16, choices=Audience, default=Audience.ANYONE)
    who_changes = models.CharField(max_length=16, choices=Changes, default=Changes.OWN)
    others_see = models.CharField(max_length=16, choices=Visibility, default=Visibility.NOTHING)
    is_paused = models.BooleanField(default=False)
    paused_message = models.TextField(blank=True)
    requires_approval = models.BooleanField(default=False)

    length_kind = models.CharField(max_length=8, choices=LengthKind, default=LengthKind.FIXED)
    length_minutes = models.PositiveIntegerField(default=30)
    longest_minutes = models.PositiveIntegerField(default=120)
    length_step_minutes = models.PositiveIntegerField(default=30)
    most_days = models.PositiveSmallIntegerField(default=14)
    check_out_minutes = models.PositiveSmallIntegerField(default=24 * 60)
    start_every_minutes = models.PositiveIntegerField(null=True, blank=True, default=30)
    buffer_before_minutes = models.PositiveIntegerField(default=0)
    buffer_after_minutes = models.PositiveIntegerField(default=0)

    notice_minutes = models.PositiveIntegerField(default=0)
    horizon_days = models.PositiveIntegerField(null=True, blank=True, default=90)
    change_limit_minutes = models.PositiveIntegerField(default=0)
    cancel_limit_minutes = models.PositiveIntegerField(default=0)
    reminder_minutes = models.PositiveIntegerField(null=True, blank=True, default=24 * 60)
    second_reminder_minutes = models.PositiveIntegerField(null=True, blank=True)
    third_reminder_minutes = models.PositiveIntegerField(null=True, blank=True)
    follow_up_minutes = models.PositiveIntegerField(null=True, blank=True)
    # Who else is told of what is booked, moved and cancelled; the addresses are one on each line.
    tells_owner = models.BooleanField(default=False)
    tells_superusers = models.BooleanField(default=False)
    copies_to = models.TextField(blank=True)

    most_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    most_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    most_per_month = models.PositiveSmallIntegerField(null=True, blank=True)
    most_in_total = models.PositiveSmallIntegerField(null=True, blank=True)
    most_ahead = models.PositiveSmallIntegerField(null=True, blank=True)
    no_overlap = models.BooleanField(default=False)
    places_per_person = models.PositiveSmallIntegerField(null=True, blank=True, default=1)

    repeats = models.CharField(max_length=8, choices=Repeats, default=Repeats.NO)
    resource_choice = models.CharField(max_length=8, choices=ResourceChoice, default=ResourceChoice.FEWEST)
    usual_capacity = models.PositiveIntegerField(null=True, blank=True, default=10)
    shows_places = models.BooleanField(default=True)
    has_waiting_list = models.BooleanField(default=False)
    offer_hours = models.PositiveSmallIntegerField(default=12)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(length_minutes__gt=0), name="%(class)s_length_positive"),
            models.CheckConstraint(
                condition=Q(start_every_minutes__isnull=True) | Q(start_every_minutes__gt=0),
                name="%(class)s_grid_positive",
            ),
            models.CheckConstraint(condition=Q(length_step_minutes__gt=0), name="%(class)s_step_positive"),
        ]

    @property
    def reminds_before(self) -> tuple[int, ...]:
        """So many minutes before the start people are reminded; the earliest reminder first."""
        wanted = (self.reminder_minutes, self.second_reminder_minutes, self.third_reminder_minutes)
        return tuple(sorted({minutes for minutes in wanted if minutes is not None}, reverse=True))
