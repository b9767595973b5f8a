"""Capacity schedules: places, quantities, courses of several sessions (M18, J2)."""

from datetime import date, timedelta

import pytest
from django.test import Client

from convoca.booking.models import Booking, Schedule, Series, Slot
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.slots import open_slot
from convoca.core.time import Interval
from tests.booking.building import (
    NOW,
    at,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    sign_up,
)
from tests.public.reading import page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

YOGA = "/schedule/Lumbre/yoga"
Repeats = Schedule.Repeats


def yoga(**rules: object) -> Schedule:
    return make_capacity_schedule(make_account(), **rules)


def course(schedule: Schedule, *, sessions: int = 3, capacity: int = 3) -> list[Slot]:
    """Sessions every Thursday at six."""
    series = Series.objects.create(
        account=schedule.account, schedule=schedule, frequency=Series.Frequency.WEEKLY, until=date(2027, 1, 31)
    )
    slots = [
        make_class(schedule, capacity=capacity, starts_at=at("18:00", date(2026, 11, 26) + timedelta(weeks=week)))
        for week in range(sessions)
    ]
    Slot.objects.update(series=series)
    return slots


# Places


def test_j2_what_and_where_a_session_is_can_be_read_before_signing_up(client: Client) -> None:
    when = Interval(at("18:00"), at("19:00"))
    open_slot(
        yoga(),
        when,
        title="Yoga for backs",
        capacity=3,
        description="Bring a towel.",
        location="Studio 2, https://meet.example/never",
        now=NOW,
    )
    Slot.objects.update(location="Studio 2")

    page = words(client.get(YOGA))

    assert "18:00–19:00 Yoga for backs 3 of 3 places left Studio 2 Bring a towel." in page
    assert "meet.example" not in page


def test_m18_places_are_counted_for_visitors_only_where_the_owner_shows_them(client: Client) -> None:
    schedule = yoga(shows_places=False)
    make_class(schedule, capacity=3)
    full = make_class(schedule, capacity=1, starts_at=at("20:00"))
    sign_up(full)

    page = words(client.get(YOGA))

    assert "places left" not in page
    assert "20:00–21:00 Yoga for backs Full" in page


def test_m18_several_places_are_asked_for_where_one_person_may_have_them(client: Client) -> None:
    schedule = yoga(places_per_person=3)
    slot = make_class(schedule, capacity=4)

    page = client.get(YOGA).content.decode()
    post(client, YOGA, slot=str(slot.pk), quantity="3")

    assert 'name="quantity" type="number" inputmode="numeric" min="1" max="3" value="1"' in page
    booking = the_booking()
    assert (booking.quantity, booking.slot.taken) == (3, 3)
    assert "3 places" in words(client.get(page_of(booking)))


def test_m18_where_everybody_has_one_place_no_number_is_asked_or_taken(client: Client) -> None:
    slot = make_class(yoga())

    page = client.get(YOGA).content.decode()
    post(client, YOGA, slot=str(slot.pk), quantity="3")

    assert 'name="quantity"' not in page
    assert the_booking().quantity == 1


@pytest.mark.parametrize(
    ("quantity", "status", "sentence"),
    [
        ("0", 422, "Enter a number from 1 to 3"),
        ("4", 422, "Enter a number from 1 to 3"),
        ("many", 422, "Enter a number from 1 to 3"),
        ("3", 409, "That session has 2 places left. Ask for fewer places, or pick another session."),
    ],
)
def test_a_number_of_places_that_cannot_be_had_is_said_at_its_field(
    client: Client, quantity: str, status: int, sentence: str
) -> None:
    slot = make_class(yoga(places_per_person=3), capacity=2)

    refused = post(client, YOGA, slot=str(slot.pk), quantity=quantity)

    html = refused.content.decode()
    assert refused.status_code == status
    assert f'<a href="#quantity">{sentence}</a>' in html
    assert f'value="{quantity}" aria-invalid="true"' in html
    assert not Booking.objects.exists()


def test_j2_whoever_waits_waits_for_as_many_places_as_they_want(client: Client) -> None:
    slot = make_class(yoga(places_per_person=3, has_waiting_list=True), capacity=2)
    sign_up(slot)

    post(client, YOGA, slot=f"{slot.pk}-wait", quantity="2", email="eva@example.org")

    waiting = Booking.objects.get(email="eva@example.org")
    assert (waiting.status, waiting.quantity) == (Booking.Status.WAITING, 2)


def test_j4_places_move_only_where_all_of_them_fit_and_who_waits_is_offered_the_old_ones(client: Client) -> None:
    schedule = yoga(places_per_person=2, has_waiting_list=True)
    old, tight = make_class(schedule, capacity=2), make_class(schedule, capacity=2, starts_at=at("19:00"))
    roomy = make_class(schedule, capacity=2, starts_at=at("20:00"))
    sign_up(tight, "eva@example.org")
    post(client, YOGA, slot=str(old.pk), quantity="2")
    post(client, YOGA, slot=f"{old.pk}-wait", quantity="1", email="zoe@example.org")
    booking = Booking.objects.get(email="luis@example.org")

    page = client.get(f"{page_of(booking)}/change")
    refused = client.post(f"{page_of(booking)}/change", {"slot": str(tight.pk)})
    moved = client.post(f"{page_of(booking)}/change", {"slot": str(roomy.pk)})

    assert f'value="{tight.pk}"' not in page.content.decode()
    assert refused.status_code == 409
    assert "There are not enough places left in that session. You keep yours" in words(refused)
    assert moved.status_code == 303
    assert {slot.pk: slot.taken for slot in Slot.objects.all()} == {old.pk: 1, tight.pk: 1, roomy.pk: 2}
    assert Booking.objects.get(email="zoe@example.org").status == Booking.Status.OFFERED


def test_j4_a_place_does_not_move_to_a_session_that_one_is_signed_up_for(client: Client) -> None:
    schedule = yoga()
    here, there = make_class(schedule), make_class(schedule, starts_at=at("20:00"))
    booking = sign_up(here)
    sign_up(there)

    refused = client.post(f"{page_of(booking)}/change", {"slot": str(there.pk)})

    assert refused.status_code == 409
    assert "You are already signed up for that session. You keep this one" in words(refused)


# Courses


def test_j2_where_one_signs_up_for_all_the_course_is_listed_once_with_its_dates(client: Client) -> None:
    slots = course(yoga(repeats=Repeats.MUST))

    page = client.get(YOGA)
    post(client, YOGA, slot=str(slots[0].pk))

    assert "You sign up for all 3 sessions. Thu 26 Nov, Thu 3 Dec, Thu 10 Dec" in words(page)
    assert page.content.decode().count('type="radio"') == 1
    assert [slot.taken for slot in Slot.objects.order_by("starts_at")] == [1, 1, 1]
    first = Booking.objects.order_by("slot__starts_at")[0]
    assert "And on 2 more dates" in words(client.get(page_of(first)))


def test_j2_a_course_has_as_many_places_as_its_fullest_session(client: Client) -> None:
    schedule = yoga(repeats=Repeats.MUST)
    slots = course(schedule, capacity=2)
    Slot.objects.filter(pk=slots[1].pk).update(taken=2)

    page = client.get(YOGA)
    refused = post(client, YOGA, slot=str(slots[0].pk))

    assert "Full" in words(page)
    assert 'type="radio"' not in page.content.decode()
    assert refused.status_code == 409
    assert "Thu 3 Dec, 18:00: There are not enough places left." in words(refused)
    assert not Booking.objects.exists()


def test_m18_where_one_may_sign_up_for_several_sessions_each_has_a_check_box(client: Client) -> None:
    slots = course(yoga(repeats=Repeats.MAY))

    page = client.get(YOGA).content.decode()
    answer = client.post(
        YOGA, {"slot": [str(slots[0].pk), str(slots[2].pk)], "name": "Luis", "email": "luis@example.org"}
    )

    assert page.count('<input type="checkbox" name="slot"') == 3
    assert answer.status_code == 303
    assert [slot.taken for slot in Slot.objects.order_by("starts_at")] == [1, 0, 1]


def test_sessions_of_different_courses_are_signed_up_for_one_at_a_time(client: Client) -> None:
    schedule = yoga(repeats=Repeats.MAY)
    slots = course(schedule)
    other = make_class(schedule, starts_at=at("20:00"))

    refused = client.post(
        YOGA, {"slot": [str(slots[0].pk), str(other.pk)], "name": "Luis", "email": "luis@example.org"}
    )
    alone = post(client, YOGA, slot=str(other.pk))

    assert refused.status_code == 409
    assert "Only sessions of the same course can be booked together" in words(refused)
    assert alone.status_code == 303
    assert Booking.objects.count() == 1


def test_m18_where_one_signs_up_for_one_session_at_a_time_the_last_one_chosen_counts(client: Client) -> None:
    slots = course(yoga())

    client.post(YOGA, {"slot": [str(slots[0].pk), str(slots[1].pk)], "name": "Luis", "email": "luis@example.org"})

    assert the_booking().slot == slots[1]


def test_j2_a_session_that_was_called_off_says_so_with_the_reason(client: Client) -> None:
    slot = make_class(yoga())
    booking = sign_up(slot)
    owner = make_member(slot.account, "owner")

    cancel_slot(slot, following=False, message="The teacher is ill.", by=acting(owner), now=NOW)

    page = words(client.get(page_of(booking)))
    assert "This session was cancelled by Estudio Lumbre. The teacher is ill." in page
    assert "Undo" not in page


def test_an_empty_schedule_says_that_there_are_no_sessions_yet(client: Client) -> None:
    yoga()

    assert "No sessions yet." in words(client.get(YOGA))


def test_the_names_of_a_course_s_client_are_one_person(client: Client) -> None:
    """A quantity of two in every session of a course takes two places of each."""
    slots = course(yoga(repeats=Repeats.MUST, places_per_person=2))

    post(client, YOGA, slot=str(slots[0].pk), quantity="2")

    assert {make_client().email} == set(Booking.objects.values_list("email", flat=True))
    assert [slot.taken for slot in Slot.objects.all()] == [2, 2, 2]
