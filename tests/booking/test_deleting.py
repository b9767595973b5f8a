"""A cancelled booking: its link is denied at once, its meeting is deleted when the undo window has passed (T8, T9)."""

from typing import Any

import pytest

from convoca.booking.models import Booking, Connection, Meeting, MeetingAttempt
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.wishing import wish_for_meeting
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from sandbox.faults import Kind
from tests.booking.building import book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(zoom: SimulatedZoom) -> Booking:
    """A booking whose meeting exists at Zoom."""
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    booking = book(schedule)
    zoom.work()
    return booking


def cancelled(booking: Booking, zoom: SimulatedZoom) -> Meeting:
    cancel(booking, now=zoom.clock())
    return Meeting.objects.get(slot=booking.slot)


def test_the_link_is_denied_at_once_and_the_meeting_deleted_after_the_undo_window(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    before = links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot_id]
    assert before.state is LinkState.READY

    held = cancel(booking, now=zoom.clock())

    after = links_for(token_holder(held), [held.slot], now=zoom.clock())[held.slot_id]
    assert (after.state, after.url, after.passcode) == (LinkState.HIDDEN, "", "")
    zoom.work_later(minutes=4, seconds=59)
    assert len(zoom.standing()) == 1
    zoom.work_later(seconds=1)
    assert zoom.standing() == []
    assert zoom.calls("delete") == 1


def test_a_deleted_meeting_leaves_no_link_behind(zoom: SimulatedZoom, booking: Booking) -> None:
    cancelled(booking, zoom)

    zoom.work_later(minutes=5)

    meeting = Meeting.objects.get()
    assert (meeting.observed, meeting.remote_id, meeting.due_at) == (Meeting.Observed.NOTHING, "", None)
    assert not meeting.link
    assert not meeting.passcode


def test_undone_within_the_window_it_is_the_same_meeting(zoom: SimulatedZoom, booking: Booking) -> None:
    link = meeting_of(booking.slot).link.open()
    cancelled(booking, zoom)
    zoom.pass_time(minutes=3)
    Booking.objects.update(status=Booking.Status.CONFIRMED)
    booking.slot.refresh_from_db()
    booking.slot.cancelled_at = None
    booking.slot.save()

    wish_for_meeting(booking.slot, now=zoom.clock())
    zoom.work_later(hours=1)

    assert meeting_of(booking.slot).link.open() == link
    assert (len(zoom.made()), zoom.calls("delete")) == (1, 0)


def test_a_cancel_before_the_meeting_was_made_makes_none(zoom: SimulatedZoom) -> None:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    booking = book(schedule)

    cancel(booking, now=zoom.clock())
    zoom.work_later(minutes=6)

    assert (zoom.made(), zoom.calls("delete")) == ([], 0)
    assert Meeting.objects.get().due_at is None


def words(code: int, message: str) -> dict[str, Any]:
    return {"code": code, "message": message}


# What Zoom answers to DELETE, and what is known of the meeting directly afterwards and an hour later.
PRESENT, NOTHING, DETACHED = Meeting.Observed.PRESENT, Meeting.Observed.NOTHING, Meeting.Observed.DETACHED
ANSWERS = {
    "204, empty": ({"kind": Kind.EMPTY}, NOTHING, NOTHING),
    "400, not the meeting's host": (
        {"kind": Kind.ANSWER, "status": 400, "body": words(3000, "Not meeting host.")},
        DETACHED,
        DETACHED,
    ),
    "401, token expired": ({"kind": Kind.EXPIRED_TOKEN}, NOTHING, NOTHING),
    "403, in Zoom's words": (
        {"kind": Kind.ANSWER, "status": 403, "body": words(200, "No permission.")},
        DETACHED,
        DETACHED,
    ),
    "404, no such meeting": (
        {"kind": Kind.ANSWER, "status": 404, "body": words(3001, "Meeting does not exist.")},
        NOTHING,
        NOTHING,
    ),
    "429, too many calls": ({"kind": Kind.RATE_LIMIT}, PRESENT, NOTHING),
    "500, a page": ({"kind": Kind.ERROR_500}, PRESENT, NOTHING),
    "deleted, and the answer lost": ({"kind": Kind.RESET_AFTER}, PRESENT, NOTHING),
}


@pytest.mark.parametrize(("answer", "directly", "later"), ANSWERS.values(), ids=ANSWERS.keys())
def test_each_answer_to_delete_leads_to_the_right_state(
    zoom: SimulatedZoom,
    booking: Booking,
    answer: dict[str, Any],
    directly: Meeting.Observed,
    later: Meeting.Observed,
) -> None:
    """T8."""
    cancelled(booking, zoom)
    zoom.spoil("delete", **answer)

    zoom.work_later(minutes=5)
    seen = Meeting.objects.get().observed
    zoom.work_later(hours=1)

    assert (seen, Meeting.objects.get().observed) == (directly, later)
    assert Meeting.objects.get().due_at is None
    assert Connection.objects.get().state == Connection.State.OPEN


def test_a_meeting_that_cannot_be_deleted_hinders_no_cancellation(zoom: SimulatedZoom, booking: Booking) -> None:
    """T9: the host was changed at Zoom; the row keeps the vendor's words."""
    zoom.spoil("delete", Kind.ANSWER, status=400, body=words(3000, "Not meeting host."))

    held = cancel(booking, now=zoom.clock())
    zoom.work_later(hours=2)

    assert held.status == Booking.Status.CANCELLED
    assert Meeting.objects.get().reason == "Not meeting host."
    assert zoom.calls("delete") == 1


def test_the_log_says_when_which_verb_and_how_it_ended(zoom: SimulatedZoom, booking: Booking) -> None:
    cancelled(booking, zoom)
    zoom.spoil("delete", Kind.ERROR_503)
    zoom.work_later(minutes=5)
    zoom.work_later(minutes=1)

    log = [(attempt.step, attempt.outcome) for attempt in MeetingAttempt.objects.all()]
    assert log == [("create", "MeetingFacts"), ("delete", "Unreachable"), ("delete", "done")]
