"""The waiting list of a class: in order, each offer held for a time, and no link before the place is taken."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Schedule, Series, Slot
from convoca.booking.operations.approving import approve
from convoca.booking.operations.auditing import Actor, Kind
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.refusals import AlreadySignedUp, BookingsPaused, NotOffered, NotWaiting, PlacesFree
from convoca.booking.operations.series import Repeat
from convoca.booking.operations.slots import open_series
from convoca.booking.operations.waiting import accept_offer, expire_next, join_waiting_list
from convoca.booking.questions.bookings import position_of
from convoca.booking.questions.links import LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from convoca.core.admission import LimitReached, SlotFull, TooSoon
from convoca.core.rules import Per
from convoca.core.time import Interval
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    sign_up,
)

pytestmark = pytest.mark.django_db


def full_class(*, capacity: int = 1, **rules: object) -> tuple[Slot, list[Booking]]:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True, link_source="jitsi", **rules)
    slot = make_class(schedule, capacity=capacity)
    return slot, [sign_up(slot, f"in{number}@example.org") for number in range(capacity)]


def wait_for(slot: Slot, email: str, *, quantity: int = 1) -> Booking:
    return join_waiting_list(slot, client=make_client(email=email), quantity=quantity, now=NOW)


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def test_who_waits_has_a_position_and_no_place() -> None:
    slot, _ = full_class()

    first, second = wait_for(slot, "a@example.org"), wait_for(slot, "b@example.org")

    assert (position_of(first), position_of(second)) == (1, 2)
    assert Slot.objects.get().taken == 1
    assert list(first.notifications.values_list("kind", flat=True)) == ["waiting"]


def test_a_place_that_becomes_free_is_offered_to_the_first_and_counts_as_taken() -> None:
    slot, [inside] = full_class(offer_hours=12)
    first, second = wait_for(slot, "a@example.org"), wait_for(slot, "b@example.org")

    cancel(inside, now=NOW)

    first.refresh_from_db()
    assert (first.status, first.offered_until) == (Booking.Status.OFFERED, NOW + timedelta(hours=12))
    assert status(second) == Booking.Status.WAITING
    with pytest.raises(SlotFull):
        sign_up(slot, "quick@example.org")


def test_m2_whoever_waits_or_was_offered_a_place_has_no_link() -> None:
    slot, [inside] = full_class()
    waiting = wait_for(slot, "a@example.org")

    assert links_for(token_holder(waiting), [slot], now=NOW)[slot.pk].state == LinkState.HIDDEN
    cancel(inside, now=NOW)
    waiting.refresh_from_db()
    assert links_for(token_holder(waiting), [slot], now=NOW)[slot.pk].state == LinkState.HIDDEN

    accepted = accept_offer(waiting, now=NOW + timedelta(hours=1))

    assert links_for(token_holder(accepted), [slot], now=NOW)[slot.pk].state == LinkState.PENDING


def test_an_offer_that_nobody_takes_in_time_goes_to_the_next_person() -> None:
    slot, [inside] = full_class(offer_hours=2)
    first, second = wait_for(slot, "a@example.org"), wait_for(slot, "b@example.org")
    cancel(inside, now=NOW)

    later = NOW + timedelta(hours=2)
    assert expire_next(now=later)

    assert (status(first), status(second)) == (Booking.Status.WAITING, Booking.Status.OFFERED)
    assert not expire_next(now=later)
    with pytest.raises(NotWaiting):
        accept_offer(first, now=later)
    assert Slot.objects.get().taken == 1


def test_who_wants_more_places_than_are_free_is_passed_over_but_stays_first() -> None:
    slot, [inside, other] = full_class(capacity=2, places_per_person=None)
    two, one = wait_for(slot, "two@example.org", quantity=2), wait_for(slot, "one@example.org")

    cancel(inside, now=NOW)
    assert (status(two), status(one)) == (Booking.Status.WAITING, Booking.Status.OFFERED)

    cancel(Booking.objects.get(pk=one.pk), now=NOW)
    cancel(other, now=NOW)
    assert status(two) == Booking.Status.OFFERED


def test_nobody_waits_for_what_is_free_or_twice_or_where_there_is_no_list() -> None:
    slot, [inside] = full_class()
    wait_for(slot, "a@example.org")

    with pytest.raises(AlreadySignedUp):
        wait_for(slot, "a@example.org")
    with pytest.raises(AlreadySignedUp):
        wait_for(slot, inside.email)
    with pytest.raises(PlacesFree):
        wait_for(make_class(slot.schedule), "b@example.org")
    listless = make_class(make_capacity_schedule(slot.account, slug="listless"), capacity=1)
    sign_up(listless)
    with pytest.raises(NotOffered):
        wait_for(listless, "c@example.org")


def test_an_offer_that_nobody_answers_does_not_hold_the_place_for_ever() -> None:
    slot, [inside] = full_class(offer_hours=1)
    waiting = wait_for(slot, "a@example.org")
    cancel(inside, now=NOW)

    assert expire_next(now=NOW + timedelta(hours=1))

    assert (status(waiting), Slot.objects.get().taken) == (Booking.Status.WAITING, 0)
    assert not expire_next(now=NOW + timedelta(days=1)), "no second offer of the same place"
    assert sign_up(slot, "quick@example.org").is_confirmed


def test_each_who_waits_is_asked_once_about_a_place_and_again_about_the_next() -> None:
    slot, [inside, other] = full_class(capacity=2, offer_hours=1)
    first, second = wait_for(slot, "a@example.org"), wait_for(slot, "b@example.org")
    cancel(inside, now=NOW)

    for hours in (1, 2):
        assert expire_next(now=NOW + timedelta(hours=hours))
    assert (status(first), status(second)) == (Booking.Status.WAITING, Booking.Status.WAITING)
    assert Slot.objects.get().taken == 1

    sign_up(slot, "quick@example.org")
    cancel(other, now=NOW + timedelta(hours=3))
    assert (status(first), status(second)) == (Booking.Status.OFFERED, Booking.Status.WAITING)


def test_who_leaves_the_list_makes_no_place_free_for_those_who_let_it_pass() -> None:
    slot, [inside] = full_class(offer_hours=1)
    first, second = wait_for(slot, "a@example.org"), wait_for(slot, "b@example.org")
    cancel(inside, now=NOW)
    expire_next(now=NOW + timedelta(hours=1))

    cancel(Booking.objects.get(pk=second.pk), now=NOW + timedelta(hours=1))

    assert (status(first), Slot.objects.get().taken) == (Booking.Status.WAITING, 0)


def test_who_let_an_offer_pass_can_take_the_place_while_it_is_free() -> None:
    slot, [inside] = full_class(offer_hours=1)
    waiting = wait_for(slot, "a@example.org")
    cancel(inside, now=NOW)
    later = NOW + timedelta(hours=2)
    expire_next(now=later)

    taken = accept_offer(Booking.objects.get(pk=waiting.pk), now=later)

    assert (taken.status, taken.passed_at) == (Booking.Status.CONFIRMED, None)
    assert Slot.objects.get().taken == 1


def test_while_bookings_were_paused_who_had_let_an_offer_pass_took_the_free_place() -> None:
    slot, [inside] = full_class(offer_hours=12)
    passed, held = wait_for(slot, "a@example.org"), wait_for(slot, "b@example.org")
    cancel(inside, now=NOW)
    later = NOW + timedelta(hours=12)
    expire_next(now=later)
    Schedule.objects.update(is_paused=True)

    accepted = accept_offer(Booking.objects.get(pk=held.pk), now=later)
    cancel(accepted, now=later)
    expire_next(now=later + timedelta(hours=12))

    assert accepted.status == "confirmed", "what is held for somebody was promised"
    assert status(passed) == "waiting"
    with pytest.raises(BookingsPaused):
        accept_offer(Booking.objects.get(pk=passed.pk), now=later + timedelta(hours=12))


def test_who_let_an_offer_pass_does_not_take_the_place_that_somebody_else_has() -> None:
    slot, [inside] = full_class(offer_hours=1)
    waiting = wait_for(slot, "a@example.org")
    cancel(inside, now=NOW)
    later = NOW + timedelta(hours=2)
    expire_next(now=later)
    sign_up(slot, "quick@example.org")

    with pytest.raises(NotWaiting):
        accept_offer(Booking.objects.get(pk=waiting.pk), now=later)


def test_a_place_from_the_waiting_list_does_not_get_past_approval() -> None:
    slot, [inside] = full_class()
    waiting = wait_for(slot, "a@example.org")
    Schedule.objects.update(requires_approval=True)
    cancel(inside, now=NOW)

    asked = accept_offer(Booking.objects.get(pk=waiting.pk), now=NOW)

    assert (asked.status, asked.offered_until, Slot.objects.get().taken) == (Booking.Status.PENDING, None, 1)
    assert {"request", "approval_wanted"} <= set(asked.notifications.values_list("kind", flat=True))
    assert links_for(token_holder(asked), [slot], now=NOW)[slot.pk].state == LinkState.HIDDEN
    with pytest.raises(NotWaiting):
        accept_offer(asked, now=NOW)
    assert approve(asked, by=Actor(Kind.OWNER), now=NOW).is_confirmed


def test_waiting_does_not_get_past_the_limits_per_person() -> None:
    slot, [inside] = full_class(most_per_day=1)
    other = make_class(slot.schedule, starts_at=at("20:00"))
    sign_up(other, "a@example.org")
    late = wait_for(slot, "b@example.org")

    with pytest.raises(LimitReached):
        wait_for(slot, "a@example.org")

    sign_up(other, "b@example.org")
    cancel(inside, now=NOW)
    with pytest.raises(LimitReached):
        accept_offer(Booking.objects.get(pk=late.pk), now=NOW)


def test_an_offer_that_is_taken_counts_for_its_holder_once() -> None:
    slot, [inside] = full_class(most_per_day=1, no_overlap=True)
    waiting = wait_for(slot, "a@example.org")
    cancel(inside, now=NOW)

    assert accept_offer(Booking.objects.get(pk=waiting.pk), now=NOW).is_confirmed


@pytest.mark.parametrize(("places_per_person", "most"), [(2, 2), (None, 3)])
def test_nobody_waits_for_more_places_than_one_may_have_or_than_there_are(
    places_per_person: int | None, most: int
) -> None:
    slot, _ = full_class(capacity=3, places_per_person=places_per_person)

    with pytest.raises(LimitReached) as refusal:
        wait_for(slot, "a@example.org", quantity=50)

    assert (refusal.value.per, refusal.value.limit) == (Per.SLOT, most)
    assert wait_for(slot, "a@example.org", quantity=most).quantity == most


def test_nobody_waits_for_one_session_where_one_signs_up_for_all_of_them() -> None:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True, repeats=Schedule.Repeats.MUST)
    repeat = Repeat(Series.Frequency.DAILY, THURSDAY + timedelta(days=2))
    slots = open_series(schedule, Interval(at("18:00"), at("19:00")), repeat=repeat, title="", capacity=1, now=NOW)
    sign_up(slots[0])

    for slot in slots:
        with pytest.raises(NotOffered):
            wait_for(slot, "a@example.org")


def test_nobody_waits_while_bookings_are_paused_or_closer_than_one_may_book() -> None:
    full_class()
    Schedule.objects.update(is_paused=True)
    with pytest.raises(BookingsPaused):
        wait_for(Slot.objects.get(), "a@example.org")

    Schedule.objects.update(is_paused=False, notice_minutes=14 * 24 * 60)
    with pytest.raises(TooSoon):
        wait_for(Slot.objects.get(), "a@example.org")


def test_an_offer_is_not_taken_when_the_session_has_begun() -> None:
    slot, [inside] = full_class(offer_hours=100)
    waiting = wait_for(slot, "a@example.org")
    cancel(inside, now=NOW)
    Slot.objects.update(starts_at=NOW)

    with pytest.raises(NotWaiting):
        accept_offer(Booking.objects.get(pk=waiting.pk), now=NOW)
