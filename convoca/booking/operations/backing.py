"""The backup link's moment: whoever has no link half an hour before the start is told of the schedule's spare one.

Pages and mails turn to it by themselves, because `links_for` does. A mail of its own is owed to those whose mails have
carried no link; which these are is found by looking, so that nothing has to be foreseen when somebody books.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Booking, Connection, Meeting, Notification, Schedule, Sealed, Slot
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import lock_places, owe_backup_link
from convoca.booking.operations.taking import lock_slot
from convoca.booking.operations.wishing import WITH_A_LINK
from convoca.booking.questions.links import BACKUP_BEFORE, IN_USE, PROMISED_WITHIN, link_of, opens_at

# What has been going on for longer is no longer waited for.
BEGUN_AT_MOST = timedelta(hours=24)


@task()
def back_up_due() -> None:
    """Owe the backup link to everybody who needs it now."""
    now = timezone.now()
    for slot in slots_to_back_up(now=now):
        tell_of_backup(slot, now=now)


def slots_to_back_up(*, now: datetime) -> QuerySet[Slot]:
    """Return the slots at hand without a link whose schedule has a spare one, and somebody has not been told of it."""
    near = Slot.objects.filter(
        # Named although it follows: the index of slots begins with the account.
        account=F("schedule__account"),
        starts_at__lte=now + BACKUP_BEFORE,
        starts_at__gt=now - BEGUN_AT_MOST,
        ends_at__gt=now,
        cancelled_at=None,
    ).exclude(Q(schedule__backup_link=Sealed()) | Q(link_source=Schedule.NO_LINK))
    return near.filter(~Exists(_with_a_link()), ~Exists(_promised(now=now)), Exists(_untold())).order_by("pk")


def _with_a_link() -> QuerySet[Meeting]:
    counting = Meeting.objects.filter(IN_USE, slot=OuterRef("pk"))
    return counting.filter(observed__in=WITH_A_LINK).exclude(link=Sealed())


def _promised(*, now: datetime) -> QuerySet[Meeting]:
    """Return the meetings that may still come within the minute: while they do, nobody is sent elsewhere."""
    working = Q(connection__isnull=True) | Q(connection__state=Connection.State.OPEN)
    fresh = Meeting.objects.filter(working, slot=OuterRef("pk"), wanted_at__gte=now - PROMISED_WITHIN, blocked="")
    return fresh.filter(wanted=Meeting.Wanted.PRESENT).exclude(waiting=Meeting.Waiting.QUOTA)


def _untold() -> QuerySet[Booking]:
    told = Notification.objects.filter(
        booking=OuterRef("pk"),
        kind=Notification.Kind.BACKUP_LINK,
        slot_revision=F("booking__slot__revision"),
        booking_revision=F("booking__revision"),
    )
    return Booking.objects.filter(~Exists(told), slot=OuterRef("pk"), status=Booking.Status.CONFIRMED)


def tell_of_backup(slot: Slot, *, now: datetime) -> None:
    """Owe the backup link to everybody in the slot who has not been told of it, if it is still what they need."""
    with transaction.atomic():
        held = lock_slot(slot)
        places = lock_places(held)
        if link_of(held, now=now).is_backup:
            # Before they may see a link, a mail could not carry it.
            owe_backup_link(places, held, now=max(now, opens_at(held) or now))
            notify_due.enqueue()
