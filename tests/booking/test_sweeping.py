"""What the vendor made later than we believed is found and deleted; what was changed there is noticed (B1, T16)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Connection, Meeting, Schedule
from convoca.booking.operations.keeping import check_next
from sandbox.faults import Kind
from sandbox.zoom import Zoom
from tests.booking.building import book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


@pytest.fixture
def booking(zoom: SimulatedZoom, schedule: Schedule) -> Booking:
    booking = book(schedule)
    zoom.work()
    return booking


def a_night_later(zoom: SimulatedZoom) -> None:
    zoom.pass_time(days=1)
    while check_next(now=zoom.clock()):
        continue


def forget_at_our_side(booking: Booking, **columns: object) -> None:
    """Believe that the meeting was never made, as two looks did before the vendor acted at last."""
    never_made: dict[str, object] = {"remote_id": "", "observed": Meeting.Observed.NOTHING}
    Meeting.objects.filter(slot=booking.slot).update(**never_made | columns)


def test_a_create_that_took_effect_after_two_looks_is_found_at_night_and_deleted(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    late = zoom.standing()
    forget_at_our_side(booking, due_at=zoom.clock())
    zoom.work()
    assert len(zoom.standing()) == 2

    a_night_later(zoom)
    zoom.work()

    assert zoom.standing() == [meeting_of(booking.slot).remote_id]
    assert zoom.standing() != late


def test_what_is_being_looked_for_is_left_to_the_look(zoom: SimulatedZoom, booking: Booking) -> None:
    forget_at_our_side(booking, observed=Meeting.Observed.UNKNOWN, due_at=zoom.clock() + timedelta(days=2))

    a_night_later(zoom)

    assert Meeting.objects.count() == 1


def test_a_marker_of_another_installation_is_no_business_of_ours(zoom: SimulatedZoom, booking: Booking) -> None:
    """Two installations may share one Zoom account: a trial and the real one."""
    Meeting.objects.all().delete()

    a_night_later(zoom)
    zoom.work()

    assert (len(zoom.standing()), Meeting.objects.count()) == (1, 0)


def test_what_starts_within_two_days_is_looked_at_every_night_even_if_zoom_tells_nothing(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    """T16, T31: without webhooks a changed passcode is taken over, and a deleted meeting replaced, the night before."""
    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    vendor.host_changes(int(meeting_of(booking.slot).remote_id), passcode="987654")

    a_night_later(zoom)
    zoom.work()

    assert meeting_of(booking.slot).passcode.open() == "987654"
    assert meeting_of(booking.slot).due_at is None


@pytest.mark.parametrize("kind", [Kind.ERROR_500, Kind.HTML, Kind.RATE_LIMIT, Kind.RESET_BEFORE])
def test_a_sweep_that_fails_is_made_the_next_night(zoom: SimulatedZoom, booking: Booking, kind: Kind) -> None:
    zoom.spoil("look", kind)

    a_night_later(zoom)

    row = Connection.objects.get()
    assert (row.state, row.check_at) == (Connection.State.OPEN, zoom.clock() + timedelta(days=1))
    assert Meeting.objects.get().doubted_at is None
