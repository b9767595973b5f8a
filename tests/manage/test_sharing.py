"""The page Share: a schedule's own address, its code, and what shows it within other pages."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Schedule
from convoca.booking.operations.sharing import let_frame
from convoca.manage.sharing import origin_of
from tests.booking.building import make_account, make_resource_schedule
from tests.public.reading import words

SHARE = "/manage/Lumbre/schedules/consultations/share"
PAGE = "http://localhost:8000/schedule/Lumbre/consultations"


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


def copied(page: Any) -> list[str]:
    """Return what the Copy buttons copy, in order."""
    return [unescape(each) for each in re.findall(r'data-copy="([^"]*)"', page.content.decode())]


def test_the_page_gives_the_schedule_s_address_and_what_shows_it_elsewhere(owner: Client, schedule: Schedule) -> None:
    address, script, frame, button = copied(owner.get(SHARE))

    assert address == PAGE
    assert script == (
        f'<div data-convoca="{PAGE}"><a href="{PAGE}">Book: Consultations</a></div>\n'
        '<script src="http://localhost:8000/embed.js" async></script>'
    )
    assert frame == (
        f'<iframe src="{PAGE}?embed=1" title="Book: Consultations" width="100%" height="760" '
        'style="border:0" loading="lazy"></iframe>'
    )
    assert button.startswith(f'<a href="{PAGE}" style="display:inline-block;')
    assert button.endswith(">Book now</a>")


def test_what_is_copied_speaks_the_language_and_has_the_looks_that_are_chosen(
    owner: Client, schedule: Schedule
) -> None:
    _, script, frame, button = copied(owner.get(SHARE, {"lang": "es", "theme": "dark"}))

    assert f'data-convoca="{PAGE}" data-lang="es" data-theme="dark">' in script
    assert "Reservar: Consultations" in script
    assert f'src="{PAGE}?embed=1&amp;lang=es&amp;theme=dark"' in frame
    assert button.endswith(">Reservar ahora</a>")


def test_the_button_has_the_colour_of_the_account(owner: Client, schedule: Schedule) -> None:
    Account.objects.filter(pk=schedule.account_id).update(brand_colour="#0f6b3a")

    button = copied(owner.get(SHARE))[-1]

    assert "background:#0f6b3a;color:#ffffff;" in button


def test_a_name_with_quotes_breaks_no_page_into_which_it_is_put(owner: Client, schedule: Schedule) -> None:
    Schedule.objects.filter(pk=schedule.pk).update(name='"><script>alert(1)</script>')

    assert all("alert(1)</script>" not in each for each in copied(owner.get(SHARE)))


def test_the_owner_says_on_which_sites_it_may_be_shown(owner: Client, schedule: Schedule) -> None:
    sites = "www.lumbre.example/book, *.example.org\nhttp://localhost:3000"

    saved = owner.post(SHARE, {"framing": "sites", "sites": sites})
    schedule.refresh_from_db()

    assert (saved.status_code, saved["Location"]) == (303, SHARE)
    assert schedule.framing == "sites"
    assert schedule.framing_sites == "https://www.lumbre.example https://*.example.org http://localhost:3000"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"framing": "sites", "sites": ""}, "Enter at least one site."),
        (
            {"framing": "sites", "sites": "example.com;script-src"},
            "example.com;script-src is not the address of a site. Write it as www.example.com.",
        ),
        ({"framing": "sites", "sites": "javascript:alert(1)"}, "is not the address of a site"),
        ({"framing": "sites", "sites": " ".join(f"a{n}.example" for n in range(31))}, "Enter 30 sites at most."),
        ({"framing": "everywhere"}, "Choose one of these."),
        ({}, "Choose one of these."),
    ],
)
def test_what_is_no_site_is_refused_and_nothing_changes(
    owner: Client, schedule: Schedule, form: dict[str, str], sentence: str
) -> None:
    answer = owner.post(SHARE, form)
    schedule.refresh_from_db()

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert (schedule.framing, schedule.framing_sites) == ("nowhere", "")


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("example.com", "https://example.com"),
        ("EXAMPLE.com", "https://example.com"),
        ("https://example.com/a?b#c", "https://example.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("*.example.com", "https://*.example.com"),
        ("peñón.example", "https://xn--pen-8mak.example"),
        ("*", None),
        ("*.com", None),
        ("'self'", None),
        ("https://", None),
        ("https://user@example.com", None),
        ("example.com:99999", None),
        ("data:text/html,x", None),
        ("a b", None),
        ("", None),
    ],
)
def test_what_somebody_means_by_a_site_is_an_origin_or_nothing(typed: str, origin: str | None) -> None:
    """Whatever is typed goes into a header of ours: nothing may end a directive there."""
    assert origin_of(typed) == origin


def test_the_address_is_changed_and_the_old_one_leads_to_the_new(owner: Client, schedule: Schedule) -> None:
    moved = owner.post(f"{SHARE}/address", {"slug": "talks"})

    old = owner.get("/schedule/Lumbre/consultations", {"day": "2026-11-26"})
    old_room = owner.get("/schedule/Lumbre/consultations/room-1")
    page = owner.get("/manage/Lumbre/schedules/talks/share")

    assert moved["Location"] == "/manage/Lumbre/schedules/talks/share"
    assert (old.status_code, old["Location"]) == (307, "/schedule/Lumbre/talks?day=2026-11-26")
    assert old_room["Location"] == "/schedule/Lumbre/talks/room-1"
    assert "These lead here, too: consultations" in words(page)


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        ("visits", "Another schedule has this address. Choose another one."),
        ("Visits", "Another schedule has this address. Choose another one."),
        ("formerly", "Another schedule had this address before, and links to it still lead there."),
        ("Login", "“Login” is kept for pages of Convoca. Choose another address."),
        ("", "Enter an address."),
        ("two words", "Use letters, digits, hyphens and underscores, starting with a letter or digit."),
    ],
)
def test_an_address_that_cannot_be_had_is_refused_with_the_reason(
    owner: Client, schedule: Schedule, slug: str, sentence: str
) -> None:
    other = make_resource_schedule(schedule.account, slug="formerly", name="Visits")
    owner.post("/manage/Lumbre/schedules/formerly/share/address", {"slug": "visits"})

    answer = owner.post(f"{SHARE}/address", {"slug": slug})
    schedule.refresh_from_db()
    other.refresh_from_db()

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert (schedule.slug, other.slug) == ("consultations", "visits")


def test_an_address_of_another_account_can_be_had(owner: Client, schedule: Schedule) -> None:
    make_resource_schedule(make_account("Otra"), slug="talks")

    assert owner.post(f"{SHARE}/address", {"slug": "talks"}).status_code == 303


def test_a_page_goes_back_to_an_address_that_it_had(owner: Client, schedule: Schedule) -> None:
    owner.post(f"{SHARE}/address", {"slug": "talks"})
    owner.post("/manage/Lumbre/schedules/talks/share/address", {"slug": "consultations"})

    assert owner.get("/schedule/Lumbre/consultations").status_code == 200
    assert owner.get("/schedule/Lumbre/talks")["Location"] == "/schedule/Lumbre/consultations"


def test_a_new_schedule_takes_no_address_at_which_another_is_still_found(owner: Client, schedule: Schedule) -> None:
    owner.post(f"{SHARE}/address", {"slug": "talks"})
    new = {"kind": "resource", "name": "Consultations", "time_zone": "Europe/Madrid", "resources": "Ana"}
    new |= {"minutes_0": "30", "minutes_1": "1"}

    typed = owner.post("/manage/Lumbre/new-schedule", new | {"slug": "consultations"})
    made = owner.post("/manage/Lumbre/new-schedule", new | {"slug": ""})

    assert typed.status_code == 422
    assert "links to it still lead there" in words(typed)
    assert made["Location"] == "/manage/Lumbre/schedules/consultations-2"


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG\r\n"), ("svg", b"<?xml")])
def test_the_code_is_downloaded_to_be_printed(owner: Client, schedule: Schedule, kind: str, begins: bytes) -> None:
    code = owner.get(f"{SHARE}/code.{kind}")

    assert code.content.startswith(begins)
    assert code["Content-Disposition"] == f'attachment; filename="Lumbre-consultations.{kind}"'
    assert owner.get(f"{SHARE}/code.exe").status_code == 404


def test_the_poster_shows_what_to_scan_and_where_it_leads(owner: Client, schedule: Schedule) -> None:
    poster = owner.get(f"{SHARE}/poster")

    assert 'class="qr"' in poster.content.decode()
    assert f"Scan the code to book, or go to {PAGE}" in words(poster)


def test_the_code_of_the_poster_filled_a_quarter_of_its_place(owner: Client, schedule: Schedule) -> None:
    """Only with a box of its own is a drawing as large as the place that it is given."""
    [code] = re.findall(r"<svg[^>]*qr[^>]*>", owner.get(f"{SHARE}/poster").text)

    assert re.search(r'viewBox="0 0 \d+ \d+"', code)


def test_owners_pages_are_never_shown_within_another_page(owner: Client, schedule: Schedule) -> None:
    """Whatever a schedule allows: a page behind a log-in, shown unseen, would be pressed unknowingly."""
    let_frame(schedule, Schedule.Framing.ANYWHERE, sites=[])

    for path in ("/manage/", "/manage/Lumbre/", SHARE, f"{SHARE}?embed=1", f"{SHARE}/poster"):
        page = owner.get(path)
        assert page["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"], path


def test_it_says_when_no_site_may_show_it_yet(owner: Client, schedule: Schedule) -> None:
    before = words(owner.get(SHARE))
    let_frame(schedule, Schedule.Framing.ANYWHERE, sites=[])

    assert "until then only the button works" in before
    assert "until then only the button works" not in words(owner.get(SHARE))
