"""What becomes of a booking: approved, declined, moved, cancelled, taken back; and the trail that it leaves (M20)."""

from datetime import timedelta

import pytest

from convoca.booking.models import AuditEntry, Booking, Meeting, Notification, Schedule
from convoca.booking.operations.approving import approve, decline
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.booking.operations.refusals import AlreadyCancelled, NotWaiting, UndoTooLate
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.terms import supervisor_terms
from convoca.booking.questions.viewers import token_holder
from convoca.core.admission import OutsideOpeningHours, ResourceTaken, TooLateToChange
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)

pytestmark = pytest.mark.django_db


def kinds(booking: Booking) -> list[str]:
    return sorted(booking.notifications.values_list("kind", flat=True))


def trail(booking: Booking) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(booking=booking).values_list("actor", "verb"))


def asking_schedule() -> Schedule:
    return make_resource_schedule(make_account(), requires_approval=True, link_source="jitsi", reminder_minutes=None)


def test_a_request_holds_its_time_and_has_no_meeting_until_somebody_says_yes() -> None:
    schedule = asking_schedule()

    booking = book(schedule, "10:00")

    assert booking.status == Booking.Status.PENDING
    assert not Meeting.objects.exists()
    assert kinds(booking) == ["approval_wanted", "request"]
    with pytest.raises(ResourceTaken):
        book(schedule, "10:00", client=make_client(email="eva@example.org"))


def test_an_approved_request_is_confirmed_and_gets_its_meeting() -> None:
    booking = book(asking_schedule(), "10:00")
    owner = make_member(booking.account, "owner")

    approve(booking, by=acting(owner), now=NOW)

    booking.refresh_from_db()
    assert booking.is_confirmed
    assert Meeting.objects.get().wanted == Meeting.Wanted.PRESENT
    assert "confirmation" in kinds(booking)
    assert trail(booking) == [("attendee", "requested"), ("owner", "approved")]
    with pytest.raises(NotWaiting):
        approve(booking, by=acting(owner), now=NOW)


def test_a_declined_request_frees_its_time() -> None:
    schedule = asking_schedule()
    booking = book(schedule, "10:00")

    decline(booking, by=acting(make_member(booking.account, "superuser")), now=NOW)

    assert kinds(booking) == ["approval_wanted", "declined", "request"]
    assert book(schedule, "10:00", client=make_client(email="eva@example.org")).pk


def test_m2_pending_people_have_no_link() -> None:
    booking = book(asking_schedule(), "10:00")

    link = links_for(token_holder(booking), [booking.slot], now=NOW)[booking.slot_id]

    assert link.state == LinkState.HIDDEN


def test_b6_moving_an_appointment_keeps_its_slot_its_meeting_and_its_addresses() -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi")
    booking = book(schedule, "10:00")
    meeting = Meeting.objects.get()
    Meeting.objects.update(observed=Meeting.Observed.PRESENT, due_at=None)

    moved = move_appointment(booking, at("12:00"), now=NOW)

    assert (moved.pk, moved.slot_id, moved.token_digest) == (booking.pk, booking.slot_id, booking.token_digest)
    assert moved.slot.starts_at == at("12:00")
    after = Meeting.objects.get()
    assert (after.pk, after.wanted_revision, after.due_at) == (meeting.pk, 1, NOW)
    assert book(schedule, "10:00", client=make_client(email="eva@example.org")).pk
    with pytest.raises(ResourceTaken):
        book(schedule, "12:00", client=make_client(email="iva@example.org"))


def test_a_move_may_overlap_the_old_time_but_nobody_elses() -> None:
    schedule = make_resource_schedule(make_account(), length_minutes=60, start_every_minutes=30)
    booking = book(schedule, "10:00")
    book(schedule, "12:00", client=make_client(email="eva@example.org"))

    move_appointment(booking, at("10:30"), now=NOW)

    with pytest.raises(ResourceTaken):
        move_appointment(booking, at("11:30"), now=NOW)


def test_users_move_within_the_rules_and_superusers_as_they_like() -> None:
    schedule = make_resource_schedule(make_account(), change_limit_minutes=24 * 60)
    booking = book(schedule, "10:00")
    late = at("10:00") - timedelta(hours=2)

    with pytest.raises(TooLateToChange):
        move_appointment(booking, at("12:00"), now=late)
    with pytest.raises(OutsideOpeningHours):
        move_appointment(booking, at("20:00"), now=NOW)

    moved = move_appointment(booking, at("20:00"), now=late, terms=supervisor_terms())

    assert moved.slot.starts_at == at("20:00")


def test_moving_a_place_to_another_class_denies_the_old_link_and_offers_the_new_one() -> None:
    schedule = make_capacity_schedule(make_account(), link_source="jitsi")
    first, second = make_class(schedule), make_class(schedule, starts_at=at("20:00"))
    booking = sign_up(first)

    moved = move_place(booking, second, now=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.taken, second.taken) == (0, 1)
    links = links_for(token_holder(moved), [first, second], now=NOW)
    assert links[first.pk].state == LinkState.HIDDEN
    assert links[second.pk].state == LinkState.PENDING
    assert moved.token_digest == booking.token_digest


def test_a_cancellation_is_taken_back_within_five_minutes_with_the_same_meeting() -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi")
    booking = book(schedule, "10:00")
    Meeting.objects.update(observed=Meeting.Observed.PRESENT, due_at=None)
    meeting = Meeting.objects.get()
    cancel(booking, now=NOW)

    undo_cancel(booking, now=NOW + timedelta(minutes=4))

    booking.refresh_from_db()
    assert booking.is_confirmed
    assert booking.slot.is_live
    assert Meeting.objects.get(wanted="present").pk == meeting.pk
    with pytest.raises(ResourceTaken):
        book(schedule, "10:00", client=make_client(email="eva@example.org"))
    assert trail(booking) == [("attendee", "booked"), ("attendee", "cancelled"), ("attendee", "restored")]


def test_undo_is_too_late_after_five_minutes_or_when_somebody_took_the_time() -> None:
    schedule = make_resource_schedule(make_account())
    late, taken = book(schedule, "10:00"), book(schedule, "11:00", client=make_client(email="eva@example.org"))
    cancel(late, now=NOW)
    cancel(taken, now=NOW)
    book(schedule, "11:00", client=make_client(email="iva@example.org"))

    with pytest.raises(UndoTooLate):
        undo_cancel(late, now=NOW + timedelta(minutes=6))
    with pytest.raises(ResourceTaken):
        undo_cancel(taken, now=NOW + timedelta(minutes=1))
    assert Notification.objects.filter(booking=taken, kind="cancellation").count() == 1


def test_what_is_cancelled_is_not_moved() -> None:
    booking = book(make_resource_schedule(make_account()), "10:00", day=THURSDAY)
    cancel(booking, now=NOW)

    with pytest.raises(AlreadyCancelled):
        move_appointment(booking, at("12:00"), now=NOW)
