"""What pages and operations ask is found by an index: it costs what there is to tell, and not the table."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convoca.booking.models import Booking, Changes, Membership, Slot, Visibility
from convoca.booking.operations.counting import bookings_of
from convoca.booking.questions.bookings import resources_of
from convoca.booking.questions.people import coming_bookings, earlier_bookings
from convoca.booking.questions.series import (
    called_off_with,
    cancelled_with,
    following_bookings,
    requests_with,
    rest_of_series,
)
from convoca.booking.questions.supervising import arrived_since
from convoca.booking.questions.theirs import changed_by, theirs_coming
from convoca.booking.questions.viewers import viewer_of
from convoca.core.time import Interval
from convoca.public.others import others_between
from tests.booking.building import NOW, at, book, make_account, make_client, make_member, make_resource_schedule

pytestmark = pytest.mark.django_db

# A way in that leads to all of the account's rows, or to every row.
READ_THROUGH = ("(account_id=?)", "SCAN booking_booking", "SCAN booking_slot", "SCAN booking_occupancy", "Seq Scan on")
LARGE = ("booking_booking", "booking_slot", "booking_occupancy", "U0", "U3")

type Question = Callable[[Booking, Membership], object]

SERIES = 7


def in_series(booking: Booking) -> Booking:
    booking.slot.series_id, booking.cancelled_at, booking.slot.cancelled_at = SERIES, NOW, NOW
    return booking


def window() -> Interval:
    return Interval(at("00:00"), at("23:00"))


QUESTIONS: dict[str, Question] = {
    "what a user has booked": lambda booking, person: list(bookings_of(booking.account_id, person, "")),
    "a user's own page": lambda _, person: [
        list(coming_bookings(person, now=NOW)), earlier_bookings(person, now=NOW).count()
    ],
    "what was asked for together": lambda booking, _: requests_with(booking),
    "the guest's following ones": lambda booking, _: following_bookings(in_series(booking), now=NOW),
    "the guest's cancelled ones": lambda booking, _: cancelled_with(in_series(booking)),
    "the rest of a series": lambda booking, _: rest_of_series(in_series(booking).slot, now=NOW),
    "what was called off together": lambda booking, _: called_off_with(in_series(booking).slot),
    "with whom many slots are": lambda booking, _: resources_of(
        booking.account_id, [booking.slot, *(Slot(pk=pk) for pk in range(1000, 1060))]
    ),
}  # fmt: skip


def plans_of(question: Callable[[], object]) -> list[str]:
    """Return how the database looks for it, where the tables are too large to be read through."""
    with CaptureQueriesContext(connection) as asked:
        question()
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        for each in asked.captured_queries:
            cursor.execute(f"{explain} {each['sql']}")
            found += [str(row[-1]) for row in cursor.fetchall()]
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_of_an_account_was_read_for_a_few_of_its_rows(question: str) -> None:
    """On SQLite "it, or what belongs to it" and "of this account" were the way in, however many rows that were."""
    account = make_account()
    person = make_member(account)
    booking = book(make_resource_schedule(account))

    plans = plans_of(lambda: QUESTIONS[question](booking, person))

    read_through = [plan for plan in plans if any(way in plan for way in READ_THROUGH)]
    assert plans
    assert not [plan for plan in read_through if any(table in plan for table in LARGE)]


def test_the_page_read_all_slots_there_ever_were_to_tell_what_others_have_booked() -> None:
    """The index of slots begins with the account: unless it is said of them, PostgreSQL reads the whole table."""
    account = make_account()
    schedule = make_resource_schedule(account, who_changes=Changes.EVERYBODYS, others_see=Visibility.NAMES)
    viewer = viewer_of(account, make_member(account).user)
    booking = book(schedule, client=make_client())
    resource = schedule.resources.get()

    with CaptureQueriesContext(connection) as asked:
        others = others_between(schedule, window(), Visibility.NAMES, resource=resource)
        theirs = list(theirs_coming(viewer, changed_by(viewer), now=NOW))
        arrived = arrived_since(account.pk, [schedule], window(), after=0, most=10)

    assert [each.name for each in others] == [booking.name]
    assert theirs == arrived == [booking]
    of_slots = [each["sql"] for each in asked.captured_queries if 'JOIN "booking_slot"' in each["sql"]]
    assert len(of_slots) == 3
    assert all(f'"booking_slot"."account_id" = {account.pk}' in sql for sql in of_slots)
