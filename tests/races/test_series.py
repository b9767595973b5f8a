"""Series that meet: several act on many slots at the same moment, and in whatever order they name them."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Membership, Occupancy, Schedule, Series, Slot
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.editing import SlotChanges, edit_slot
from convoca.booking.operations.series import Repeat, book_series, cancel_following, sign_up_for_series
from convoca.booking.operations.slots import open_series
from convoca.core.time import Interval
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    make_account,
    make_capacity_schedule,
    make_client,
    make_member,
    make_resource_schedule,
)
from tests.races.test_operations import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)

WEEKS = 4
WEEKLY = Repeat(Series.Frequency.WEEKLY, THURSDAY + timedelta(weeks=WEEKS - 1))
DAILY = Repeat(Series.Frequency.DAILY, THURSDAY + timedelta(days=7))


def make_course(*, capacity: int | None = 1) -> list[Slot]:
    schedule = make_capacity_schedule(make_account(), repeats=Schedule.Repeats.MAY, link_source="jitsi")
    when = Interval(at("18:00"), at("19:00"))
    return open_series(schedule, when, repeat=WEEKLY, title="Yoga for backs", capacity=capacity, now=NOW)


def places_taken_are_places_held() -> bool:
    held = [
        sum(slot.bookings.exclude(status=Booking.Status.CANCELLED).values_list("quantity", flat=True))
        for slot in Slot.objects.order_by("pk")
    ]
    return held == list(Slot.objects.order_by("pk").values_list("taken", flat=True))


def test_of_overlapping_series_booked_at_once_one_whole_series_wins() -> None:
    schedule = make_resource_schedule(make_account(), repeats=Schedule.Repeats.MAY, no_overlap=True)
    resource = schedule.resources.get()

    outcomes = at_once(
        lambda n: book_series(
            schedule,
            resource,
            at("10:00"),
            repeat=WEEKLY if n % 2 else DAILY,
            client=make_client(email=f"visitor{n % 5}@example.org"),
            now=NOW,
        )
    )

    assert outcomes == {"done": 1, "SeriesClash": THREADS - 1}
    series = Series.objects.get()
    expected = WEEKS if series.frequency == Series.Frequency.WEEKLY else 8
    assert (Booking.objects.count(), Occupancy.objects.count(), series.slots.count()) == (expected,) * 3
    assert len(set(Booking.objects.values_list("email", flat=True))) == 1


def test_series_on_two_resources_and_single_bookings_do_not_wait_for_each_other_for_ever() -> None:
    schedule = make_resource_schedule(make_account(), resources=2, repeats=Schedule.Repeats.MAY)
    rooms = list(schedule.resources.order_by("pk"))

    def act(number: int) -> object:
        client = make_client(email=f"visitor{number}@example.org")
        room = rooms[number % 2]
        if number < THREADS // 2:
            return book_series(schedule, room, at("10:00"), repeat=WEEKLY, client=client, now=NOW)
        day = THURSDAY + timedelta(weeks=number % WEEKS)
        return book_resource(schedule, room, at("10:00", day), client=client, now=NOW)

    outcomes = at_once(act)

    assert set(outcomes) <= {"done", "SeriesClash", "ResourceTaken"}
    assert Occupancy.objects.count() == Booking.objects.count()
    for series in Series.objects.all():
        assert series.slots.count() == WEEKS, "a series is whole"


def test_whoever_signs_up_for_a_course_has_all_of_it_or_nothing_whatever_order_they_name_it_in() -> None:
    slots = make_course(capacity=2)

    outcomes = at_once(
        lambda n: sign_up_for_series(
            slots if n % 2 else slots[::-1], client=make_client(email=f"visitor{n}@example.org"), now=NOW
        )
    )

    assert outcomes == {"done": 2, "SeriesClash": THREADS - 2}
    assert list(Slot.objects.values_list("taken", flat=True)) == [2] * WEEKS
    assert places_taken_are_places_held()


def test_a_course_that_is_called_off_while_people_sign_up_for_it_leaves_nobody_in_it() -> None:
    slots = make_course(capacity=None)
    owner = acting(make_member(slots[0].account, Membership.Role.OWNER))

    def act(number: int) -> object:
        if number == THREADS // 2:
            return cancel_slot(slots[1], following=True, message="", by=owner, now=NOW)
        client = make_client(email=f"visitor{number}@example.org")
        return sign_up_for_series(slots[number % 2 :], client=client, now=NOW)

    outcomes = at_once(act)

    assert set(outcomes) <= {"done", "SeriesClash"}
    assert not Booking.objects.filter(slot__cancelled_at__isnull=False).exclude(status="cancelled").exists()
    assert places_taken_are_places_held()


def test_moving_a_course_and_leaving_it_at_the_same_moment_leaves_places_and_people_in_step() -> None:
    slots = make_course(capacity=THREADS)
    owner = acting(make_member(slots[0].account, Membership.Role.OWNER))
    bookings = [
        sign_up_for_series(slots, client=make_client(email=f"visitor{n}@example.org"), now=NOW)[n % WEEKS]
        for n in range(THREADS // 2)
    ]

    def act(number: int) -> object:
        if number < len(bookings):
            return cancel_following(bookings[number], now=NOW)
        first = slots[number % WEEKS]
        changes = SlotChanges(
            title=f"Yoga {number}",
            description="",
            location="",
            capacity=THREADS,
            starts_at=first.starts_at + timedelta(minutes=number),
            ends_at=first.ends_at + timedelta(minutes=number),
        )
        return edit_slot(first, changes, following=True, by=owner, now=NOW)

    outcomes = at_once(act)

    assert outcomes == {"done": THREADS}
    assert places_taken_are_places_held()


def test_series_with_any_resource_take_whole_pools_and_never_the_same_one_twice() -> None:
    rooms = 3
    schedule = make_resource_schedule(make_account(), resources=rooms, repeats=Schedule.Repeats.MAY)

    outcomes = at_once(
        lambda n: book_series(
            schedule,
            None,
            at("10:00"),
            repeat=WEEKLY,
            client=make_client(email=f"visitor{n}@example.org"),
            now=NOW,
        )
    )

    assert outcomes == {"done": rooms, "SeriesClash": THREADS - rooms}
    assert Booking.objects.count() == rooms * WEEKS
    taken = Occupancy.objects.values_list("resource", "starts_at")
    assert len(set(taken)) == len(taken) == rooms * WEEKS
