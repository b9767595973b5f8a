"""J1, J2: a form that is sent twice (a double click, a reload, a line that broke) makes one booking."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convoca.booking.models import Booking, Schedule
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.correcting import Correction, correct
from convoca.booking.operations.moving import move_appointment
from tests.booking.building import (
    NOW,
    at,
    make_account,
    make_capacity_schedule,
    make_class,
    make_member,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.public.reading import DETAILS, page_of, words
from tests.walk.scene import start

pytestmark = pytest.mark.django_db

CONSULTATIONS = "/schedule/Lumbre/consultations"
SERVICES = "/schedule/Lumbre/services"
YOGA = "/schedule/Lumbre/yoga"
DAY = "day=2026-11-26&all=1"


def key_in(page: str, browser: Client) -> str:
    """Open the page, and return the key that its form carries."""
    found = re.search(r'<input type="hidden" name="form_key" value="([^"]+)">', browser.get(page).content.decode())
    assert found, "the form carries no key"
    return found[1]


def pool() -> tuple[str, dict[str, str]]:
    make_resource_schedule(make_account(), resources=3)
    return f"{CONSULTATIONS}?{DAY}&resource=any", {"start": start("10:00")}


def one_resource() -> tuple[str, dict[str, str]]:
    make_resource_schedule(make_account())
    return f"{CONSULTATIONS}?{DAY}", {"start": start("10:00")}


def repeats() -> tuple[str, dict[str, str]]:
    make_resource_schedule(make_account(), resources=3, repeats=Schedule.Repeats.MAY)
    until = {"repeat": "weekly", "until": "2026-12-03"}
    return f"{CONSULTATIONS}?{DAY}", {"start": start("10:00"), **until}


def service() -> tuple[str, dict[str, str]]:
    schedule = make_service_schedule(make_account(), pool=3)
    return f"{SERVICES}?{DAY}", {"start": start("10:00"), "service": str(schedule.services.get().pk)}


def places() -> tuple[str, dict[str, str]]:
    slot = make_class(make_capacity_schedule(make_account(), places_per_person=None), capacity=9)
    return f"{YOGA}?{DAY}", {"slot": str(slot.pk), "quantity": "2"}


def one_place() -> tuple[str, dict[str, str]]:
    slot = make_class(make_capacity_schedule(make_account()), capacity=9)
    return f"{YOGA}?{DAY}", {"slot": str(slot.pk)}


def waiting_list() -> tuple[str, dict[str, str]]:
    slot = make_class(make_capacity_schedule(make_account(), has_waiting_list=True), capacity=1)
    sign_up(slot, "eva@example.org")
    return f"{YOGA}?{DAY}", {"slot": f"{slot.pk}-wait"}


def request() -> tuple[str, dict[str, str]]:
    make_resource_schedule(make_account(), resources=3, requires_approval=True)
    return f"{CONSULTATIONS}?{DAY}&resource=any", {"start": start("10:00")}


KINDS = [pool, one_resource, repeats, service, places, one_place, waiting_list, request]


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_that_is_sent_twice_books_once_and_leads_to_the_same_booking(
    client: Client, kind: Callable[[], tuple[str, dict[str, str]]]
) -> None:
    """In browsers that keep no cookies, without JavaScript; on every kind of schedule."""
    page, choice = kind()
    form = DETAILS | choice | {"form_key": key_in(page, client)}
    first = Client().post(page, form)
    made = Booking.objects.count()

    again = Client().post(page, form)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first["Location"] == again["Location"]
    assert Booking.objects.count() == made
    assert again.cookies["shown"]["path"] == first["Location"]


def test_a_form_sent_twice_took_two_resources_of_a_pool(client: Client) -> None:
    """Without a key nothing tells two wishes from one: then there are two bookings, as whoever sends them says."""
    page, choice = pool()

    for _ in range(2):
        client.post(page, DETAILS | choice)

    assert Booking.objects.count() == 2


def test_two_forms_of_one_person_are_two_wishes(client: Client) -> None:
    page, choice = pool()
    keys = key_in(page, client), key_in(page, client)

    answers = [client.post(page, DETAILS | choice | {"form_key": key})["Location"] for key in keys]

    assert keys[0] != keys[1]
    assert len(set(answers)) == Booking.objects.count() == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_with_somebody_else_s_address_tells_nothing_and_is_a_form_of_its_own(
    client: Client, kind: Callable[[], tuple[str, dict[str, str]]]
) -> None:
    page, choice = kind()
    key = {"form_key": key_in(page, client)}
    address = client.post(page, DETAILS | choice | key)["Location"]

    answer = Client().post(page, {"name": "Mallory", "email": "mallory@example.org"} | choice | key)

    assert answer.get("Location") != address
    assert address.rpartition("/")[2] not in answer.content.decode()
    assert not Booking.objects.filter(email="mallory@example.org").exclude(membership=None).exists()


def test_the_back_button_and_another_time_make_another_booking(client: Client) -> None:
    """Browsers show the page again as it was, with the same key."""
    page, choice = pool()
    key = {"form_key": key_in(page, client)}
    first = client.post(page, DETAILS | choice | key)

    second = client.post(page, DETAILS | {"start": start("12:00")} | key)

    assert second.status_code == 303
    assert second["Location"] != first["Location"]
    assert Booking.objects.count() == 2


def test_a_key_is_not_shared_by_two_accounts_or_schedules(client: Client) -> None:
    page, choice = pool()
    make_resource_schedule(make_account("Otra"), resources=3)
    key = {"form_key": key_in(page, client)}
    client.post(page, DETAILS | choice | key)

    answer = client.post(page.replace("Lumbre", "Otra"), DETAILS | choice | key)

    assert answer.status_code == 303
    assert list(Booking.objects.values_list("account__name", flat=True)) == ["Lumbre", "Otra"]


@pytest.mark.parametrize("key", ["", "x", "a" * 21, "a" * 23, "é" * 22, "a b" * 8, "\x00" * 22])
def test_what_is_no_key_of_ours_counts_for_nothing(client: Client, key: str) -> None:
    page, choice = pool()

    answers = [client.post(page, DETAILS | choice | {"form_key": key}).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert set(Booking.objects.values_list("form_digest", flat=True)) == {None}


def test_a_form_that_was_refused_keeps_a_key_that_works(client: Client) -> None:
    page, choice = pool()
    key = key_in(page, client)
    refused = client.post(page, {"name": "", "email": "luis@example.org", "form_key": key} | choice)
    taken = client.post(page, DETAILS | {"start": "2026-11-26T03:00Z", "form_key": key})

    made = [client.post(page, DETAILS | choice | {"form_key": key})["Location"] for _ in range(2)]

    assert [each.status_code for each in (refused, taken)] == [422, 409]
    assert all(f'name="form_key" value="{key}"' in each.content.decode() for each in (refused, taken))
    assert len(set(made)) == Booking.objects.count() == 1


def test_a_form_that_came_without_a_key_gets_one_with_its_refusal(client: Client) -> None:
    page, choice = pool()

    refused = client.post(page, {"name": ""} | choice).content.decode()

    assert re.search(r'name="form_key" value="[A-Za-z0-9_-]{22}"', refused)


def test_a_form_sent_again_after_a_change_or_a_cancellation_leads_to_the_booking_as_it_is(client: Client) -> None:
    page, choice = one_resource()
    form = DETAILS | choice | {"form_key": key_in(page, client)}
    address = client.post(page, form)["Location"]
    booking = Booking.objects.select_related("slot__schedule").get()

    move_appointment(booking, at("12:00"), now=NOW)
    moved = client.post(page, form)
    cancel(booking, now=NOW)
    cancelled = client.post(page, form)

    assert [moved["Location"], cancelled["Location"]] == [address, address]
    assert Booking.objects.count() == 1
    assert "Cancelled. The time is free again." in words(client.get(address))


def test_a_form_sent_again_opened_a_booking_whose_address_had_been_corrected(client: Client) -> None:
    """A corrected e-mail address has new tokens, which whoever sent the old form is not told."""
    page, choice = pool()
    form = DETAILS | choice | {"form_key": key_in(page, client)}
    client.post(page, form)
    booking = Booking.objects.get()
    correct(booking, Correction(name="Luis", email="luisa@example.org"), by=SYSTEM, now=NOW)

    answer = client.post(page, form)

    booking.refresh_from_db()
    assert answer.status_code == 409
    assert "This was booked already. The link in your latest email opens your booking." in words(answer)
    assert page_of(booking) not in answer.content.decode()


def test_a_user_s_form_is_known_by_their_log_in(client: Client) -> None:
    page, choice = pool()
    account = Schedule.objects.get().account
    ana, eva = make_member(account, email="ana@lumbre.example"), make_member(account, email="eva@lumbre.example")
    client.force_login(ana.user)
    key = {"form_key": key_in(page, client)}
    first = [client.post(page, choice | key)["Location"] for _ in range(2)]
    client.force_login(eva.user)

    other = client.post(page, choice | key)["Location"]
    stranger = Client().post(page, choice | key | {"name": "Ana", "email": "ana@lumbre.example"})["Location"]

    assert first[0] == first[1]
    assert len({*first, other, stranger}) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_adds_no_question_to_a_booking(
    client: Client, kind: Callable[[], tuple[str, dict[str, str]]], django_assert_num_queries: Any
) -> None:
    page, choice = kind()
    key = {"form_key": key_in(page, client)}
    point = transaction.savepoint_create()
    with CaptureQueriesContext(connection) as without:
        client.post(page, DETAILS | choice)
    transaction.savepoint_rollback(point)

    with django_assert_num_queries(len(without)):
        answer = client.post(page, DETAILS | choice | key)

    assert answer.status_code == 303
