"""Access tokens: refreshed by one, saved before use, asked of the owner when they are gone (T1, T2)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Connection, Grant, Meeting, Schedule
from convoca.booking.operations.granting import usable_token
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from sandbox.faults import Kind
from tests.booking.building import NOW, book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


def expire() -> None:
    Grant.objects.update(expires_at=NOW)


def test_an_expired_token_is_refreshed_before_it_is_used(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule)
    zoom.clock.now = NOW + timedelta(hours=2)

    zoom.work()

    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT
    assert (zoom.calls("token"), zoom.calls("create")) == (2, 1)


def test_a_token_that_zoom_calls_expired_is_refreshed_once_and_the_call_repeated(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    booking = book(schedule)
    zoom.pass_time(minutes=10)
    zoom.spoil("create", Kind.EXPIRED_TOKEN)

    zoom.work()

    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT
    assert (zoom.calls("token"), zoom.calls("create")) == (2, 2)


def test_a_refresh_that_names_no_scopes_leaves_them_as_they_were(zoom: SimulatedZoom, schedule: Schedule) -> None:
    scopes = Grant.objects.get().scopes
    assert "meeting:write:meeting" in scopes
    expire()
    body = {"access_token": "new", "token_type": "bearer", "expires_in": 3599}
    zoom.spoil("token", Kind.ANSWER, status=200, body=body)

    token = usable_token(Connection.objects.select_related("grant").get(), now=zoom.clock())

    grant = Grant.objects.get()
    assert (token, grant.scopes, grant.refresh_token.open() != "") == ("new", scopes, True)


def test_access_withdrawn_at_zoom_asks_the_owner_and_the_meetings_wait(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule)
    expire()
    zoom.spoil("token", Kind.REVOKED_TOKEN)

    zoom.work()
    zoom.work_later(hours=3)

    assert Connection.objects.get().state == Connection.State.NEEDS_OWNER
    assert Grant.objects.get().refresh_token
    assert zoom.calls("token") == 2
    link = links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot_id]
    assert link.state is LinkState.DISCONNECTED


def test_reconnecting_mends_the_row_in_place_and_the_meetings_go_on_by_themselves(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """T2."""
    bookings = [book(schedule, "10:00"), book(schedule, "11:00")]
    zoom.spoil("create", Kind.REVOKED_TOKEN)
    zoom.work()
    broken = Connection.objects.get()
    assert broken.state == Connection.State.NEEDS_OWNER

    again = zoom.consent(schedule)
    zoom.work()

    assert (Connection.objects.get().pk, Grant.objects.count(), again.state) == (broken.pk, 1, "open")
    assert Grant.objects.get().pk == broken.grant_id
    assert {meeting_of(booking.slot).observed for booking in bookings} == {Meeting.Observed.PRESENT}


def test_a_token_endpoint_that_is_down_pauses_the_connection_and_keeps_the_credentials(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    booking = book(schedule)
    expire()
    zoom.spoil("token", Kind.ERROR_503)

    zoom.work()
    connection = Connection.objects.get()
    assert (connection.state, connection.blocked_until is not None) == (Connection.State.OPEN, True)
    zoom.work_later(minutes=1)

    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT


def test_a_lost_answer_to_a_refresh_is_tried_once_more_before_the_owner_is_asked(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """Zoom has rotated the token and its answer is gone: the old one is dead, which only the next try shows."""
    book(schedule)
    expire()
    zoom.spoil("token", Kind.RESET_AFTER)

    zoom.work()
    assert Connection.objects.get().state == Connection.State.OPEN
    zoom.work_later(minutes=1)

    assert Connection.objects.get().state == Connection.State.NEEDS_OWNER
    zoom.consent(schedule)
    zoom.work()
    assert len(zoom.standing()) == 1


def test_a_missing_scope_is_found_at_the_consent_and_named(zoom: SimulatedZoom) -> None:
    """T6."""
    schedule = make_resource_schedule(make_account())
    zoom.sandbox.configure({"zoom": {"scopes": ["user:read:user", "meeting:write:meeting"]}})

    connection = zoom.consent(schedule)

    assert connection.state == Connection.State.NEEDS_OWNER
    assert "meeting:delete:meeting" in connection.reason
