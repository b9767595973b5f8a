"""However much is published at once: Google's 600 calls a minute are never met, and the soonest comes first (B3, M4).

TEST_EVENTS says how many bookings; without it so few that they show the pace alone, which is kept second by second.
"""

import os
from datetime import datetime, timedelta

import pytest

from convoca.booking.models import Booking, Connection, Publication, PublicationAttempt, Resource, Slot
from convoca.booking.models.slot import Occupancy
from convoca.providers.google.limits import CALENDAR, PER_SECOND
from tests.booking.building import at, make_account, make_resource_schedule
from tests.booking.googling import SimulatedGoogle

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = int(os.environ.get("TEST_EVENTS", "150"))
# Half an hour each, from nine to five.
A_DAY = 16
# 540 a minute: some are left for a person who is waiting.
A_SECOND = PER_SECOND[CALENDAR]
# Google's clock stands still here while a call lasts; ours, by which the calls are paced, does not.
STANDS = timedelta(milliseconds=200)


def book_many(resource: Resource, number: int) -> None:
    """Write so many appointments, one after the other, in an order that is not that of their starts."""
    schedule = resource.schedules.get()
    first = at("09:00")
    days = range(number // A_DAY + 1)
    starts = [first + timedelta(days=day, minutes=30 * turn) for turn in range(A_DAY) for day in days]
    slots = Slot.objects.bulk_create(
        Slot(
            account=schedule.account,
            schedule=schedule,
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
            capacity=1,
            taken=1,
        )
        for start in starts[:number]
    )
    Occupancy.objects.bulk_create(
        Occupancy(
            account=schedule.account, resource=resource, slot=each, starts_at=each.starts_at, ends_at=each.ends_at
        )
        for each in slots
    )
    Booking.objects.bulk_create(
        Booking(
            account=schedule.account,
            slot=each,
            name=f"Client {index}",
            email=f"client-{index}@example.org",
            time_zone="Europe/Madrid",
            token_digest=f"{index:064}",
            join_token_digest=f"{index:064}",
        )
        for index, each in enumerate(slots)
    )


def work_fast(google: SimulatedGoogle) -> None:
    """Work as a worker does that never sleeps longer than it must, on a clock that runs as fast as it can be read."""
    while Publication.objects.filter(due_at__isnull=False).exists():
        google.work_as_far_as_it_goes()
        pause = Connection.objects.get().blocked_until
        google.clock.now = max(google.clock() + timedelta(milliseconds=20), pause or google.clock())


def test_what_is_published_at_once_never_meets_the_minute_s_limit_and_comes_in_the_order_of_its_start(
    google: SimulatedGoogle,
) -> None:
    schedule = make_resource_schedule(make_account(), horizon_days=3650)
    book_many(schedule.resources.get(), EVENTS)
    began = google.clock()
    google.publish(schedule)

    work_fast(google)

    assert len(google.events()) == EVENTS
    assert set(PublicationAttempt.objects.values_list("outcome", flat=True)) == {"EventFacts"}, "Google never refused"
    starts = [google.vendor.event(google.events()[0].calendar_id, each.remote_id) for each in google.made()]
    told = [datetime.fromisoformat(each.written["start"]["dateTime"]) for each in starts]
    assert told == sorted(told)
    made = sorted(datetime.fromisoformat(entry.at) for entry in google.made())
    assert all(made[n + A_SECOND] - made[n] >= timedelta(seconds=1) - STANDS for n in range(EVENTS - A_SECOND))
    minutes = (google.clock() - began) / timedelta(minutes=1)
    assert EVENTS / 600 < minutes < EVENTS / 600 * 1.5, "within the limit, and not much below it"
