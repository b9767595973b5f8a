"""What Zoom tells us by itself is where to look, and nothing more (T10, T16, T31, T41)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from pytest_django import Settings
from structlog.testing import capture_logs

from convoca.booking.models import Booking, Connection, Grant, Meeting, Notification, Schedule, VendorEvent
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.heeding import forget_old_notices
from convoca.booking.operations.keeping import check_next
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder
from sandbox.faults import Kind
from sandbox.zoom import Zoom, webhooks
from sandbox.zoom.state import ANA
from tests.booking.building import NOW, book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db

SECRET = "the-secret-token-of-zoom"


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


@pytest.fixture
def booking(zoom: SimulatedZoom, schedule: Schedule) -> Booking:
    """A booking whose meeting exists at Zoom and whose confirmation carried its link."""
    booking = book(schedule)
    zoom.work()
    Booking.objects.update(mailed_meeting=meeting_of(booking.slot))
    Notification.objects.update(due_at=None, sent_at=zoom.clock())
    booking.refresh_from_db()
    return booking


@pytest.fixture
def told(zoom: SimulatedZoom, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> "Teller":
    """Tell this installation what Zoom tells, by Zoom's own way."""
    keys = settings.VENDORS["zoom"]
    settings.VENDORS = {**settings.VENDORS, "zoom": replace(keys, webhook_secret=SECRET)}
    monkeypatch.setattr("django.utils.timezone.now", zoom.clock)
    return Teller(zoom)


class Teller:
    def __init__(self, zoom: SimulatedZoom) -> None:
        self.zoom = zoom

    def __call__(self, event: dict[str, Any], *, secret: str = SECRET) -> int:
        delivery = webhooks.signed(event, secret=secret, now=self.zoom.clock())
        answer = Client().post(
            "/hooks/zoom", data=delivery.body, content_type="application/json", headers=dict(delivery.headers)
        )
        return answer.status_code


def at_zoom(zoom: SimulatedZoom) -> Zoom:
    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    return vendor


def number_of(booking: Booking) -> int:
    return int(meeting_of(booking.slot).remote_id)


def test_a_meeting_that_the_host_deleted_is_replaced_after_two_looks_and_the_guest_is_told(
    zoom: SimulatedZoom, booking: Booking, told: Teller
) -> None:
    """T31, T41: the guest is never silently left; until it is certain, the link stays as it was."""
    before = meeting_of(booking.slot)
    assert told(at_zoom(zoom).host_deletes(number_of(booking))) == 204

    zoom.work()
    assert (meeting_of(booking.slot).pk, zoom.calls("get")) == (before.pk, 1)
    assert links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot.pk].is_ready
    zoom.work_later(seconds=11)

    after = meeting_of(booking.slot)
    assert (after.generation, after.observed, after.link.open() != before.link.open()) == (2, "present", True)
    owed = Notification.objects.filter(booking=booking, due_at__isnull=False).values_list("kind", flat=True)
    assert list(owed) == [Notification.Kind.LINK_CHANGED]


def test_a_word_that_is_not_true_changes_nothing(zoom: SimulatedZoom, booking: Booking, told: Teller) -> None:
    """T41: reversible, whoever said it."""
    meeting = at_zoom(zoom).state.meetings[number_of(booking)]

    told(webhooks.meeting_deleted(meeting, now=zoom.clock()))
    zoom.work()
    zoom.work_later(minutes=1)

    after = meeting_of(booking.slot)
    assert (after.generation, after.doubted_at, after.due_at, zoom.calls("get")) == (1, None, None, 1)


@pytest.mark.parametrize("kind", [Kind.ERROR_500, Kind.HTML, Kind.RESET_BEFORE, Kind.RATE_LIMIT])
def test_a_fault_while_looking_says_nothing_about_the_meeting(
    zoom: SimulatedZoom, booking: Booking, told: Teller, kind: Kind
) -> None:
    """T41: a good meeting is never marked dead for a fault that passes."""
    meeting = at_zoom(zoom).state.meetings[number_of(booking)]
    zoom.spoil("get", kind, count=2)

    told(webhooks.meeting_deleted(meeting, now=zoom.clock()))
    for _ in range(4):
        zoom.work_later(minutes=5)
        assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT

    after = meeting_of(booking.slot)
    assert (after.generation, after.doubted_at, after.blocked) == (1, None, "")


def test_a_new_passcode_is_taken_over_and_those_who_were_mailed_the_old_one_are_told(
    zoom: SimulatedZoom, booking: Booking, told: Teller
) -> None:
    """T16: the vendor owns link and passcode."""
    before = meeting_of(booking.slot)
    told(at_zoom(zoom).host_changes(number_of(booking), passcode="987654", link_code="new-code.1"))

    zoom.work()

    after = meeting_of(booking.slot)
    assert (after.pk, after.passcode.open()) == (before.pk, "987654")
    assert after.link.open() != before.link.open()
    owed = Notification.objects.filter(booking=booking, due_at__isnull=False).values_list("kind", flat=True)
    assert list(owed) == [Notification.Kind.LINK_CHANGED]
    booking.refresh_from_db()
    assert booking.mailed_meeting_id is None


def test_a_topic_and_a_time_that_the_host_changed_are_kept_as_a_difference_and_never_overwritten_by_us(
    zoom: SimulatedZoom, booking: Booking, told: Teller
) -> None:
    """T31: the owner is asked; nobody is mailed, nothing is sent."""
    later = booking.slot.starts_at.replace(hour=15)
    told(at_zoom(zoom).host_changes(number_of(booking), topic="Renamed", starts_at=later))

    zoom.work()

    meeting = meeting_of(booking.slot)
    assert (meeting.differences, meeting.due_at, zoom.calls("update")) == ("starts_at topic", None, 0)
    assert not Notification.objects.filter(due_at__isnull=False).exists()


def test_our_own_deletion_has_no_effect_before_or_after_we_know_of_it(
    zoom: SimulatedZoom, booking: Booking, told: Teller
) -> None:
    """T10."""
    meeting = at_zoom(zoom).state.meetings[number_of(booking)]
    event = webhooks.meeting_deleted(meeting, now=zoom.clock())
    cancel(booking, now=zoom.clock())
    assert told(event) == 204
    zoom.work_later(minutes=6)
    assert told(event | {"event_ts": 1}) == 204
    zoom.work()

    row = Meeting.objects.get()
    assert (row.observed, row.doubted_at, row.due_at, len(zoom.made())) == ("nothing", None, None, 1)


def test_what_is_repeated_is_looked_at_once(zoom: SimulatedZoom, booking: Booking, told: Teller) -> None:
    """T10: Zoom repeats after 5, 20 and 60 minutes, whether or not we have answered."""
    event = at_zoom(zoom).host_changes(number_of(booking), topic="Renamed")

    for _ in range(3):
        assert told(event) == 204
        zoom.work_later(minutes=5)

    assert (zoom.calls("get"), VendorEvent.objects.count()) == (1, 1)


def test_out_of_order_the_state_at_zoom_decides(zoom: SimulatedZoom, booking: Booking, told: Teller) -> None:
    """T10: "changed" that comes after "deleted" raises no meeting from the dead."""
    vendor, number = at_zoom(zoom), number_of(booking)
    changed = vendor.host_changes(number, topic="Renamed")
    deleted = vendor.host_deletes(number)

    told(deleted)
    told(changed)
    zoom.work()
    zoom.work_later(seconds=11)

    assert (meeting_of(booking.slot).generation, len(zoom.standing())) == (2, 1)


@pytest.mark.parametrize("field", ["id", "host_id"])
def test_what_is_about_something_unknown_has_no_effect(
    zoom: SimulatedZoom, booking: Booking, told: Teller, field: str
) -> None:
    """T10: somebody else's meeting, or a number of ours in somebody else's name."""
    event = at_zoom(zoom).host_changes(number_of(booking), topic="Renamed")
    event["payload"]["object"][field] = 1 if field == "id" else "somebody-else"

    assert told(event) == 204
    assert zoom.work() == 0
    assert meeting_of(booking.slot).doubted_at is None


@pytest.mark.parametrize("event", [{"event": "meeting.started"}, {"event": "app_deauthorized", "payload": {}}, {}])
def test_what_we_do_not_know_is_thanked_for(zoom: SimulatedZoom, told: Teller, event: dict[str, Any]) -> None:
    assert told(event) == 204


def test_whoever_is_not_zoom_is_refused(zoom: SimulatedZoom, booking: Booking, told: Teller) -> None:
    event = at_zoom(zoom).host_changes(number_of(booking), topic="Renamed")

    assert told(event, secret="guessed") == 401
    assert Client().post("/hooks/zoom", data=b"{}", content_type="application/json").status_code == 401
    assert Client().get("/hooks/zoom").status_code == 405
    assert VendorEvent.objects.count() == 0


def test_nobody_is_heard_where_no_secret_is_set(zoom: SimulatedZoom) -> None:
    assert Client().post("/hooks/zoom", data=b"{}", content_type="application/json").status_code == 404


def test_a_body_that_is_no_notice_by_its_size_is_not_read(zoom: SimulatedZoom, told: Teller) -> None:
    assert Client().post("/hooks/zoom", data=b"x" * 65537, content_type="application/json").status_code == 413


def test_the_address_is_proven_ours(zoom: SimulatedZoom, told: Teller) -> None:
    delivery = webhooks.signed(webhooks.url_validation("plain", now=NOW), secret=SECRET, now=zoom.clock())

    answer = Client().post("/hooks/zoom", delivery.body, "application/json", headers=dict(delivery.headers))

    assert (answer.status_code, answer.json()["plainToken"]) == (200, "plain")


def test_the_proof_is_given_to_nobody_else(zoom: SimulatedZoom, told: Teller) -> None:
    """It would sign whatever text they choose, a notice of Zoom's among them, with the key of Zoom's signatures."""
    assert told(webhooks.url_validation("v0:1:{}", now=NOW), secret="guessed") == 401


def test_a_doubt_that_comes_while_we_ask_is_not_forgotten(zoom: SimulatedZoom, booking: Booking, told: Teller) -> None:
    told(at_zoom(zoom).host_changes(number_of(booking), topic="Renamed"))
    Meeting.objects.update(wanted_revision=5, settling_revision=5)

    zoom.work()

    meeting = meeting_of(booking.slot)
    assert (zoom.calls("get"), meeting.doubted_at, meeting.due_at) == (1, None, None)


def test_no_content_of_a_notice_is_logged(zoom: SimulatedZoom, booking: Booking, told: Teller) -> None:
    event = at_zoom(zoom).host_changes(number_of(booking), topic="A patient's name")

    with capture_logs() as logs:
        told(event)

    assert [entry["change"] for entry in logs if entry["event"] == "notice"] == ["meeting changed"]
    assert "patient" not in str(logs)


def test_old_notices_are_forgotten(zoom: SimulatedZoom, booking: Booking, told: Teller) -> None:
    told(at_zoom(zoom).host_changes(number_of(booking), topic="Renamed"))
    zoom.pass_time(days=3)

    forget_old_notices(now=zoom.clock())

    assert VendorEvent.objects.count() == 0


# --- access withdrawn at Zoom ---


def check(zoom: SimulatedZoom) -> None:
    while check_next(now=zoom.clock()):
        continue


@pytest.mark.django_db(transaction=True)
def test_whoever_removes_us_at_zoom_leaves_no_credentials_here_and_working_links(
    zoom: SimulatedZoom, booking: Booking, told: Teller
) -> None:
    tokens = [Grant.objects.get().access_token.ciphertext, Grant.objects.get().refresh_token.ciphertext]
    told(at_zoom(zoom).user_withdraws(ANA.id))

    check(zoom)

    assert not Grant.objects.exists()
    row = Connection.objects.get()
    assert (row.state, row.grant_id, row.email, row.probe) == (Connection.State.NEEDS_OWNER, None, "", False)
    assert links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot.pk].is_ready
    if database.vendor == "sqlite":
        content = Path(str(database.settings_dict["NAME"])).read_bytes()
        assert not any(token.encode() in content for token in tokens)


@pytest.mark.django_db(transaction=True)
def test_what_was_booked_meanwhile_is_made_as_soon_as_the_owner_reconnects(
    zoom: SimulatedZoom, schedule: Schedule, told: Teller
) -> None:
    """One click on Reconnect makes every one of them."""
    told(at_zoom(zoom).user_withdraws(ANA.id))
    check(zoom)
    waiting = [book(schedule, f"{hour}:00") for hour in (10, 11, 12)]
    zoom.work_later(minutes=2)
    assert zoom.made() == []

    zoom.consent(schedule)
    zoom.work()

    assert {meeting_of(each.slot).observed for each in waiting} == {Meeting.Observed.PRESENT}


def test_a_withdrawal_that_is_not_true_costs_nothing(zoom: SimulatedZoom, booking: Booking, told: Teller) -> None:
    """One call proves that the access lives; nothing is wiped on anybody's word."""
    event = webhooks.app_deauthorized(ANA.id, "client", now=zoom.clock())

    assert told(event) == 204
    check(zoom)

    row = Connection.objects.get()
    assert (row.state, row.grant_id is not None, row.probe, row.email) == ("open", True, False, ANA.email)
    assert zoom.calls("user") == 2


@pytest.mark.parametrize("kind", [Kind.ERROR_503, Kind.HTML, Kind.RESET_BEFORE])
def test_a_fault_while_proving_wipes_nothing(zoom: SimulatedZoom, booking: Booking, told: Teller, kind: Kind) -> None:
    zoom.spoil("user", kind, count=None)
    told(webhooks.app_deauthorized(ANA.id, "client", now=zoom.clock()))

    check(zoom)

    row = Connection.objects.get()
    assert (row.state, row.grant_id is not None, row.probe) == ("open", True, True)
    assert row.check_at is not None
    assert row.check_at > zoom.clock()
