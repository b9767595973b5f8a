"""kill -9 at any point between claim and record: afterwards Zoom's ledger counts one meeting (T27, T28)."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from convoca.booking.models import Booking, Meeting
from convoca.booking.operations.cancelling import cancel
from convoca.core.time import local_day
from sandbox.faults import Kind
from tests.booking import workers
from tests.booking.building import MADRID, at, book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def booking(zoom: SimulatedZoom) -> Booking:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return book(schedule)


def end_leases() -> None:
    """Do what twenty seconds do."""
    Meeting.objects.filter(lease_until__isnull=False).update(lease_until=Now() - timedelta(seconds=1))


def assert_one_meeting(zoom: SimulatedZoom, booking: Booking) -> None:
    meeting = meeting_of(booking.slot)
    assert (meeting.observed, [meeting.remote_id]) == (Meeting.Observed.PRESENT, zoom.standing())
    assert zoom.sandbox.ledger.created(str(meeting.marker)) == 1


def test_killed_while_zoom_holds_its_answer_the_meeting_is_found_and_adopted(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    zoom.spoil("create", Kind.HOLD)
    worker = workers.start(zoom, zoom.clock().isoformat())
    assert zoom.sandbox.holding.wait_until_held(1, seconds=workers.DEADLINE_SECONDS) == 1

    workers.kill(worker)
    zoom.sandbox.holding.release()

    assert len(zoom.made()) == 1
    assert meeting_of(booking.slot).observed == Meeting.Observed.UNKNOWN
    zoom.work_later(seconds=5)
    assert zoom.calls("look") == 0, "the lease of the dead worker lives: nobody may act"
    end_leases()
    workers.work(zoom, seconds=30)
    assert_one_meeting(zoom, booking)


def test_killed_with_the_answer_read_and_nothing_written_the_meeting_is_found_and_adopted(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    worker = workers.start(zoom, zoom.clock().isoformat(), "record")

    assert worker.wait(workers.DEADLINE_SECONDS) == -signal.SIGKILL

    assert len(zoom.made()) == 1
    assert meeting_of(booking.slot).observed == Meeting.Observed.UNKNOWN
    end_leases()
    workers.work(zoom, seconds=30)
    assert_one_meeting(zoom, booking)


def test_killed_before_the_call_the_meeting_is_made_once_two_looks_have_found_none(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    worker = workers.start(zoom, zoom.clock().isoformat(), "call")

    assert worker.wait(workers.DEADLINE_SECONDS) == -signal.SIGKILL

    end_leases()
    for _ in range(3):
        zoom.work_later(seconds=15)
    assert_one_meeting(zoom, booking)
    assert zoom.calls("create") == 1


def test_killed_while_zoom_deletes_the_deletion_is_asked_again_and_that_is_no_fault(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    """T8: a meeting that is not there any more is deleted."""
    zoom.work()
    cancel(booking, now=zoom.clock())
    zoom.pass_time(minutes=5)
    zoom.spoil("delete", Kind.HOLD)
    worker = workers.start(zoom, zoom.clock().isoformat())
    assert zoom.sandbox.holding.wait_until_held(1, seconds=workers.DEADLINE_SECONDS) == 1

    workers.kill(worker)
    zoom.sandbox.holding.release()
    end_leases()
    zoom.work_later(seconds=30)

    meeting = Meeting.objects.get()
    assert (meeting.observed, meeting.due_at, zoom.standing()) == (Meeting.Observed.NOTHING, None, [])


def test_the_worker_of_the_command_line_survives_kill_9_too(zoom: SimulatedZoom) -> None:
    """The real process, its task engine and its sweep, by the clock on the wall."""
    zoom.clock.now = now = timezone.now()
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    resource_day = local_day(now, MADRID) + timedelta(days=2)
    zoom.spoil("create", Kind.HOLD)
    booking = book(schedule, "10:00", day=resource_day, now=now)
    first = workers.start(zoom, "worker", module="convoca.config.cli")
    assert zoom.sandbox.holding.wait_until_held(1, seconds=workers.DEADLINE_SECONDS) == 1

    workers.kill(first)
    zoom.sandbox.holding.release()
    end_leases()
    second = workers.start(zoom, "worker", module="convoca.config.cli")
    try:
        wait_until(lambda: meeting_of(booking.slot).observed == Meeting.Observed.PRESENT)
    finally:
        second.terminate()
        assert second.wait(workers.DEADLINE_SECONDS) == 0

    assert booking.slot.starts_at == at("10:00", resource_day)
    assert_one_meeting(zoom, booking)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline, pause = time.monotonic() + workers.DEADLINE_SECONDS, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        pause.wait(0.05)
