"""What a cancellation that is taken back must not bring: more than one may have, or a place that nobody is offered."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Membership, Schedule, Slot
from convoca.booking.operations.auditing import Actor, Kind, acting
from convoca.booking.operations.booking import Client, book_place
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.moving import move_place
from convoca.booking.operations.refusals import AlreadySignedUp
from convoca.booking.operations.waiting import accept_offer, join_waiting_list
from convoca.core.admission import LimitReached, OverlapsOwn, ResourceTaken
from convoca.core.rules import Per
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

OWNER = Actor(Kind.OWNER)
SOON = NOW + timedelta(minutes=1)


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def _sign_up(slot: Slot, client: Client) -> Booking:
    return book_place(slot, client=client, now=NOW)


def test_undoing_does_not_get_past_the_limits_per_person() -> None:
    schedule = make_resource_schedule(make_account(), most_ahead=1)
    first = book(schedule, "10:00")
    cancel(first, now=NOW)
    book(schedule, "11:00")

    with pytest.raises(LimitReached) as refusal:
        undo_cancel(first, now=SOON)

    assert (refusal.value.per, refusal.value.limit) == (Per.FUTURE, 1)
    assert status(first) == Booking.Status.CANCELLED
    assert undo_cancel(first, now=SOON, by=OWNER).is_confirmed, "limits do not bind who supervises"


def test_undoing_does_not_get_past_the_limits_of_a_class_that_are_counted_by_membership() -> None:
    schedule = make_capacity_schedule(make_account(), most_per_day=1)
    member = make_member(schedule.account, Membership.Role.USER)
    client = make_client(membership=member)
    first, second = make_class(schedule), make_class(schedule, starts_at=at("20:00"))
    booking = _sign_up(first, client)
    cancel(booking, now=NOW, by=acting(member))
    _sign_up(second, client)

    with pytest.raises(LimitReached):
        undo_cancel(booking, now=SOON, by=acting(member))


def test_undoing_does_not_give_two_appointments_at_once() -> None:
    account = make_account()
    schedule = make_resource_schedule(account, no_overlap=True)
    booking = book(schedule, "10:00")
    cancel(booking, now=NOW)
    sign_up(make_class(make_capacity_schedule(account), starts_at=at("10:00")))

    with pytest.raises(OverlapsOwn):
        undo_cancel(booking, now=SOON)


def test_undoing_does_not_give_a_second_place_where_one_is_all_that_one_may_have() -> None:
    slot = make_class(make_capacity_schedule(make_account()))
    booking = sign_up(slot)
    cancel(booking, now=NOW)
    sign_up(slot)

    with pytest.raises(AlreadySignedUp):
        undo_cancel(booking, now=SOON)

    assert Slot.objects.get().taken == 1


def test_undoing_keeps_the_time_that_others_need_between_two_bookings() -> None:
    schedule = make_resource_schedule(make_account(), buffer_before_minutes=30, buffer_after_minutes=30)
    booking = book(schedule, "10:00")
    cancel(booking, now=NOW)
    book(schedule, "10:30", client=make_client(email="eva@example.org"))

    with pytest.raises(ResourceTaken):
        undo_cancel(booking, now=SOON)


def test_what_is_taken_back_need_not_be_on_offer_any_more() -> None:
    """Notice and hours bound when it was booked: it was theirs."""
    schedule = make_resource_schedule(make_account())
    booking = book(schedule, "10:00")
    cancel(booking, now=NOW)
    schedule.hours.all().delete()
    Schedule.objects.update(notice_minutes=14 * 24 * 60, start_every_minutes=7, length_minutes=45)

    assert undo_cancel(Booking.objects.get(pk=booking.pk), now=SOON).is_confirmed


def test_undoing_locks_the_class_that_the_booking_was_moved_to_meanwhile() -> None:
    schedule = make_capacity_schedule(make_account())
    first, second = make_class(schedule), make_class(schedule, starts_at=at("20:00", THURSDAY))
    stale = Booking.objects.select_related("slot__schedule").get(pk=sign_up(first).pk)
    moved = move_place(Booking.objects.get(pk=stale.pk), second, now=NOW)
    cancel(moved, now=NOW)

    undo_cancel(stale, now=SOON)

    assert dict(Slot.objects.values_list("pk", "taken")) == {first.pk: 0, second.pk: 1}


def test_undoing_does_not_leave_a_free_place_that_nobody_who_waits_is_offered() -> None:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True)
    slot = make_class(schedule, capacity=1)
    inside = sign_up(slot)
    waiting = join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    cancel(waiting, now=NOW)
    cancel(inside, now=NOW)

    restored = undo_cancel(waiting, now=SOON)

    assert (restored.status, restored.offered_until) == (Booking.Status.OFFERED, SOON + timedelta(hours=12))
    assert Slot.objects.get().taken == 1


def test_an_offer_that_was_turned_down_is_made_again_if_that_is_taken_back() -> None:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True)
    slot = make_class(schedule, capacity=1)
    inside = sign_up(slot)
    waiting = join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    cancel(inside, now=NOW)
    cancel(waiting, now=NOW)

    undo_cancel(waiting, now=SOON)

    assert status(waiting) == Booking.Status.OFFERED
    assert accept_offer(Booking.objects.get(pk=waiting.pk), now=SOON).is_confirmed


def test_a_request_that_came_from_the_waiting_list_is_a_request_again() -> None:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True)
    slot = make_class(schedule, capacity=1)
    inside = sign_up(slot)
    waiting = join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    Schedule.objects.update(requires_approval=True)
    cancel(inside, now=NOW)
    asked = accept_offer(Booking.objects.get(pk=waiting.pk), now=NOW)
    cancel(asked, now=NOW)

    undo_cancel(asked, now=SOON)

    assert status(waiting) == Booking.Status.PENDING
    assert Slot.objects.get().taken == 1
