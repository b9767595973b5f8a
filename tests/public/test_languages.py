"""M22: the language follows the visitor, changes in the middle of a form that loses nothing, and stays with mails."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from convoca.booking.mail.post import Post
from convoca.booking.models import Booking, FormField
from convoca.booking.operations.notifying import notify_next
from tests.booking.building import NOW, book, make_account, make_capacity_schedule, make_class, make_resource_schedule
from tests.public.reading import DETAILS, checked, choices, page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

PAGE = "/schedule/Lumbre/consultations?day=2026-11-26"
TEN = "10:00 to 10:30, Thursday 26 November"
DIEZ = "10:00 a 10:30, jueves 26 de noviembre"


def value_of(page: Any, field: str) -> str | None:
    found = re.search(rf'<input[^>]* name="{field}"[^>]* value="([^"]*)"', page.content.decode())
    return found[1] if found else None


def language_of(page: Any) -> str:
    [language] = re.findall(r'<html lang="(\w+)"', page.content.decode())
    return str(language)


def test_the_page_speaks_the_visitor_s_language(client: Client) -> None:
    make_resource_schedule(make_account(language="es"))

    assert language_of(client.get(PAGE, headers={"Accept-Language": "es-PE,en;q=0.5"})) == "es"
    assert language_of(client.get(PAGE, headers={"Accept-Language": "fr,en;q=0.5"})) == "en"


def test_what_is_asked_for_in_the_address_comes_first_and_is_remembered_by_nobody(client: Client) -> None:
    make_resource_schedule(make_account())

    page = client.get(f"{PAGE}&lang=es", headers={"Accept-Language": "en"})

    assert language_of(page) == "es"
    assert page["Content-Language"] == "es"
    assert not client.cookies
    assert language_of(client.get(PAGE, headers={"Accept-Language": "en"})) == "en"


def test_a_change_of_language_in_the_middle_of_a_form_lost_what_was_typed(client: Client) -> None:
    """Without a script: the switch is a button of the form, which is shown again as it is filled in, and not judged."""
    schedule = make_resource_schedule(make_account())
    FormField.objects.create(account=schedule.account, schedule=schedule, key="phone", is_required=True)
    start = choices(client.get(PAGE))[TEN]

    page = client.post(PAGE, {"start": start, "name": "Lu", "email": "no address", "phone": "600", "speak": "es"})

    assert (page.status_code, language_of(page)) == (200, "es")
    assert checked(page) == [DIEZ]
    assert [value_of(page, field) for field in ("name", "email", "phone")] == ["Lu", "no address", "600"]
    assert "error" not in page.content.decode()
    assert not Booking.objects.exists()
    assert language_of(client.get(PAGE)) == "es"


def test_the_form_that_was_shown_in_another_language_books_in_that_language_once(client: Client) -> None:
    """Whoever keeps no cookies is spoken to in it too: it is in the form's own address by then."""
    make_resource_schedule(make_account())
    start = choices(Client().get(PAGE))[TEN]
    spoken = Client().post(PAGE, DETAILS | {"start": start, "speak": "es"})
    [action] = re.findall(r'<form class="booking[^>]* action="([^"]+)"', spoken.content.decode())

    booked = Client().post(action.replace("&amp;", "&"), DETAILS | {"start": start})

    assert booked.status_code == 303
    assert the_booking().language == "es"


def test_the_button_that_enter_presses_is_the_one_that_sends_the_form(client: Client) -> None:
    """A browser presses the form's first button: it must not be the one that changes the language."""
    make_resource_schedule(make_account())

    html = client.get(PAGE).content.decode()

    first, second = re.findall(r'<button[^>]* form="booking"[^>]*>', html)
    assert 'tabindex="-1"' in first
    assert "name=" not in first
    assert 'name="speak"' in second
    assert html.index(second) < html.index("Book this time")


def test_it_keeps_its_language_for_its_mails(client: Client) -> None:
    """«kept with the booking for its mails»: whoever booked in Spanish is written to in Spanish."""
    make_resource_schedule(make_account(language="en"))
    client.post("/language", {"language": "es", "next": "/"})
    post(client, PAGE, start=choices(client.get(PAGE))[DIEZ])

    with Post() as post_office:
        while notify_next(now=NOW + timedelta(minutes=1), post=post_office):
            continue

    [letter] = getattr(mail, "outbox", [])
    assert the_booking().language == "es"
    assert "Jueves 26 de noviembre" in letter.body
    assert "Thursday" not in letter.body


def test_a_session_that_was_chosen_stays_chosen_in_the_other_language(client: Client) -> None:
    yoga = make_capacity_schedule(make_account())
    slot = make_class(yoga, capacity=5)

    page = client.post("/schedule/Lumbre/yoga", {"slot": str(slot.pk), "name": "Lu", "speak": "es"})

    assert language_of(page) == "es"
    assert len(checked(page)) == 1
    assert value_of(page, "name") == "Lu"


def test_a_message_that_goes_with_a_cancellation_is_not_lost_to_another_language(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()), "10:00")

    page = client.post(f"{page_of(booking)}/cancel", {"message": "I am ill", "speak": "es"})

    booking.refresh_from_db()
    assert (page.status_code, language_of(page)) == (200, "es")
    assert ">I am ill</textarea>" in page.content.decode()
    assert booking.status == Booking.Status.CONFIRMED


def test_a_time_chosen_to_move_to_is_not_lost_to_another_language(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()), "10:00")
    address = f"{page_of(booking)}/change?day=2026-11-26"
    name, later = next((name, value) for name, value in choices(client.get(address)).items() if "10:00" not in name)

    page = client.post(address, {"start": later, "speak": "es"})

    assert (page.status_code, language_of(page)) == (200, "es")
    assert [each[:5] for each in checked(page)] == [name[:5]]


def test_details_that_are_being_corrected_are_not_lost_to_another_language(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()), "10:00")

    page = client.post(f"{page_of(booking)}/details", {"name": "Lu", "email": "not yet", "speak": "es"})

    booking.refresh_from_db()
    assert (page.status_code, language_of(page)) == (200, "es")
    assert [value_of(page, field) for field in ("name", "email")] == ["Lu", "not yet"]
    assert "Cambiar mis datos" in words(page)
    assert booking.name != "Lu"


def test_the_switch_of_a_page_that_asks_for_a_language_changes_what_it_asks_for(client: Client) -> None:
    switched = client.post(
        "/language", {"language": "en", "next": "/schedule/Lumbre/yoga?embed=1&lang=es&month=2026-12"}
    )

    assert switched["Location"] == "/schedule/Lumbre/yoga?embed=1&lang=en&month=2026-12"


@pytest.mark.parametrize("language", ["xx", "", "es\x00"])
def test_a_language_that_we_do_not_speak_leaves_the_page_as_it_is(client: Client, language: str) -> None:
    make_resource_schedule(make_account())

    page = client.post(PAGE, DETAILS | {"speak": language}, headers={"Accept-Language": "en"})

    assert (page.status_code, language_of(page)) == (200, "en")
    assert not Booking.objects.exists()
