"""Moving a booking: what binds who moves, how long the booking stays, and what has been moved meanwhile (M18, M20)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from convoca.booking.models import Booking, Resource, Schedule, Slot
from convoca.booking.operations.approving import approve, decline
from convoca.booking.operations.auditing import ATTENDEE
from convoca.booking.operations.booking import book_resource, book_service
from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.operations.correcting import Correction, correct
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.booking.operations.refusals import NoPlaceYet
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.offers import local_window, starts_on_offer
from convoca.booking.questions.terms import kept_length, supervisor_terms
from convoca.core.admission import LimitReached, OutsideOpeningHours, OverlapsOwn, WrongLength
from tests.booking.building import (
    MADRID,
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

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FRIDAY = THURSDAY + DAY
# In Madrid, the clocks are put forward in the night to Sunday, 28 March 2027.
BEFORE_SPRING, SPRING = date(2027, 3, 20), date(2027, 3, 27)

type Act = Callable[[Booking], object]


def rentals(**rules: object) -> Schedule:
    """Boats for up to a week, to be back at noon of the last day."""
    defaults: dict[str, Any] = {
        "length_kind": "days",
        "most_days": 7,
        "check_out_minutes": 12 * 60,
        "horizon_days": None,
    }
    return make_resource_schedule(make_account(), **defaults | rules)


def rent(schedule: Schedule, day: date, *, days: int) -> Booking:
    boat = schedule.resources.get()
    return book_resource(schedule, boat, at("10:00", day), client=make_client(), now=NOW, length=days * DAY)


def times(booking: Booking) -> tuple[datetime, datetime]:
    slot = Slot.objects.get(bookings=booking)
    return slot.starts_at, slot.ends_at


def again(booking: Booking) -> Booking:
    """Read it anew, with its schedule as that is now."""
    return Booking.objects.get(pk=booking.pk)


def change(schedule: Schedule, **rules: object) -> None:
    Schedule.objects.filter(pk=schedule.pk).update(**rules)


# What the booking's person may have


def test_moving_got_round_the_limit_of_bookings_a_day() -> None:
    schedule = make_resource_schedule(make_account(), most_per_day=1)
    book(schedule, "10:00")
    friday = book(schedule, "10:00", day=FRIDAY)

    with pytest.raises(LimitReached):
        move_appointment(friday, at("12:00"), now=NOW)

    move_appointment(friday, at("15:00", FRIDAY), now=NOW)
    move_appointment(friday, at("12:00"), now=NOW, terms=supervisor_terms())
    assert times(friday)[0] == at("12:00")


def test_moving_got_round_the_rule_that_nobody_has_two_appointments_at_once() -> None:
    account = make_account()
    sign_up(make_class(make_capacity_schedule(account), starts_at=at("10:00")))
    booking = book(make_resource_schedule(account, no_overlap=True), "12:00")

    with pytest.raises(OverlapsOwn):
        move_appointment(booking, at("10:30"), now=NOW)

    assert times(booking)[0] == at("12:00")


def test_moving_to_another_class_got_round_the_limit_of_bookings_a_day() -> None:
    schedule = make_capacity_schedule(make_account(), most_per_day=1)
    sign_up(make_class(schedule))
    friday = sign_up(make_class(schedule, starts_at=at("18:00", FRIDAY)))

    with pytest.raises(LimitReached):
        move_place(friday, make_class(schedule, starts_at=at("20:00")), now=NOW)

    assert move_place(friday, make_class(schedule, starts_at=at("20:00", FRIDAY)), now=NOW).pk


# For how long


@pytest.mark.parametrize("supervised", [False, True])
def test_a_rental_moved_across_a_clock_change_was_refused_or_ended_an_hour_late(supervised: bool) -> None:
    booking = rent(rentals(), BEFORE_SPRING, days=3)

    move_appointment(booking, at("10:00", SPRING), now=NOW, terms=supervisor_terms() if supervised else None)

    assert times(booking) == (at("10:00", SPRING), at("12:00", SPRING + 2 * DAY))


def test_a_rental_moved_to_another_clock_ended_at_another_than_check_out() -> None:
    booking = rent(rentals(), THURSDAY, days=2)

    move_appointment(booking, at("15:00"), now=NOW)

    assert times(booking) == (at("15:00"), at("12:00", FRIDAY))


def test_a_rental_of_one_day_does_not_begin_after_its_check_out() -> None:
    booking = rent(rentals(), THURSDAY, days=1)

    with pytest.raises(WrongLength):
        move_appointment(booking, at("12:30", FRIDAY), now=NOW)


@pytest.mark.parametrize("check_out", [12 * 60, 24 * 60 + 11 * 60])
def test_a_rental_made_under_earlier_rules_could_not_be_moved(check_out: int) -> None:
    schedule = rentals(check_out_minutes=check_out)
    booking = rent(schedule, BEFORE_SPRING, days=3)
    until = times(booking)[1] - at("00:00", BEFORE_SPRING)
    change(schedule, most_days=1, check_out_minutes=check_out + 60)

    move_appointment(again(booking), at("10:00", SPRING), now=NOW)

    # On the clock, as it was; that night is an hour shorter.
    assert times(booking) == (at("10:00", SPRING), at("00:00", SPRING) + until - timedelta(hours=1))


def test_when_an_owner_had_changed_the_length_nobody_could_move_what_they_had_booked() -> None:
    schedule = make_resource_schedule(make_account(), length_minutes=60)
    booking = book(schedule, "10:00")
    change(schedule, length_minutes=30)

    move_appointment(again(booking), at("12:00"), now=NOW)

    assert times(booking) == (at("12:00"), at("13:00"))
    with pytest.raises(OutsideOpeningHours):
        move_appointment(again(booking), at("16:30"), now=NOW)


def test_when_an_owner_had_changed_a_service_s_length_nobody_could_move_what_they_had_booked() -> None:
    schedule = make_service_schedule(make_account(), minutes=60)
    service = schedule.services.get()
    booking = book_service(schedule, service, at("10:00"), client=make_client(), now=NOW)
    schedule.services.update(minutes=45)

    move_appointment(again(booking), at("12:00"), now=NOW)

    assert times(booking) == (at("12:00"), at("13:00"))


@pytest.mark.parametrize(
    "rules",
    [
        {"length_minutes": 30},
        {"length_kind": "chosen", "length_minutes": 90, "longest_minutes": 120},
        {"length_kind": "days", "most_days": 3, "check_out_minutes": 16 * 60},
    ],
)
def test_times_were_offered_to_move_to_that_were_always_refused(rules: dict[str, object]) -> None:
    schedule = make_resource_schedule(make_account(), length_minutes=60)
    booking = book(schedule, "10:00")
    book(schedule, "12:30", client=make_client(email="eva@example.org"))
    change(schedule, **rules)
    slot = again(booking).slot

    offered = starts_on_offer(
        slot.schedule,
        window=local_window(THURSDAY, 3, MADRID),
        now=NOW,
        resource=Resource.objects.get(),
        kept=kept_length(slot),
    )

    assert offered
    for each in offered:
        move_appointment(again(booking), each.starts_at, now=NOW)
        assert times(booking) == (each.starts_at, each.ends_at)


# What can be moved


def test_an_offered_place_was_moved_and_could_be_taken_when_the_class_was_over() -> None:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True)
    full, other = make_class(schedule, capacity=1), make_class(schedule, starts_at=at("20:00"))
    first = sign_up(full)
    waiting = join_waiting_list(full, client=make_client(email="eva@example.org"), now=NOW)

    with pytest.raises(NoPlaceYet):
        move_place(again(waiting), other, now=NOW, terms=supervisor_terms())
    cancel(first, now=NOW)
    with pytest.raises(NoPlaceYet):
        move_place(again(waiting), other, now=NOW, terms=supervisor_terms())

    assert again(waiting).status == Booking.Status.OFFERED
    assert Slot.objects.get(pk=other.pk).taken == 0


def test_a_booking_of_a_resource_that_is_on_offer_no_more_could_not_be_moved_or_taken_back() -> None:
    schedule = make_resource_schedule(make_account(), resources=2)
    booking = book(schedule, "10:00")
    resource = booking.slot.occupancies.get().resource
    schedule.listed.filter(resource=resource).delete()

    move_appointment(again(booking), at("12:00"), now=NOW, terms=supervisor_terms())
    move_appointment(again(booking), at("14:00"), now=NOW)
    cancel(again(booking), now=NOW)
    undo_cancel(again(booking), now=NOW)

    assert again(booking).is_confirmed
    assert booking.slot.occupancies.get(released_at__isnull=True).resource == resource


# What was moved meanwhile


@pytest.mark.parametrize("act", [cancel, lambda booking, now: move_place(booking, third(booking), now=now)])
def test_a_place_that_had_been_moved_meanwhile_was_given_back_twice(act: Callable[..., object]) -> None:
    first, second = two_classes()
    sign_up(first, "eva@example.org")
    as_it_was = Booking.objects.select_related("slot__schedule").get(pk=sign_up(first).pk)
    move_place(as_it_was, second, now=NOW)

    act(as_it_was, now=NOW)

    assert (Slot.objects.get(pk=first.pk).taken, Slot.objects.get(pk=second.pk).taken) == (1, 0)


@pytest.mark.parametrize(
    ("act", "verb", "taken"),
    [
        (lambda booking: approve(booking, by=ATTENDEE, now=NOW), "approved", 1),
        (lambda booking: decline(booking, by=ATTENDEE, now=NOW), "declined", 0),
        (
            lambda booking: correct(booking, Correction(name="Eva", email=booking.email), by=ATTENDEE, now=NOW),
            "edited",
            1,
        ),
    ],
)
def test_what_was_done_to_a_moved_booking_was_done_to_the_slot_it_had_left(act: Act, verb: str, taken: int) -> None:
    first, second = two_classes(requires_approval=True)
    as_it_was = Booking.objects.select_related("slot__schedule").get(pk=sign_up(first).pk)
    move_place(as_it_was, second, now=NOW)

    act(as_it_was)

    assert as_it_was.audit.get(verb=verb).slot == second
    assert (Slot.objects.get(pk=first.pk).taken, Slot.objects.get(pk=second.pk).taken) == (0, taken)


def two_classes(**rules: object) -> tuple[Slot, Slot]:
    schedule = make_capacity_schedule(make_account(), **rules)
    return make_class(schedule), make_class(schedule, starts_at=at("20:00"))


def third(booking: Booking) -> Slot:
    return make_class(booking.slot.schedule, starts_at=at("12:00"))
