"""Access is kept alive and proven before anybody waits for a link (B9, T6); a vendor that needs peace gets it (T34)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import Settings

from convoca.booking.models import Connection, Grant, Meeting, MeetingAttempt, QuotaDay, Schedule
from convoca.booking.operations import granting
from convoca.booking.operations.closing import close_next
from convoca.booking.operations.connecting import connect_installation, connect_schedule, disconnect_schedule
from convoca.booking.operations.keeping import check_next, connections_to_check, renew_next
from convoca.booking.operations.mending import find_forgotten, retry_meeting
from convoca.booking.operations.waking import tidy_up, wake_due
from convoca.providers.contract import Misconfigured
from sandbox.faults import Kind
from sandbox.zoom import Zoom
from sandbox.zoom.state import ANA, BRUNO, ZoomState
from tests.booking.building import NOW, book, make_account, make_capacity_schedule, make_class, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


def renew(zoom: SimulatedZoom) -> int:
    """Renew what is due, and return how many tokens were asked for."""
    before = zoom.calls("token")
    while renew_next(now=zoom.clock()):
        continue
    return zoom.calls("token") - before


def check(zoom: SimulatedZoom) -> int:
    """Prove what is due, and return how often Zoom was asked who it is."""
    before = zoom.calls("user")
    while check_next(now=zoom.clock()):
        continue
    return zoom.calls("user") - before


# --- tokens ---


def test_a_token_in_use_is_renewed_when_most_of_its_life_is_over(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.pass_time(minutes=40)
    book(schedule)
    zoom.work()
    assert renew(zoom) == 0

    zoom.pass_time(minutes=8)

    assert renew(zoom) == 1
    assert Grant.objects.get().expires_at > zoom.clock() + timedelta(minutes=59)


def test_a_token_that_nobody_used_since_is_left_alone_for_a_week(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.pass_time(days=6)
    assert renew(zoom) == 0

    zoom.pass_time(days=2)

    assert renew(zoom) == 1
    assert renew(zoom) == 0


def test_a_renewal_that_fails_is_tried_again_after_a_pause(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.spoil("token", Kind.ERROR_503)
    zoom.pass_time(days=8)
    assert renew(zoom) == 1
    assert renew(zoom) == 0

    zoom.pass_time(minutes=1)

    assert renew(zoom) == 1
    assert Connection.objects.get().state == Connection.State.OPEN


# --- proofs ---


def test_every_access_is_proven_once_a_day(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.pass_time(hours=23)
    assert check(zoom) == 0

    zoom.pass_time(hours=2)

    assert check(zoom) == 1
    assert check(zoom) == 0


def test_a_scope_that_was_taken_away_is_noticed_before_anybody_waits_for_a_link(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """T6: compared at connect, and by the nightly check; named to the owner."""
    zoom_state(zoom).grants[0].scopes.remove("meeting:delete:meeting")
    zoom.pass_time(days=1)

    check(zoom)

    row = Connection.objects.get()
    assert (row.state, row.reason) == (Connection.State.NEEDS_OWNER, "meeting:delete:meeting")


def test_a_scope_that_came_back_mends_the_connection_and_makes_what_waited(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """T6: all clear without a click."""
    scopes = zoom_state(zoom).grants[0].scopes
    scopes.remove("meeting:delete:meeting")
    zoom.pass_time(days=1)
    check(zoom)
    booking = book(schedule, day=zoom.clock().date() + timedelta(days=2), now=zoom.clock())
    zoom.work()
    assert zoom.made() == []

    scopes.append("meeting:delete:meeting")
    zoom.pass_time(days=1)
    check(zoom)
    zoom.work()

    assert Connection.objects.get().state == Connection.State.OPEN
    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT


def test_access_that_was_revoked_is_noticed_by_the_check(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom_state(zoom).grants.clear()
    zoom.pass_time(days=1)

    check(zoom)

    row = Connection.objects.get()
    assert (row.state, row.grant_id is not None, row.check_at) == (Connection.State.NEEDS_OWNER, True, None)


def test_a_new_plan_is_noticed_by_the_check(zoom: SimulatedZoom, schedule: Schedule) -> None:
    Connection.objects.update(plan="basic", email="")
    zoom.pass_time(days=1)

    check(zoom)

    assert (Connection.objects.get().plan, Connection.objects.get().email) == ("licensed", ANA.email)


@pytest.mark.parametrize("kind", [Kind.ERROR_500, Kind.HTML, Kind.RESET_BEFORE, Kind.RATE_LIMIT])
def test_a_check_that_could_not_be_made_changes_nothing_and_is_made_again(
    zoom: SimulatedZoom, schedule: Schedule, kind: Kind
) -> None:
    zoom.pass_time(days=1)
    zoom.spoil("user", kind)
    check(zoom)
    assert Connection.objects.get().state == Connection.State.OPEN
    assert not connections_to_check(now=zoom.clock()).exists()

    zoom.pass_time(minutes=11)

    assert check(zoom) == 1
    assert not connections_to_check(now=zoom.clock() + timedelta(hours=23)).exists()


def test_the_worker_s_sweep_wakes_what_is_due_and_tells_when_the_next_is(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    assert wake_due(zoom.clock()) == zoom.clock() + timedelta(days=1)
    Connection.objects.update(check_at=None)

    tidy_up(zoom.clock())

    assert connections_to_check(now=zoom.clock()).count() == 1


# --- peace ---


def test_a_vendor_that_fails_again_and_again_is_asked_by_one_call_at_a_time_and_less_often(
    zoom: SimulatedZoom,
) -> None:
    """However many meetings wait, and each with a patience of its own."""
    yoga = make_capacity_schedule(make_account())
    zoom.connect(yoga)
    slots = [make_class(yoga, starts_at=NOW + timedelta(hours=3, minutes=each)) for each in range(20)]
    zoom.spoil("create", Kind.ANSWER, status=400, body="not JSON", count=None)

    zoom.work()
    assert zoom.calls("create") == granting.BREAK_AFTER
    for _ in range(30):
        zoom.work_later(minutes=1)
    assert zoom.calls("create") <= granting.BREAK_AFTER + 8

    zoom.sandbox.faults.clear()
    for _ in range(3):
        zoom.work_later(hours=1)
    assert {meeting_of(slot).observed for slot in slots[-1:]} == {Meeting.Observed.PRESENT}
    assert Connection.objects.get().failures == 0


def test_the_log_of_attempts_keeps_zoom_s_name_for_each_call(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.spoil("create", Kind.RESET_BEFORE)
    book(schedule)
    zoom.work()
    zoom.work_later(seconds=2)
    zoom.work_later(seconds=12)
    zoom.work_later(seconds=2)

    lines = list(MeetingAttempt.objects.values_list("step", "outcome"))
    named = list(MeetingAttempt.objects.values_list("request_id", flat=True))
    assert lines == [("create", "OutcomeLost"), ("look", "Absent"), ("look", "Absent"), ("create", "MeetingFacts")]
    assert named[0] == ""
    assert all(each.startswith("v=2.0;clid=sandbox;rid=WEB_") for each in named[1:])


# --- trying again ---


def test_what_zoom_refused_is_tried_again_at_a_person_s_word(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.spoil("create", Kind.ANSWER, status=400, body={"code": 3161, "message": "Not allowed to host meetings."})
    booking = book(schedule)
    zoom.work()
    refused = meeting_of(booking.slot)
    assert refused.blocked == Meeting.Blocked.REJECTED

    assert retry_meeting(refused, now=zoom.clock())
    zoom.work()

    after = meeting_of(booking.slot)
    assert (after.observed, after.blocked, after.reason) == (Meeting.Observed.PRESENT, "", "")


def test_there_is_nothing_to_try_again_of_a_meeting_that_stands(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule)
    zoom.work()

    assert not retry_meeting(meeting_of(booking.slot), now=zoom.clock())
    assert zoom.work() == 0


def test_trying_again_spends_nothing_that_is_not_there(zoom: SimulatedZoom, schedule: Schedule) -> None:
    QuotaDay.objects.create(provider="zoom", external_user=ANA.id, day=NOW.date(), used=100)
    booking = book(schedule)
    zoom.work()

    assert retry_meeting(meeting_of(booking.slot), now=zoom.clock())
    zoom.work()

    assert (zoom.calls("create"), meeting_of(booking.slot).waiting) == (0, Meeting.Waiting.QUOTA)


def test_reconnecting_lifts_what_was_refused(zoom: SimulatedZoom, schedule: Schedule) -> None:
    zoom.spoil("create", Kind.ANSWER, status=400, body={"code": 3161, "message": "Not allowed to host meetings."})
    booking = book(schedule)
    zoom.work()

    zoom.consent(schedule)
    zoom.work()

    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT


def test_what_nothing_points_at_is_found(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """A restored backup or a hand in the database may leave such a row; no act of ours does."""
    lost, kept, owed = (book(schedule, clock) for clock in ("10:00", "11:00", "12:00"))
    zoom.work()
    Meeting.objects.filter(slot=lost.slot).update(observed=Meeting.Observed.NOTHING, remote_id="", due_at=None)
    Meeting.objects.filter(slot=owed.slot).update(wanted=Meeting.Wanted.ABSENT, due_at=None)

    assert find_forgotten(now=zoom.clock()) == 2
    zoom.work()

    assert meeting_of(lost.slot).observed == Meeting.Observed.PRESENT
    assert Meeting.objects.get(slot=owed.slot).observed == Meeting.Observed.NOTHING
    assert meeting_of(kept.slot).due_at is None
    assert find_forgotten(now=zoom.clock()) == 0


# --- an application of the installation's own ---


@pytest.fixture
def own(zoom: SimulatedZoom, settings: Settings) -> SimulatedZoom:
    """The operator has registered a server-to-server application for Bruno's account."""
    settings.VENDORS = {**settings.VENDORS, "zoom": replace(settings.VENDORS["zoom"], account_id=BRUNO.account_id)}
    return zoom


def test_the_installation_s_own_account_is_connected_without_consent(own: SimulatedZoom) -> None:
    schedule = make_resource_schedule(make_account())
    connection = connect_installation(schedule.account, "zoom", now=own.clock())
    connect_schedule(schedule, connection, now=own.clock())
    booking = book(schedule)

    own.work()

    grant = Grant.objects.get()
    assert (grant.kind, grant.external_user, bool(grant.refresh_token)) == (Grant.Kind.SERVER, BRUNO.id, False)
    assert (connection.state, connection.plan, connection.email) == (Connection.State.OPEN, "basic", BRUNO.email)
    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT


def test_its_token_is_asked_for_anew_each_hour_by_the_secret_alone(own: SimulatedZoom) -> None:
    schedule = make_resource_schedule(make_account())
    connect_schedule(schedule, connect_installation(schedule.account, "zoom", now=own.clock()), now=own.clock())
    own.pass_time(hours=2)
    booking = book(schedule, now=own.clock())

    own.work()

    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT
    assert own.calls("token") == 2
    own.pass_time(days=8)
    assert renew(own) <= 1


def test_a_consent_keeps_its_kind_when_the_installation_changes_its_application(
    zoom: SimulatedZoom, schedule: Schedule, settings: Settings
) -> None:
    settings.VENDORS = {**settings.VENDORS, "zoom": replace(settings.VENDORS["zoom"], account_id=BRUNO.account_id)}
    zoom.pass_time(hours=2)
    booking = book(schedule, now=zoom.clock())

    zoom.work()

    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT
    assert Grant.objects.get().kind == Grant.Kind.USER


def test_what_is_wrong_with_it_is_the_operator_s_to_mend(own: SimulatedZoom, settings: Settings) -> None:
    settings.VENDORS = {**settings.VENDORS, "zoom": replace(settings.VENDORS["zoom"], account_id="nobody")}

    with pytest.raises(Misconfigured, match="Invalid account_id"):
        connect_installation(make_account(), "zoom", now=own.clock())
    assert not Connection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_disconnecting_it_deletes_its_credentials_too(own: SimulatedZoom) -> None:
    schedule = make_resource_schedule(make_account())
    connect_schedule(schedule, connect_installation(schedule.account, "zoom", now=own.clock()), now=own.clock())

    disconnect_schedule(schedule, now=own.clock())
    while close_next(now=own.clock()):
        continue

    assert not Grant.objects.exists()
    assert Connection.objects.get().state == Connection.State.CLOSED
    assert zoom_state(own).grants == []


def zoom_state(zoom: SimulatedZoom) -> ZoomState:
    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    return vendor.state
