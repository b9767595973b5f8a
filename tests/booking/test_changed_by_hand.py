"""What somebody changes in the calendar by hand is noticed, and its owner is asked (T31, M4)."""

import uuid
from datetime import timedelta

import pytest
from pytest_django import Settings

from convoca.booking.models import Calendar, Publication, Schedule
from convoca.booking.operations.answering_events import leave_event, put_event_back
from convoca.booking.operations.heeding import heed
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.reading import READ_EVERY, read_next
from convoca.booking.questions.publishing import changed_by_hand
from convoca.providers.contract import Change, Notice
from tests.booking.building import at, book, make_account, make_resource_schedule
from tests.booking.googling import SimulatedGoogle, publication_of

pytestmark = pytest.mark.django_db(transaction=True)

LATER = {"start": {"dateTime": "2026-11-26T16:00:00Z"}, "end": {"dateTime": "2026-11-26T16:30:00Z"}}


@pytest.fixture
def schedule(google: SimulatedGoogle) -> Schedule:
    schedule = make_resource_schedule(make_account())
    google.publish(schedule)
    return schedule


def read(google: SimulatedGoogle, **later: float) -> None:
    """Let time pass; read what is due, and look at what is doubted, twice."""
    google.pass_time(**later)
    while read_next(now=google.clock()):
        continue
    google.work()
    google.work_later(seconds=11)


def asked(google: SimulatedGoogle, schedule: Schedule) -> list[Publication]:
    return list(changed_by_hand(schedule.account, now=google.clock()))


def test_a_deleted_event_is_noticed_and_put_back(google: SimulatedGoogle, schedule: Schedule) -> None:
    booking = book(schedule)
    google.work()
    read(google)
    google.by_hand("delete", google.events()[0])

    read(google, seconds=READ_EVERY.total_seconds())

    (event,) = asked(google, schedule)
    assert (event.slot_id, event.observed) == (booking.slot_id, Publication.Observed.GONE)
    assert put_event_back(event, now=google.clock())
    google.work()
    assert asked(google, schedule) == []
    assert publication_of(booking.slot).generation == 2
    assert len(google.events()) == 1


def test_a_deleted_event_may_stay_deleted(google: SimulatedGoogle, schedule: Schedule) -> None:
    book(schedule)
    google.work()
    read(google)
    google.by_hand("delete", google.events()[0])
    read(google, seconds=READ_EVERY.total_seconds())

    assert leave_event(asked(google, schedule)[0])

    assert asked(google, schedule) == []
    read(google, minutes=30)
    assert google.events() == []


def test_an_event_moved_by_hand_is_noticed_and_put_back(google: SimulatedGoogle, schedule: Schedule) -> None:
    book(schedule)
    google.work()
    read(google)
    google.by_hand("change", google.events()[0], changes=LATER)

    read(google, seconds=READ_EVERY.total_seconds())

    (event,) = asked(google, schedule)
    assert event.differences == "ends_at starts_at"
    assert google.event()["start"]["dateTime"].startswith("2026-11-26T16:00"), "nothing is changed behind their back"
    assert put_event_back(event, now=google.clock())
    google.work_off_edits()
    assert google.event()["start"]["dateTime"].startswith("2026-11-26T09:00")
    assert asked(google, schedule) == []


def test_an_event_moved_by_hand_may_stay_there(google: SimulatedGoogle, schedule: Schedule) -> None:
    book(schedule)
    google.work()
    read(google)
    google.by_hand("change", google.events()[0], changes=LATER)
    read(google, seconds=READ_EVERY.total_seconds())

    assert leave_event(asked(google, schedule)[0])

    assert asked(google, schedule) == []


def test_our_own_changes_are_no_news(google: SimulatedGoogle, schedule: Schedule) -> None:
    booking = book(schedule)
    google.work()
    read(google)
    before = google.calls("event.get")
    move_appointment(booking, at("15:00"), now=google.clock())
    google.work_off_edits()

    read(google, seconds=READ_EVERY.total_seconds())

    assert google.calls("event.get") == before
    assert asked(google, schedule) == []


def test_where_google_has_forgotten_our_place_everything_is_looked_at(
    google: SimulatedGoogle, schedule: Schedule
) -> None:
    """410: full sync."""
    book(schedule)
    google.work()
    read(google)
    google.by_hand("delete", google.events()[0])
    google.sandbox.host_acts({"vendor": "google", "act": "forget_sync"})

    read(google, seconds=READ_EVERY.total_seconds())

    assert [each.observed for each in asked(google, schedule)] == [Publication.Observed.GONE]
    assert Calendar.objects.get().sync_token


def test_google_tells_us_where_it_can_reach_us_and_its_channel_is_opened_anew_in_time(
    google: SimulatedGoogle, schedule: Schedule, settings: Settings
) -> None:
    settings.BASE_URL = "https://convoca.example"
    read(google, seconds=1)
    calendar = Calendar.objects.get()
    assert calendar.channel is not None
    assert calendar.channel_until is not None
    before = calendar.channel

    assert calendar.read_due_at is not None
    assert calendar.read_due_at > google.clock() + READ_EVERY
    notice = Notice(change=Change.CALENDAR_CHANGED, identity="1", channel=str(before))
    assert heed(notice, "google", now=google.clock())
    assert Calendar.objects.filter(read_due_at=google.clock()).count() == 1
    strange = Notice(change=Change.CALENDAR_CHANGED, identity="2", channel=str(uuid.uuid4()))
    assert not heed(strange, "google", now=google.clock())

    google.clock.now = calendar.channel_until - timedelta(hours=1)
    read(google)
    calendar.refresh_from_db()
    assert calendar.channel != before
    assert list(google.vendor.state.channels) == [str(calendar.channel)]
