"""The host's way in, how guests come in, and what is shown if no link is ready in time (T5, T37, T40, T43)."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from convoca.booking.models import Booking, Meeting, Schedule, Sealed
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.hosting import NoHostLink, host_link
from convoca.booking.operations.linking import type_link
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import stranger, token_holder
from sandbox.faults import Kind
from tests.booking.building import book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db

SPARE = "https://meet.example.org/spare-room"


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


# --- the host ---


def test_the_host_s_address_is_fetched_at_the_click_and_kept_nowhere(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule)
    zoom.work()

    with capture_logs() as logs:
        url = host_link(booking.slot, now=zoom.clock())

    assert f"/zoom/s/{meeting_of(booking.slot).remote_id}?" in url
    columns = Meeting.objects.values().get()
    stored = [each.open() if isinstance(each, Sealed) else str(each) for each in columns.values()]
    assert not any("/s/" in each or "zak" in each for each in [*stored, str(logs)])


def test_of_a_link_that_was_typed_the_link_is_all_there_is(zoom: SimulatedZoom, schedule: Schedule) -> None:
    booking = book(schedule)
    type_link(booking.slot, SPARE, now=zoom.clock())

    assert host_link(booking.slot, now=zoom.clock()) == SPARE
    assert zoom.calls("get") == 0


@pytest.mark.parametrize("kind", [Kind.ERROR_500, Kind.HTML, Kind.RATE_LIMIT, Kind.RESET_BEFORE, Kind.EXPIRED_TOKEN])
def test_a_vendor_that_fails_at_the_click_is_an_answer_and_changes_nothing(
    zoom: SimulatedZoom, schedule: Schedule, kind: Kind
) -> None:
    booking = book(schedule)
    zoom.work()
    before = Meeting.objects.values().get()
    zoom.spoil("get", kind)

    with pytest.raises(NoHostLink):
        host_link(booking.slot, now=zoom.clock())
    after = Meeting.objects.values().get()
    assert {name: str(value) for name, value in after.items()} == {name: str(value) for name, value in before.items()}


def test_a_meeting_that_is_not_there_yet_has_no_host_s_address(zoom: SimulatedZoom, schedule: Schedule) -> None:
    with pytest.raises(NoHostLink):
        host_link(book(schedule).slot, now=zoom.clock())


# --- how guests come in ---


def test_a_passcode_and_no_waiting_room_is_what_a_meeting_has_unless_the_owner_wants_it_otherwise(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    booking = book(schedule)
    zoom.work()

    meeting = meeting_of(booking.slot)
    assert (bool(meeting.passcode.open()), meeting.differences) == (True, "")


def test_a_waiting_room_that_the_owner_wants_is_made(zoom: SimulatedZoom, schedule: Schedule) -> None:
    Schedule.objects.update(waiting_room=True)
    booking = book(Schedule.objects.get())
    zoom.work()

    meeting = meeting_of(booking.slot)
    assert (meeting.sent["waiting_room"], meeting.differences) == (True, "")


def test_a_waiting_room_that_zoom_forces_on_us_is_read_back_and_kept_as_a_difference(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """T40: without passcode, Zoom makes a waiting room, whatever was asked for."""
    Schedule.objects.update(meeting_passcode=False)
    booking = book(Schedule.objects.get())
    zoom.work()

    meeting = meeting_of(booking.slot)
    assert (meeting.observed, meeting.passcode.open(), meeting.differences) == ("present", "", "waiting_room")


def test_a_room_was_said_to_lack_a_passcode_that_no_room_can_have(zoom: SimulatedZoom) -> None:
    """T40: what a vendor does not know is no difference."""
    booking = book(make_resource_schedule(make_account(), link_source="jitsi"))
    zoom.work()

    meeting = meeting_of(booking.slot)
    assert (meeting.observed, meeting.differences) == ("present", "")


# --- the backup link ---


def told(booking: Booking, zoom: SimulatedZoom) -> tuple[LinkState, str, bool]:
    link = links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot.pk]
    return link.state, link.url, link.is_backup


@pytest.fixture
def late(zoom: SimulatedZoom, schedule: Schedule) -> Booking:
    """A booking of a schedule with a backup link whose meeting cannot be made."""
    Schedule.objects.update(backup_link=Sealed.seal(SPARE))
    zoom.spoil("create", Kind.ANSWER, status=400, body={"code": 3161, "message": "Not allowed to host meetings."})
    booking = book(Schedule.objects.get())
    zoom.work()
    return booking


def test_t43_half_an_hour_before_the_start_the_backup_link_stands_in_and_is_called_so(
    zoom: SimulatedZoom, late: Booking
) -> None:
    """T5, T43: from an explicit choice of the owner's, and never under another's name."""
    zoom.clock.now = late.slot.starts_at - timedelta(minutes=31)
    assert told(late, zoom) == (LinkState.FAILED, "", False)

    zoom.pass_time(minutes=1)

    assert told(late, zoom) == (LinkState.READY, SPARE, True)
    link = links_for(token_holder(late), [late.slot], now=zoom.clock())[late.slot.pk]
    assert (link.label, link.passcode, link.meeting_id) == ("Manual", "", None)


def test_the_meeting_s_own_link_is_used_as_soon_as_there_is_one(zoom: SimulatedZoom, late: Booking) -> None:
    zoom.clock.now = late.slot.starts_at - timedelta(minutes=10)
    Meeting.objects.update(blocked="", due_at=zoom.clock())
    zoom.work()

    state, url, is_backup = told(late, zoom)
    assert (state, url != SPARE, is_backup) == (LinkState.READY, True, False)


def test_nobody_else_sees_the_backup_link(zoom: SimulatedZoom, late: Booking) -> None:
    """T37: strangers, whoever has cancelled, and everybody once it is over."""
    zoom.clock.now = late.slot.starts_at - timedelta(minutes=10)
    assert links_for(stranger(late.account), [late.slot], now=zoom.clock())[late.slot.pk].url == ""

    over = links_for(token_holder(late), [late.slot], now=late.slot.ends_at)[late.slot.pk]
    assert over.url == ""
    cancel(late, now=zoom.clock())
    late.refresh_from_db()
    assert told(late, zoom)[1] == ""


def test_a_schedule_without_backup_link_says_what_is_wrong(zoom: SimulatedZoom, late: Booking) -> None:
    Schedule.objects.update(backup_link=Sealed())
    zoom.clock.now = late.slot.starts_at - timedelta(minutes=10)

    assert told(late, zoom) == (LinkState.FAILED, "", False)
