"""Booking and cancelling on the three kinds of schedule (M18, M20), and what is refused."""

from datetime import timedelta

import pytest

from convoca.booking.models import Booking, Meeting, Notification, Occupancy, Slot
from convoca.booking.operations.booking import book_place, book_resource, book_service
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.refusals import AlreadyCancelled, AlreadySignedUp, NotOffered
from convoca.booking.questions.offers import local_window, starts_on_offer
from convoca.core.admission import (
    InThePast,
    NotOnGrid,
    OutsideOpeningHours,
    Refusal,
    ResourceTaken,
    SlotFull,
    SlotOver,
    TooFar,
    TooLateToCancel,
    TooSoon,
)
from tests.booking.building import (
    MADRID,
    NOW,
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


def test_a_booked_time_is_not_offered_to_anybody_else() -> None:
    schedule = make_resource_schedule(make_account())
    window = local_window(at("00:00").date(), 1, MADRID)

    before = starts_on_offer(schedule, window=window, now=NOW)
    booking = book(schedule, "10:00")

    after = starts_on_offer(schedule, window=window, now=NOW)
    assert [start for start in before if start not in after] == [
        start for start in before if start.starts_at == booking.slot.starts_at
    ]
    with pytest.raises(ResourceTaken):
        book(schedule, "10:00", client=make_client(email="eva@example.org"))


def test_two_resources_of_one_schedule_are_booked_independently() -> None:
    schedule = make_resource_schedule(make_account(), resources=2)
    first, second = schedule.resources.order_by("pk")

    book_resource(schedule, first, at("10:00"), client=make_client(), now=NOW)
    book_resource(schedule, second, at("10:00"), client=make_client(email="eva@example.org"), now=NOW)

    assert Occupancy.objects.count() == 2


def test_a_resource_that_two_schedules_share_is_taken_in_both() -> None:
    account = make_account()
    members, visitors = make_resource_schedule(account), make_resource_schedule(account, slug="visitors", resources=0)
    room = members.resources.get()
    visitors.listed.create(account=account, resource=room)

    book(members, "10:00")

    with pytest.raises(ResourceTaken):
        book_resource(visitors, room, at("10:00"), client=make_client(), now=NOW)


def test_a_service_finds_a_free_resource_and_the_one_with_the_fewest_bookings_that_day() -> None:
    schedule = make_service_schedule(make_account(), pool=2)
    service = schedule.services.get()

    bookings = [
        book_service(schedule, service, at(clock), client=make_client(email=f"{clock[:2]}@example.org"), now=NOW)
        for clock in ("10:00", "12:00", "12:00")
    ]

    first, second, third = (booking.slot.occupancies.get().resource_id for booking in bookings)
    assert first != second
    assert {second, third} == set(service.candidates.values_list("resource_id", flat=True))
    with pytest.raises(ResourceTaken):
        book_service(schedule, service, at("12:00"), client=make_client(email="late@example.org"), now=NOW)


def test_a_class_takes_as_many_as_it_has_places() -> None:
    slot = make_class(make_capacity_schedule(make_account()), capacity=2)

    sign_up(slot, "a@example.org")
    sign_up(slot, "b@example.org")

    with pytest.raises(SlotFull) as refusal:
        sign_up(slot, "c@example.org")
    assert (refusal.value.capacity, refusal.value.left) == (2, 0)
    assert Slot.objects.get().taken == 2


def test_a_class_without_a_capacity_takes_everybody() -> None:
    slot = make_class(make_capacity_schedule(make_account()), capacity=None)

    for number in range(5):
        sign_up(slot, f"{number}@example.org")

    assert Slot.objects.get().taken == 5


def test_nobody_signs_up_twice_for_the_same_slot() -> None:
    slot = make_class(make_capacity_schedule(make_account()))
    sign_up(slot, "ana@example.org")

    with pytest.raises(AlreadySignedUp):
        sign_up(slot, "ANA@example.org")


@pytest.mark.parametrize(
    ("clock", "rules", "refusal"),
    [
        ("08:30", {}, OutsideOpeningHours),
        ("16:45", {"start_every_minutes": 15}, OutsideOpeningHours),
        ("10:10", {}, NotOnGrid),
        ("10:00", {"notice_minutes": 7 * 24 * 60}, TooSoon),
        ("10:00", {"horizon_days": 1}, TooFar),
    ],
)
def test_what_the_rules_do_not_allow_is_refused_and_nothing_is_written(
    clock: str, rules: dict[str, int], refusal: type[Refusal]
) -> None:
    schedule = make_resource_schedule(make_account(), **rules)

    with pytest.raises(refusal):
        book(schedule, clock)

    assert not Booking.objects.exists()
    assert not Slot.objects.exists()


def test_the_past_is_refused() -> None:
    schedule = make_resource_schedule(make_account())

    with pytest.raises(InThePast):
        book(schedule, "10:00", now=at("10:30"))


def test_what_belongs_to_another_schedule_or_account_is_not_offered() -> None:
    ours, theirs = make_account("Ours"), make_account("Theirs")
    schedule, foreign = make_resource_schedule(ours), make_resource_schedule(theirs)
    services = make_service_schedule(theirs)

    with pytest.raises(NotOffered):
        book_resource(schedule, foreign.resources.get(), at("10:00"), client=make_client(), now=NOW)
    with pytest.raises(NotOffered):
        book_service(schedule, services.services.get(), at("10:00"), client=make_client(), now=NOW)
    with pytest.raises(NotOffered):
        book_place(book(schedule, "11:00").slot, client=make_client(), now=NOW)


def test_buffers_keep_time_free_between_two_bookings() -> None:
    schedule = make_resource_schedule(make_account(), buffer_after_minutes=30)
    book(schedule, "10:00")

    with pytest.raises(ResourceTaken):
        book(schedule, "10:30", client=make_client(email="eva@example.org"))

    assert book(schedule, "11:00", client=make_client(email="eva@example.org")).pk


def test_a_cancelled_appointment_frees_its_time_and_stays_in_the_books() -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi")
    booking = book(schedule, "10:00")

    cancel(booking, now=NOW)

    booking.refresh_from_db()
    assert (booking.status, booking.slot.is_live) == (Booking.Status.CANCELLED, False)
    assert Meeting.objects.get().wanted == Meeting.Wanted.ABSENT
    assert book(schedule, "10:00", client=make_client(email="eva@example.org")).pk
    with pytest.raises(AlreadyCancelled):
        cancel(booking, now=NOW)


def test_one_person_leaving_a_class_frees_one_place_and_touches_nobody_elses_meeting() -> None:
    slot = make_class(make_capacity_schedule(make_account(), link_source="jitsi"), capacity=2)
    first, second = sign_up(slot, "a@example.org"), sign_up(slot, "b@example.org")
    meeting = Meeting.objects.get()

    cancel(first, now=NOW)

    second.refresh_from_db()
    assert second.is_confirmed
    assert Slot.objects.get().taken == 1
    assert Meeting.objects.get() == meeting
    assert Meeting.objects.get().wanted == Meeting.Wanted.PRESENT


def test_cancelling_is_possible_until_the_limit_before_the_start() -> None:
    schedule = make_resource_schedule(make_account(), cancel_limit_minutes=24 * 60)
    booking = book(schedule, "10:00")

    with pytest.raises(TooLateToCancel):
        cancel(booking, now=at("10:00") - timedelta(hours=23))
    with pytest.raises(SlotOver):
        cancel(booking, now=at("11:00"))
    assert cancel(booking, now=at("10:00") - timedelta(hours=25)).status == Booking.Status.CANCELLED


def test_a_booking_owes_a_confirmation_and_a_reminder_a_day_before() -> None:
    schedule = make_resource_schedule(make_account())
    booking = book(schedule, "10:00")

    owed = dict(Notification.objects.values_list("kind", "due_at"))
    assert owed == {"confirmation": NOW, "reminder": booking.slot.starts_at - timedelta(hours=24)}


def test_no_reminder_is_owed_for_what_is_booked_within_its_day() -> None:
    schedule = make_resource_schedule(make_account())

    book(schedule, "10:00", now=at("09:00"))

    assert list(Notification.objects.values_list("kind", flat=True)) == ["confirmation"]


def test_the_confirmation_waits_for_a_link_that_is_being_made_twenty_seconds_at_most() -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi", reminder_minutes=None)

    book(schedule, "10:00")

    assert Notification.objects.get().due_at == NOW + timedelta(seconds=20)
