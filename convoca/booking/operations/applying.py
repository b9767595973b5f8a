"""Applying a schedule's source of links to what is booked already: create the new meeting, switch, delete the old one.

A change of source touches only what is booked afterwards; this is the act of its own that reaches the rest. It is
wanted state: a worker takes the schedule in batches, so that no transaction is long, until nothing is left to turn.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Booking, Meeting, Schedule, Slot
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import lock_places, owe_link
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.taking import lock_schedule, lock_slots
from convoca.booking.operations.wishing import can_make_meetings, let_go_of_stand_ins, replace_meeting
from convoca.booking.operations.wishing_events import wish_for_event
from convoca.booking.questions.existing import to_be_turned
from convoca.core.reconcile import UNDO_WINDOW

# So many slots a transaction: on SQLite nobody else writes meanwhile.
BATCH = 25


def apply_to_existing(schedule: Schedule, extent: Schedule.Applying, *, now: datetime) -> None:
    """Give what is booked on the schedule a meeting of its source: what has no link, or everything.

    Whoever has a link keeps it until the new one is there, and is then told by mail. A link that somebody typed in
    place of an automatic one stays. Raises nothing: where the source can make no meetings, nothing happens.
    """
    with transaction.atomic():
        held = lock_schedule(schedule)
        want_applied(held, extent, bare=lock_bare_slots(held, now=now), now=now)
    schedule.applying = held.applying


def lock_bare_slots(schedule: Schedule, *, now: datetime) -> list[int]:
    """Hold what is to come on the schedule and has nothing to be turned, and return the ids.

    The caller holds the schedule, and no connection yet: who brings a meeting forward holds its slot, then that.
    """
    bare = _without_meeting(schedule, now=now).select_for_update(no_key=True, of=("self",))
    return list(bare.order_by("pk").values_list("pk", flat=True))


def want_applied(held: Schedule, extent: Schedule.Applying, *, bare: Sequence[int], now: datetime) -> None:
    """Write down that the source is to be applied, and wake a worker.

    The caller holds the schedule, and its `bare` slots.
    """
    held.applying = extent if can_make_meetings(held) else Schedule.Applying.NOTHING
    held.save(update_fields=["applying"])
    if held.applying:
        # What only awaits its approval gets its meeting with the yes, from the source that it has by then.
        _without_meeting(held, now=now).filter(pk__in=bare).update(link_source=held.link_source)
        apply_due.enqueue()


def _without_meeting(schedule: Schedule, *, now: datetime) -> QuerySet[Slot]:
    wanted = Meeting.objects.filter(slot=OuterRef("pk"), wanted=Meeting.Wanted.PRESENT)
    confirmed = Booking.objects.filter(slot=OuterRef("pk"), status=Booking.Status.CONFIRMED)
    to_come = Slot.objects.filter(account_id=schedule.account_id, schedule=schedule, starts_at__gt=now)
    return to_come.filter(~Exists(wanted), ~Exists(confirmed), cancelled_at__isnull=True)


@task()
def apply_due() -> None:
    """Go on with every schedule whose source is being applied, batch by batch."""
    while goes_on() and apply_next(now=timezone.now()):
        continue


def schedules_applied() -> QuerySet[Schedule]:
    """Return the schedules whose source is being applied to what is booked."""
    return Schedule.objects.exclude(applying=Schedule.Applying.NOTHING).order_by("pk")


def apply_next(*, now: datetime) -> bool:
    """Turn the next batch of one schedule's slots. Return whether there was a schedule to work on."""
    schedule = schedules_applied().select_related("connection").first()
    if schedule is None:
        return False
    batch = list(to_be_turned(schedule, schedule.applying, now=now)[:BATCH]) if can_make_meetings(schedule) else []
    if not batch or not _turn_all(batch, schedule, now=now):
        # Nothing is left, or nothing of what is left can be turned.
        Schedule.objects.filter(pk=schedule.pk, applying=schedule.applying, link_source=schedule.link_source).update(
            applying=Schedule.Applying.NOTHING
        )
    return True


def _turn_all(batch: Sequence[Slot], schedule: Schedule, *, now: datetime) -> bool:
    """Turn the slots that still need it. Return False if none of them can be turned."""
    with transaction.atomic():
        held = lock_slots(batch)
        due = set(to_be_turned(schedule, schedule.applying, now=now).filter(pk__in=[each.pk for each in held]))
        if not due:
            # Another worker was here between the look and the lock; there may be more behind its batch.
            return True
        turned = sum(_turn(slot, now=now) for slot in held if slot in due)
        provision_due.enqueue()
    return turned > 0


def _turn(slot: Slot, *, now: datetime) -> bool:
    """Let the slot's next meeting come from its schedule's source. Return False if none could be wanted."""
    with transaction.atomic():
        slot.link_source = slot.schedule.link_source
        slot.save(update_fields=["link_source"])
        places = lock_places(slot)
        meeting = replace_meeting(slot, now=now)
        if meeting is None:
            transaction.set_rollback(True)
            return False
        if meeting.link:
            _hand_out(meeting, slot, places, now=now)
    return True


def _hand_out(meeting: Meeting, slot: Slot, places: list[Booking], *, now: datetime) -> None:
    """Use a link that is there already: no vendor has to make it first."""
    let_go_of_stand_ins([slot.pk], due_at=now + UNDO_WINDOW)
    owe_link(meeting, places, now=now)
    wish_for_event(slot, now=now)
    notify_due.enqueue()
