"""Businesses that are connected to Zoom, and their bookings. A program of its own, started in an installation:
`python -m bench.tenants <act> <number>`.

make              one business for each of the users that standard input names as JSON; prints the first one's page
queue <n>         owe n meetings, all of them due, the soonest in two days, with the wake-ups that bookings leave
book <n>          book n appointments that start in ten minutes, one after the other, and print when each was
                  written and when its link was there, as [[committed, ready], …] in seconds since the epoch
book-idle <n>     book n appointments, each once the worker is at rest, and print when each was written by the
                  meeting's marker
left              print how many meetings are still owed
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

import django
from django.db import transaction

if __name__ == "__main__":
    django.setup()

from django.utils import timezone

from convoca.booking.models import Connection, Grant, Meeting, Schedule, Sealed, Slot
from convoca.booking.operations.booking import Client, book_resource
from convoca.booking.operations.provisioning import provision_due
from convoca.providers.zoom.account import LICENSED
from tests.booking.building import make_account, make_resource_schedule

RESOURCES = 6
# Appointments start at every fifth minute, around the clock.
EVERY_MINUTES = 5
HALF_AN_HOUR = timedelta(minutes=30)
# What is owed beside what is measured starts later than anything that is measured.
LATER = timedelta(days=2)
AT_REST_SECONDS = 0.5
LOOK_EVERY_SECONDS = 0.02
PATIENCE_SECONDS = 60.0


def make(users: list[dict[str, str]]) -> str:
    """Make one business for each user and return the page of the first."""
    schedules = [_make_tenant(number, user) for number, user in enumerate(users)]
    return f"/schedule/{schedules[0].account.name}/{schedules[0].slug}"


def _make_tenant(number: int, user: dict[str, str]) -> Schedule:
    account, now = make_account(f"tenant{number}"), timezone.now()
    schedule = make_resource_schedule(
        account, resources=RESOURCES, time_zone="UTC", start_every_minutes=EVERY_MINUTES, link_source="zoom"
    )
    schedule.hours.update(opens=0, closes=24 * 60)
    grant = Grant.objects.create(
        provider="zoom",
        external_user=user["id"],
        access_token=Sealed.seal(user["token"]),
        refresh_token=Sealed.seal("never used"),
        expires_at=now + timedelta(hours=20),
        refreshed_at=now,
    )
    schedule.connection = Connection.objects.create(
        account=account,
        provider="zoom",
        external_user=user["id"],
        external_account=user["account"],
        plan=LICENSED,
        grant=grant,
        last_ok_at=now,
        check_at=now + timedelta(days=1),
    )
    schedule.save()
    return schedule


def queue(count: int) -> None:
    """Owe `count` meetings of all businesses in turn, in the order of their starts."""
    now = timezone.now()
    starts_at = (now + LATER).replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        slots = Slot.objects.bulk_create(
            Slot(
                account_id=schedule.account_id,
                schedule=schedule,
                starts_at=starts_at + number * timedelta(seconds=1),
                ends_at=starts_at + number * timedelta(seconds=1) + HALF_AN_HOUR,
                title="Owed",
                capacity=1,
                link_source="zoom",
            )
            for number, schedule in enumerate(islice(cycle(_schedules()), count))
        )
        Meeting.objects.bulk_create(
            Meeting(
                account_id=slot.account_id,
                slot=slot,
                provider="zoom",
                connection_id=slot.schedule.connection_id,
                wanted_at=now,
                due_at=now,
            )
            for slot in slots
        )
        for _ in range(count):
            provision_due.enqueue()


def book(count: int) -> list[list[float]]:
    """Book urgent appointments one after the other, each as soon as the last one has its link."""
    times = []
    for committed, meeting in _bookings(count):
        mine = Meeting.objects.filter(pk=meeting.pk, observed=Meeting.Observed.PRESENT)
        until = time.monotonic() + PATIENCE_SECONDS
        while not mine.exists():
            if time.monotonic() > until:
                raise TimeoutError("A link did not come.")
            time.sleep(LOOK_EVERY_SECONDS)
        times.append([committed, time.time()])
    return times


def book_idle(count: int) -> dict[str, float]:
    """Book appointments at moments that have nothing to do with the worker's own rhythm."""
    written = {}
    for committed, meeting in _bookings(count):
        written[str(meeting.marker)] = committed
        time.sleep(AT_REST_SECONDS * (1 + random.random()))
    return written


def left() -> int:
    return Meeting.objects.filter(due_at__isnull=False).count()


def _bookings(count: int) -> Iterator[tuple[float, Meeting]]:
    """Book a time that starts in about ten minutes with each business in turn; yield when that was written, and its
    meeting."""
    client = Client(name="Ada Ruiz", email="ada@example.org", language="en", time_zone="UTC")
    for schedule in islice(cycle(_schedules()), count):
        now = datetime.now(UTC)
        minute = (now.minute // EVERY_MINUTES + 2) * EVERY_MINUTES
        starts_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=minute)
        booking = book_resource(schedule, None, starts_at, client=client, now=now)
        committed = time.time()
        yield committed, Meeting.objects.get(slot_id=booking.slot_id)


def _schedules() -> list[Schedule]:
    return list(Schedule.objects.select_related("account", "connection").order_by("pk"))


if __name__ == "__main__":
    act, *numbers = sys.argv[1:]
    match act:
        case "make":
            print(json.dumps(make(json.load(sys.stdin))))
        case "queue":
            queue(int(numbers[0]))
            print(json.dumps(None))
        case "book":
            print(json.dumps(book(int(numbers[0]))))
        case "book-idle":
            print(json.dumps(book_idle(int(numbers[0]))))
        case _:
            print(json.dumps(left()))
