"""A meeting that stands in for the next one until that has its link: it moves, and counts, as any other does."""

import pytest

from convoca.booking.models import Booking, Connection, Meeting, Schedule
from convoca.booking.operations.applying import apply_next, apply_to_existing
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.connecting import disconnect_schedule
from convoca.booking.operations.mending import retry_meeting
from convoca.booking.operations.moving import move_appointment
from convoca.booking.questions.given_up import left_behind, left_waiting, links_left, working_links
from sandbox.faults import Kind
from sandbox.zoom import Zoom
from sandbox.zoom.state import BRUNO
from tests.booking.building import at, book, make_account, make_resource_schedule, make_service_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db(transaction=True)

NOT_ALLOWED = {"code": 3161, "message": "Not allowed to host meetings."}


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


@pytest.fixture
def booking(zoom: SimulatedZoom, schedule: Schedule) -> Booking:
    """Return what is booked with Ana, whose meeting stands in because Bruno may host none."""
    booking = book(schedule)
    zoom.connect(make_service_schedule(schedule.account))
    zoom.work()
    zoom.connect(schedule, BRUNO)
    zoom.spoil("create", Kind.ANSWER, status=400, body=NOT_ALLOWED)
    apply_to_existing(schedule, Schedule.Applying.ALL, now=zoom.clock())
    while apply_next(now=zoom.clock()):
        continue
    zoom.work()
    return booking


def standing_in(booking: Booking) -> Meeting:
    return Meeting.objects.get(slot=booking.slot, stands_in=True)


def starts_at_zoom(zoom: SimulatedZoom, booking: Booking) -> object:
    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    return vendor.state.meetings[int(standing_in(booking).remote_id)].starts_at


def test_a_meeting_that_stood_in_stayed_at_its_old_time_when_its_slot_moved(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    move_appointment(booking, at("12:00"), now=zoom.clock())

    zoom.work_off_edits()

    assert starts_at_zoom(zoom, booking) == at("12:00")
    assert standing_in(booking).due_at is None


def test_what_zoom_does_not_take_of_it_at_first_is_sent_again(zoom: SimulatedZoom, booking: Booking) -> None:
    move_appointment(booking, at("12:00"), now=zoom.clock())
    zoom.spoil("update", Kind.ERROR_503)

    zoom.work_off_edits()
    zoom.work_later(seconds=10)

    assert (zoom.calls("update"), starts_at_zoom(zoom, booking)) == (2, at("12:00"))


def test_one_that_zoom_refused_to_move_is_deleted_all_the_same_once_its_successor_is_there(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    move_appointment(booking, at("12:00"), now=zoom.clock())
    zoom.spoil("update", Kind.ANSWER, status=400, body={"code": 300, "message": "Invalid."})
    zoom.work_off_edits()
    assert standing_in(booking).blocked == Meeting.Blocked.REJECTED

    retry_meeting(meeting_of(booking.slot), now=zoom.clock())
    zoom.work()
    zoom.work_later(seconds=1)

    assert zoom.standing() == [meeting_of(booking.slot).remote_id]


def test_a_link_that_stands_in_was_not_counted_when_its_schedule_was_disconnected(
    zoom: SimulatedZoom, schedule: Schedule, booking: Booking
) -> None:
    """J11: it works on, and nobody waits."""
    bruno = schedule.connection
    assert bruno is not None
    assert working_links(schedule, "zoom", now=zoom.clock()) == 1

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()

    assert Connection.objects.get(pk=bruno.pk).state == Connection.State.CLOSED
    assert list(left_waiting(bruno, now=zoom.clock())) == []
    ana = Connection.objects.exclude(pk=bruno.pk).get()
    assert list(links_left(ana, now=zoom.clock())) == [standing_in(booking)]


def test_what_could_not_be_deleted_before_the_access_went_was_told_to_nobody(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    booking = book(schedule)
    zoom.work()
    cancel(booking, now=zoom.clock())
    zoom.spoil("delete", Kind.ERROR_503, count=None)

    disconnect_schedule(schedule, now=zoom.clock())
    for _ in range(13):
        zoom.work()
        zoom.close()
        zoom.pass_time(seconds=5)

    given_up = Connection.objects.get()
    assert list(left_behind(given_up, now=zoom.clock())) == [Meeting.objects.get()]
    assert not links_left(given_up, now=zoom.clock()).exists()
