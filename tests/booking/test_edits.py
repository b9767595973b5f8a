"""What is edited is sent once, as little as it takes, and not at all if nothing of it is news (M12, B3, T32)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Meeting, QuotaDay, Schedule, Slot
from convoca.booking.operations.moving import move_appointment
from sandbox.faults import Kind
from sandbox.zoom import Zoom
from tests.booking.building import at, book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


@pytest.fixture
def booking(zoom: SimulatedZoom, schedule: Schedule) -> Booking:
    booking = book(schedule, "10:00")
    zoom.work()
    return booking


def edit(slot: Slot, zoom: SimulatedZoom, **columns: object) -> None:
    """Change the slot as an operation that edits it does."""
    slot.refresh_from_db()
    Slot.objects.filter(pk=slot.pk).update(revision=slot.revision + 1, **columns)
    Meeting.objects.filter(slot=slot).update(wanted_revision=slot.revision + 1, due_at=zoom.clock())


def at_zoom(zoom: SimulatedZoom, booking: Booking) -> tuple[str, object, int]:
    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    meeting = vendor.state.meetings[int(meeting_of(booking.slot).remote_id)]
    return meeting.topic, meeting.starts_at, meeting.duration


def test_an_edit_that_changes_nothing_at_zoom_sends_nothing(zoom: SimulatedZoom, booking: Booking) -> None:
    """T32: a no-op edit is no call, and costs nothing of the day."""
    edit(booking.slot, zoom, description="What to bring", location="Upstairs")

    zoom.work_off_edits()

    meeting = meeting_of(booking.slot)
    assert (zoom.calls("update"), QuotaDay.objects.get().used) == (0, 1)
    assert (meeting.sent_revision, meeting.due_at) == (1, None)


def test_there_and_back_within_seconds_sends_nothing(zoom: SimulatedZoom, booking: Booking) -> None:
    move_appointment(booking, at("11:00"), now=zoom.clock())
    zoom.work_later(seconds=2)
    move_appointment(booking, at("10:00"), now=zoom.clock())

    zoom.work_off_edits()

    assert zoom.calls("update") == 0
    assert meeting_of(booking.slot).due_at is None


def test_edits_within_seconds_are_one_call_with_the_last_word(zoom: SimulatedZoom, booking: Booking) -> None:
    for clock in ("11:00", "12:00", "13:00"):
        move_appointment(booking, at(clock), now=zoom.clock())
        zoom.work_later(seconds=2)
    assert zoom.calls("update") == 0

    zoom.work_later(seconds=5)

    assert zoom.calls("update") == 1
    assert at_zoom(zoom, booking) == ("Consultations", at("13:00"), 30)


def test_an_edit_waits_no_longer_than_it_takes_to_settle(zoom: SimulatedZoom, booking: Booking) -> None:
    move_appointment(booking, at("11:00"), now=zoom.clock())

    zoom.work()
    due_at = meeting_of(booking.slot).due_at

    assert due_at == zoom.clock() + timedelta(seconds=5)


def test_a_lost_answer_to_an_edit_is_asked_again_even_if_the_edit_was_taken_back(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    """Nobody knows which of the two Zoom has: the last word is said again."""
    zoom.spoil("update", Kind.RESET_AFTER)
    move_appointment(booking, at("11:00"), now=zoom.clock())
    zoom.work_off_edits()
    assert at_zoom(zoom, booking)[1] == at("11:00")

    move_appointment(booking, at("10:00"), now=zoom.clock())
    zoom.work_off_edits()
    zoom.work_later(minutes=1)

    assert zoom.calls("update") == 2
    assert at_zoom(zoom, booking)[1] == at("10:00")


def test_an_edit_that_zoom_throttled_is_sent_whole_later(zoom: SimulatedZoom, booking: Booking) -> None:
    zoom.spoil("update", Kind.RATE_LIMIT)
    move_appointment(booking, at("11:00"), now=zoom.clock())
    zoom.work_off_edits()

    zoom.work_later(minutes=1)

    assert at_zoom(zoom, booking)[1] == at("11:00")
    assert meeting_of(booking.slot).sent_revision == 1


def test_a_meeting_that_was_adopted_is_told_everything_at_its_next_edit(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """Of a create whose answer was lost we do not know what was in it."""
    zoom.spoil("create", Kind.RESET_AFTER)
    booking = book(schedule, "12:00")
    zoom.work()
    zoom.work_later(seconds=2)
    assert meeting_of(booking.slot).sent == {}

    move_appointment(booking, at("13:00"), now=zoom.clock())
    zoom.work_off_edits()

    assert at_zoom(zoom, booking) == ("Consultations", at("13:00"), 30)
    assert set(meeting_of(booking.slot).sent) == {"topic", "starts_at", "minutes", "time_zone", "waiting_room"}
