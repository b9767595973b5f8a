"""Who is blocked still holds the address of what they booked: it shows everything and changes nothing."""

from datetime import timedelta

import pytest
from django.test import Client

from convoca.booking.models import Booking, Membership
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.waiting import join_waiting_list
from tests.booking.building import (
    NOW,
    THURSDAY,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    sign_up,
)
from tests.public.reading import page_of, words

pytestmark = pytest.mark.django_db

LINK = "https://meet.example/room-7f3a"
ONLY_THEM = "Only Estudio Lumbre changes bookings. Please write to ana@example.org."


@pytest.fixture
def eva() -> Membership:
    return make_member(make_account(contact_email="ana@example.org"), email="eva@example.org")


def block(person: Membership) -> None:
    Membership.objects.filter(pk=person.pk).update(role=Membership.Role.BLOCKED)


def state(booking: Booking) -> tuple[object, ...]:
    return Booking.objects.values_list("status", "slot__starts_at", "revision").get(pk=booking.pk)


def test_a_blocked_user_acted_on_through_the_address_of_an_old_mail(client: Client, eva: Membership) -> None:
    booking = book(make_resource_schedule(eva.account), client=make_client("Eva", membership=eva))
    block(eva)
    before = state(booking)

    page = client.get(page_of(booking))
    cancelled = client.post(f"{page_of(booking)}/cancel")
    client.post(f"{page_of(booking)}/change", {"start": f"{THURSDAY}T11:00Z"})

    assert state(booking) == before
    assert cancelled.status_code == 409
    assert ONLY_THEM in words(cancelled)
    assert ONLY_THEM in words(page)
    assert "Cancel appointment" not in words(page)


def test_a_blocked_user_took_a_cancellation_back(client: Client, eva: Membership) -> None:
    booking = book(make_resource_schedule(eva.account), client=make_client("Eva", membership=eva))
    cancel(booking, now=NOW)
    block(eva)
    before = state(booking)

    page, pressed = client.get(page_of(booking)), client.post(f"{page_of(booking)}/undo")

    assert "Undo" not in words(page)
    assert (pressed.status_code, state(booking)) == (409, before)


def test_a_blocked_user_took_a_place_of_the_waiting_list_and_left_the_list(client: Client, eva: Membership) -> None:
    slot = make_class(make_capacity_schedule(eva.account, has_waiting_list=True), capacity=1)
    first = sign_up(slot, "first@example.org")
    waits = join_waiting_list(slot, client=make_client("Eva", "eva@example.org", membership=eva), now=NOW)
    cancel(first, now=NOW)
    block(eva)
    before = state(waits)

    answers = [client.post(f"{page_of(waits)}/{what}") for what in ("accept", "cancel")]
    page = words(client.get(page_of(waits)))

    assert before[0] == Booking.Status.OFFERED
    assert {answer.status_code for answer in answers} == {409}
    assert state(waits) == before
    assert "Take the place" not in page
    assert ONLY_THEM in page


def test_a_blocked_user_keeps_what_is_owed_to_them(client: Client, eva: Membership) -> None:
    """The appointment stands, and with it its link."""
    schedule = make_resource_schedule(eva.account, link_source="manual")
    booking = book(schedule, client=make_client("Eva", membership=eva))
    type_link(booking.slot, LINK, now=NOW - timedelta(minutes=1))
    block(eva)

    joined = client.post(f"{page_of(booking)}/join")

    assert (joined.status_code, joined["Location"]) == (303, LINK)
