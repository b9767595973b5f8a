"""A call whose outcome was lost is looked up before anything is made again (T4, T19, T28 at the wire)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Meeting, Schedule
from convoca.booking.operations.cancelling import cancel
from sandbox.faults import Kind
from tests.booking.building import book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


LOST = [Kind.RESET_AFTER, Kind.HTML, Kind.EMPTY, Kind.MALFORMED]


@pytest.mark.parametrize("kind", LOST)
def test_a_meeting_that_was_made_and_whose_answer_was_lost_is_found_and_adopted(
    zoom: SimulatedZoom, schedule: Schedule, kind: Kind
) -> None:
    """T19, T28: not "failed", and not made a second time."""
    zoom.spoil("create", kind)
    booking = book(schedule)

    zoom.work()
    assert meeting_of(booking.slot).observed == Meeting.Observed.UNKNOWN
    zoom.work_later(seconds=2)

    meeting = meeting_of(booking.slot)
    assert (meeting.observed, [meeting.remote_id]) == (Meeting.Observed.PRESENT, zoom.standing())
    assert meeting.passcode.open() != ""
    assert zoom.calls("create") == 1


def test_absent_is_believed_at_the_second_look_and_then_the_meeting_is_made(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    zoom.spoil("create", Kind.RESET_BEFORE)
    booking = book(schedule)
    zoom.work()

    zoom.work_later(seconds=2)
    assert (zoom.calls("look") > 0, zoom.calls("create")) == (True, 1)
    zoom.work_later(seconds=9)
    assert zoom.calls("create") == 1
    zoom.work_later(seconds=2)
    zoom.work_later(seconds=2)

    assert zoom.calls("create") == 2
    assert [meeting_of(booking.slot).remote_id] == zoom.standing()


def test_a_look_that_cannot_tell_creates_nothing(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.spoil("create", Kind.RESET_BEFORE)
    zoom.spoil("look", Kind.ERROR_503, count=None)
    booking = book(schedule)
    zoom.work()

    for _ in range(12):
        zoom.work_later(minutes=10)

    assert zoom.calls("create") == 1
    meeting = meeting_of(booking.slot)
    assert (meeting.observed, meeting.waiting) == (Meeting.Observed.UNKNOWN, Meeting.Waiting.RETRY)


def test_a_vendor_that_swallows_every_create_is_asked_less_and_less_often(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """Each create counts in the day's allowance, whether or not a meeting comes of it."""
    zoom.spoil("create", Kind.RESET_BEFORE, count=None)
    book(schedule)

    for _ in range(60):
        zoom.work_later(minutes=1)

    assert 3 <= zoom.calls("create") <= 12


def test_a_vendor_that_is_down_is_asked_less_and_less_often_and_then_the_meeting_is_made(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    zoom.spoil("create", Kind.ANSWER, status=400, body="not JSON", count=8)
    booking = book(schedule)

    waits = []
    for _ in range(8):
        zoom.work()
        due_at = meeting_of(booking.slot).due_at
        assert due_at is not None
        waits.append(due_at - zoom.clock())
        zoom.clock.now = due_at
    zoom.work()

    assert waits == sorted(waits)
    assert (waits[0] < timedelta(seconds=3), waits[-1] >= timedelta(minutes=30)) == (True, True)
    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT
    assert meeting_of(booking.slot).attempts == 0


def test_what_the_vendor_refuses_is_not_asked_again_and_its_words_are_kept(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    zoom.spoil("create", Kind.ANSWER, status=400, body={"code": 3161, "message": "Not allowed to host meetings."})
    booking = book(schedule)

    zoom.work()
    zoom.work_later(hours=5)

    meeting = meeting_of(booking.slot)
    assert (meeting.blocked, meeting.reason, meeting.due_at) == ("rejected", "Not allowed to host meetings.", None)
    assert zoom.calls("create") == 1


def test_a_cancel_wins_over_a_create_whose_outcome_was_lost(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """The meeting is looked for, found, and deleted; nothing is left behind at Zoom."""
    zoom.spoil("create", Kind.RESET_AFTER)
    booking: Booking = book(schedule)
    zoom.work()

    cancel(booking, now=zoom.clock())
    zoom.work_later(minutes=4)
    assert len(zoom.standing()) == 1
    zoom.work_later(minutes=2)

    assert (len(zoom.made()), zoom.standing()) == (1, [])
    assert Meeting.objects.get().due_at is None


def test_a_double_that_the_vendor_made_is_deleted(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """Two meetings with our marker: the older is ours, the other gets a retired row and goes."""
    zoom.spoil("create", Kind.RESET_AFTER)
    booking = book(schedule)
    zoom.work()
    Meeting.objects.update(observed=Meeting.Observed.NOTHING)
    zoom.spoil("create", Kind.RESET_AFTER)
    zoom.work_later(seconds=2)
    assert len(zoom.standing()) == 2
    older = zoom.standing()[0]

    zoom.work_later(seconds=2)

    assert zoom.standing() == [older] == [meeting_of(booking.slot).remote_id]
