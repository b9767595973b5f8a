"""A meeting that is gone at Zoom is replaced, and everybody is told its new link (T12, T41)."""

import pytest
from django.db import transaction

from convoca.booking.models import Booking, Meeting, Notification, Slot
from convoca.booking.operations import picking, provisioning
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.granting import usable_token
from convoca.booking.operations.recording import record
from sandbox.faults import Kind
from tests.booking.building import book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db

DOES_NOT_EXIST = {"code": 3001, "message": "Meeting does not exist."}


@pytest.fixture
def booking(zoom: SimulatedZoom) -> Booking:
    """A booking whose meeting exists at Zoom and whose confirmation carried its link."""
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    booking = book(schedule)
    zoom.work()
    booking.mailed_meeting = meeting_of(booking.slot)
    booking.save()
    Notification.objects.update(due_at=None, sent_at=zoom.clock())
    return booking


def rename(slot: Slot, zoom: SimulatedZoom) -> None:
    """Change what Zoom should say about the meeting, as an operation that edits the slot does."""
    Slot.objects.filter(pk=slot.pk).update(title="Moved upstairs", revision=1)
    Meeting.objects.filter(slot=slot).update(wanted_revision=1, due_at=zoom.clock())


def test_an_edit_updates_the_meeting_in_place_and_its_link_stays(zoom: SimulatedZoom, booking: Booking) -> None:
    """T13."""
    link = meeting_of(booking.slot).link.open()
    rename(booking.slot, zoom)

    zoom.work_off_edits()

    meeting = meeting_of(booking.slot)
    assert (meeting.link.open(), meeting.generation, meeting.sent_revision) == (link, 1, 1)
    assert (zoom.calls("update"), zoom.calls("create")) == (1, 1)


def test_an_update_that_finds_the_meeting_gone_makes_the_next_generation_and_announces_it(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    """T12, T41: 404 to our own update counts at once."""
    gone = meeting_of(booking.slot)
    rename(booking.slot, zoom)
    zoom.spoil("update", Kind.ANSWER, status=404, body=DOES_NOT_EXIST)

    zoom.work_off_edits()

    meeting = meeting_of(booking.slot)
    gone.refresh_from_db()
    assert (meeting.generation, meeting.observed, meeting.marker != gone.marker) == (2, "present", True)
    assert (gone.wanted, gone.observed, gone.due_at) == ("absent", "gone", None)
    assert meeting.link.open() != gone.link.open()
    owed = Notification.objects.filter(booking=booking, due_at__isnull=False).values_list("kind", flat=True)
    assert list(owed) == [Notification.Kind.LINK_CHANGED]


@pytest.mark.parametrize("fault", [{"kind": Kind.ERROR_500}, {"kind": Kind.RATE_LIMIT}, {"kind": Kind.RESET_AFTER}])
def test_a_passing_fault_is_never_read_as_gone(zoom: SimulatedZoom, booking: Booking, fault: dict[str, Kind]) -> None:
    """T41."""
    rename(booking.slot, zoom)
    zoom.spoil("update", fault["kind"])

    zoom.work_off_edits()
    assert meeting_of(booking.slot).observed == Meeting.Observed.PRESENT
    zoom.work_later(minutes=5)

    assert meeting_of(booking.slot).generation == 1
    assert (len(zoom.made()), zoom.calls("update")) == (1, 2)


def test_a_cancel_that_comes_between_leaves_nothing_to_replace(zoom: SimulatedZoom, booking: Booking) -> None:
    """The worker has read that the meeting is gone; before it acts, the booking is cancelled."""
    Meeting.objects.update(observed=Meeting.Observed.GONE, due_at=zoom.clock())
    read = picking.due_meetings(now=zoom.clock()).get()

    cancel(booking, now=zoom.clock())
    with transaction.atomic():
        provisioning._replace(read, now=zoom.clock())
    zoom.work_later(minutes=6)

    assert Meeting.objects.count() == 1
    assert len(zoom.made()) == 1


def test_a_claim_that_was_lost_leaves_no_meeting_behind(zoom: SimulatedZoom, booking: Booking) -> None:
    """What the vendor made for a worker that came too late is kept as a retired row and deleted there."""
    other = book(booking.slot.schedule, "12:00")
    read = picking.due_meetings(now=zoom.clock()).get()
    late = provisioning._claim(read, provisioning.next_step(read, now=zoom.clock()), token_of(read), now=zoom.clock())
    assert late is not None
    Meeting.objects.filter(pk=read.pk).update(lease_until=None, claim=None, observed=Meeting.Observed.NOTHING)
    zoom.work()
    kept = meeting_of(other.slot).remote_id

    record(late, provisioning._perform(late, [], now=zoom.clock()), asked_at=zoom.clock(), now=zoom.clock())
    assert len(zoom.standing()) == 3
    zoom.work()

    assert meeting_of(other.slot).remote_id == kept
    assert zoom.standing() == [meeting_of(booking.slot).remote_id, kept]
    assert Notification.objects.filter(booking=other, kind=Notification.Kind.LINK_CHANGED).count() == 0


def token_of(meeting: Meeting) -> str:
    assert meeting.connection is not None
    return usable_token(meeting.connection, now=meeting.wanted_at)
