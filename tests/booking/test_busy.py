"""Availability may depend on a Google calendar: free or busy, one way in (T30)."""

import pytest

from convoca.booking.models import BusyCalendar, BusyTime, Calendar, Connection, Resource, Schedule, WhenUnknown
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.busy import (
    ASK_EVERY,
    UNKNOWN_AFTER,
    ask_next,
    depend_no_more,
    depend_on,
    forget_what_is_old,
    set_when_unknown,
)
from convoca.booking.operations.calendars import may_ask_when_busy
from convoca.booking.questions.busy import Freshness, dependences_of
from convoca.booking.questions.offers import local_window, starts_on_offer
from convoca.booking.questions.terms import supervisor_terms
from convoca.core.refusals import Refusal
from convoca.providers.calendars import CalendarFacts
from sandbox.faults import Kind
from sandbox.google.state import ANA
from tests.booking.building import MADRID, THURSDAY, at, book, make_account, make_client, make_resource_schedule
from tests.booking.googling import BOXES, SimulatedGoogle

pytestmark = pytest.mark.django_db(transaction=True)

BUSY = {"start": {"dateTime": "2026-11-26T11:00:00+01:00"}, "end": {"dateTime": "2026-11-26T12:00:00+01:00"}}


@pytest.fixture
def schedule(google: SimulatedGoogle) -> Schedule:
    return make_resource_schedule(make_account(), resources=2)


def depend(google: SimulatedGoogle, of: Schedule | Resource, *, calendar: str = ANA.email) -> Connection:
    connection = google.consent(of.account)
    facts = CalendarFacts(id=calendar, name="Ana", may_write=True, makes_meetings=True)
    depend_on(of, connection, facts, now=google.clock())
    of.refresh_from_db()
    return connection


def add(google: SimulatedGoogle, event: str = "dentist", *, calendar: str = ANA.email, **more: object) -> None:
    google.sandbox.host_acts(
        {"vendor": "google", "act": "add", "calendar": calendar, "event": event, "summary": "Dentist", **BUSY, **more}
    )


def ask(google: SimulatedGoogle, **later: float) -> None:
    google.pass_time(**later)
    while ask_next(now=google.clock()):
        continue


def free(schedule: Schedule, google: SimulatedGoogle, resource: Resource | None = None) -> list[str]:
    schedule = Schedule.objects.get(pk=schedule.pk)
    window = local_window(THURSDAY, 1, MADRID)
    offered = starts_on_offer(schedule, window=window, now=google.clock(), resource=resource)
    return [f"{each.starts_at:%H:%M}" for each in offered]


def test_what_is_busy_is_not_offered_and_cannot_be_booked(google: SimulatedGoogle, schedule: Schedule) -> None:
    add(google)
    depend(google, schedule)
    ask(google)

    assert "09:30" in free(schedule, google)
    assert not {"10:00", "10:30"} & set(free(schedule, google))
    with pytest.raises(Refusal):
        book(schedule, "11:00", now=google.clock())
    assert "Dentist" not in str(list(BusyTime.objects.values())), "nobody asked of what"


def test_who_supervises_may_book_all_the_same(google: SimulatedGoogle, schedule: Schedule) -> None:
    add(google)
    depend(google, schedule)
    ask(google)
    resource = schedule.resources.all()[0]

    book_resource(schedule, resource, at("11:00"), client=make_client(), now=google.clock(), terms=supervisor_terms())


def test_a_resource_depends_on_its_own_calendar_alone(google: SimulatedGoogle, schedule: Schedule) -> None:
    first, second = schedule.resources.order_by("pk")
    add(google)
    depend(google, first)
    ask(google)

    assert "10:00" not in free(schedule, google, first)
    assert "10:00" in free(schedule, google, second)


def test_events_that_do_not_block_leave_the_time_free(google: SimulatedGoogle, schedule: Schedule) -> None:
    add(google, transparency="transparent")
    depend(google, schedule)
    ask(google)

    assert "10:00" in free(schedule, google)


def test_busy_times_are_asked_for_again_every_quarter_of_an_hour(google: SimulatedGoogle, schedule: Schedule) -> None:
    depend(google, schedule)
    ask(google)
    add(google)
    assert "10:00" in free(schedule, google)

    ask(google, seconds=ASK_EVERY.total_seconds())

    assert "10:00" not in free(schedule, google)


def test_our_own_events_never_block_themselves(google: SimulatedGoogle, schedule: Schedule) -> None:
    """Published into the very calendar on which the schedule depends: the other room is free still."""
    google.publish(schedule)
    depend(google, schedule)
    ask(google)
    book(schedule, "11:00", now=google.clock())
    google.work()

    ask(google, seconds=ASK_EVERY.total_seconds())

    assert "10:00" in free(schedule, google)


@pytest.mark.parametrize("choice", [WhenUnknown.REFUSE, WhenUnknown.ACCEPT])
def test_what_is_not_known_is_as_the_owner_chose(
    google: SimulatedGoogle, schedule: Schedule, choice: WhenUnknown
) -> None:
    """T30: three answers, and a visible rule for the third."""
    depend(google, schedule)
    set_when_unknown(schedule, choice)

    assert bool(free(schedule, google)) is (choice is WhenUnknown.ACCEPT)
    assert [each.freshness for each in dependences_of(schedule, now=google.clock())] == [Freshness.UNKNOWN]


def test_what_was_known_is_stale_first_and_unknown_after_hours(google: SimulatedGoogle, schedule: Schedule) -> None:
    depend(google, schedule)
    ask(google)
    assert dependences_of(schedule, now=google.clock())[0].freshness is Freshness.KNOWN
    google.spoil("freebusy", Kind.ERROR_503, count=None)

    ask(google, hours=1)
    forget_what_is_old(now=google.clock())
    assert dependences_of(schedule, now=google.clock())[0].freshness is Freshness.STALE
    assert free(schedule, google)

    ask(google, seconds=UNKNOWN_AFTER.total_seconds())
    forget_what_is_old(now=google.clock())
    assert dependences_of(schedule, now=google.clock())[0].freshness is Freshness.UNKNOWN
    assert free(schedule, google) == []


def test_a_calendar_that_cannot_be_asked_says_why(google: SimulatedGoogle, schedule: Schedule) -> None:
    depend(google, schedule, calendar="nobody@example.org")

    ask(google)

    (row,) = dependences_of(schedule, now=google.clock())
    assert (row.freshness, bool(row.reason)) == (Freshness.UNKNOWN, True)


def test_what_nobody_depends_on_is_forgotten_with_its_access(google: SimulatedGoogle, schedule: Schedule) -> None:
    add(google)
    depend(google, schedule)
    ask(google)

    assert depend_no_more(schedule.account, BusyCalendar.objects.get().pk, now=google.clock())
    for _ in range(3):
        google.close()
        google.work_later(minutes=2)

    schedule.refresh_from_db()
    assert not schedule.heeds_busy_times
    assert (BusyTime.objects.count(), Calendar.objects.get().busy_due_at) == (0, None)
    assert Connection.objects.get().state == Connection.State.CLOSED
    assert "10:00" in free(schedule, google)


def test_without_the_box_for_busy_times_nothing_is_asked(google: SimulatedGoogle, schedule: Schedule) -> None:
    boxes = tuple(box for box in BOXES if box != "box-freebusy")
    connection = google.consent(schedule.account, boxes=boxes)

    assert connection.state == Connection.State.OPEN
    assert not may_ask_when_busy(connection)
