"""Waiting for a place, where a rule says more than that the session is full."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import Booking, Schedule, Series, Slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.series import Repeat
from convoca.booking.operations.slots import open_series
from convoca.booking.operations.waiting import expire_next
from convoca.core.time import Interval
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    sign_up,
)
from tests.public.reading import choices, page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

PAGE = "/schedule/Lumbre/yoga"


def full_class(**rules: object) -> tuple[Slot, Booking]:
    slot = make_class(make_capacity_schedule(make_account(), has_waiting_list=True, **rules), capacity=1)
    return slot, sign_up(slot, "first@example.org")


def offered(client: Client, slot: Slot, inside: Booking) -> Booking:
    """The booking of somebody who waited, and to whom the place is offered now."""
    post(client, PAGE, slot=f"{slot.pk}-wait")
    cancel(inside, now=NOW)
    return Booking.objects.get(email="luis@example.org")


def test_the_waiting_list_of_one_session_is_not_offered_where_one_signs_up_for_all(client: Client) -> None:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True, repeats=Schedule.Repeats.MUST)
    repeat = Repeat(Series.Frequency.DAILY, THURSDAY + timedelta(days=2))
    slots = open_series(schedule, Interval(at("18:00"), at("19:00")), repeat=repeat, title="", capacity=1, now=NOW)
    sign_up(slots[0], "first@example.org")

    page = client.get(PAGE)
    pushed = [post(client, PAGE, slot=f"{slot.pk}-wait") for slot in slots]

    assert choices(page) == {}
    assert "Join the waiting list" not in words(page)
    assert [each.status_code for each in pushed] == [409] * 3
    assert "That time is not on offer." in words(pushed[0])
    assert not Booking.objects.filter(email="luis@example.org").exists()


def test_whoever_wants_to_wait_for_too_many_places_reads_how_many_there_can_be(client: Client) -> None:
    slot, _ = full_class(places_per_person=5)

    response = post(client, PAGE, slot=f"{slot.pk}-wait", quantity="3")

    assert response.status_code == 409
    assert "You can have 1 place in a session." in words(response)


def test_an_offered_place_that_must_be_approved_is_asked_for_by_the_button(client: Client) -> None:
    slot, inside = full_class()
    booking = offered(client, slot, inside)
    Schedule.objects.update(requires_approval=True)

    pressed = [client.post(f"{page_of(booking)}/accept") for _ in range(2)]

    assert [each.status_code for each in pressed] == [303, 303], "pressing twice asks once"
    assert "Request sent." in words(client.get(page_of(booking)))
    assert Booking.objects.get(pk=booking.pk).status == Booking.Status.PENDING


def test_a_place_that_nobody_took_is_there_for_whoever_let_it_pass(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    slot, inside = full_class(offer_hours=1)
    booking = offered(client, slot, inside)
    later = NOW + timedelta(hours=2)
    expire_next(now=later)
    this_instant.move_to(later)
    page = client.get(page_of(booking))

    response = client.post(f"{page_of(booking)}/accept")

    assert "A place is free. Take it before Thu 26 Nov, 18:00." in words(page)
    assert response.status_code == 303
    assert Booking.objects.get(pk=booking.pk).is_confirmed


def test_whoever_cannot_take_a_cancellation_back_reads_what_is_in_the_way(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), most_per_day=1)
    book(schedule, "10:00")
    cancelled = the_booking()
    client.post(f"{page_of(cancelled)}/cancel")
    book(schedule, "11:00")

    pressed = client.post(f"{page_of(cancelled)}/undo")

    assert pressed.status_code == 409
    assert "You can have 1 booking a day here." in words(pressed)
    assert Booking.objects.get(pk=cancelled.pk).status == Booking.Status.CANCELLED
