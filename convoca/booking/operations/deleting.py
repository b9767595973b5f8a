"""Deleting a schedule is closing it: nobody sees it any more, what is booked is cancelled, what exists at vendors is
deleted there, people are told, and only then its rows go.

The worker does one small step at a time, each in one transaction that finds out anew what is to be done; so it can be
killed anywhere, and a schedule that something is missing for simply waits.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now
from django.tasks import task
from django.utils import timezone

from convoca.booking.mail.kinds import OF_AN_END
from convoca.booking.models import (
    Booking,
    Meeting,
    Membership,
    Notification,
    Publication,
    Remote,
    Resource,
    Schedule,
    Series,
    Slot,
)
from convoca.booking.operations.auditing import SYSTEM, Actor, Verb, acting, note_schedule
from convoca.booking.operations.calling_off import call_off
from convoca.booking.operations.connecting import set_link_source
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.faults import place_of
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.publishing import unpublish
from convoca.booking.operations.taking import lock_slots
from convoca.booking.questions.closing import lonely_resources

log = structlog.get_logger(__name__)

# What is cancelled in one step: one series or some appointments, with so many people at most.
SLOTS_AT_ONCE = 52
PEOPLE_AT_ONCE = 300

# SQLite has one writer: so many rows, with what hangs on them, are deleted in some tens of milliseconds.
ROWS_AT_ONCE = 100

# Vendors and mail servers answer in seconds, or it takes longer anyway.
ASK_AGAIN = timedelta(seconds=2)
ASK_SELDOM_AFTER = timedelta(minutes=10)
ASK_SELDOM = timedelta(minutes=5)

AT_VENDOR = (Meeting.Observed.PRESENT, Meeting.Observed.UNKNOWN)


def delete_schedule(schedule: Schedule, *, message: str, by: Actor, now: datetime) -> None:
    """Close a schedule for good: from this moment nobody sees it or books on it, and the worker takes it away.

    Whoever has a booking there is told by mail, with the `message`. There is no way back, and a second time is none.
    """
    with transaction.atomic():
        open_still = Schedule.objects.filter(account=schedule.account_id, pk=schedule.pk, closing_at=None)
        if open_still.update(closing_at=now, closing_due_at=now, closing_message=message):
            note_schedule(Verb.DELETED, schedule, by=by, now=now)
            # What was cancelled a moment ago cannot be taken back any more, so its meeting need not wait.
            unfinished = Meeting.objects.filter(slot__schedule=schedule, wanted=Meeting.Wanted.ABSENT, attempts=0)
            unfinished.filter(due_at__gt=now).update(due_at=now)
            take_schedules_away.enqueue()
            provision_due.enqueue()


def let_go(schedule: Schedule, *, now: datetime) -> int:
    """Leave what cannot be deleted at the vendor where it is; return how many meetings these are.

    For a schedule that is being deleted, if the access is lost or the vendor refuses. A call under way is waited for.
    """
    with transaction.atomic():
        held = Schedule.objects.select_for_update(no_key=True, of=("self",)).get(pk=schedule.pk)
        if not held.is_closing:
            return 0
        left = _detach(_at_vendor(held))
        _detach(_events(held))
        Schedule.objects.filter(pk=held.pk).update(closing_due_at=now)
        take_schedules_away.enqueue()
    return left


@task()
def take_schedules_away() -> None:
    """Take every schedule that is being deleted as far as it gets now."""
    while goes_on() and take_away_next(now=timezone.now()):
        continue


def schedules_to_take_away(*, now: datetime) -> QuerySet[Schedule]:
    return Schedule.objects.filter(closing_due_at__lte=now).order_by("closing_due_at", "pk")


def take_away_next(*, now: datetime) -> bool:
    """Take one schedule one step further. Return whether there was one that nobody else holds."""
    schedule = schedules_to_take_away(now=now).first()
    if schedule is None:
        return False
    try:
        with transaction.atomic():
            # Two workers at one schedule would do the same twice; whoever comes second looks for another.
            rows = Schedule.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
            held = rows.select_related("account").filter(pk=schedule.pk, closing_due_at__lte=now).first()
            if held is None:
                return False
            _go_on(held, now=now)
    except Exception as error:
        # A booking that was under way may have come in between; whatever it is, other schedules are due, too.
        log.error("schedule set aside", schedule=schedule.pk, error=type(error).__name__, at=place_of(error))
        Schedule.objects.filter(pk=schedule.pk).update(closing_due_at=now + ASK_AGAIN)
    return True


def _go_on(schedule: Schedule, *, now: datetime) -> None:
    """Do the first thing that is still to be done, and leave the rest for the next time."""
    steps: tuple[Callable[..., bool], ...] = (_cancel_some, _let_the_past_go, _drain, _disconnect, _tell, _purge_some)
    if not any(step(schedule, now=now) for step in steps):
        _finish(schedule)


def _cancel_some(schedule: Schedule, *, now: datetime) -> bool:
    coming = Slot.objects.filter(
        account=schedule.account_id, schedule=schedule, cancelled_at__isnull=True, ends_at__gt=now
    )
    first = coming.order_by("starts_at", "pk").first()
    if first is None:
        return False
    held = [slot for slot in lock_slots(_with_few_people(coming, first)) if slot.is_live]
    if held:
        owner = schedule.account.memberships.filter(role=Membership.Role.OWNER).first()
        by = acting(owner) if owner else SYSTEM
        call_off(held, message=schedule.closing_message, by=by, meetings_go_at=now, now=now)
        provision_due.enqueue()
        notify_due.enqueue()
    return True


def _with_few_people(coming: QuerySet[Slot], first: Slot) -> list[Slot]:
    """Return the first slots of the same series, or the first of none: of one series people are told in one mail."""
    together = coming.filter(series=first.series_id) if first.series_id else coming.filter(series__isnull=True)
    chosen: list[Slot] = []
    people = 0
    for slot in together.order_by("starts_at", "pk")[:SLOTS_AT_ONCE]:
        people += slot.taken
        if chosen and people > PEOPLE_AT_ONCE:
            break
        chosen.append(slot)
    return chosen


def _let_the_past_go(schedule: Schedule, *, now: datetime) -> bool:
    """Let go of meetings that took place: they are the vendor's history. Return whether there were any."""
    past = {"wanted": Remote.Wanted.PRESENT, "slot__ends_at__lte": now}
    left = _detach(_at_vendor(schedule).filter(**past), most=ROWS_AT_ONCE)
    return left + _detach(_events(schedule).filter(**past), most=ROWS_AT_ONCE) > 0


def _at_vendor(schedule: Schedule) -> QuerySet[Meeting]:
    return Meeting.objects.filter(account=schedule.account_id, slot__schedule=schedule, observed__in=AT_VENDOR)


def _events(schedule: Schedule) -> QuerySet[Publication]:
    return Publication.objects.filter(account=schedule.account_id, slot__schedule=schedule, observed__in=AT_VENDOR)


def _detach[Row: Remote](rows: QuerySet[Row], *, most: int | None = None) -> int:
    chosen = list(rows.filter(unleased()).order_by("pk").values_list("pk", flat=True)[:most])
    free = rows.model._default_manager.filter(unleased(), pk__in=chosen, observed__in=AT_VENDOR)
    return free.update(observed=Remote.Observed.DETACHED, wanted=Remote.Wanted.ABSENT, due_at=None, claim=None)


def _drain(schedule: Schedule, *, now: datetime) -> bool:
    """Wait while something exists at a vendor, may exist there, or is just being asked for."""
    is_there = Q(observed__in=AT_VENDOR) | Q(lease_until__gte=Now())
    under_way = any(
        model._default_manager.filter(is_there, account=schedule.account_id, slot__schedule=schedule).exists()
        for model in (Meeting, Publication)
    )
    return under_way and _wait(schedule, now=now)


def _disconnect(schedule: Schedule, *, now: datetime) -> bool:
    """Let go of the connection; its credentials go with the last schedule that uses it."""
    if schedule.calendar_id is not None:
        unpublish(schedule, remove_events=True, now=now)
        return True
    if schedule.link_source == Schedule.NO_LINK and schedule.connection_id is None:
        return False
    set_link_source(schedule, Schedule.NO_LINK, connection=None, now=now)
    return True


def _tell(schedule: Schedule, *, now: datetime) -> bool:
    """Wait while somebody has not been told yet."""
    owed = Notification.objects.filter(
        account=schedule.account_id, booking__slot__schedule=schedule, kind__in=OF_AN_END, due_at__isnull=False
    )
    return owed.exists() and _wait(schedule, now=now)


def _wait(schedule: Schedule, *, now: datetime) -> bool:
    lasts = now - (schedule.closing_at or now)
    again = ASK_AGAIN if lasts < ASK_SELDOM_AFTER else ASK_SELDOM
    Schedule.objects.filter(pk=schedule.pk).update(closing_due_at=now + again)
    return True


def _purge_some(schedule: Schedule, *, now: datetime) -> bool:
    """Delete some of what hangs on the schedule, people before meetings before slots. Return whether any was left.

    A booking that was under way when the schedule was closed is not among it: it is cancelled first.
    """
    own = Q(account=schedule.account_id, slot__schedule=schedule)
    is_over = Q(slot__cancelled_at__isnull=False) | Q(slot__ends_at__lte=now)
    slots = Slot.objects.filter(account=schedule.account_id, schedule=schedule)
    return (
        _delete_some(Booking.objects.filter(own, is_over))
        or _delete_some(Meeting.objects.filter(own, is_over))
        or _delete_some(Publication.objects.filter(own, is_over))
        or _delete_some(slots.filter(Q(cancelled_at__isnull=False) | Q(ends_at__lte=now)))
    )


def _delete_some(rows: QuerySet[Model]) -> bool:
    some = list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE])
    return bool(some) and rows.model._default_manager.filter(pk__in=some).delete()[0] > 0


def _finish(schedule: Schedule) -> None:
    """Delete the schedule itself, and its resources that nothing else needs or tells of."""
    alone = [resource.pk for resource in lonely_resources(schedule)]
    number = schedule.pk
    Series.objects.filter(account=schedule.account_id, schedule=schedule).delete()
    schedule.delete()
    Resource.objects.filter(account=schedule.account_id, pk__in=alone, occupancies__isnull=True).delete()
    log.info("schedule deleted", schedule=number, account=schedule.account_id)
