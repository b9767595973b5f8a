"""What the deletion of a schedule takes with it, and how far one has got that is under way."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from convoca.booking.models import (
    Account,
    Booking,
    Connection,
    Meeting,
    Notification,
    Occupancy,
    Resource,
    Schedule,
    ScheduleResource,
    ServiceResource,
    Slot,
)

STANDING = Q(status__in=[each for each in Booking.Status if each != Booking.Status.CANCELLED])
AT_VENDOR = (Meeting.Observed.PRESENT, Meeting.Observed.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Consequences:
    """What goes if the schedule goes: numbers of what is to come, and names.

    `source` is the provider's id if the schedule is connected; `is_last` says that the credentials go, too.
    """

    bookings: int
    slots: int
    meetings: int
    past_bookings: int
    source: str
    is_last: bool
    resources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Remains:
    """What is still to be done before a schedule that is being deleted is gone. `stuck` meetings cannot be deleted."""

    bookings: int
    meetings: int
    stuck: int
    mails: int


def consequences_of(schedule: Schedule, *, now: datetime) -> Consequences:
    """Return what the deletion of the schedule would take with it. Seven queries at most."""
    coming = Slot.objects.filter(
        account=schedule.account_id, schedule=schedule, cancelled_at__isnull=True, ends_at__gt=now
    )
    bookings = Booking.objects.filter(STANDING, account=schedule.account_id, slot__schedule=schedule)
    meetings = Meeting.objects.filter(slot__in=coming, wanted=Meeting.Wanted.PRESENT, observed__in=AT_VENDOR)
    others = Schedule.objects.filter(account=schedule.account_id, connection=schedule.connection_id)
    is_connected = schedule.connection_id is not None
    return Consequences(
        bookings=bookings.filter(slot__in=coming).count(),
        slots=coming.count() if schedule.is_capacity else 0,
        meetings=meetings.count(),
        past_bookings=bookings.filter(slot__ends_at__lte=now).count(),
        source=schedule.link_source if is_connected else "",
        is_last=is_connected and not others.exclude(pk=schedule.pk).exists(),
        resources=tuple(resource.name for resource in lonely_resources(schedule)),
    )


def schedules_being_deleted(account: Account) -> list[Schedule]:
    return list(Schedule.objects.filter(account=account, closing_at__isnull=False))


def remains_of(schedule: Schedule, *, now: datetime) -> Remains:
    """Return what is still to be done. Four queries."""
    meetings = Meeting.objects.filter(account=schedule.account_id, slot__schedule=schedule, observed__in=AT_VENDOR)
    coming = meetings.exclude(wanted=Meeting.Wanted.PRESENT, slot__ends_at__lte=now)
    no_access = Q(connection__isnull=False) & ~Q(
        connection__state__in=[Connection.State.OPEN, Connection.State.CLOSING], connection__grant__isnull=False
    )
    refused = ~Q(blocked=Meeting.Blocked.NONE)
    bookings = Booking.objects.filter(STANDING, account=schedule.account_id, slot__schedule=schedule)
    mails = Notification.objects.filter(
        account=schedule.account_id,
        booking__slot__schedule=schedule,
        kind=Notification.Kind.CANCELLATION,
        due_at__isnull=False,
    )
    return Remains(
        bookings=bookings.filter(slot__ends_at__gt=now).count(),
        meetings=coming.count(),
        stuck=coming.filter(no_access | refused).count(),
        mails=mails.count(),
    )


def lonely_resources(schedule: Schedule) -> QuerySet[Resource]:
    """Return the schedule's resources that no other schedule lists, needs or has ever had booked, by name."""
    own = {"account": schedule.account_id, "resource": OuterRef("pk")}
    listed = ScheduleResource.objects.filter(**own)
    needed = ServiceResource.objects.filter(**own)
    taken = Occupancy.objects.filter(**own).exclude(slot__schedule=schedule)
    mine = Exists(listed.filter(schedule=schedule)) | Exists(needed.filter(service__schedule=schedule))
    theirs = (
        Exists(listed.exclude(schedule=schedule)) | Exists(needed.exclude(service__schedule=schedule)) | Exists(taken)
    )
    return Resource.objects.filter(mine, ~theirs, account=schedule.account_id).order_by("name", "pk")
