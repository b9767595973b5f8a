"""A Google Meet call is born with the event, and its link is the booking's (M6)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Connection, Meeting, Notification, Publication, Schedule
from convoca.booking.operations.applying import apply_next, apply_to_existing
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.connecting import set_link_source
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.mending import find_forgotten, retry_meeting
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.publishing import let_go_of_unused, unpublish
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from convoca.core.reconcile import UNDO_WINDOW
from sandbox.faults import Kind
from sandbox.google.state import BRUNO
from tests.booking.building import (
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    sign_up,
)
from tests.booking.googling import WORK, SimulatedGoogle, publication_of
from tests.booking.zooming import meeting_of

pytestmark = pytest.mark.django_db(transaction=True)


def use_meet(schedule: Schedule, google: SimulatedGoogle) -> Schedule:
    set_link_source(schedule, "google_meet", connection=None, now=google.clock())
    return schedule


@pytest.fixture
def schedule(google: SimulatedGoogle) -> Schedule:
    schedule = make_resource_schedule(make_account())
    google.publish(schedule)
    return use_meet(schedule, google)


def link_seen_by(booking: Booking, google: SimulatedGoogle) -> tuple[LinkState, str]:
    booking = Booking.objects.select_related("slot__schedule").get(pk=booking.pk)
    link = links_for(token_holder(booking), [booking.slot], now=google.clock())[booking.slot_id]
    return link.state, link.url


def link_of(google: SimulatedGoogle) -> str:
    (event,) = google.events()
    assert event.meet is not None
    return f"/google/meet/{event.meet.code}"


def test_a_booking_gets_the_link_of_the_call_that_was_born_with_its_event(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    """M6: one call, one event, one link; the mail that waited for it is owed."""
    booking = book(schedule)
    assert link_seen_by(booking, google)[0] is LinkState.PENDING

    google.work()
    google.work_later(seconds=2)

    state, url = link_seen_by(booking, google)
    assert (state, url.endswith(link_of(google))) == (LinkState.READY, True)
    assert not google.event().get("location")
    assert (meeting_of(booking.slot).due_at, publication_of(booking.slot).due_at) == (None, None)
    assert len(google.made()) == 1
    assert find_forgotten(now=google.clock()) == 0


def test_a_call_that_google_makes_later_is_waited_for(google: SimulatedGoogle, schedule: Schedule) -> None:
    """Pending for half a minute: polled meanwhile, seldom."""
    google.sandbox.configure({"google": {"meet_polls": 5}})
    booking = book(schedule)
    google.work()
    assert link_seen_by(booking, google)[0] is LinkState.PENDING

    for _ in range(40):
        google.work_later(seconds=1)

    assert link_seen_by(booking, google)[0] is LinkState.READY
    assert google.calls("event.get") == 5
    assert Notification.objects.filter(booking=booking, kind=Notification.Kind.CONFIRMATION).count() == 1


def test_a_call_that_fails_is_asked_for_anew_under_another_name(google: SimulatedGoogle, schedule: Schedule) -> None:
    google.sandbox.configure({"google": {"meet_failures": 1}})
    booking = book(schedule)
    for _ in range(5):
        google.work_later(seconds=10)

    assert link_seen_by(booking, google)[0] is LinkState.READY
    assert len(google.made()) == 1


def test_a_call_that_never_comes_ends_in_words_and_can_be_tried_again(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    """Pending for ever: asked anew twice, then said; Retry asks once more."""
    google.sandbox.configure({"google": {"meet_polls": -1}})
    booking = book(schedule)
    for _ in range(60):
        google.work_later(minutes=1)
    assert link_seen_by(booking, google)[0] is LinkState.FAILED
    assert publication_of(booking.slot).due_at is None

    google.sandbox.configure({"google": {"meet_polls": 0}})
    assert retry_meeting(meeting_of(booking.slot), now=google.clock())
    for _ in range(5):
        google.work_later(seconds=10)

    assert link_seen_by(booking, google)[0] is LinkState.READY
    assert len(google.events()) == 1


def test_a_calendar_that_makes_no_calls_says_so_at_once(google: SimulatedGoogle) -> None:
    schedule = make_resource_schedule(make_account())
    google.publish(schedule, BRUNO)
    use_meet(schedule, google)

    booking = book(schedule)
    google.work()

    assert link_seen_by(booking, google)[0] is LinkState.FAILED
    assert meeting_of(booking.slot).blocked == Meeting.Blocked.REJECTED
    assert len(google.events()) == 1, "the event is there all the same"


def test_the_link_stays_when_the_event_moves(google: SimulatedGoogle, schedule: Schedule) -> None:
    """B6"""
    booking = book(schedule)
    google.work()
    google.work_later(seconds=2)
    before = link_seen_by(booking, google)

    move_appointment(booking, at("16:00"), now=google.clock())
    google.work_off_edits()

    assert link_seen_by(booking, google) == before
    assert google.event()["start"]["dateTime"].startswith("2026-11-26T15:00")
    assert find_forgotten(now=google.clock()) == 0


def test_undo_finds_the_same_call_and_what_is_not_undone_leaves_nothing(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    booking = book(schedule)
    google.work()
    google.work_later(seconds=2)
    before = link_seen_by(booking, google)
    cancel(booking, now=google.clock())
    google.work_later(minutes=1)
    assert link_seen_by(booking, google)[1] == ""
    undo_cancel(booking, now=google.clock())
    google.work_later(minutes=10)
    assert link_seen_by(booking, google) == before

    booking.refresh_from_db()
    cancel(booking, now=google.clock())
    google.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)

    meeting = Meeting.objects.get()
    assert google.events() == []
    assert (meeting.observed, meeting.link.open(), meeting.due_at) == (Meeting.Observed.NOTHING, "", None)


def test_a_class_shares_one_call(google: SimulatedGoogle) -> None:
    yoga = make_capacity_schedule(make_account())
    google.publish(yoga)
    slot = make_class(use_meet(yoga, google))
    google.work()
    google.work_later(seconds=2)

    first, second = (sign_up(slot, f"{name}@example.org", now=google.clock()) for name in ("a", "b"))
    google.work_off_edits()

    assert link_seen_by(first, google) == link_seen_by(second, google)
    assert link_seen_by(first, google)[0] is LinkState.READY
    assert len(google.made()) == 1


def test_an_event_with_a_call_that_was_deleted_by_hand_is_made_anew_and_everybody_told(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    """T31, T12: nobody is left with a dead link."""
    booking = book(schedule)
    google.work()
    google.work_later(seconds=2)
    Booking.objects.update(mailed_meeting=meeting_of(booking.slot))
    Notification.objects.filter(booking=booking).update(sent_at=google.clock(), due_at=None)
    google.by_hand("delete", google.events()[0])

    move_appointment(booking, at("15:00"), now=google.clock())
    google.work_off_edits()
    google.work_later(seconds=30)

    state, url = link_seen_by(booking, google)
    assert (state, url.endswith(link_of(google))) == (LinkState.READY, True)
    assert Notification.objects.filter(booking=booking, kind=Notification.Kind.LINK_CHANGED).count() == 1
    assert Meeting.objects.filter(observed=Meeting.Observed.GONE, wanted="absent").count() == 1


def test_a_lost_answer_makes_no_second_call(google: SimulatedGoogle, schedule: Schedule) -> None:
    """T28"""
    google.spoil("event.insert", Kind.RESET_AFTER)
    booking = book(schedule)
    for _ in range(5):
        google.work_later(seconds=5)

    state, url = link_seen_by(booking, google)
    assert (state, url.endswith(link_of(google))) == (LinkState.READY, True)
    assert len(google.made()) == 1


def test_a_calendar_that_is_gone_is_not_asked_for_ever(google: SimulatedGoogle) -> None:
    schedule = make_resource_schedule(make_account())
    google.publish(schedule, calendar=WORK)
    use_meet(schedule, google)
    google.sandbox.host_acts({"vendor": "google", "act": "delete_calendar", "calendar": WORK})

    booking = book(schedule)
    for _ in range(30):
        google.work_later(minutes=2)

    assert link_seen_by(booking, google)[0] is LinkState.FAILED
    assert google.calls("event.insert") <= 4


def test_ending_the_publication_turns_calls_off_for_new_bookings_only(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    """Existing links, their events and the access stay until they have ended or are cancelled."""
    booking = book(schedule)
    google.work()
    google.work_later(seconds=2)

    unpublish(schedule, remove_events=True, now=google.clock())
    google.work_later(minutes=1)
    google.close()
    assert schedule.link_source == Schedule.NO_LINK
    later = book(schedule, "15:00", now=google.clock())
    google.work()

    assert link_seen_by(booking, google)[0] is LinkState.READY
    assert link_seen_by(later, google) == (LinkState.NONE, "")
    assert len(google.events()) == 1
    move_appointment(booking, at("16:00"), now=google.clock())
    google.work_off_edits()
    assert google.event()["start"]["dateTime"].startswith("2026-11-26T15:00")
    booking.refresh_from_db()
    cancel(booking, now=google.clock())
    google.work_later(minutes=6)
    assert google.events() == []


def test_the_access_that_was_kept_for_the_last_call_goes_when_that_is_over(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    """M14, of Google: the credentials go with the last thing that needs them."""
    booking = book(schedule)
    google.work()
    google.work_later(seconds=2)
    unpublish(schedule, remove_events=True, now=google.clock())
    let_go_of_unused(now=google.clock() + timedelta(days=1, hours=1))
    assert Connection.objects.get().state == Connection.State.OPEN, "the call is still to come"

    google.clock.now = booking.slot.ends_at + timedelta(minutes=1)
    let_go_of_unused(now=google.clock())
    for _ in range(3):
        google.close()
        google.work_later(minutes=2)

    assert (Connection.objects.get().state, google.vendor.state.grants) == (Connection.State.CLOSED, [])
    assert len(google.events()) == 1, "what took place stays in the calendar"


def test_calls_are_added_to_what_exists_when_the_owner_asks(google: SimulatedGoogle) -> None:
    """«Also add it to the N existing bookings»."""
    schedule = make_resource_schedule(make_account())
    google.publish(schedule)
    booking = book(schedule)
    google.work()
    use_meet(schedule, google)

    apply_to_existing(schedule, Schedule.Applying.MISSING, now=google.clock())
    while apply_next(now=google.clock()):
        continue
    google.work_off_edits()
    google.work_later(seconds=5)

    assert link_seen_by(booking, google)[0] is LinkState.READY
    assert len(google.made()) == 1


def test_another_link_takes_the_call_off_the_event(google: SimulatedGoogle, schedule: Schedule) -> None:
    """T21: the owner's own link is the place; Google's own call is not beside it."""
    booking = book(schedule)
    google.work()
    google.work_later(seconds=2)

    type_link(booking.slot, "https://meet.example/abc", now=google.clock())
    google.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)
    google.work_off_edits()

    assert link_seen_by(booking, google)[1] == "https://meet.example/abc"
    assert google.event()["location"] == "https://meet.example/abc"
    assert google.events()[0].meet is None
    assert Publication.objects.count() == 1
    assert find_forgotten(now=google.clock() + timedelta(minutes=1)) == 0
