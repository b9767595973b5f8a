"""What frames every page: language and appearance, the front page, what robots are told, how heavy it all is."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from convoca.public.typos import likely_meant
from tests.booking.building import make_account, make_resource_schedule
from tests.public.reading import words

HEAVIEST_BYTES = 60_000


def test_the_language_is_set_by_a_post_and_comes_back_to_the_page(client: Client) -> None:
    """M22: «Español» in the switch is written in Spanish, and says so."""
    response = client.post("/language", {"language": "es", "next": "/schedule/Lumbre/?tz=Europe/Madrid"})

    assert (response.status_code, response["Location"]) == (303, "/schedule/Lumbre/?tz=Europe/Madrid")
    assert client.cookies["django_language"].value == "es"


def test_the_appearance_is_set_by_a_post_and_the_page_is_written_in_it(db: None, client: Client) -> None:
    client.post("/theme", {"theme": "dark", "next": "/"})
    dark = client.get("/").content.decode()
    client.post("/theme", {"theme": "system", "next": "/"})
    system = client.get("/").content.decode()

    assert 'data-theme="dark"' in dark
    assert "data-theme" not in system


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nX: y", "x"],
)
@pytest.mark.parametrize("address", ["/language", "/theme"])
def test_no_form_leads_to_another_site(client: Client, address: str, elsewhere: str) -> None:
    response = client.post(address, {"language": "es", "theme": "dark", "next": elsewhere})

    assert (response.status_code, response["Location"]) == (303, "/")


@pytest.mark.parametrize("address", ["/language", "/theme"])
def test_looking_sets_no_preference(client: Client, address: str) -> None:
    assert client.get(address, {"language": "es", "theme": "dark"}).status_code == 405
    assert not client.cookies


def test_a_language_or_an_appearance_that_we_do_not_have_changes_nothing(client: Client) -> None:
    client.post("/language", {"language": "xx\x00", "next": "/"})
    client.post("/theme", {"theme": "<script>", "next": "/"})

    assert "django_language" not in client.cookies
    assert client.cookies["theme"].value == ""


def test_the_front_page_lists_what_can_be_booked_and_leads_to_the_log_in(db: None, client: Client) -> None:
    make_resource_schedule(make_account())

    page = client.get("/")

    assert "Estudio Lumbre" in words(page)
    assert 'href="/schedule/Lumbre/consultations"' in page.content.decode()
    assert 'href="/accounts/login/"' in page.content.decode()


def test_the_front_page_says_how_the_first_account_is_made_as_long_as_there_is_none(db: None, client: Client) -> None:
    """J5: whoever lost the line of the terminal found a page that leads to a log-in, and nobody could log in."""
    assert "Nobody has an account here yet." in words(client.get("/"))

    make_account()

    assert "Nobody has an account here yet." not in words(client.get("/"))


def test_a_large_installation_lists_nobody(db: None, client: Client) -> None:
    for number in range(13):
        make_resource_schedule(make_account(f"Studio{number}"))

    assert "Studio" not in words(client.get("/"))


def test_robots_are_kept_from_bookings(client: Client) -> None:
    robots = client.get("/robots.txt").content.decode()

    assert "Disallow: /b/" in robots
    assert "Disallow: /j/" in robots


def test_a_schedule_s_page_is_light_and_asks_nobody_else(db: None, client: Client) -> None:
    """B4 of the bar: at most 60 KB gzipped with everything it loads, and not one request to a third party."""
    make_resource_schedule(make_account())
    html = client.get("/schedule/Lumbre/consultations").content
    files = re.findall(r'(?:src|href)="/static/([^"]+?)(?:\.[0-9a-f]{12})?(\.(?:js|css|svg))"', html.decode())

    parts = [html] + [Path(str(finders.find(stem + ending))).read_bytes() for stem, ending in files]

    assert len(files) == 6
    assert sum(len(gzip.compress(part)) for part in parts) <= HEAVIEST_BYTES
    # The page's own addresses, for those who show it elsewhere, load nothing; they are whole, and ours.
    own = r'<link rel="(?:canonical|alternate)"[^>]* href="http://localhost:8000/schedule/[^"]*">'
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', re.sub(own, "", html.decode()))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@HOTMIAL.com", "ana@hotmail.com"),
        ("ana@gmail.com", None),
        ("ana@mail.com", None),
        ("@gmial.com", None),
        ("ana", None),
        ("", None),
    ],
)
def test_a_slip_in_a_well_known_domain_is_noticed(typed: str, meant: str | None) -> None:
    assert likely_meant(typed) == meant
