"""Whatever is in an address or a form, the answer is a page or a sentence, never a failure of ours."""

import pytest
from django.test import Client

from tests.booking.building import make_account, make_capacity_schedule, make_class, make_resource_schedule
from tests.public.reading import words

pytestmark = pytest.mark.django_db

ODD = [
    "",
    "x",
    "\x00",
    "\ud7ff",
    "\U0010ffff",
    "-1",
    "0",
    "9" * 40,
    "9999-12-31",
    "0000-00-00",
    "2026-02-30",
    "9999-12-31T23:59Z",
    "0001-01-01T00:00Z",
    "../../etc/passwd",
    "Europe",
    "Factory",
    "posixrules",
    "/etc/localtime",
    "' OR 1=1 --",
    "<script>",
    "a" * 3000,
    "²026-11-2٣",
]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["day", "month", "tz", "service", "all", "zones"])
def test_a_parameter_that_makes_no_sense_is_ignored(client: Client, name: str, value: str) -> None:
    make_resource_schedule(make_account())

    assert client.get("/schedule/Lumbre/consultations", {name: value}).status_code == 200


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["start", "name", "email", "email_again", "website", "resource", "service"])
def test_a_field_that_makes_no_sense_is_answered_with_a_sentence(client: Client, name: str, value: str) -> None:
    make_resource_schedule(make_account())
    fields = {"start": "2026-11-26T09:00Z", "name": "Luis", "email": "luis@example.org"}

    assert client.post("/schedule/Lumbre/consultations", fields | {name: value}).status_code in {303, 409, 422}


@pytest.mark.parametrize("value", ODD)
def test_a_slot_that_makes_no_sense_is_answered_with_a_sentence(client: Client, value: str) -> None:
    make_class(make_capacity_schedule(make_account()))
    fields = {"slot": value, "name": "Luis", "email": "luis@example.org"}

    assert client.post("/schedule/Lumbre/yoga", fields).status_code in {409, 422}


@pytest.mark.parametrize(
    "path",
    [
        "/schedule/nobody/",
        "/schedule/Lumbre/nothing",
        "/schedule/Lumbre/consultations/nobody",
        "/schedule/%00/x",
        "/schedule/Lumbre/consultations/%00",
        "/schedule/Lumbre/consultations/%F0%9F%98%80",
        "/schedule/Lumbre/yoga/room-1",
        "/schedule/" + "x" * 300 + "/",
        "/nothing",
    ],
)
def test_an_address_without_a_page_is_a_page_in_the_visitor_s_language(client: Client, path: str) -> None:
    account = make_account()
    make_resource_schedule(account)
    make_capacity_schedule(account)

    english = client.get(path, headers={"Accept-Language": "en"})
    spanish = client.get(path, headers={"Accept-Language": "es"})

    assert (english.status_code, spanish.status_code) == (404, 404)
    assert "This page does not exist" in words(english)
    assert "no existe" not in words(english)
    assert "Esta página no existe" in words(spanish)
    assert "does not exist" not in words(spanish)


@pytest.mark.parametrize(
    "email", ["\u017f@example.org", "\u212a@example.org", "a@" + "b" * 260, "a@b", "a b@example.org", "@"]
)
def test_an_address_that_no_mail_server_takes_is_refused(client: Client, email: str) -> None:
    make_resource_schedule(make_account())
    fields = {"start": "2026-11-26T09:00Z", "name": "Luis", "email": email}

    response = client.post("/schedule/Lumbre/consultations", fields)

    assert response.status_code == 422
    assert "Enter an email address in the format name@example.com" in response.content.decode()


def test_a_body_that_is_no_form_is_answered_with_a_sentence(client: Client) -> None:
    make_resource_schedule(make_account())

    response = client.post("/schedule/Lumbre/consultations", data=b"\xff\xfe{", content_type="application/json")

    assert response.status_code == 422
