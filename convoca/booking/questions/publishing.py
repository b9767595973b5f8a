"""How a schedule's publication stands: where it is shown, how far the copying is, and what somebody changed there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from convoca.booking.models import (
    Account,
    Booking,
    BusyCalendar,
    Calendar,
    Connection,
    Meeting,
    Occupancy,
    Publication,
    Resource,
    Schedule,
    Slot,
)
from convoca.booking.questions.pace import time_left_of


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many of the occasions to come are in the calendar, of those that are to be; `refused` never will by itself.

    `again_at` is when the vendor, who asked for peace, is called again; `needs_owner`: not before access is mended.
    `time_left` is how long the rest will take, None while nobody knows.
    """

    total: int
    done: int
    refused: int
    is_copying: bool
    again_at: datetime | None
    needs_owner: bool
    time_left: timedelta | None = None

    @property
    def is_moving(self) -> bool:
        """Whether it goes on by itself, and is worth looking at again."""
        return not self.needs_owner and (self.is_copying or self.done + self.refused < self.total)


def shown_slots(schedule: Schedule, *, now: datetime) -> QuerySet[Slot]:
    """Return the schedule's occasions to come that are to be in its calendar, the soonest first."""
    booked = Booking.objects.filter(slot=OuterRef("pk"), status=Booking.Status.CONFIRMED)
    coming = Slot.objects.filter(
        account_id=schedule.account_id, schedule=schedule, ends_at__gt=now, cancelled_at__isnull=True
    )
    return (coming if schedule.is_capacity else coming.filter(Exists(booked))).order_by("starts_at", "pk")


def to_be_copied(schedule: Schedule, *, now: datetime) -> QuerySet[Slot]:
    """Return those of them that have no event where they belong. One that carries a meeting belongs where it was born.

    Empty where nothing is published.
    """
    if schedule.calendar_id is None:
        return Slot.objects.none()
    own = Occupancy.objects.filter(
        slot=OuterRef("pk"), released_at__isnull=True, resource__calendar__isnull=False
    ).order_by("resource")
    where = Coalesce(Subquery(own.values("resource__calendar")[:1]), Value(schedule.calendar_id))
    there = Publication.objects.filter(slot=OuterRef("pk"), wanted=Publication.Wanted.PRESENT).filter(
        Q(calendar=OuterRef("where")) | Q(has_meeting=True)
    )
    return shown_slots(schedule, now=now).alias(where=where).filter(~Exists(there))


def progress_of(schedule: Schedule, *, now: datetime) -> Progress:
    """Return how far the copying is. Four queries."""
    slots = shown_slots(schedule, now=now)
    events = Publication.objects.filter(slot=OuterRef("pk"), wanted=Publication.Wanted.PRESENT)
    done = slots.filter(Exists(events.filter(observed=Publication.Observed.PRESENT))).count()
    refused = slots.filter(Exists(events.exclude(blocked=Publication.Blocked.NONE))).count()
    connection = schedule.calendar.connection if schedule.calendar else None
    pauses = connection is not None and connection.blocked_until is not None and connection.blocked_until > now
    total = slots.count()
    of_schedule = Publication.objects.filter(
        account_id=schedule.account_id, slot__schedule=schedule, wanted=Publication.Wanted.PRESENT
    )
    return Progress(
        total=total,
        done=done,
        refused=refused,
        is_copying=schedule.copying,
        again_at=connection.blocked_until if connection is not None and pauses else None,
        needs_owner=connection is not None and connection.state == Connection.State.NEEDS_OWNER,
        time_left=time_left_of(of_schedule, left=total - done - refused, now=now),
    )


def carries_meetings(*, now: datetime) -> QuerySet[Publication]:
    """Return the events to come that a live meeting depends on: they outlive their schedule's publication."""
    return Publication.objects.filter(wanted=Publication.Wanted.PRESENT, has_meeting=True, slot__ends_at__gt=now)


def is_in_use(connection: Connection, *, now: datetime) -> bool:
    """Say whether anything needs this access to calendars: something is shown there, read there, or joined there."""
    ours = Calendar.objects.filter(connection=connection)
    return (
        Schedule.objects.filter(calendar__in=ours).exists()
        or Resource.objects.filter(calendar__in=ours).exists()
        or BusyCalendar.objects.filter(calendar__in=ours).exists()
        or carries_meetings(now=now).filter(connection=connection).exists()
    )


def changed_by_hand(account: Account, *, now: datetime) -> QuerySet[Publication]:
    """Return the events that somebody deleted or changed in the calendar, unless their owner has left it at that."""
    events = Publication.objects.filter(
        account=account, wanted=Publication.Wanted.PRESENT, slot__ends_at__gt=now, slot__cancelled_at__isnull=True
    )
    gone = Q(observed=Publication.Observed.GONE) & ~Q(accepted=Publication.Observed.GONE)
    different = ~Q(differences="") & ~Q(differences=F("accepted"))
    changed = events.filter(gone | different).select_related("slot__schedule", "calendar")
    return changed.order_by("slot__starts_at", "pk")


def meetings_that_stay(schedule: Schedule, *, now: datetime) -> int:
    """Count the meetings that live in the schedule's events: they stay when it is published no more."""
    meetings = Meeting.objects.filter(publication__isnull=False, wanted=Meeting.Wanted.PRESENT, slot__ends_at__gt=now)
    return meetings.filter(account_id=schedule.account_id, slot__schedule=schedule).count()
