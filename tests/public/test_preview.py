"""What chats and networks show of a schedule's address: words, languages, and a picture that anybody may see."""

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Schedule
from convoca.public import pictures
from convoca.public.pictures import Picture, drawn, writable
from tests.booking.building import make_account, make_capacity_schedule, make_resource_schedule, make_service_schedule

pytestmark = pytest.mark.django_db

PAGE = "/schedule/Lumbre/consultations"
ORIGIN = "http://localhost:8000"


def told(page: Any) -> dict[str, str]:
    """Return what the page's head says to programs, by property or name."""
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in found}


def languages(page: Any) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page.content.decode()))


def picture(page: Any) -> str:
    return told(page)["og:image"].removeprefix(ORIGIN)


def test_a_schedule_says_what_it_is_to_those_who_show_its_address(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi")
    Schedule.objects.filter(pk=schedule.pk).update(description="By video & by phone.")

    head = told(client.get(PAGE, headers={"Accept-Language": "en"}))

    assert {name: head[name] for name in head if name.startswith("og:") and "image" not in name} == {
        "og:type": "website",
        "og:title": "Consultations with Room 1 – Estudio Lumbre",
        "og:description": "By video & by phone.",
        "og:site_name": "Estudio Lumbre",
        "og:url": f"{ORIGIN}{PAGE}",
        "og:locale": "en_GB",
        "og:locale:alternate": "es_ES",
    }
    assert head["description"] == "By video & by phone."
    assert head["twitter:card"] == "summary_large_image"


def test_the_page_has_one_address_and_one_for_each_language(client: Client) -> None:
    make_resource_schedule(make_account())

    plain = client.get(PAGE, {"day": "2026-11-26", "tz": "America/Lima"})
    spanish = client.get(PAGE, {"lang": "es"}, headers={"Accept-Language": "en"})

    assert f'<link rel="canonical" href="{ORIGIN}{PAGE}">' in plain.content.decode()
    assert f'<link rel="canonical" href="{ORIGIN}{PAGE}?lang=es">' in spanish.content.decode()
    assert told(spanish)["og:locale"] == "es_ES"
    assert languages(plain) == {
        "en": f"{ORIGIN}{PAGE}?lang=en",
        "es": f"{ORIGIN}{PAGE}?lang=es",
        "x-default": f"{ORIGIN}{PAGE}",
    }


@pytest.mark.parametrize("make", [make_resource_schedule, make_service_schedule, make_capacity_schedule])
def test_its_picture_is_a_png_of_the_size_that_networks_want(client: Client, make: Any) -> None:
    schedule = make(make_account())
    page = client.get(f"/schedule/Lumbre/{schedule.slug}")

    answer = client.get(picture(page))

    drawn = Image.open(BytesIO(answer.content))
    assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
    assert (told(page)["og:image:width"], told(page)["og:image:height"]) == ("1200", "630")
    assert len(answer.content) < 60_000
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_picture_speaks_both_languages_and_its_address_changes_with_what_it_says(client: Client) -> None:
    schedule = make_resource_schedule(make_account())
    english = picture(client.get(PAGE, {"lang": "en"}))
    spanish = picture(client.get(PAGE, {"lang": "es"}))
    before = client.get(english)
    Schedule.objects.filter(pk=schedule.pk).update(name="Talks")
    renamed = picture(client.get(PAGE, {"lang": "en"}))

    after = client.get(english)

    assert english.startswith(f"{PAGE}/card.en.png?v=")
    assert spanish.startswith(f"{PAGE}/card.es.png?v=")
    assert before.content != client.get(spanish).content
    assert renamed != english
    # Who comes with the old name gets the new picture, and keeps it for an hour.
    assert (after.content, after["Cache-Control"]) == (client.get(renamed).content, "public, max-age=3600")


def test_the_picture_has_the_colour_of_its_owner(client: Client) -> None:
    make_resource_schedule(make_account(brand_colour="#0f6b3a"))

    answer = client.get(f"{PAGE}/card.en.png")

    assert Image.open(BytesIO(answer.content)).convert("RGB").getpixel((5, 300)) == (0x0F, 0x6B, 0x3A)


def test_whoever_has_the_picture_is_told_that_it_is_still_the_same(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_resource_schedule(make_account())
    address = picture(client.get(PAGE))
    tag = client.get(address)["ETag"]

    with django_assert_num_queries(1):
        again = client.get(address, headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("who", ["users", "groups", "superusers"])
def test_a_schedule_that_not_everybody_sees_has_no_picture(client: Client, who: str) -> None:
    schedule = make_resource_schedule(make_account())
    assert client.get(f"{PAGE}/card.en.png").status_code == 200

    Schedule.objects.filter(pk=schedule.pk).update(who_sees=who, who_books=who)

    assert client.get(f"{PAGE}/card.en.png").status_code == 404


@pytest.mark.parametrize("address", ["/card.fr.png", "/card..png", "/card.en.png/x"])
def test_there_is_no_picture_in_a_language_that_we_do_not_speak(client: Client, address: str) -> None:
    make_resource_schedule(make_account())

    assert client.get(PAGE + address).status_code == 404


def test_what_was_drawn_is_not_drawn_again_and_a_crowd_waits_for_its_turn(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for many pictures at once takes one thread's time, not everybody's."""
    make_resource_schedule(make_account())
    monkeypatch.setattr(pictures, "TURN_SECONDS", 0.01)
    drawn.cache_clear()
    known = client.get(f"{PAGE}/card.en.png")

    with pictures._turn:
        again, other = client.get(f"{PAGE}/card.en.png"), client.get(f"{PAGE}/card.es.png")

    assert again.content == known.content
    assert (other.status_code, other["Retry-After"]) == (503, "5")
    assert client.get(f"{PAGE}/card.es.png").status_code == 200


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Niñez y años 🎈", "Niñez y años"),
        ("Ελληνικά · Русский", "Ελληνικά · Русский"),
        ("面谈预约", ""),
        ("Café \x00 bar", "Café bar"),
        ("", ""),
    ],
)
def test_what_the_fonts_cannot_write_is_left_out(text: str, written: str) -> None:
    assert writable(text) == written


@pytest.mark.parametrize("title", ["A", "W" * 100, "word " * 20, "Consultations"])
@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#0b5cad"])
def test_any_name_and_any_colour_make_a_picture(title: str, colour: str) -> None:
    picture = Picture(title=title.strip(), owner="Ó" * 100, facts="", call="Book now", colour=colour)

    assert Image.open(BytesIO(drawn(picture))).size == (1200, 630)


def test_a_page_within_a_frame_is_found_by_no_search(client: Client) -> None:
    make_resource_schedule(make_account())

    assert told(client.get(PAGE, {"embed": "1"}))["robots"] == "noindex"
    assert "robots" not in told(client.get(PAGE))
