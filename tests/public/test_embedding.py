"""A schedule within the page of another site: where its owner lets it be, without cookies, and nothing else of ours."""

import re
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Booking, Schedule
from convoca.booking.operations.sharing import let_frame
from tests.booking.building import make_account, make_capacity_schedule, make_resource_schedule, make_service_schedule
from tests.public.reading import choices, join_page_of, page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

PAGE = "/schedule/Lumbre/consultations"
FRAMED = {"embed": "1", "day": "2026-11-26"}
TEN = "10:00 to 10:30, Thursday 26 November"
ANYWHERE, SITES, NOWHERE = Schedule.Framing.ANYWHERE, Schedule.Framing.SITES, Schedule.Framing.NOWHERE


def framers(response: Any) -> tuple[str, str | None]:
    """Return who may show the answer within a page: as the policy says it, and as the older header does."""
    policy = re.search(r"frame-ancestors ([^;]+)", response.headers["Content-Security-Policy"])
    assert policy
    return policy[1], response.headers.get("X-Frame-Options")


def test_nobody_shows_a_schedule_within_their_page_until_its_owner_allows_it(client: Client) -> None:
    make_resource_schedule(make_account())

    assert framers(client.get(PAGE, FRAMED)) == ("'none'", "DENY")


def test_the_owner_allows_it_anywhere_or_on_some_sites(client: Client) -> None:
    schedule = make_resource_schedule(make_account())

    let_frame(schedule, ANYWHERE, sites=[])
    anywhere = framers(client.get(PAGE, FRAMED))
    let_frame(schedule, SITES, sites=["https://lumbre.example", "https://*.example.org"])
    some = framers(client.get(PAGE, FRAMED))
    let_frame(schedule, NOWHERE, sites=["https://lumbre.example"])
    nowhere = framers(client.get(PAGE, FRAMED))

    assert anywhere == ("*", None)
    assert some == ("https://lumbre.example https://*.example.org", None)
    assert nowhere == ("'none'", "DENY")


def test_only_what_is_asked_for_as_a_frame_is_one(client: Client) -> None:
    """The page itself, where somebody may be logged in, is never shown within another."""
    let_frame(make_resource_schedule(make_account()), ANYWHERE, sites=[])

    assert framers(client.get(PAGE)) == ("'none'", "DENY")


def test_a_booking_s_own_page_and_its_way_in_are_never_shown_within_another_page(client: Client) -> None:
    """What can be cancelled or joined there could be pressed unseen."""
    let_frame(make_resource_schedule(make_account(), link_source="jitsi"), ANYWHERE, sites=[])
    post(client, f"{PAGE}?embed=1", start=choices(client.get(PAGE, FRAMED))[TEN])
    page, join = page_of(the_booking()), join_page_of(the_booking())
    addresses = [page, join, *(f"{page}/{part}" for part in ("cancel", "change", "details", "erase", "reminders"))]

    for address in addresses:
        assert framers(client.get(address, {"embed": "1"})) == ("'none'", "DENY"), address


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/manage/", "/schedule/Lumbre/", "/my/Lumbre"])
def test_no_other_page_of_ours_is_shown_within_another(client: Client, address: str) -> None:
    let_frame(make_resource_schedule(make_account()), ANYWHERE, sites=[])

    assert framers(client.get(address, {"embed": "1"})) == ("'none'", "DENY")


def test_a_visitor_books_within_a_frame_whose_cookies_the_browser_refuses() -> None:
    """Safari and Chrome give a frame of another site none: no form needs one, and what is asked for is in addresses."""
    let_frame(make_resource_schedule(make_account(), resources=2), ANYWHERE, sites=[])
    asked = {"embed": "1", "lang": "es", "theme": "dark"}

    page = Client(enforce_csrf_checks=True).get(f"{PAGE}/room-2", asked | {"day": "2026-11-26"})
    [action] = re.findall(r'<form class="booking[^>]* action="([^"]+)"', page.content.decode())
    time = next(value for name, value in choices(page).items() if name.startswith("de 10:00") or "10:00" in name)
    booked = post(Client(enforce_csrf_checks=True), action.replace("&amp;", "&"), start=time)
    done = Client().get(booked["Location"])

    booking = the_booking()
    assert booked.status_code == 303
    assert booked["Location"] == f"{page_of(booking)}/done?embed=1&lang=es&theme=dark"
    assert (booking.language, done.status_code, framers(done)[0]) == ("es", 200, "*")
    assert "Tu cita está reservada" in words(done)
    assert 'data-theme="dark"' in done.content.decode()


def test_every_way_on_within_a_frame_stays_in_it(client: Client) -> None:
    """Days, months, zones, resources and services repeat what the frame was asked for."""
    account = make_account()
    for schedule in (make_resource_schedule(account, resources=2), make_service_schedule(account)):
        let_frame(schedule, ANYWHERE, sites=[])
        path = f"/schedule/Lumbre/{schedule.slug}"
        for query in ("", "&month=2026-12", "&zones=1"):
            html = client.get(f"{path}?embed=1&lang=en&theme=light{query}").content.decode()
            ways = [way for way in re.findall(r'(?:href|action)="([^"]+)"', html) if way.startswith(path)]
            fields = html.count('<input type="hidden" name="embed" value="1">')
            lost = [way for way in ways if "embed=1&amp;lang=en&amp;theme=light" not in way and way != path]

            assert ways
            assert lost == []
            # A form that is sent by GET takes its fields along and forgets what stands in its address.
            assert fields == sum(way == path for way in ways)


def test_whoever_is_asked_to_log_in_is_led_out_of_the_frame(client: Client) -> None:
    schedule = make_resource_schedule(make_account())
    let_frame(schedule, ANYWHERE, sites=[])
    Schedule.objects.filter(pk=schedule.pk).update(who_sees="users", who_books="users")

    page = client.get(PAGE, FRAMED)

    assert (page.status_code, framers(page)[0]) == (200, "*")
    assert "This page asks you to log in." in words(page)
    assert f'href="{PAGE}" target="_blank"' in page.content.decode()


def test_what_is_said_in_a_frame_at_the_end_tells_no_link_and_does_nothing(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), link_source="jitsi")
    let_frame(schedule, ANYWHERE, sites=[])
    booked = post(client, f"{PAGE}?embed=1", start=choices(client.get(PAGE, FRAMED))[TEN])

    done = client.get(booked["Location"])

    html = done.content.decode()
    assert "luis@example.org" in words(done)
    assert f'href="{page_of(the_booking())}" target="_blank"' in html
    assert re.findall(r'<form action="([^"]+)"', html) == ["/language"]
    assert "jit.si" not in html
    assert (done["Cache-Control"], done["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_a_class_is_booked_within_a_frame_too(client: Client) -> None:
    let_frame(make_capacity_schedule(make_account()), ANYWHERE, sites=[])

    assert framers(client.get("/schedule/Lumbre/yoga?embed=1"))[0] == "*"


@pytest.mark.parametrize("query", ["lang=xx", "lang=", "theme=<script>", "theme=system", "lang=en%00", "embed="])
def test_what_a_frame_asks_for_and_we_do_not_have_is_as_if_it_had_not(client: Client, query: str) -> None:
    make_resource_schedule(make_account())

    page = client.get(f"{PAGE}?{query}", headers={"Accept-Language": "es"})

    assert page.status_code == 200
    assert '<html lang="es">' in page.content.decode()
    assert "<script>" not in page.content.decode()


def test_the_script_has_a_lasting_address_and_is_kept(client: Client) -> None:
    script = client.get("/embed.js")
    again = client.get("/embed.js", headers={"If-None-Match": script["ETag"]})

    assert script["Content-Type"] == "text/javascript; charset=utf-8"
    assert "max-age=86400" in script["Cache-Control"]
    assert script["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert (again.status_code, again.content) == (304, b"")
    assert not Booking.objects.exists()
    assert not script.cookies
