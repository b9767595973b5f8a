"""Which of several free resources somebody gets, by the schedule's preference."""

import pytest

from convoca.booking.models import Booking, Schedule
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.cancelling import cancel
from tests.booking.building import NOW, at, make_account, make_client, make_resource_schedule

pytestmark = pytest.mark.django_db

Choice = Schedule.ResourceChoice


def make_courts(preference: str) -> Schedule:
    return make_resource_schedule(make_account(), resources=2, resource_choice=preference)


def take_any(schedule: Schedule, clock: str = "10:00") -> Booking:
    return book_resource(schedule, None, at(clock), client=make_client(), now=NOW)


def court(booking: Booking) -> str:
    return booking.slot.occupancies.get().resource.name


def test_fewest_bookings_that_day_counted_the_cancelled_ones() -> None:
    schedule = make_courts(Choice.FEWEST)
    cancel(take_any(schedule, "09:00"), now=NOW)

    assert court(take_any(schedule)) == "Room 1"


def test_fewest_bookings_that_day_comes_first() -> None:
    schedule = make_courts(Choice.FEWEST)

    assert [court(take_any(schedule, clock)) for clock in ("09:00", "10:00")] == ["Room 1", "Room 2"]


def test_a_random_choice_was_always_the_same_at_the_same_time() -> None:
    """Forty times the same of two courts is chance once in 500 thousand million."""
    schedule = make_courts(Choice.RANDOM)

    courts = {court(cancel(take_any(schedule), now=NOW)) for _ in range(40)}

    assert courts == {"Room 1", "Room 2"}
