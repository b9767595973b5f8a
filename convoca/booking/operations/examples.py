"""Examples in an owner's own account: a schedule for appointments and one for classes, with made-up people on them.

They are marked, and removed without a trace; nobody is written to and no program told, neither of what they book nor of
their end. What is the owner's is touched by neither: whatever real people have booked on an example, or the owner has
connected to it, stays, and the schedule is then an ordinary one.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import cycle

from django.db import transaction
from django.utils.translation import gettext, override

from convoca.booking.models import (
    Account,
    Booking,
    Delivery,
    Meeting,
    Notification,
    Publication,
    Resource,
    Schedule,
    Series,
    Slot,
)
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.booking import Client, book_place, book_resource
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.counting import hold_name
from convoca.booking.operations.example_clients import CLIENTS
from convoca.booking.operations.furnishing import NewSchedule, free_address, make_schedule
from convoca.booking.operations.slots import open_slot
from convoca.booking.questions.closing import lonely_resources
from convoca.booking.questions.offers import local_window, starts_on_offer
from convoca.booking.questions.terms import supervisor_terms
from convoca.core.time import Interval, local_day, localize

# Names that nobody's mail server has (RFC 2606).
NOBODYS = "@example.org"
DAYS_BOOKED = 7
CLASS_DAYS, CLASS_HOUR, CLASS_PLACES = (2, 4), 18, 8
AN_HOUR = timedelta(hours=1)


def has_examples(account: Account) -> bool:
    return Schedule.objects.filter(account=account, is_example=True, closing_at=None).exists()


def add_examples(account: Account, *, now: datetime) -> None:
    """Add the examples, in the account's language; those that are there already are left as they are."""
    with override(account.language), transaction.atomic():
        # Of two presses of the button the second finds them there.
        hold_name(f"examples {account.pk}")
        if has_examples(account):
            return
        people = cycle([_client(account, name, email) for name, email, _ in CLIENTS])
        appointments = _make(account, Schedule.Kind.RESOURCE, gettext("Consultations (example)"))
        for day in range(DAYS_BOOKED):
            _book_some(appointments, local_day(now, account.time_zone) + timedelta(days=day), people, now=now)
        classes = _make(account, Schedule.Kind.CAPACITY, gettext("Yoga (example)"))
        for days in CLASS_DAYS:
            _fill_class(classes, days, people, now=now)
        _be_silent(appointments, classes)


def remove_examples(account: Account, *, now: datetime) -> None:
    """Remove what `add_examples` has added, and nothing else."""
    with transaction.atomic():
        hold_name(f"examples {account.pk}")
        examples = Schedule.objects.select_for_update(no_key=True).filter(account=account, is_example=True)
        for schedule in examples.order_by("pk"):
            if _is_touched(schedule):
                _keep(schedule, now=now)
            else:
                _delete(schedule)


def _make(account: Account, kind: Schedule.Kind, name: str) -> Schedule:
    new = NewSchedule(
        kind=kind,
        name=name,
        slug=free_address(account, name),
        time_zone=account.time_zone,
        resources=(gettext("Example"),) if kind == Schedule.Kind.RESOURCE else (),
    )
    schedule = make_schedule(account, new)
    schedule.is_example, schedule.tells_owner = True, False
    schedule.save(update_fields=["is_example", "tells_owner"])
    return schedule


def _client(account: Account, name: str, email: str) -> Client:
    return Client(name=name, email=email, language=account.language, time_zone=account.time_zone)


def _book_some(schedule: Schedule, day: date, people: Iterator[Client], *, now: datetime) -> None:
    """Book two of the day's free times, if it has any."""
    window = local_window(day, 1, schedule.time_zone)
    resource = schedule.resources.get()
    for offer in starts_on_offer(schedule, window=window, now=now, resource=resource)[1::6][:2]:
        book_resource(schedule, resource, offer.starts_at, client=next(people), now=now)


def _fill_class(schedule: Schedule, days: int, people: Iterator[Client], *, now: datetime) -> None:
    day = local_day(now, schedule.time_zone) + timedelta(days=days)
    start = localize(day, CLASS_HOUR * 60, schedule.time_zone)
    slot = open_slot(schedule, Interval(start, start + AN_HOUR), title=gettext("Yoga"), capacity=CLASS_PLACES, now=now)
    for _ in range(CLASS_PLACES - days):
        book_place(slot, client=next(people), now=now)


def _be_silent(*schedules: Schedule) -> None:
    """Owe nobody a mail, and no program word, about what has just been made up."""
    Notification.objects.filter(booking__slot__schedule__in=schedules).delete()
    Delivery.objects.filter(booking__slot__schedule__in=schedules).delete()
    Delivery.objects.filter(slot__schedule__in=schedules).delete()


def _is_touched(schedule: Schedule) -> bool:
    """Say whether anything hangs on an example that is not made up."""
    own = {"account": schedule.account_id, "slot__schedule": schedule}
    real = Booking.objects.filter(**own).exclude(email__iendswith=NOBODYS)
    at_vendors = Meeting.objects.filter(**own).exists() or Publication.objects.filter(**own).exists()
    return bool(schedule.connection_id or schedule.calendar_id or at_vendors or real.exists())


def _keep(schedule: Schedule, *, now: datetime) -> None:
    """Let the schedule be an ordinary one, on which made-up people have nothing to come."""
    Schedule.objects.filter(pk=schedule.pk).update(is_example=False)
    coming = Booking.objects.filter(account=schedule.account_id, slot__schedule=schedule, slot__starts_at__gt=now)
    standing = coming.filter(email__iendswith=NOBODYS, status=Booking.Status.CONFIRMED)
    made_up = list(standing.select_related("slot__schedule").order_by("slot_id", "pk"))
    for booking in made_up:
        cancel(booking, now=now, by=SYSTEM, terms=supervisor_terms())
    ids = [booking.pk for booking in made_up]
    Notification.objects.filter(booking__in=ids, due_at__isnull=False).delete()
    Delivery.objects.filter(booking__in=ids, due_at__isnull=False).delete()


def _delete(schedule: Schedule) -> None:
    own = {"account": schedule.account_id, "schedule": schedule}
    alone = list(lonely_resources(schedule).values_list("pk", flat=True))
    Booking.objects.filter(account=schedule.account_id, slot__schedule=schedule).delete()
    Slot.objects.filter(**own).delete()
    Series.objects.filter(**own).delete()
    schedule.delete()
    Resource.objects.filter(account=schedule.account_id, pk__in=alone).delete()
