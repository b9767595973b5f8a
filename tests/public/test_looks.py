"""Layout Settings as visitors and readers of mails meet them."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

import convoca
from convoca.booking.mail.compose import compose
from convoca.booking.models import Account, Notification
from convoca.booking.operations.looking import set_logo
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.questions.look import OUR_OWN, brand_name
from tests.booking.building import (
    NOW,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
)
from tests.core.drawing import png
from tests.public.reading import page_of, words

pytestmark = pytest.mark.django_db

CONSULTATIONS = "/schedule/Lumbre/consultations"
WORDS = {"en": {"booking": ["session", "sessions"]}, "es": {"booking": ["turno", "turnos"]}}


def dressed() -> Account:
    account = make_account(
        words=WORDS,
        clock="12",
        brand_colour="#aa2200",
        page_header="Closed in August.",
        page_footer="Calle Mayor 1\nMadrid",
    )
    set_logo(account, png(300, 100), now=NOW)
    return account


def test_a_visitors_page_wears_the_accounts_look(client: Client) -> None:
    account = dressed()
    make_resource_schedule(account)

    page = client.get(CONSULTATIONS)

    html = page.content.decode()
    assert f"/look/{brand_name('#aa2200')}.css" in html
    assert f'src="/logo/Lumbre/{account.logo}" width="120" height="40" alt="{account.title}"' in html
    assert "Closed in August." in words(page)
    assert "Calle Mayor 1<br>Madrid" in html
    assert re.search(r"\d{1,2}:\d\d [AP]M", words(page))


def test_a_logo_that_is_no_writing_stands_beside_the_name(client: Client) -> None:
    account = make_account()
    set_logo(account, png(64, 64), now=NOW)
    make_resource_schedule(account)

    html = client.get(CONSULTATIONS).content.decode()

    assert f'src="/logo/Lumbre/{account.logo}" width="40" height="40" alt=""' in html
    assert f'<span class="name">{account.title}</span>' in html


def test_a_look_costs_no_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """The account is read with the schedule; colour and logo are in addresses of their own."""
    plain = make_account("Plain")
    make_resource_schedule(plain)
    make_resource_schedule(dressed())
    with django_assert_num_queries(4) as counted:
        client.get("/schedule/Plain/consultations")

    with django_assert_num_queries(len(counted.captured_queries)):
        client.get(CONSULTATIONS)


def test_an_account_that_chose_nothing_asks_for_nothing_more(client: Client) -> None:
    make_resource_schedule(make_account())

    html = client.get(CONSULTATIONS).content.decode()

    assert "/look/" not in html
    assert "/logo/" not in html


def test_the_front_page_is_nobodys(client: Client) -> None:
    make_resource_schedule(dressed())

    html = client.get("/").content.decode()

    assert "Estudio" in html or "Lumbre" in html
    assert "/look/" not in html


def test_a_logo_is_kept_for_ever_and_is_nothing_but_a_picture(client: Client) -> None:
    account = dressed()

    answer = client.get(f"/logo/Lumbre/{account.logo}")

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_logo_is_found_in_its_own_account_only(client: Client) -> None:
    account = dressed()
    make_account("Other")

    assert client.get(f"/logo/Other/{account.logo}").status_code == 404
    assert client.get("/logo/Lumbre/../../etc/passwd").status_code == 404


def test_the_shades_come_without_a_query_and_are_kept_for_ever(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get(f"/look/{brand_name('#aa2200')}.css")

    sheet = answer.content.decode()
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "text/css; charset=utf-8",
        "public, max-age=31536000, immutable",
    )
    assert ":root { --primary: #aa2200;" in sheet
    assert ':root[data-theme="dark"] { --primary: ' in sheet


def test_an_address_of_an_earlier_release_gets_what_counts_now_and_keeps_it_not(client: Client) -> None:
    answer = client.get("/look/aa2200-000000000000.css")

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-cache")
    assert client.get("/look/x-000000000000.css").status_code == 404


def test_a_booking_page_and_its_mail_say_the_accounts_words(client: Client) -> None:
    schedule = make_resource_schedule(dressed())
    booking = book(schedule, "10:00", client=make_client(language="es"))

    page = client.get(page_of(booking), headers={"accept-language": "es"})
    mail = compose(
        Notification.objects.filter(booking=booking, kind=Notification.Kind.CONFIRMATION).get(),
        Link(state=LinkState.NONE),
        now=NOW,
    )

    assert "Tu turno está reservado" in words(page)
    assert "cita" not in words(page).lower().split()
    assert "hiciste este turno" in mail.body
    assert "10:00 a." in mail.body


def test_a_mail_wears_the_colour_and_the_logo(client: Client) -> None:
    account = dressed()
    booking = book(make_resource_schedule(account), "10:00")

    owed = Notification.objects.filter(booking=booking, kind=Notification.Kind.CONFIRMATION).get()
    mail = compose(owed, Link(state=LinkState.NONE), now=NOW)

    html = str(mail.alternatives[0][0])
    assert "#aa2200" in html
    assert "#0b5cad" not in html
    assert f'/logo/Lumbre/{account.logo}"' in html
    assert f'alt="{account.title}"' in html


def test_a_months_table_begins_where_the_account_begins_its_week(client: Client) -> None:
    make_resource_schedule(make_account(first_weekday="sunday"))

    html = client.get(CONSULTATIONS, {"month": "2026-11"}).content.decode()

    assert html.index("Sunday") < html.index("Monday")


def test_a_session_reads_the_clock_of_the_account(client: Client) -> None:
    make_class(make_capacity_schedule(make_account(clock="12")))

    assert re.search(r"\d{1,2}:\d\d [AP]M–", words(client.get("/schedule/Lumbre/yoga")))


def test_our_own_shades_are_those_of_the_tokens() -> None:
    """What mails wear without a colour is what pages wear."""
    tokens = (Path(convoca.__file__).parent / "design/static/design/tokens.css").read_text()
    light, dark = tokens.split("@media")
    for sheet, shades in ((light, OUR_OWN.light), (dark, OUR_OWN.dark)):
        for name, value in (
            ("primary", shades.primary),
            ("primary-hover", shades.hover),
            ("on-primary", shades.on_primary),
            ("selected", shades.selected),
            ("selected-soft", shades.selected_soft),
            ("focus", shades.primary),
        ):
            assert f"--{name}: {value};" in sheet
