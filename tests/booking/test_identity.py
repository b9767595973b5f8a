"""A meeting knows who made it, and each occasion has one of its own (T7, T21, T25)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Meeting, QuotaDay, Slot
from convoca.booking.operations import picking, provisioning
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.granting import usable_token
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.recording import record
from sandbox.zoom import Zoom
from sandbox.zoom.state import ANA, BRUNO
from tests.booking.building import at, book, make_account, make_capacity_schedule, make_class, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


def hosts(zoom: SimulatedZoom) -> list[str]:
    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    return sorted(meeting.user_id for meeting in vendor.state.meetings.values())


def test_a_meeting_is_changed_and_deleted_by_the_connection_that_made_it(zoom: SimulatedZoom) -> None:
    """T7: whatever the schedule uses by now."""
    schedule = make_resource_schedule(make_account())
    other = make_resource_schedule(schedule.account, slug="other", name="Other")
    zoom.connect(schedule, ANA)
    zoom.connect(other, ANA)
    stays, goes = book(schedule, "10:00"), book(schedule, "11:00")
    zoom.work()

    zoom.connect(schedule, BRUNO)
    schedule.refresh_from_db()
    book(schedule, "12:00")
    move_appointment(stays, at("13:00"), now=zoom.clock())
    cancel(goes, now=zoom.clock())
    zoom.work_later(minutes=6)
    zoom.work_off_edits()

    assert hosts(zoom) == sorted([ANA.id, BRUNO.id])
    moved = meeting_of(stays.slot)
    assert (moved.observed, moved.generation, moved.sent_revision) == (Meeting.Observed.PRESENT, 1, 1)


def test_each_occasion_has_one_single_meeting_and_costs_one_write(zoom: SimulatedZoom) -> None:
    """T25: no recurring meetings, whose occurrences multiply or share a link that ends too early."""
    yoga = make_capacity_schedule(make_account())
    zoom.connect(yoga)
    term = [make_class(yoga, starts_at=at("18:00") + timedelta(weeks=week)) for week in range(12)]

    zoom.work()

    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    assert [meeting.type for meeting in vendor.state.meetings.values()] == [2] * 12
    assert len({meeting_of(slot).link.open() for slot in term}) == 12
    assert QuotaDay.objects.get().used == 12


def test_t21_what_a_worker_writes_leaves_alone_what_an_operation_wrote_meanwhile(zoom: SimulatedZoom) -> None:
    """T21: each writes columns of its own, never a whole row that it read before."""
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    booking = book(schedule)
    read = picking.due_meetings(now=zoom.clock()).get()
    assert read.connection is not None
    token = usable_token(read.connection, now=zoom.clock())
    claim = provisioning._claim(read, provisioning.next_step(read, now=zoom.clock()), token, now=zoom.clock())
    assert claim is not None
    learnt = provisioning._perform(claim, [], now=zoom.clock())
    move_appointment(booking, at("14:00"), now=zoom.clock())

    record(claim, learnt, asked_at=zoom.clock(), now=zoom.clock())

    after = meeting_of(booking.slot)
    assert (after.wanted_revision, after.sent_revision, after.observed) == (1, 0, Meeting.Observed.PRESENT)
    zoom.work_off_edits()
    assert meeting_of(booking.slot).sent["starts_at"] == Slot.objects.get().starts_at.isoformat()
