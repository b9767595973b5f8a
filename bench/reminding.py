"""Reminders that are all due in one minute. A program of its own, started in an installation:
`python -m bench.reminding <act> <number>`.

make <n>    owe n reminders, an hour before as many appointments that start in the same minute, the minute just past;
            whose address has the lower number starts earlier. Every appointment has its link.
left        print how many are still owed, and how many of the others
"""

import json
import sys
from datetime import datetime, timedelta

import django
from django.db import transaction

if __name__ == "__main__":
    django.setup()

from django.utils import timezone

from convoca.booking.models import Booking, Meeting, Notification, Schedule, Sealed, Slot
from convoca.booking.operations.addresses import give_addresses
from tests.booking.building import make_account, make_resource_schedule

BEFORE = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
HALF_AN_HOUR = timedelta(minutes=30)
ROWS_AT_ONCE = 500


def make(count: int) -> None:
    schedule = make_resource_schedule(make_account("reminded"), time_zone="UTC", reminder_minutes=60)
    first = timezone.now() - MINUTE + BEFORE
    for begin in range(0, count, ROWS_AT_ONCE):
        numbers = range(begin, min(begin + ROWS_AT_ONCE, count))
        with transaction.atomic():
            _owe(schedule, {number: first + number * MINUTE / count for number in numbers})


def _owe(schedule: Schedule, starts: dict[int, datetime]) -> None:
    now = timezone.now()
    own = {"account_id": schedule.account_id}
    slots = Slot.objects.bulk_create(
        Slot(**own, schedule=schedule, starts_at=start, ends_at=start + HALF_AN_HOUR, capacity=1, taken=1)
        for start in starts.values()
    )
    meetings = Meeting.objects.bulk_create(
        Meeting(**own, slot=slot, provider="manual", wanted_at=now, observed=Meeting.Observed.EXTERNAL,
                link=Sealed.seal(f"https://rooms.example.net/{slot.pk}"))
        for slot in slots
    )  # fmt: skip
    bookings = [_booking(number, slot, meeting) for number, slot, meeting in zip(starts, slots, meetings, strict=True)]
    Notification.objects.bulk_create(
        Notification(**own, booking=booking, kind=Notification.Kind.REMINDER, offset_minutes=-60, slot_revision=0,
                     booking_revision=0, due_at=booking.slot.starts_at - BEFORE)
        for booking in Booking.objects.bulk_create(bookings)
    )  # fmt: skip


def _booking(number: int, slot: Slot, meeting: Meeting) -> Booking:
    booking = Booking(
        account_id=slot.account_id, slot=slot, name="Ada Ruiz", email=f"reminded{number}@example.org",
        language="en", time_zone="UTC", mailed_meeting=meeting,
    )  # fmt: skip
    give_addresses(booking)
    return booking


def left() -> list[int]:
    owed = Notification.objects.filter(due_at__lte=timezone.now())
    reminders = owed.filter(kind=Notification.Kind.REMINDER).count()
    return [reminders, owed.count() - reminders]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", number]:
            make(int(number))
            print("null")
        case _:
            print(json.dumps(left()))
