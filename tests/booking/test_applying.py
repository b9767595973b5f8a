"""A new source of links reaches what is booked already: create, switch, delete; quota and batches (J6, B3, B6, T14)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from convoca.booking.models import Account, Booking, Connection, Meeting, Notification, QuotaDay, Schedule, Slot
from convoca.booking.operations import applying
from convoca.booking.operations.applying import apply_next, apply_to_existing
from convoca.booking.operations.approving import approve
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.booking import book_service
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.configuring import Process, choose_link_source, set_process
from convoca.booking.operations.connecting import disconnect_schedule
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.mending import find_forgotten
from convoca.booking.questions.existing import Existing, existing_of
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from sandbox.faults import Kind
from sandbox.zoom.state import ANA
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.booking.zooming import SimulatedZoom, meeting_of

pytestmark = pytest.mark.django_db

MAKE: dict[str, Callable[[Account], Schedule]] = {
    "resource": make_resource_schedule,
    "service": make_service_schedule,
    "capacity": make_capacity_schedule,
}
ALL, MISSING = Schedule.Applying.ALL, Schedule.Applying.MISSING
TYPED = "https://meet.example/typed"


def apply(schedule: Schedule, extent: Schedule.Applying, zoom: SimulatedZoom) -> None:
    """Want it, and let the worker come to the end of it."""
    apply_to_existing(schedule, extent, now=zoom.clock())
    while apply_next(now=zoom.clock()):
        continue


def counted(schedule: Schedule, zoom: SimulatedZoom) -> Existing:
    schedule.refresh_from_db()
    return existing_of([schedule], now=zoom.clock())[schedule.pk]


def link_of(booking: Booking, zoom: SimulatedZoom) -> str:
    booking.refresh_from_db()
    return links_for(token_holder(booking), [booking.slot], now=zoom.clock())[booking.slot_id].url


def told_the_link(booking: Booking) -> None:
    """Leave what a mail with the link that counts leaves."""
    Booking.objects.filter(pk=booking.pk).update(mailed_meeting=meeting_of(booking.slot))
    Notification.objects.filter(booking=booking).update(due_at=None, sent_at=NOW)


@pytest.fixture
def jitsi(zoom: SimulatedZoom) -> Schedule:
    return make_resource_schedule(make_account(), link_source="jitsi")


def test_a_change_of_the_source_touches_nothing_that_is_booked(zoom: SimulatedZoom, jitsi: Schedule) -> None:
    booking = book(jitsi)
    zoom.work()
    before = link_of(booking, zoom)

    zoom.connect(jitsi)
    zoom.work()

    assert link_of(booking, zoom) == before
    assert counted(jitsi, zoom) == Existing(total=1, elsewhere=1)


def test_t14_the_new_meeting_is_made_then_counts_then_the_old_one_goes(zoom: SimulatedZoom, jitsi: Schedule) -> None:
    """In that order: nobody is without a link in between, and everybody who was mailed the old one gets the new."""
    booking = book(jitsi)
    zoom.work()
    told_the_link(booking)
    old = link_of(booking, zoom)
    zoom.connect(jitsi)

    apply(jitsi, ALL, zoom)
    meanwhile = link_of(booking, zoom)
    zoom.work()

    assert (meanwhile, link_of(booking, zoom)) == (old, meeting_of(booking.slot).link.open())
    assert (meeting_of(booking.slot).provider, meeting_of(booking.slot).generation) == ("zoom", 2)
    assert "/zoom/j/" in link_of(booking, zoom)
    assert [each.kind for each in Notification.objects.filter(due_at__isnull=False)] == ["link_changed"]
    assert not Meeting.objects.filter(stands_in=True).exists()
    assert counted(jitsi, zoom) == Existing(total=1, ready=1)


def test_what_zoom_made_is_deleted_there_once_its_successor_has_a_link(zoom: SimulatedZoom) -> None:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    booking = book(schedule)
    zoom.work()

    set_process(schedule, Process(source="jitsi", applies=True), now=zoom.clock())
    zoom.close()
    still_there = zoom.standing()
    while apply_next(now=zoom.clock()):
        continue
    zoom.work()
    zoom.work_later(seconds=1)

    assert len(still_there) == 1
    assert zoom.standing() == []
    assert meeting_of(booking.slot).provider == "jitsi"


@pytest.mark.django_db(transaction=True)
def test_the_access_is_not_withdrawn_before_the_old_meetings_are_deleted(zoom: SimulatedZoom) -> None:
    """The last schedule leaves Zoom and takes its bookings with it: the deletions are owed first."""
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    book(schedule)
    zoom.work()

    set_process(schedule, Process(source="jitsi", applies=True), now=zoom.clock())
    zoom.close()
    assert Connection.objects.get().state == Connection.State.CLOSING
    while apply_next(now=zoom.clock()):
        continue
    zoom.work()
    zoom.work_later(seconds=5)
    zoom.close()

    assert (zoom.standing(), Connection.objects.get().state) == ([], Connection.State.CLOSED)


@pytest.mark.parametrize("kind", MAKE)
def test_what_has_no_link_gets_one_of_the_source_that_was_chosen_later(kind: str, zoom: SimulatedZoom) -> None:
    """«Hay {n} próximas reservas sin enlace.» All kinds of schedule, and what only awaits its approval."""
    account = make_account()
    schedule = MAKE[kind](account)
    slot = _slot_on(schedule)
    zoom.connect(schedule)
    assert counted(schedule, zoom) == Existing(total=1, missing=1)

    apply(schedule, MISSING, zoom)
    making = counted(schedule, zoom)
    zoom.work()

    assert (making.making, making.is_moving) == (1, True)
    assert counted(schedule, zoom) == Existing(total=1, ready=1)
    assert meeting_of(slot).provider == "zoom"


def _slot_on(schedule: Schedule) -> Slot:
    if schedule.is_capacity:
        return make_class(schedule)
    if schedule.kind == Schedule.Kind.RESOURCE:
        return book(schedule).slot
    return book_service(schedule, schedule.services.get(), at("10:00"), client=make_client(), now=NOW).slot


def test_a_request_gets_its_link_from_the_new_source_with_the_yes(zoom: SimulatedZoom) -> None:
    schedule = make_resource_schedule(make_account(), requires_approval=True)
    asked = book(schedule)
    zoom.connect(schedule)

    apply(schedule, MISSING, zoom)
    assert not Meeting.objects.exists()
    approve(asked, by=SYSTEM, now=zoom.clock())
    zoom.work()

    assert meeting_of(asked.slot).provider == "zoom"


def test_what_was_typed_in_place_of_an_automatic_link_stays(zoom: SimulatedZoom, jitsi: Schedule) -> None:
    booking = book(jitsi)
    type_link(booking.slot, TYPED, now=zoom.clock())
    zoom.connect(jitsi)

    apply(jitsi, ALL, zoom)
    zoom.work()

    assert link_of(booking, zoom) == TYPED
    assert counted(jitsi, zoom) == Existing(total=1)


def test_where_all_links_were_typed_they_are_replaced(zoom: SimulatedZoom) -> None:
    schedule = make_capacity_schedule(make_account(), link_source="manual")
    lesson = make_class(schedule)
    booking = sign_up(lesson)
    type_link(lesson, TYPED, now=zoom.clock())
    zoom.connect(schedule)
    assert counted(schedule, zoom) == Existing(total=1, elsewhere=1)

    apply(schedule, ALL, zoom)
    meanwhile = links_for(token_holder(booking), [lesson], now=zoom.clock())[lesson.pk]
    zoom.work()

    # It is no longer the slot's own: whoever saves the slot's form meanwhile must not type it anew.
    assert (meanwhile.url, meanwhile.is_typed) == (TYPED, False)
    assert "/zoom/j/" in link_of(booking, zoom)


def test_only_what_has_no_link_is_touched_if_that_was_asked(zoom: SimulatedZoom, jitsi: Schedule) -> None:
    with_link = book(jitsi, "10:00")
    zoom.work()
    choose_link_source(jitsi, Schedule.NO_LINK, now=zoom.clock())
    without = book(jitsi, "11:00", client=make_client(email="eva@example.org"))
    zoom.connect(jitsi)

    apply(jitsi, MISSING, zoom)
    zoom.work()

    assert (meeting_of(with_link.slot).provider, meeting_of(without.slot).provider) == ("jitsi", "zoom")


def test_the_past_what_has_begun_and_what_is_cancelled_are_left_alone(zoom: SimulatedZoom) -> None:
    schedule = make_capacity_schedule(make_account())
    running, over, off = (make_class(schedule, starts_at=at(clock)) for clock in ("10:00", "12:00", "14:00"))
    zoom.clock.now = at("10:30")
    Slot.objects.filter(pk=over.pk).update(starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    Slot.objects.filter(pk=off.pk).update(cancelled_at=NOW)
    zoom.connect(schedule)

    apply(schedule, ALL, zoom)

    assert running.starts_at < zoom.clock()
    assert not Meeting.objects.exists()


def test_a_booking_that_is_cancelled_meanwhile_takes_both_meetings_with_it(zoom: SimulatedZoom) -> None:
    """B1: what stood in is deleted too, when the cancellation can no longer be taken back."""
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    booking = book(schedule)
    zoom.work()
    account = schedule.account
    other = make_resource_schedule(account, slug="keeps-zoom")
    zoom.connect(other)
    choose_link_source(schedule, "jitsi", now=zoom.clock())
    apply(schedule, ALL, zoom)

    cancel(booking, now=zoom.clock())
    zoom.work_later(minutes=4)
    assert len(zoom.standing()) == 1
    zoom.work_later(minutes=2)

    assert zoom.standing() == []


def test_a_link_typed_meanwhile_counts_at_once(zoom: SimulatedZoom, jitsi: Schedule) -> None:
    booking = book(jitsi)
    zoom.work()
    zoom.connect(jitsi)
    apply(jitsi, ALL, zoom)

    type_link(booking.slot, TYPED, now=zoom.clock())

    assert link_of(booking, zoom) == TYPED
    zoom.work_later(minutes=6)
    assert (link_of(booking, zoom), zoom.standing()) == (TYPED, [])


def test_if_the_new_one_cannot_be_made_the_old_link_goes_on(zoom: SimulatedZoom, jitsi: Schedule) -> None:
    booking = book(jitsi)
    zoom.work()
    old = link_of(booking, zoom)
    zoom.connect(jitsi)
    zoom.spoil("create", Kind.ANSWER, status=400, body={"code": 3161, "message": "Not allowed to host meetings."})

    apply(jitsi, ALL, zoom)
    zoom.work()

    assert link_of(booking, zoom) == old
    assert counted(jitsi, zoom).refused == 1
    assert find_forgotten(now=zoom.clock()) == 0


def test_m12_the_day_s_allowance_is_kept_and_the_soonest_come_first(zoom: SimulatedZoom) -> None:
    """140 existing slots: what waits says when it goes on, and has no wrong link meanwhile."""
    schedule = make_capacity_schedule(make_account())
    for day in range(140):
        make_class(schedule, starts_at=at("18:00", THURSDAY + timedelta(days=day)))
    zoom.connect(schedule)
    QuotaDay.objects.create(provider="zoom", external_user=ANA.id, day=NOW.date(), used=78)

    apply(schedule, MISSING, zoom)
    zoom.work()

    found = counted(schedule, zoom)
    assert (found.ready, found.making, found.waiting, found.missing) == (2, 138, 138, 0)
    assert not found.is_moving
    assert found.again_at is not None
    made = Meeting.objects.filter(observed=Meeting.Observed.PRESENT).values_list("slot__starts_at", flat=True)
    assert list(made) == [at("18:00"), at("18:00", THURSDAY + timedelta(days=1))]


def test_it_goes_in_batches_and_on_where_a_worker_stopped(
    zoom: SimulatedZoom, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    schedule = make_capacity_schedule(make_account())
    for clock in ("10:00", "12:00", "14:00", "16:00", "18:00"):
        make_class(schedule, starts_at=at(clock))
    zoom.connect(schedule)
    apply_to_existing(schedule, MISSING, now=zoom.clock())

    assert apply_next(now=zoom.clock())
    found = counted(schedule, zoom)
    assert (found.making, found.missing, found.applying) == (2, 3, True)
    while apply_next(now=zoom.clock()):
        continue

    found = counted(schedule, zoom)
    assert (found.making, found.missing, found.applying) == (5, 0, False)


def test_without_an_access_nothing_is_taken_from_anybody(zoom: SimulatedZoom, jitsi: Schedule) -> None:
    booking = book(jitsi)
    zoom.work()
    old = link_of(booking, zoom)
    zoom.connect(jitsi)
    disconnect_schedule(jitsi, now=zoom.clock())

    apply(jitsi, ALL, zoom)

    assert (link_of(booking, zoom), jitsi.applying) == (old, "")
    assert links_for(token_holder(booking), [booking.slot], now=NOW)[booking.slot_id].state is LinkState.READY


def test_a_schedule_that_turns_elsewhere_meanwhile_is_applied_no_further(zoom: SimulatedZoom, jitsi: Schedule) -> None:
    book(jitsi)
    zoom.work()
    zoom.connect(jitsi)
    apply_to_existing(jitsi, ALL, now=zoom.clock())

    choose_link_source(jitsi, Schedule.NO_LINK, now=zoom.clock())

    assert not apply_next(now=zoom.clock())
    assert Schedule.objects.get().applying == ""
