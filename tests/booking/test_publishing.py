"""What is booked appears in the owner's Google calendar, and is there as it is here (M4)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Connection, Publication, PublicationAttempt, Schedule
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.correcting import Correction, correct
from convoca.booking.operations.erasing import erase
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.booking.operations.provisioning import EDITS_SETTLE
from convoca.booking.operations.publishing import EventTexts, publish, unpublish, write_events
from convoca.core.reconcile import UNDO_WINDOW
from convoca.providers.calendars import CalendarFacts
from sandbox.faults import Kind
from tests.booking.building import (
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
from tests.booking.googling import WORK, SimulatedGoogle, publication_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def schedule(google: SimulatedGoogle) -> Schedule:
    schedule = make_resource_schedule(make_account())
    google.publish(schedule)
    return schedule


def test_a_booking_is_an_event_that_moves_and_vanishes_with_it(google: SimulatedGoogle, schedule: Schedule) -> None:
    """M4"""
    booking = book(schedule, "10:00")
    google.work()

    event = google.event()
    assert event["summary"] == "Consultations · Luis Pérez"
    assert event["description"] == "Luis Pérez, luis@example.org"
    assert event["start"]["dateTime"].startswith("2026-11-26T09:00")

    move_appointment(booking, at("14:00"), now=google.clock())
    google.work_off_edits()
    assert google.event()["start"]["dateTime"].startswith("2026-11-26T13:00")

    booking.refresh_from_db()
    cancel(booking, now=google.clock())
    google.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)
    assert google.events() == []
    assert [entry.verb for entry in google.sandbox.ledger.entries] == ["create", "update", "delete"]
    assert Publication.objects.get().due_at is None


def test_a_cancellation_that_is_taken_back_finds_the_same_event(google: SimulatedGoogle, schedule: Schedule) -> None:
    booking = book(schedule)
    google.work()
    before = google.events()[0].id
    cancel(booking, now=google.clock())
    google.work_later(seconds=60)

    undo_cancel(booking, now=google.clock())
    google.work_later(minutes=20)

    assert [each.id for each in google.events()] == [before]
    assert len(google.made()) == 1


def test_what_is_not_published_costs_nothing(google: SimulatedGoogle) -> None:
    book(make_resource_schedule(make_account()))

    google.work()

    assert (Publication.objects.count(), google.made()) == (0, [])


def test_a_class_is_one_event_with_its_count_however_many_come_and_go(google: SimulatedGoogle) -> None:
    """A class of 20 with people coming and going makes one insert and few patches (T23)."""
    yoga = make_capacity_schedule(make_account())
    google.publish(yoga)
    slot = make_class(yoga, capacity=20)
    google.work()
    assert google.event()["summary"] == "Yoga for backs (0/20)"

    for number in range(20):
        sign_up(slot, f"guest-{number}@example.org", now=google.clock())
        google.work_later(seconds=0.1)
    for booking in Booking.objects.order_by("pk")[:5]:
        cancel(booking, now=google.clock())
        google.work_later(seconds=0.1)
    google.work_off_edits()

    assert google.event()["summary"] == "Yoga for backs (15/20)"
    verbs = [entry.verb for entry in google.sandbox.ledger.entries]
    assert verbs.count("create") == 1
    assert verbs.count("update") <= 2


def test_a_place_that_moves_to_another_class_changes_both_events(google: SimulatedGoogle) -> None:
    yoga = make_capacity_schedule(make_account())
    google.publish(yoga)
    first, second = make_class(yoga), make_class(yoga, starts_at=at("20:00"))
    booking = sign_up(first, now=google.clock())
    google.work()

    move_place(booking, second, now=google.clock())
    google.work_off_edits()

    assert [each.written["summary"] for each in google.events()] == ["Yoga for backs (0/3)", "Yoga for backs (1/3)"]


def test_a_session_called_off_vanishes(google: SimulatedGoogle) -> None:
    yoga = make_capacity_schedule(make_account())
    google.publish(yoga)
    slot = make_class(yoga)
    google.work()
    assert len(google.events()) == 1

    cancel_slot(slot, following=False, message="", by=SYSTEM, now=google.clock())
    google.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)

    assert google.events() == []


def test_what_exists_is_copied_when_the_schedule_is_published(google: SimulatedGoogle) -> None:
    """The bookings to come, in the order of their start."""
    schedule = make_resource_schedule(make_account())
    for clock in ("15:00", "09:30", "12:00"):
        book(schedule, clock)

    google.publish(schedule)
    google.work()

    made = [google.vendor.event(google.events()[0].calendar_id, entry.remote_id) for entry in google.made()]
    assert [each.written["start"]["dateTime"][11:16] for each in made] == ["08:30", "11:00", "14:00"]
    schedule.refresh_from_db()
    assert not schedule.copying


def test_another_calendar_takes_the_events_along(google: SimulatedGoogle, schedule: Schedule) -> None:
    book(schedule)
    google.work()
    connection = Connection.objects.get()
    facts = CalendarFacts(id=WORK, name="Work", may_write=True, makes_meetings=True)

    publish(schedule, connection, facts, now=google.clock())
    google.copy()
    google.work()

    assert [each.calendar_id for each in google.events()] == [WORK]


@pytest.mark.parametrize("remove", [True, False])
def test_what_was_published_stays_or_goes_as_the_owner_chooses(
    google: SimulatedGoogle, schedule: Schedule, remove: bool
) -> None:
    booking = book(schedule)
    google.work()

    unpublish(schedule, remove_events=remove, now=google.clock())
    google.work()
    for _ in range(3):
        google.close()
        google.work_later(minutes=2)

    assert len(google.events()) == (0 if remove else 1)
    connection = Connection.objects.get()
    assert (connection.state, connection.grant) == (Connection.State.CLOSED, None)
    assert google.vendor.state.grants == [], "the access is revoked at Google"
    # A booking that changes afterwards does not touch what was left.
    move_appointment(booking, at("16:00"), now=google.clock())
    google.work_off_edits()
    assert google.calls("event.patch") == 0


def test_what_was_left_is_taken_up_again_and_not_made_a_second_time(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    """Publishing again to the same calendar stood new events beside those that had been left there."""
    booking = book(schedule)
    google.work()
    unpublish(schedule, remove_events=False, now=google.clock())
    for _ in range(3):
        google.close()
        google.work_later(minutes=2)
    move_appointment(booking, at("16:00"), now=google.clock())

    google.publish(schedule)
    google.work_off_edits()

    assert len(google.made()) == 1
    assert len(google.events()) == 1
    assert google.event()["start"]["dateTime"].startswith("2026-11-26T15:00")


def test_what_is_over_stays_in_the_calendar_though_its_booking_is_corrected(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    """Whoever corrected a past booking took its event out of the calendar."""
    booking = book(schedule)
    google.work()
    google.pass_time(days=7)

    correct(booking, Correction(name="Ada", email=booking.email), by=SYSTEM, now=google.clock())
    google.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)

    assert len(google.events()) == 1


def test_what_is_over_and_names_somebody_who_had_their_data_deleted_is_taken_out(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    booking = book(schedule)
    google.work()
    google.pass_time(days=7)

    erase(booking, now=google.clock())
    google.work()

    assert google.events() == []


def test_events_are_written_by_the_owner_s_texts(google: SimulatedGoogle, schedule: Schedule) -> None:
    book(schedule)
    google.work()
    texts = EventTexts(title="$name in $resource", description="Bring $email", names_client=True, invites_client=False)

    write_events(schedule, texts, now=google.clock())
    google.work_off_edits()
    assert (google.event()["summary"], google.event()["description"]) == (
        "Luis Pérez in Room 1",
        "Bring luis@example.org",
    )

    write_events(
        schedule, EventTexts(title="", description="", names_client=False, invites_client=False), now=google.clock()
    )
    google.work_off_edits()
    assert google.event()["summary"] == "Consultations"
    assert "Luis" not in str(google.event())


def test_google_mails_clients_only_if_the_owner_wants_it(google: SimulatedGoogle, schedule: Schedule) -> None:
    """`sendUpdates` is the same in insert, patch and delete."""
    booking = book(schedule, "09:00")
    google.work()
    assert "attendees" not in google.event() or google.event()["attendees"] == []
    cancel(booking, now=google.clock())
    google.work_later(minutes=6)
    assert not [entry for entry in google.sandbox.ledger.entries if entry.verb == "mail"]
    texts = EventTexts(title="", description="", names_client=True, invites_client=True)
    write_events(schedule, texts, now=google.clock())

    booking = book(schedule, "12:00", now=google.clock())
    google.work()
    move_appointment(booking, at("13:00"), now=google.clock())
    google.work_off_edits()
    cancel(booking, now=google.clock())
    google.work_later(minutes=6)

    mails = [entry for entry in google.sandbox.ledger.entries if entry.verb == "mail"]
    assert [mail.user for mail in mails] == ["luis@example.org"] * 3


def test_the_schedule_s_own_link_is_the_event_s_place(google: SimulatedGoogle, schedule: Schedule) -> None:
    """T21: no second link is added beside it."""
    booking = book(schedule)
    google.work()

    type_link(booking.slot, "https://meet.example/abc", now=google.clock())
    google.work_off_edits()

    event = google.event()
    assert event["location"] == "https://meet.example/abc"
    assert "https://meet.example/abc" in event["description"]
    assert google.events()[0].meet is None


def test_a_lost_answer_makes_no_second_event(google: SimulatedGoogle, schedule: Schedule) -> None:
    """T28"""
    google.spoil("event.insert", Kind.RESET_AFTER)
    booking = book(schedule)
    google.work()
    assert publication_of(booking.slot).observed == Publication.Observed.UNKNOWN

    google.work_later(seconds=2)

    assert publication_of(booking.slot).observed == Publication.Observed.PRESENT
    assert len(google.made()) == 1


def test_what_changed_while_the_answer_was_lost_is_told_once_the_event_is_found(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    google.spoil("event.insert", Kind.RESET_AFTER)
    booking = book(schedule)
    google.work()

    move_appointment(booking, at("16:00"), now=google.clock())
    google.work_later(seconds=10)
    google.work_later(seconds=10)

    assert google.event()["start"]["dateTime"].startswith("2026-11-26T15:00")
    assert len(google.made()) == 1


@pytest.mark.parametrize("kind", [Kind.RATE_LIMIT, Kind.DAILY_LIMIT, Kind.ERROR_503, Kind.EXPIRED_TOKEN])
def test_what_google_refuses_for_now_is_done_later(google: SimulatedGoogle, schedule: Schedule, kind: Kind) -> None:
    google.spoil("event.insert", kind)
    booking = book(schedule)
    for _ in range(4):
        google.work_later(minutes=5)

    assert publication_of(booking.slot).observed == Publication.Observed.PRESENT
    assert len(google.events()) == 1
    assert PublicationAttempt.objects.count() >= 2


def test_a_grant_withdrawn_in_mid_flight_waits_for_its_owner_and_heals_by_reconnecting(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    google.spoil("event.insert", Kind.REVOKED_TOKEN)
    booking = book(schedule)
    google.work_later(minutes=10)
    google.work_later(minutes=10)
    assert Connection.objects.get().state == Connection.State.NEEDS_OWNER
    assert google.events() == []

    google.consent(schedule.account)
    google.work_later(minutes=10)

    assert publication_of(booking.slot).observed == Publication.Observed.PRESENT


def test_an_event_deleted_by_hand_rests_until_its_owner_says_what_they_meant(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    booking = book(schedule)
    google.work()
    google.by_hand("delete", google.events()[0])

    move_appointment(booking, at("15:00"), now=google.clock())
    google.work_off_edits()
    google.work_later(minutes=30)

    assert publication_of(booking.slot).observed == Publication.Observed.GONE
    assert google.events() == []


def test_a_person_who_signs_up_for_a_full_term_makes_no_call_at_all(google: SimulatedGoogle) -> None:
    """T3: no network call is made while somebody books."""
    yoga = make_capacity_schedule(make_account())
    google.publish(yoga)
    slot = make_class(yoga)
    google.work()
    before = google.sandbox.ledger.calls.total()

    book_place(slot, client=make_client(), now=google.clock() + timedelta(seconds=1))

    assert google.sandbox.ledger.calls.total() == before
    assert timedelta(0) < EDITS_SETTLE
