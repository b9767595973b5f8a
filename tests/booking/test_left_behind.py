"""What a refusal, an end or a crash once left at the vendor or without its link, and must not (T8, T28)."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Connection, Meeting, Schedule, Slot
from convoca.booking.operations import applying, provisioning, reconnecting
from convoca.booking.operations.applying import apply_next, apply_to_existing
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.mending import find_forgotten
from convoca.booking.operations.reconnecting import create_new_links, take_over
from convoca.booking.operations.recording import record
from convoca.booking.operations.taking import lock_slots
from convoca.booking.operations.waking import tidy_up
from convoca.booking.questions.links import link_of
from convoca.core.reconcile import UNDO_WINDOW
from sandbox.faults import Kind
from sandbox.zoom.state import ANA, BRUNO
from tests.booking.building import book, make_account, make_client, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule, ANA)
    return schedule


@pytest.fixture
def booking(zoom: SimulatedZoom, schedule: Schedule) -> Booking:
    """A booking whose meeting exists at Zoom."""
    booking = book(schedule)
    zoom.work()
    return booking


def rename(slot: Slot, zoom: SimulatedZoom) -> None:
    Slot.objects.filter(pk=slot.pk).update(title="Upstairs", revision=1)
    Meeting.objects.filter(slot=slot).update(wanted_revision=1, due_at=zoom.clock())


def url_of(booking: Booking, zoom: SimulatedZoom) -> str:
    slot = Slot.objects.select_related("schedule").get(pk=booking.slot_id)
    return link_of(slot, now=zoom.clock()).url


def test_a_meeting_whose_change_was_refused_was_never_deleted(zoom: SimulatedZoom, booking: Booking) -> None:
    rename(booking.slot, zoom)
    zoom.spoil("update", Kind.ANSWER, status=400, body={"code": 300, "message": "Invalid topic."})
    zoom.work_off_edits()
    assert meeting_of(booking.slot).blocked == Meeting.Blocked.REJECTED

    cancel(booking, now=zoom.clock())
    zoom.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)

    assert zoom.standing() == []


def test_a_meeting_cancelled_while_its_change_was_refused_was_never_deleted(
    zoom: SimulatedZoom, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename(booking.slot, zoom)
    zoom.spoil("update", Kind.ANSWER, status=400, body={"code": 300, "message": "Invalid topic."})

    def cancelled_first(*args: object, **values: object) -> None:
        cancel(booking, now=zoom.clock())
        monkeypatch.setattr(provisioning, "record", record)
        record(*args, **values)  # type: ignore[arg-type]

    zoom.work()
    zoom.pass_time(seconds=5)
    monkeypatch.setattr(provisioning, "record", cancelled_first)
    zoom.work()
    zoom.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)

    assert zoom.standing() == []


def test_what_may_exist_was_not_looked_for_once_its_time_was_over(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """An answer was lost, the booking cancelled, and nobody worked until the appointment would have been over."""
    booking = book(schedule)
    zoom.spoil("create", Kind.RESET_AFTER)
    zoom.work()
    cancel(booking, now=zoom.clock())
    zoom.clock.now = booking.slot.ends_at + timedelta(minutes=1)

    zoom.work()
    zoom.work_later(seconds=30)

    meeting = Meeting.objects.get(slot=booking.slot)
    assert (meeting.observed, meeting.due_at) != (Meeting.Observed.UNKNOWN, None)
    assert find_forgotten(now=zoom.clock()) == 0


def test_a_second_worker_who_found_a_batch_done_ended_the_applying_of_the_rest(
    zoom: SimulatedZoom, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "BATCH", 1)
    jitsi = make_resource_schedule(make_account("other"), link_source="jitsi")
    first = book(jitsi, "10:00")
    second = book(jitsi, "11:00", client=make_client(email="eva@example.org"))
    zoom.work()
    zoom.connect(jitsi, BRUNO)
    apply_to_existing(jitsi, Schedule.Applying.ALL, now=zoom.clock())

    def other_worker_first(slots: list[Slot]) -> list[Slot]:
        monkeypatch.setattr(applying, "lock_slots", lock_slots)
        assert apply_next(now=zoom.clock())
        return lock_slots(slots)

    monkeypatch.setattr(applying, "lock_slots", other_worker_first)
    while apply_next(now=zoom.clock()):
        continue

    assert [meeting_of(each.slot).provider for each in (first, second)] == ["zoom", "zoom"]


def test_new_links_after_another_account_left_guests_without_any_meanwhile(
    zoom: SimulatedZoom, schedule: Schedule, booking: Booking
) -> None:
    """T14: create, switch, delete."""
    old, before = Connection.objects.get(), url_of(booking, zoom)
    take_over(old, zoom.consent(schedule, BRUNO), now=zoom.clock())
    old.refresh_from_db()

    assert create_new_links(old, now=zoom.clock()) == 1
    assert url_of(booking, zoom) == before

    zoom.work()
    assert url_of(booking, zoom) not in {"", before}


def test_new_links_were_not_made_if_the_account_was_changed_twice(
    zoom: SimulatedZoom, schedule: Schedule, booking: Booking
) -> None:
    ana = Connection.objects.get()
    bruno = zoom.consent(schedule, BRUNO)
    take_over(ana, bruno, now=zoom.clock())
    ana_again = Connection.objects.get(pk=ana.pk)
    third = Connection.objects.get(pk=bruno.pk)
    third.pk, third.external_user = None, "third"
    third.save()
    take_over(bruno, third, now=zoom.clock())

    assert create_new_links(ana_again, now=zoom.clock()) == 1
    assert meeting_of(booking.slot).connection == third


def test_what_waited_for_a_lost_account_waited_for_ever_if_the_reconnection_was_cut_off(
    zoom: SimulatedZoom, schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when the schedules had been connected, and before what waited had been replaced."""
    old = Connection.objects.get()
    Connection.objects.update(state=Connection.State.NEEDS_OWNER)
    waiting = book(schedule)
    new = zoom.consent(schedule, BRUNO)

    def killed(*args: object, **values: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(reconnecting, "_replace", killed)
        with pytest.raises(KeyboardInterrupt):
            take_over(old, new, now=zoom.clock())

    tidy_up(zoom.clock())
    zoom.work()

    meeting = meeting_of(waiting.slot)
    assert (meeting.connection, meeting.observed) == (new, Meeting.Observed.PRESENT)
    assert Connection.objects.get(pk=old.pk).replaced_by is None


def test_a_meeting_whose_own_link_was_typed_again_was_deleted_under_its_guests(
    zoom: SimulatedZoom, booking: Booking
) -> None:
    before = url_of(booking, zoom)
    type_link(booking.slot, "https://meet.example/other", now=zoom.clock())
    zoom.pass_time(minutes=1)

    type_link(booking.slot, before, now=zoom.clock())
    zoom.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)

    assert url_of(booking, zoom) == before
    assert len(zoom.standing()) == 1


def test_the_link_that_stood_in_was_deleted_if_somebody_typed_it(zoom: SimulatedZoom, booking: Booking) -> None:
    before, schedule = url_of(booking, zoom), Schedule.objects.get()
    Meeting.objects.filter(slot=booking.slot).update(stands_in=True, wanted=Meeting.Wanted.ABSENT, due_at=None)
    Meeting.objects.create(
        account=schedule.account, slot=booking.slot, generation=2, provider="zoom", wanted_at=zoom.clock(), due_at=None
    )

    type_link(booking.slot, before, now=zoom.clock())
    zoom.work_later(seconds=UNDO_WINDOW.total_seconds() + 1)

    assert url_of(booking, zoom) == before
    assert len(zoom.standing()) == 1
