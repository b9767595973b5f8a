"""A class has one meeting, whoever comes and goes (M10, B6, T22, T23)."""

import pytest

from convoca.booking.models import Booking, Slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.questions.links import Link, LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from tests.booking.building import (
    make_account,
    make_capacity_schedule,
    make_class,
    sign_up,
)
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def yoga(zoom: SimulatedZoom) -> Slot:
    schedule = make_capacity_schedule(make_account())
    zoom.connect(schedule)
    return make_class(schedule)


def link_of(booking: Booking, zoom: SimulatedZoom) -> Link:
    booking.refresh_from_db()
    return links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot_id]


def test_a_class_gets_its_one_meeting_when_it_is_made(zoom: SimulatedZoom, yoga: Slot) -> None:
    """M10: before anybody has signed up."""
    zoom.work()

    assert Booking.objects.count() == 0
    assert zoom.standing() == [meeting_of(yoga).remote_id]


def test_three_people_in_a_class_share_one_meeting_and_see_the_same_link(zoom: SimulatedZoom, yoga: Slot) -> None:
    """T22: the third has it too."""
    zoom.work()
    bookings = [sign_up(yoga, f"guest{n}@example.org") for n in range(3)]
    zoom.work()

    assert {link_of(booking, zoom).url for booking in bookings} == {meeting_of(yoga).link.open()}
    assert len(zoom.made()) == 1


def test_one_who_leaves_a_class_touches_nothing_at_zoom_and_the_others_keep_their_link(
    zoom: SimulatedZoom, yoga: Slot
) -> None:
    """T23."""
    first, *others = [sign_up(yoga, f"guest{n}@example.org") for n in range(3)]
    zoom.work()
    before = zoom.sandbox.ledger.calls.copy()

    cancel(first, now=zoom.clock())
    zoom.work_later(hours=1)

    assert zoom.sandbox.ledger.calls == before
    assert link_of(first, zoom).url == ""
    assert {link_of(each, zoom).state for each in others} == {LinkState.READY}
