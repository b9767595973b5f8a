"""Disconnect: on each schedule, and the credentials go with the last one (M14, T11)."""

import pytest

from convoca.booking.models import Alert, Booking, Connection, Grant, Meeting, Schedule
from convoca.booking.operations.alerting import why_not_owed
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.connecting import connect_schedule, disconnect_schedule
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from sandbox.faults import Kind
from sandbox.zoom.state import BRUNO
from tests.booking.building import at, book, make_account, make_capacity_schedule, make_class, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

# The end of a disconnection empties SQLite's write-ahead log, which no transaction may be open for.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


def test_disconnecting_one_of_two_schedules_keeps_the_credentials(zoom: SimulatedZoom, schedule: Schedule) -> None:
    classes = make_capacity_schedule(schedule.account)
    assert schedule.connection is not None
    connect_schedule(classes, schedule.connection, now=zoom.clock())

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()
    make_class(classes)
    zoom.work()

    assert zoom.calls("revoke") == 0
    assert (Connection.objects.get().state, Grant.objects.count()) == (Connection.State.OPEN, 1)
    assert len(zoom.standing()) == 1
    assert Schedule.objects.get(pk=schedule.pk).link_source == Schedule.NO_LINK


def test_with_the_last_schedule_the_access_is_withdrawn_and_the_credentials_are_deleted(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """M14."""
    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()

    connection = Connection.objects.get()
    assert zoom.calls("revoke") == 1
    assert (connection.state, connection.grant_id, connection.due_at) == (Connection.State.CLOSED, None, None)
    assert not Grant.objects.exists()


def test_future_meetings_stay_valid_and_are_no_longer_ours(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """T11: three future ones, one that runs now."""
    bookings = [book(schedule, clock) for clock in ("10:00", "11:00", "12:00", "13:00")]
    zoom.work()
    urls = [meeting_of(each.slot).link.open() for each in bookings]
    zoom.clock.now = at("10:10")

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()
    zoom.work_later(hours=1)

    assert {each.observed for each in Meeting.objects.all()} == {Meeting.Observed.DETACHED}
    links = [links_for(token_holder(each), [each.slot], now=zoom.clock())[each.slot_id] for each in bookings]
    assert [(link.state, link.url) for link in links] == [(LinkState.READY, url) for url in urls]
    assert len(zoom.standing()) == 4


def test_a_cancel_after_the_disconnection_succeeds_and_touches_nothing(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """T11."""
    booking = book(schedule)
    zoom.work()
    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()

    held = cancel(booking, now=zoom.clock())
    zoom.work_later(minutes=10)

    assert held.status == Booking.Status.CANCELLED
    assert (zoom.calls("delete"), Meeting.objects.get().due_at) == (0, None)


def test_owed_deletions_are_done_first_without_waiting_for_the_undo_window(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    booking = book(schedule)
    zoom.work()
    cancel(booking, now=zoom.clock())

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()
    assert Grant.objects.exists()
    zoom.work()
    zoom.pass_time(seconds=5)
    zoom.close()

    assert (zoom.standing(), zoom.calls("revoke"), Grant.objects.count()) == ([], 1, 0)


def test_what_was_cancelled_while_the_connection_was_being_closed_was_left_behind_at_zoom(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """Its undo window was longer than the minute for which a closing connection deletes."""
    cancelled, kept = book(schedule, "10:00"), book(schedule, "11:00")
    zoom.work()
    owed = book(schedule, "12:00")
    disconnect_schedule(schedule, now=zoom.clock())
    Meeting.objects.filter(slot=owed.slot).update(observed=Meeting.Observed.UNKNOWN)

    zoom.close()
    cancel(cancelled, now=zoom.clock())
    for _ in range(13):
        zoom.pass_time(seconds=5)
        zoom.close()
        zoom.work()

    assert Connection.objects.get().state == Connection.State.CLOSED
    assert zoom.standing() == [meeting_of(kept.slot).remote_id]


def test_deletions_that_zoom_does_not_take_hold_the_disconnection_for_a_minute_at_most(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    booking = book(schedule)
    zoom.work()
    cancel(booking, now=zoom.clock())
    zoom.spoil("delete", Kind.ERROR_503, count=None)

    disconnect_schedule(schedule, now=zoom.clock())
    for _ in range(13):
        zoom.work()
        zoom.close()
        zoom.pass_time(seconds=5)

    assert Connection.objects.get().state == Connection.State.CLOSED
    assert Meeting.objects.get().observed == Meeting.Observed.DETACHED


def test_nothing_new_is_made_while_the_connection_is_being_closed(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule)

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.work()
    zoom.close()

    assert zoom.calls("create") == 0
    link = links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot_id]
    assert link.state is LinkState.DISCONNECTED


def test_connecting_again_makes_what_the_disconnection_had_put_to_rest(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule)
    disconnect_schedule(schedule, now=zoom.clock())
    zoom.work()
    zoom.close()
    before = Connection.objects.get()

    zoom.connect(schedule)
    zoom.work()

    assert Connection.objects.get().pk == before.pk
    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT


def test_an_access_that_was_withdrawn_at_zoom_is_not_asked_about_again_and_again(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    booking = book(schedule)
    zoom.work()
    cancel(booking, now=zoom.clock())
    Grant.objects.update(expires_at=zoom.clock())
    zoom.spoil("token", Kind.REVOKED_TOKEN)
    tokens = zoom.calls("token")

    disconnect_schedule(schedule, now=zoom.clock())
    for _ in range(15):
        zoom.work()
        zoom.close()
        zoom.pass_time(seconds=5)

    assert Connection.objects.get().state == Connection.State.CLOSED
    assert Meeting.objects.get().observed == Meeting.Observed.DETACHED
    assert zoom.calls("token") <= tokens + 2


def test_another_zoom_user_is_another_connection(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule)
    zoom.work()

    zoom.connect(schedule, BRUNO)
    zoom.close()

    assert sorted(Connection.objects.values_list("state", flat=True)) == ["closed", "open"]
    assert meeting_of(booking.slot).observed == Meeting.Observed.DETACHED
    assert Grant.objects.get().external_user == BRUNO.id


def test_the_meetings_are_deleted_before_the_access_goes_if_the_owner_says_so(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """J11: who has a place keeps it; a link that opens nothing is not shown."""
    booking = book(schedule)
    zoom.work()

    disconnect_schedule(schedule, delete_meetings=True, now=zoom.clock())
    zoom.work()
    zoom.pass_time(seconds=5)
    zoom.close()

    assert (zoom.standing(), zoom.calls("revoke"), Grant.objects.count()) == ([], 1, 0)
    link = links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot_id]
    assert (booking.is_confirmed, link.state) == (True, LinkState.DISCONNECTED)


def test_what_the_vendor_had_withdrawn_is_let_go_of_as_well_and_told_as_it_was(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """T11, J11: the credentials went when Zoom said so; the meetings go with the last schedule."""
    book(schedule)
    zoom.work()
    Schedule.objects.filter(pk=schedule.pk).update(connection=schedule.connection)
    withdrawn_at = zoom.clock()
    Connection.objects.update(state="needs_owner", grant=None, wiped_at=withdrawn_at, withdrawn_at=withdrawn_at)
    zoom.pass_time(hours=1)

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()

    connection = Connection.objects.get()
    assert (connection.state, connection.was_revoked) == (Connection.State.CLOSED, True)
    assert connection.withdrawn_at == withdrawn_at
    assert Meeting.objects.get().observed == Meeting.Observed.DETACHED
    assert Alert.objects.get().kind == Alert.Kind.RECEIPT


def test_connecting_again_before_the_receipt_was_sent_takes_it_back(zoom: SimulatedZoom, schedule: Schedule) -> None:
    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()

    zoom.connect(schedule)

    assert why_not_owed(Alert.objects.get(), now=zoom.clock()) == "It was connected again."
