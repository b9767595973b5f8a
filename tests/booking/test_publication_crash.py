"""kill -9 at any point between claim and record: afterwards there is exactly one event for each slot, with one call
(B1, M4, M6, T27, T28). The same machine, and the same deaths, as of meetings."""

import os
import random
import signal
from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from convoca.booking.models import Booking, Grant, Meeting, Publication, Schedule, Slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.connecting import set_link_source
from convoca.booking.operations.moving import move_appointment
from sandbox.faults import Kind
from tests.booking import workers
from tests.booking.breeding import Breeder, breeder
from tests.booking.building import THURSDAY, at, book, make_account, make_resource_schedule
from tests.booking.googling import SimulatedGoogle, publication_of
from tests.booking.zooming import meeting_of

pytestmark = pytest.mark.django_db(transaction=True)

LINE_STEP = 1 if "TEST_KILLS" in os.environ else 60
# What a killed worker leaves is put off until all have died, so that the next one is killed at the same work.
PUT_OFF = timedelta(hours=5)
MISBEHAVIOUR = (Kind.RESET_BEFORE, Kind.RESET_AFTER, Kind.EMPTY, Kind.HTML, Kind.MALFORMED, Kind.ERROR_500, Kind.HANG)

VERBS = ("event.insert", "event.patch", "event.get", "event.delete")


@pytest.fixture
def schedule(google: SimulatedGoogle) -> Schedule:
    """Published, and with a call for each booking."""
    google.sandbox.configure({"google": {"calls_per_minute": 1_000_000}})
    schedule = make_resource_schedule(make_account(), resources=3)
    google.publish(schedule)
    set_link_source(schedule, "google_meet", connection=None, now=google.clock())
    return schedule


def end_leases() -> None:
    """Do what twenty seconds do."""
    past = Now() - timedelta(seconds=1)
    Publication.objects.filter(lease_until__isnull=False).update(lease_until=past)
    Grant.objects.filter(refresh_lease_until__isnull=False).update(refresh_lease_until=past)


def assert_one_event(google: SimulatedGoogle, booking: Booking) -> None:
    event = publication_of(booking.slot)
    (there,) = google.events()
    assert (event.observed, event.remote_id) == (Publication.Observed.PRESENT, there.id)
    assert google.sandbox.ledger.created(str(event.marker)) == 1
    assert there.meet is not None
    assert meeting_of(booking.slot).link.open().endswith(there.meet.code)


def test_killed_while_google_holds_its_answer_the_event_is_found(google: SimulatedGoogle, schedule: Schedule) -> None:
    booking = book(schedule)
    google.spoil("event.insert", Kind.HOLD)
    worker = workers.start(google, google.clock().isoformat())
    assert google.sandbox.holding.wait_until_held(1, seconds=workers.DEADLINE_SECONDS) == 1

    workers.kill(worker)
    google.sandbox.holding.release()

    assert len(google.made()) == 1
    assert publication_of(booking.slot).observed == Publication.Observed.UNKNOWN
    google.work_later(seconds=5)
    assert google.calls("event.get") == 0, "the lease of the dead worker lives: nobody may act"
    end_leases()
    workers.work(google, seconds=30)
    workers.work(google, seconds=30)
    assert_one_event(google, booking)


@pytest.mark.parametrize("point", ["call", "record"])
def test_killed_before_the_call_or_after_its_answer_there_is_one_event(
    google: SimulatedGoogle, schedule: Schedule, point: str
) -> None:
    booking = book(schedule)
    worker = workers.start(google, google.clock().isoformat(), point)

    assert worker.wait(workers.DEADLINE_SECONDS) == -signal.SIGKILL

    end_leases()
    for _ in range(3):
        google.work_later(seconds=15)
    assert_one_event(google, booking)


def put_off(google: SimulatedGoogle) -> None:
    Publication.objects.filter(due_at__isnull=False).update(due_at=google.clock() + PUT_OFF)


def die_at_every_line(google: SimulatedGoogle, breeds: Breeder, owe: list[Booking]) -> int:
    """Kill who works on each of these in turn, a line later each time, until one outlives its work."""
    line = random.randrange(1, LINE_STEP + 1)
    for died, booking in enumerate(owe):
        Publication.objects.filter(slot=booking.slot_id).update(due_at=google.clock())
        before = breeds.killed
        breeds.work(line=line)
        end_leases()
        if breeds.killed == before:
            return died
        put_off(google)
        line += LINE_STEP
    raise AssertionError("there were more lines than bookings")


def finish(google: SimulatedGoogle) -> None:
    google.pass_time(hours=PUT_OFF.total_seconds() / 3600)
    for _ in range(8):
        end_leases()
        google.work_later(minutes=2)


def bookings(schedule: Schedule, number: int) -> list[Booking]:
    """Return appointments of which none is due."""
    made = []
    for index in range(number):
        day, turn = divmod(index, 16)
        clock = f"{9 + turn // 2:02}:{turn % 2 * 30:02}"
        made.append(book(schedule, clock, day=THURSDAY + timedelta(days=day)))
    Publication.objects.update(due_at=None)
    return made


def assert_exactly_what_is_wanted(google: SimulatedGoogle) -> None:
    """One event for each appointment, as it is now, with one call; none for what was cancelled or is nobody's."""
    wanted = Publication.objects.filter(wanted="present").select_related("slot")
    assert {each.remote_id: f"{each.slot.starts_at:%Y-%m-%dT%H:%M:%SZ}" for each in wanted} == {
        each.id: each.written["start"]["dateTime"] for each in google.events()
    }
    live = Slot.objects.filter(cancelled_at__isnull=True)
    assert {each.slot_id for each in wanted} == {each.pk for each in live}
    markers = [entry.marker for entry in google.made()]
    assert len(markers) == len(set(markers))
    assert {each.observed for each in wanted} <= {Publication.Observed.PRESENT}
    assert not Publication.objects.filter(due_at__isnull=False).exists()
    assert not wanted.filter(sent_revision__lt=F("wanted_revision")).exists()
    calls = {each.id: each.meet.code if each.meet else "" for each in google.events()}
    links = {each.remote_id: each.link.open() for each in Meeting.objects.filter(wanted="present")}
    assert {remote_id: link.rpartition("/")[2] for remote_id, link in links.items()} == calls


def test_killed_at_every_line_of_making_an_event(google: SimulatedGoogle, schedule: Schedule) -> None:
    made = bookings(schedule, 2000 // LINE_STEP)

    with breeder(google) as breeds:
        died = die_at_every_line(google, breeds, made)
    Publication.objects.filter(wanted="present", due_at=None).exclude(observed="present").update(due_at=google.clock())
    finish(google)

    assert died > 3
    assert_exactly_what_is_wanted(google)


def test_killed_at_every_line_of_moving_and_deleting_an_event(google: SimulatedGoogle, schedule: Schedule) -> None:
    made = bookings(schedule, 2000 // LINE_STEP)
    Publication.objects.update(due_at=google.clock())
    finish(google)
    moved, ended = made[::2], made[1::2]
    for booking in moved:
        booking.refresh_from_db()
        move_appointment(booking, booking.slot.starts_at + timedelta(days=40), now=google.clock())
    for booking in ended:
        cancel(booking, now=google.clock())
    google.pass_time(minutes=6)
    Publication.objects.update(settling_revision=F("wanted_revision"))
    put_off(google)

    with breeder(google) as breeds:
        died = die_at_every_line(google, breeds, moved) + die_at_every_line(google, breeds, ended)
    finish(google)

    assert died > 3
    assert_exactly_what_is_wanted(google)


def test_killed_anywhere_among_faults_exactly_the_events_wanted_are_there(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    made = bookings(schedule, 30)
    Publication.objects.update(due_at=google.clock())
    with breeder(google) as breeds:
        while breeds.killed < int(os.environ.get("TEST_KILLS", "40")):
            booking = dice.choice(made)
            booking.refresh_from_db()
            if booking.is_confirmed and dice.random() < 0.2:
                cancel(booking, now=google.clock())
            elif booking.is_confirmed:
                days = timedelta(days=dice.randrange(1, 4), minutes=0)
                free = at("09:00", (google.clock() + timedelta(days=40 + breeds.killed)).date())
                if not Slot.objects.filter(starts_at=free + days).exists():
                    move_appointment(booking, free + days, now=google.clock())
            google.spoil(dice.choice(VERBS), dice.choice(MISBEHAVIOUR))
            breeds.work(line=dice.randrange(1, 900))
            end_leases()
            google.pass_time(seconds=dice.choice((1, 6, 15, 60, 400)))
        google.sandbox.faults.clear()
    for _ in range(14):
        end_leases()
        google.work_later(minutes=70)

    assert_exactly_what_is_wanted(google)
    assert Booking.objects.filter(status="confirmed").count() == len(google.events())
