"""T24, T29: sixteen threads that call the operations themselves, each on a database connection of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections

from convoca.booking.models import Booking, Meeting, Notification, Occupancy, Slot
from convoca.booking.operations.approving import decline
from convoca.booking.operations.auditing import ATTENDEE
from convoca.booking.operations.booking import Client, book_place, book_resource, book_service
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.core.admission import Refusal
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

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16
TOGETHER_WITHIN_SECONDS = 30


def at_once(act: Callable[[int], object], *, threads: int = THREADS) -> Counter[str]:
    """Let every thread call `act` with its number at the same moment; count the outcomes: "done" or the refusal."""
    gate = Barrier(threads)

    def one(number: int) -> str:
        try:
            # Connected before the start, so that connecting spreads nobody out.
            connection.ensure_connection()
            gate.wait(TOGETHER_WITHIN_SECONDS)
            act(number)
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(one, range(threads)))


def _client(number: int) -> Client:
    return make_client(name=f"Visitor {number}", email=f"visitor{number}@example.org")


def test_t29_a_resource_is_taken_once_however_many_ask_at_the_same_moment() -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi")
    resource = schedule.resources.get()

    outcomes = at_once(lambda n: book_resource(schedule, resource, at("10:00"), client=_client(n), now=NOW))

    assert outcomes == {"done": 1, "ResourceTaken": THREADS - 1}
    assert (Slot.objects.count(), Booking.objects.count(), Occupancy.objects.count()) == (1, 1, 1)
    assert (Meeting.objects.count(), Notification.objects.filter(kind="confirmation").count()) == (1, 1)


def test_t29_overlapping_starts_of_one_resource_never_both_succeed() -> None:
    schedule = make_resource_schedule(make_account(), length_minutes=60, start_every_minutes=15)
    resource = schedule.resources.get()
    starts = ["10:00", "10:15", "10:30", "10:45"]

    outcomes = at_once(lambda n: book_resource(schedule, resource, at(starts[n % 4]), client=_client(n), now=NOW))

    assert outcomes == {"done": 1, "ResourceTaken": THREADS - 1}
    assert Occupancy.objects.count() == 1


def test_t29_a_service_with_five_resources_is_booked_five_times_each_on_a_resource_of_its_own() -> None:
    schedule = make_service_schedule(make_account(), pool=5)
    service = schedule.services.get()

    outcomes = at_once(lambda n: book_service(schedule, service, at("10:00"), client=_client(n), now=NOW))

    assert outcomes == {"done": 5, "ResourceTaken": THREADS - 5}
    assert Occupancy.objects.values("resource").distinct().count() == 5


def test_t24_simultaneous_sign_ups_fill_a_class_exactly_and_share_its_one_meeting() -> None:
    slot = make_class(make_capacity_schedule(make_account(), link_source="jitsi"), capacity=7)

    outcomes = at_once(lambda n: book_place(slot, client=_client(n), now=NOW))

    slot.refresh_from_db()
    assert outcomes == {"done": 7, "SlotFull": THREADS - 7}
    assert (slot.taken, Booking.objects.count(), Meeting.objects.count()) == (7, 7, 1)


def test_t24_parties_of_different_sizes_never_take_more_than_the_capacity() -> None:
    slot = make_class(make_capacity_schedule(make_account()), capacity=10)

    at_once(lambda n: book_place(slot, client=_client(n), quantity=1 + n % 3, now=NOW))

    slot.refresh_from_db()
    assert slot.taken == sum(Booking.objects.values_list("quantity", flat=True)) <= 10


def test_one_person_who_presses_many_times_has_one_place() -> None:
    slot = make_class(make_capacity_schedule(make_account()), capacity=THREADS)

    outcomes = at_once(lambda _: sign_up(slot, "luis@example.org"))

    assert outcomes == {"done": 1, "AlreadySignedUp": THREADS - 1}


def test_a_booking_is_cancelled_once_and_its_place_is_given_back_once() -> None:
    slot = make_class(make_capacity_schedule(make_account()), capacity=3)
    booking, _ = sign_up(slot, "luis@example.org"), sign_up(slot, "eva@example.org")

    outcomes = at_once(lambda _: cancel(Booking.objects.select_related("slot").get(pk=booking.pk), now=NOW))

    slot.refresh_from_db()
    assert outcomes == {"done": 1, "AlreadyCancelled": THREADS - 1}
    assert slot.taken == 1
    assert Notification.objects.filter(kind=Notification.Kind.CANCELLATION).count() == 1


def test_a_time_that_is_cancelled_and_wanted_at_the_same_moment_is_never_held_by_two() -> None:
    schedule = make_resource_schedule(make_account())
    resource, booking = schedule.resources.get(), book(schedule, "10:00")

    def act(number: int) -> None:
        if number == 0:
            cancel(booking, now=NOW)
        else:
            book_resource(schedule, resource, at("10:00"), client=_client(number), now=NOW)

    outcomes = at_once(act)

    live = Booking.objects.filter(status=Booking.Status.CONFIRMED).count()
    assert outcomes["done"] == 1 + live
    assert live <= 1
    assert Occupancy.objects.filter(released_at__isnull=True).count() == live


def _classes(number: int, **rules: object) -> list[Slot]:
    schedule = make_capacity_schedule(make_account(), **rules)
    return [make_class(schedule, starts_at=at(f"{10 + each}:00")) for each in range(number)]


def _as_read_before(booking: Booking) -> Booking:
    """Return the booking in the slot that it is in now, as all who were quick to open its page have read it."""
    return Booking.objects.select_related("slot__schedule").get(pk=booking.pk)


def _assert_counted(slots: list[Slot]) -> None:
    """Each slot counts as taken what its live bookings hold, neither more nor less."""
    live = Counter(Booking.objects.exclude(status=Booking.Status.CANCELLED).values_list("slot_id", flat=True))
    assert {slot.pk: Slot.objects.get(pk=slot.pk).taken for slot in slots} == {slot.pk: live[slot.pk] for slot in slots}


def test_a_place_that_was_moved_to_many_classes_at_the_same_moment_stayed_taken_in_all_of_them() -> None:
    first, *others = _classes(4)
    sign_up(first, "eva@example.org")
    booking = _as_read_before(sign_up(first, "luis@example.org"))

    outcomes = at_once(lambda n: move_place(booking, others[n % 3], now=NOW))

    # To where it is by then, nobody moves it.
    assert outcomes["done"] >= 1
    assert set(outcomes) <= {"done", "NotOffered"}
    _assert_counted([first, *others])


def test_a_place_that_was_moved_and_cancelled_at_the_same_moment_was_given_back_twice() -> None:
    first, *others = _classes(3)
    sign_up(first, "eva@example.org")
    booking = _as_read_before(sign_up(first, "luis@example.org"))

    def act(number: int) -> None:
        if number % 4 == 3:
            cancel(booking, now=NOW)
        else:
            move_place(booking, others[number % 2], now=NOW)

    outcomes = at_once(act)

    assert set(outcomes) <= {"done", "NotOffered", "AlreadyCancelled"}
    assert Booking.objects.get(pk=booking.pk).status == Booking.Status.CANCELLED
    _assert_counted([first, *others])


def test_a_request_that_was_moved_and_declined_at_the_same_moment_was_given_back_twice() -> None:
    first, *others = _classes(3, requires_approval=True)
    booking = _as_read_before(sign_up(first, "luis@example.org"))

    def act(number: int) -> None:
        if number % 4 == 3:
            decline(booking, by=ATTENDEE, now=NOW)
        else:
            move_place(booking, others[number % 2], now=NOW)

    at_once(act)

    assert Booking.objects.get(pk=booking.pk).status == Booking.Status.CANCELLED
    _assert_counted([first, *others])


@pytest.mark.parametrize("is_class", [True, False])
def test_bookings_moved_to_one_day_at_the_same_moment_were_more_than_a_person_may_have_there(is_class: bool) -> None:
    days = [THURSDAY + timedelta(days=each) for each in range(1, 5)]
    account = make_account()
    if is_class:
        schedule = make_capacity_schedule(account, most_per_day=1)
        bookings = [sign_up(make_class(schedule, starts_at=at("18:00", day))) for day in days]
        to = [make_class(schedule, starts_at=at(f"{10 + each}:00")) for each in range(4)]
        act = [lambda each=each: move_place(bookings[each], to[each], now=NOW) for each in range(4)]
    else:
        schedule = make_resource_schedule(account, most_per_day=1)
        bookings = [book(schedule, "10:00", day=day) for day in days]
        act = [lambda n=n: move_appointment(bookings[n], at(f"{10 + n}:00"), now=NOW) for n in range(4)]

    outcomes = at_once(lambda n: act[n](), threads=4)

    assert outcomes == {"done": 1, "LimitReached": 3}
