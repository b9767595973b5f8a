"""When the owners of calendars are busy: asked for by the worker, every quarter of an hour, and never in a request.

One way in: we learn when, and never of what. What is booked here is not among it, though it stands in the calendar.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import (
    Account,
    BusyCalendar,
    BusyTime,
    Calendar,
    Connection,
    Publication,
    Resource,
    Schedule,
    ServiceResource,
    WhenUnknown,
)
from convoca.booking.operations.connecting import close_if_unused
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.granting import NoTokenNow
from convoca.booking.operations.leasing import LEASE, unleased
from convoca.booking.operations.publishing import keep_calendar
from convoca.booking.operations.reaching import reach
from convoca.booking.operations.vendors import calendars_at
from convoca.core.time import Interval, merge, subtract
from convoca.providers.calendars import CalendarFacts
from convoca.providers.contract import OutcomeLost, ProviderError

log = structlog.get_logger(__name__)

ASK_EVERY = timedelta(minutes=15)
ASK_AGAIN = timedelta(minutes=2)
# What was true so long ago is no knowledge.
UNKNOWN_AFTER = timedelta(hours=6)
# As far as a schedule without a horizon is looked at.
AHEAD_AT_MOST = timedelta(days=366)


def depend_on(
    dependant: Schedule | Resource, connection: Connection, calendar: CalendarFacts, *, now: datetime
) -> None:
    """Let nobody book from now on while the calendar is busy. Raises CannotPublish without access."""
    with transaction.atomic():
        kept = keep_calendar(connection, calendar, now=now)
        BusyCalendar.objects.get_or_create(
            account_id=connection.account_id,
            calendar=kept,
            schedule=dependant if isinstance(dependant, Schedule) else None,
            resource=dependant if isinstance(dependant, Resource) else None,
        )
        Calendar.objects.filter(pk=kept.pk).update(busy_due_at=now)
        note_dependants(kept.account_id)
        ask_due.enqueue()


def depend_no_more(account: Account, number: int, *, now: datetime) -> bool:
    """Let a calendar's busy times count no more, where this row says so. False if there is none."""
    with transaction.atomic():
        row = BusyCalendar.objects.filter(account=account, pk=number).select_related("calendar").first()
        if row is None:
            return False
        row.delete()
        if not row.calendar.dependants.exists():
            row.calendar.busy_times.all().delete()
            Calendar.objects.filter(pk=row.calendar_id).update(busy_due_at=None, is_busy_known=False)
        note_dependants(account.pk)
        close_if_unused(row.calendar.connection_id, now=now)
    return True


def set_when_unknown(schedule: Schedule, choice: WhenUnknown) -> None:
    """Choose what becomes of bookings while a calendar's busy times are not known."""
    Schedule.objects.filter(account_id=schedule.account_id, pk=schedule.pk).update(when_unknown=choice)
    schedule.when_unknown = choice


def note_dependants(account_id: int | None = None) -> None:
    """Write on each schedule whether it, or a resource that it offers, depends on a calendar."""
    own = BusyCalendar.objects.filter(schedule=OuterRef("pk"))
    of_resources = BusyCalendar.objects.filter(resource__listed__schedule=OuterRef("pk"))
    of_services = BusyCalendar.objects.filter(resource__in=_served(OuterRef("pk")))
    depends = Exists(own) | Exists(of_resources) | Exists(of_services)
    schedules = Schedule.objects.filter(account_id=account_id) if account_id else Schedule.objects.all()
    now_so = set(schedules.filter(depends).values_list("pk", flat=True))
    schedules.filter(pk__in=now_so, heeds_busy_times=False).update(heeds_busy_times=True)
    schedules.filter(heeds_busy_times=True).exclude(pk__in=now_so).update(heeds_busy_times=False)


def _served(schedule: OuterRef) -> QuerySet[Resource]:
    return Resource.objects.filter(pk__in=ServiceResource.objects.filter(service__schedule=schedule).values("resource"))


@task()
def ask_due() -> None:
    """Ask every calendar that is due for it when it is busy, until none is left."""
    while goes_on() and ask_next(now=timezone.now()):
        continue


def calendars_to_ask(*, now: datetime) -> QuerySet[Calendar]:
    """Return the calendars that may be asked now when they are busy."""
    free = Q(connection__blocked_until__isnull=True) | Q(connection__blocked_until__lte=now)
    open_ones = Q(connection__state=Connection.State.OPEN, connection__grant__isnull=False)
    return Calendar.objects.filter(free, open_ones, unleased(), busy_due_at__lte=now).order_by("busy_due_at")


def ask_next(*, now: datetime) -> bool:
    """Ask one calendar when it is busy. Return whether there was one."""
    calendar = calendars_to_ask(now=now).select_related("connection__grant").first()
    if calendar is None:
        return False
    key = uuid.uuid4()
    mine = Calendar.objects.filter(unleased(), pk=calendar.pk, busy_due_at=calendar.busy_due_at)
    if mine.update(claim=key, lease_until=Now() + LEASE, busy_due_at=now + ASK_AGAIN):
        _ask(calendar, key, now=now)
        Calendar.objects.filter(pk=calendar.pk, claim=key).update(claim=None, lease_until=None)
    return True


def _ask(calendar: Calendar, key: uuid.UUID, *, now: datetime) -> None:
    provider, application = calendars_at(calendar.connection)
    during = Interval(now, now + _ahead(calendar))
    # Whatever of ours is there by now, or just goes, is none of their own.
    ours = _our_times(calendar)
    try:
        (answer,) = reach(
            calendar.connection,
            lambda token: provider.busy((calendar.remote_id,), during, application=application, token=token),
            now=now,
        )
    except (ProviderError, OutcomeLost, NoTokenNow) as error:
        log.info("busy times not read", calendar=calendar.pk, error=type(error).__name__)
        return
    if answer.problem:
        Calendar.objects.filter(pk=calendar.pk).update(busy_reason=answer.problem[:300])
        return
    own = [*ours, *_our_times(calendar)]
    _keep(calendar, key, subtract(merge(answer.intervals), merge(own)), during, now=now)


def _ahead(calendar: Calendar) -> timedelta:
    """Return how far anybody may book who depends on the calendar."""
    own = Q(busy_calendars__calendar=calendar)
    schedules = Schedule.objects.filter(
        own | Q(listed__resource__busy_calendars__calendar=calendar), account_id=calendar.account_id
    )
    days = [each or AHEAD_AT_MOST.days for each in schedules.values_list("horizon_days", flat=True)]
    return min(timedelta(days=max(days, default=AHEAD_AT_MOST.days) + 1), AHEAD_AT_MOST)


def _our_times(calendar: Calendar) -> list[Interval]:
    """Return when our own events are in the calendar, as they were sent and as they are to be."""
    there = Publication.objects.filter(calendar=calendar).exclude(observed=Publication.Observed.NOTHING)
    found: list[Interval] = []
    for event in there.select_related("slot"):
        found.append(Interval(event.slot.starts_at, event.slot.ends_at))
        begins, ends = event.sent.get("starts_at"), event.sent.get("ends_at")
        if begins and ends:
            found.append(Interval(datetime.fromisoformat(begins), datetime.fromisoformat(ends)))
    return found


def _keep(calendar: Calendar, key: uuid.UUID, busy: Sequence[Interval], during: Interval, *, now: datetime) -> None:
    with transaction.atomic():
        held = Calendar.objects.select_for_update(no_key=True).filter(pk=calendar.pk, claim=key).first()
        if held is None or not held.dependants.exists():
            return
        held.busy_times.all().delete()
        BusyTime.objects.bulk_create(
            BusyTime(account_id=held.account_id, calendar=held, starts_at=each.starts_at, ends_at=each.ends_at)
            for each in busy
        )
        held.busy_read_at, held.busy_until, held.is_busy_known = now, during.ends_at, True
        held.busy_reason, held.busy_due_at = "", now + ASK_EVERY
        held.save(update_fields=["busy_read_at", "busy_until", "is_busy_known", "busy_reason", "busy_due_at"])


def forget_what_is_old(*, now: datetime) -> None:
    """Know no longer what has not been read for hours; ask again where a wake-up was lost."""
    old = Q(busy_read_at__lt=now - UNKNOWN_AFTER)
    Calendar.objects.filter(old, is_busy_known=True).update(is_busy_known=False)
    used = Calendar.objects.filter(Exists(BusyCalendar.objects.filter(calendar=OuterRef("pk"))))
    used.filter(busy_due_at__isnull=True).update(busy_due_at=now)
    note_dependants()
