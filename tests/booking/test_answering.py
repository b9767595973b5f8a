"""T26: a request that is answered ten times at once, or yes and no, or yes and cancelled, on both databases.

One answer counts, whichever comes first: one status, one meeting or none at Zoom, one mail of it.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Meeting, Occupancy
from convoca.booking.operations.approving import approve, decline
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.cancelling import cancel
from convoca.core.reconcile import UNDO_WINDOW
from sandbox.faults import Kind
from tests.booking.building import book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom
from tests.races.test_operations import at_once

pytestmark = pytest.mark.django_db(transaction=True)

TEN = 10


@pytest.fixture
def request_made(zoom: SimulatedZoom) -> Booking:
    schedule = make_resource_schedule(make_account(), requires_approval=True)
    zoom.connect(schedule)
    return book(schedule)


def alternating(one: Callable[[], object], other: Callable[[], object]) -> Callable[[int], object]:
    return lambda number: one() if number % 2 else other()


def mails(booking: Booking, kind: str) -> int:
    return booking.notifications.filter(kind=kind, recipient="attendee").count()


def test_t26_ten_who_approve_at_once_make_one_meeting(zoom: SimulatedZoom, request_made: Booking) -> None:
    outcomes = at_once(lambda _: approve(request_made, by=SYSTEM, now=zoom.clock()), threads=TEN)
    zoom.work()

    request_made.refresh_from_db()
    assert outcomes == {"done": 1, "NotWaiting": TEN - 1}
    assert (request_made.status, request_made.revision) == (Booking.Status.CONFIRMED, 1)
    assert (Meeting.objects.count(), len(zoom.standing()), mails(request_made, "confirmation")) == (1, 1, 1)


def test_t26_of_yes_and_no_at_once_the_first_counts(zoom: SimulatedZoom, request_made: Booking) -> None:
    yes = lambda: approve(request_made, by=SYSTEM, now=zoom.clock())  # noqa: E731
    no = lambda: decline(request_made, by=SYSTEM, now=zoom.clock())  # noqa: E731

    outcomes = at_once(alternating(yes, no), threads=TEN)
    zoom.work()

    request_made.refresh_from_db()
    confirmed = request_made.status == Booking.Status.CONFIRMED
    assert outcomes == {"done": 1, "NotWaiting": TEN - 1}
    assert request_made.status == (Booking.Status.CONFIRMED if confirmed else Booking.Status.CANCELLED)
    assert len(zoom.standing()) == Meeting.objects.count() == Occupancy.objects.filter(released_at=None).count()
    assert (mails(request_made, "confirmation"), mails(request_made, "declined")) == ((1, 0) if confirmed else (0, 1))
    assert len(zoom.standing()) == confirmed


def test_t26_approved_and_cancelled_at_once_it_ends_cancelled_and_leaves_nothing_at_zoom(
    zoom: SimulatedZoom, request_made: Booking
) -> None:
    yes = lambda: approve(request_made, by=SYSTEM, now=zoom.clock())  # noqa: E731
    withdraw = lambda: cancel(request_made, now=zoom.clock())  # noqa: E731

    outcomes = at_once(alternating(yes, withdraw), threads=TEN)
    zoom.work()
    zoom.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)

    request_made.refresh_from_db()
    # Approved first or not at all; whoever cancels, does it once.
    assert outcomes["done"] in {1, 2}
    assert outcomes["AlreadyCancelled"] == TEN / 2 - 1
    assert request_made.status == Booking.Status.CANCELLED
    assert zoom.standing() == []
    assert not Meeting.objects.filter(wanted=Meeting.Wanted.PRESENT).exists()
    assert not Occupancy.objects.filter(released_at=None).exists()


def test_t26_a_cancel_while_the_approved_meeting_is_being_made_wins(zoom: SimulatedZoom, request_made: Booking) -> None:
    approve(request_made, by=SYSTEM, now=zoom.clock())
    zoom.spoil("create", Kind.RESET_AFTER)
    zoom.work()

    cancel(request_made, now=zoom.clock())
    zoom.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)
    zoom.work_later(seconds=timedelta(minutes=1).total_seconds())

    assert (len(zoom.made()), zoom.standing()) == (1, [])
