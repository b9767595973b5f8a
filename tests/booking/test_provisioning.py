"""A booking gets its meeting: one, of its own, with one copy of its link (M8, M9, M10, B6)."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection as database
from django.db.models import CharField, TextField

from convoca.booking.models import Booking, Meeting, MeetingAttempt, Notification, Schedule
from convoca.booking.operations.cancelling import cancel
from convoca.booking.questions.links import Link, LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from sandbox.faults import Kind
from tests.booking.building import (
    at,
    book,
    make_account,
    make_client,
    make_resource_schedule,
)
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


def link_of(booking: Booking, zoom: SimulatedZoom) -> Link:
    booking.refresh_from_db()
    return links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot_id]


def test_every_booking_gets_a_zoom_meeting_of_its_own_with_a_new_meeting_id(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """M8."""
    bookings = [book(schedule, "10:00"), book(schedule, "11:00", client=make_client(email="eva@example.org"))]

    zoom.work()

    meetings = [meeting_of(booking.slot) for booking in bookings]
    assert [each.remote_id for each in meetings] == zoom.standing()
    assert len({each.link.open() for each in meetings}) == 2
    assert [link_of(each, zoom).state for each in bookings] == [LinkState.READY, LinkState.READY]


def test_booking_makes_no_call_and_the_page_says_that_the_link_is_being_prepared(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """M9: the answer to the booking never waits for Zoom."""
    before = zoom.sandbox.ledger.calls.copy()

    booking = book(schedule)

    assert zoom.sandbox.ledger.calls == before
    assert link_of(booking, zoom).state is LinkState.PENDING


def test_the_link_is_stored_once_and_encrypted(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """One truth for the link: no column of any table holds it in the clear, and one holds it sealed."""
    booking = book(schedule)
    zoom.work()

    meeting = meeting_of(booking.slot)
    link = meeting.link.open()
    assert link.startswith("http")
    assert rows_that_hold(link.partition("?")[2]) == []
    assert rows_that_hold(meeting.link.ciphertext) == ["booking_meeting.link"]


def rows_that_hold(text: str) -> list[str]:
    """Return the columns in which `text` stands, once for each row."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, CharField | TextField):
                table, column = model._meta.db_table, field.column
                with database.cursor() as cursor:
                    cursor.execute(f'SELECT "{column}" FROM "{table}"')  # noqa: S608 - names of our own tables
                    found += [f"{table}.{column}" for (value,) in cursor.fetchall() if value and text in str(value)]
    return found


def test_what_zoom_is_told_names_the_occasion_and_not_the_client(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule, client=make_client(name="Luis Pérez"))
    zoom.work()

    meeting = meeting_of(booking.slot)
    assert [entry.marker for entry in zoom.made()] == [str(meeting.marker)]
    assert "Luis" not in "".join(MeetingAttempt.objects.values_list("outcome", flat=True))


def test_what_is_up_to_date_costs_no_call(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """T32: a no-op is no call."""
    book(schedule)
    zoom.work()
    before = zoom.sandbox.ledger.calls.copy()
    Meeting.objects.update(due_at=zoom.clock())

    zoom.work()

    assert zoom.sandbox.ledger.calls == before
    assert Meeting.objects.get().due_at is None


def test_the_label_comes_from_the_meeting_that_exists(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """T5: what the schedule is set to now is not asked."""
    booking = book(schedule)
    zoom.work()
    Schedule.objects.update(link_source="jitsi", connection=None)

    assert link_of(booking, zoom).label == "Zoom"


def test_a_change_of_the_source_touches_only_what_is_born_later(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """T13."""
    first = book(schedule, "10:00")
    zoom.work()
    link = link_of(first, zoom).url
    schedule.link_source = "jitsi"
    schedule.save()

    second = book(schedule, "11:00")
    zoom.work()

    assert link_of(first, zoom).url == link
    assert (meeting_of(first.slot).provider, meeting_of(second.slot).provider) == ("zoom", "jitsi")


def test_the_soonest_is_served_first(zoom: SimulatedZoom, schedule: Schedule) -> None:
    for clock in ("15:00", "09:30", "12:00"):
        book(schedule, clock, client=make_client(email=f"{clock[:2]}@example.org"))

    zoom.work()

    markers = [str(each.marker) for each in Meeting.objects.order_by("slot__starts_at")]
    assert [entry.marker for entry in zoom.made()] == markers


def test_all_providers_down_changes_nothing_for_who_books_or_cancels(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """T3, T42: the confirmation is owed whatever Zoom says."""
    zoom.spoil("*", Kind.ERROR_503, count=None)

    booking = book(schedule)
    zoom.work()
    cancelled = cancel(booking, now=zoom.clock() + timedelta(minutes=1))

    assert cancelled.status == Booking.Status.CANCELLED
    kinds = Notification.objects.filter(booking=booking).values_list("kind", flat=True)
    assert {"confirmation", "cancellation"} <= set(kinds)


def test_a_row_that_cannot_be_worked_on_stands_in_nobody_s_way(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """Its provider is no longer there, or a key is lost: the meetings of others are made all the same."""
    other = make_resource_schedule(make_account("Sol"), link_source="jitsi")
    poisoned, sound = book(schedule, "09:30"), book(other, "12:00")
    Meeting.objects.filter(slot=poisoned.slot).update(provider="removed")

    zoom.work()

    assert meeting_of(sound.slot).observed == Meeting.Observed.PRESENT
    waiting = meeting_of(poisoned.slot)
    assert waiting.attempts > 0
    assert waiting.due_at is not None
    assert waiting.due_at > zoom.clock()


def test_nothing_is_made_for_a_slot_that_has_ended(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """The worker was down meanwhile, or the connection waited for its owner."""
    booking = book(schedule, "10:00")

    zoom.clock.now = at("10:30")
    zoom.work()

    assert zoom.made() == []
    assert meeting_of(booking.slot).due_at is None


def test_an_unfinished_deletion_is_finished_after_the_slot_has_ended(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule, "10:00")
    zoom.work()
    cancel(booking, now=zoom.clock())

    zoom.clock.now = at("10:30")
    zoom.work()

    assert len(zoom.made()) == 1
    assert zoom.standing() == []
