"""Publishing a schedule to somebody's calendar, and ending that.

What is booked by then is copied by a worker, in batches and in the order of its start; what is booked later is wished
for with the booking itself. Both are wanted state, so it goes on wherever it was cut off.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Calendar, Connection, Publication, Resource, Schedule, Slot
from convoca.booking.operations.auditing import SYSTEM, Actor, Verb, note_connection
from convoca.booking.operations.calendars import note_calendar
from convoca.booking.operations.connecting import close_if_unused, set_link_source
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.taking import lock_slots
from convoca.booking.operations.wishing_events import BORN_WITH_EVENT, wish_for_event, withdraw_events
from convoca.booking.questions.publishing import shown_slots, to_be_copied
from convoca.providers.calendars import CalendarFacts
from convoca.providers.google.meet import GoogleMeet

log = structlog.get_logger(__name__)

# So many slots a transaction: on SQLite nobody else writes meanwhile.
BATCH = 25

KEPT_UNUSED = timedelta(days=1)


class CannotPublish(Exception):
    """The connection was let go of meanwhile, or the calendar cannot be written."""


@dataclass(frozen=True, kw_only=True)
class EventTexts:
    """How a schedule's events are written. Empty texts are ours."""

    title: str
    description: str
    names_client: bool
    invites_client: bool


def publish(
    schedule: Schedule,
    connection: Connection,
    calendar: CalendarFacts,
    *,
    with_calls: bool = False,
    by: Actor = SYSTEM,
    now: datetime,
) -> None:
    """Show the schedule's bookings in a calendar from now on, and copy those that exist. Raises CannotPublish.

    Of what was shown in another calendar, the events with a meeting stay there, the others follow. `with_calls`: what
    is booked from now on gets its link with its event, if calls can be made in that calendar.
    """
    if not calendar.may_write:
        raise CannotPublish
    with transaction.atomic():
        held = _hold(schedule)
        before = held.calendar
        kept = keep_calendar(connection, calendar, now=now)
        held.calendar, held.copying, held.published_at = kept, True, held.published_at or now
        held.save(update_fields=["calendar", "copying", "published_at"])
        note_connection(Verb.CONNECTED, by=by, connection=connection, now=now)
        if before is not None and before.connection_id != connection.pk:
            close_if_unused(before.connection_id, now=now)
        if with_calls and kept.makes_meetings:
            set_link_source(schedule, GoogleMeet.id, connection=None, now=now)
        copy_due.enqueue()
    schedule.calendar, schedule.copying, schedule.published_at = held.calendar, True, held.published_at
    log.info("published", schedule=schedule.pk, calendar=kept.pk)


def keep_calendar(connection: Connection, facts: CalendarFacts, *, now: datetime) -> Calendar:
    """Return the account's row of a calendar, made or brought up to date. Raises CannotPublish without access."""
    usable = Connection.objects.select_for_update(no_key=True).filter(pk=connection.pk, grant__isnull=False)
    if not usable.filter(state=Connection.State.OPEN).exists():
        raise CannotPublish
    calendar = note_calendar(connection, facts)
    Calendar.objects.filter(pk=calendar.pk).update(read_due_at=now)
    calendar.connection = connection
    return calendar


def publish_resource(resource: Resource, connection: Connection, calendar: CalendarFacts, *, now: datetime) -> None:
    """Show what is booked of a resource in a calendar of its own, where its schedules are published.

    Raises CannotPublish.
    """
    if not calendar.may_write:
        raise CannotPublish
    with transaction.atomic():
        kept = keep_calendar(connection, calendar, now=now)
        _show_resource_in(resource, kept)


def publish_resource_with_schedule(resource: Resource, *, now: datetime) -> None:
    """Show what is booked of a resource in its schedules' calendars again."""
    before = resource.calendar
    with transaction.atomic():
        _show_resource_in(resource, None)
        if before is not None:
            close_if_unused(before.connection_id, now=now)


def _show_resource_in(resource: Resource, calendar: Calendar | None) -> None:
    Resource.objects.filter(account_id=resource.account_id, pk=resource.pk).update(calendar=calendar)
    schedules = Schedule.objects.filter(account_id=resource.account_id, listed__resource=resource)
    Schedule.objects.filter(pk__in=schedules.values("pk"), calendar__isnull=False).update(copying=True)
    copy_due.enqueue()
    resource.calendar = calendar


def write_events(schedule: Schedule, texts: EventTexts, *, now: datetime) -> None:
    """Write the schedule's events by other texts, those that exist too."""
    columns = {
        "event_title": texts.title,
        "event_description": texts.description,
        "event_names_client": texts.names_client,
        "event_invites_client": texts.invites_client,
    }
    with transaction.atomic():
        held = _hold(schedule)
        if all(getattr(held, name) == value for name, value in columns.items()):
            return
        Schedule.objects.filter(pk=held.pk).update(**columns)
        events = Publication.objects.filter(slot__in=shown_slots(held, now=now), wanted=Publication.Wanted.PRESENT)
        ids = list(events.order_by("pk").values_list("pk", flat=True))
        Publication.objects.filter(pk__in=ids).update(wanted_revision=F("wanted_revision") + 1, due_at=now)
        provision_due.enqueue()
    for name, value in columns.items():
        setattr(schedule, name, value)


def unpublish(schedule: Schedule, *, remove_events: bool, by: Actor = SYSTEM, now: datetime) -> None:
    """Show the schedule's bookings in no calendar any more; what was shown goes, or stays as it is and is left alone.

    Meetings that come with events are made no more. Those that exist keep their events, and these their access, until
    they have ended or are cancelled.
    """
    with transaction.atomic():
        held = _hold(schedule)
        before = held.calendar
        held.calendar, held.copying = None, False
        if held.link_source in BORN_WITH_EVENT:
            held.link_source = Schedule.NO_LINK
        held.save(update_fields=["calendar", "copying", "link_source"])
        if before is not None:
            _let_go(held, remove=remove_events, now=now)
            note_connection(Verb.DISCONNECTED, by=by, connection=before.connection, now=now)
            close_if_unused(before.connection_id, now=now)
    schedule.calendar, schedule.copying, schedule.link_source = None, False, held.link_source


def _hold(schedule: Schedule) -> Schedule:
    held = Schedule.objects.select_for_update(no_key=True, of=("self",)).select_related("calendar__connection")
    return held.get(account_id=schedule.account_id, pk=schedule.pk)


def _let_go(schedule: Schedule, *, remove: bool, now: datetime) -> None:
    """See to the events without a meeting: want them no more, or leave them to the calendar's owner."""
    slots = Slot.objects.filter(account_id=schedule.account_id, schedule=schedule, ends_at__gt=now)
    held = list(slots.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    events = Publication.objects.filter(slot__in=held, wanted=Publication.Wanted.PRESENT, has_meeting=False)
    ids = list(events.order_by("pk").values_list("pk", flat=True))
    if remove:
        withdraw_events(ids, now=now, due_at=now)
        provision_due.enqueue()
    else:
        _leave(ids, now=now)


def _leave(ids: Collection[int], *, now: datetime) -> None:
    """Leave events where they are; one that is just being made goes once it is there."""
    wanted = Publication.objects.filter(pk__in=ids, wanted=Publication.Wanted.PRESENT)
    there = wanted.filter(unleased(), observed=Publication.Observed.PRESENT)
    there.update(wanted=Publication.Wanted.ABSENT, wanted_at=now, observed=Publication.Observed.DETACHED, due_at=None)
    withdraw_events(list(wanted.values_list("pk", flat=True)), now=now, due_at=now)


@task()
def copy_due() -> None:
    """Go on with every schedule whose bookings are being copied, batch by batch."""
    while goes_on() and copy_next(now=timezone.now()):
        continue


def schedules_copied() -> QuerySet[Schedule]:
    """Return the schedules whose bookings are being copied to a calendar."""
    return Schedule.objects.filter(copying=True).order_by("pk")


def copy_next(*, now: datetime) -> bool:
    """Wish for the next events of one schedule, the soonest first. Return whether there was a schedule to work on."""
    schedule = schedules_copied().first()
    if schedule is None:
        return False
    batch = list(to_be_copied(schedule, now=now)[:BATCH])
    wished = 0
    if batch:
        with transaction.atomic():
            wished = sum(wish_for_event(slot, now=now) is not None for slot in lock_slots(batch))
            provision_due.enqueue()
    if not wished:
        # Nothing is left, or nothing of what is left can be shown.
        Schedule.objects.filter(pk=schedule.pk, calendar=schedule.calendar_id).update(copying=False)
    return True


def let_go_of_unused(*, now: datetime) -> None:
    """Give up access that was kept for the sake of meetings only, once the last of them is over.

    One that was given lately may be just about to be used.
    """
    published_once = Connection.objects.filter(
        publications__isnull=False, state=Connection.State.OPEN, connected_at__lt=now - KEPT_UNUSED
    )
    for number in published_once.order_by("pk").distinct().values_list("pk", flat=True):
        with transaction.atomic():
            close_if_unused(number, now=now)


def find_uncopied(*, now: datetime) -> None:
    """Have copied what is booked on a published schedule and was never wished for: a crash leaves none, a hand may."""
    for schedule in Schedule.objects.filter(calendar__isnull=False, copying=False, closing_at__isnull=True):
        if to_be_copied(schedule, now=now).exists():
            Schedule.objects.filter(pk=schedule.pk).update(copying=True)
            copy_due.enqueue()
