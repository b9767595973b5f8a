"""The join page of an attendee (B2, J13): the address in every mail, whatever became of the link meanwhile."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Booking, Meeting
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from tests.booking.building import NOW, book, connect_zoom, make_account, make_resource_schedule
from tests.public.reading import join_page_of, page_of, words

pytestmark = pytest.mark.django_db

LINK = "https://meet.example/room-7f3a"
HOST = "meet.example"


def booked() -> Booking:
    schedule = make_resource_schedule(make_account(contact_email="ana@example.org"))
    connect_zoom(schedule)
    return book(schedule)


def test_a_get_shows_a_button_and_only_pressing_it_leads_to_the_meeting(client: Client) -> None:
    """J13, M2: no GET redirects to the provider, and the page does not hold its address."""
    booking = booked()
    type_link(booking.slot, LINK, now=NOW)

    looked = client.get(join_page_of(booking))
    pressed = client.post(join_page_of(booking))

    assert looked.status_code == 200
    assert "Join the meeting" in words(looked)
    assert HOST not in looked.content.decode()
    assert (pressed.status_code, pressed["Location"]) == (303, LINK)


def test_the_button_leads_to_the_link_that_counts_now(client: Client) -> None:
    """B2: the address outlives every change of the link."""
    booking = booked()
    type_link(booking.slot, LINK, now=NOW)
    type_link(booking.slot, "https://other.example/1", now=NOW)

    assert client.post(join_page_of(booking))["Location"] == "https://other.example/1"


def test_whoever_presses_join_too_early_is_taken_there_when_the_link_is_ready(client: Client) -> None:
    booking = booked()

    pressed = client.post(join_page_of(booking))
    waits = client.get(f"{join_page_of(booking)}/card?seen=pending&waiting=1")
    type_link(booking.slot, LINK, now=NOW)
    ready = client.get(f"{join_page_of(booking)}/card?seen=pending&waiting=1")

    assert "The meeting link is being prepared. Keep this page open." in words(pressed)
    assert f"{join_page_of(booking)}/card?seen=pending&amp;waiting=1" in pressed.content.decode()
    assert waits.status_code == 204
    assert "data-forward" in ready.content.decode()
    assert HOST not in ready.content.decode()


def test_a_page_where_nobody_pressed_join_goes_nowhere_by_itself(client: Client) -> None:
    booking = booked()
    type_link(booking.slot, LINK, now=NOW)

    assert "data-forward" not in client.get(f"{join_page_of(booking)}/card?seen=pending").content.decode()


def test_without_a_link_the_page_says_whom_to_ask(client: Client) -> None:
    booking = booked()
    Meeting.objects.update(blocked=Meeting.Blocked.REJECTED)

    page = words(client.get(join_page_of(booking)))

    assert "Estudio Lumbre knows that the link is missing." in page
    assert "Contact: ana@example.org" in page


def test_a_cancelled_appointment_has_no_way_to_the_meeting(client: Client) -> None:
    """M2: after a cancellation the link is gone for that person."""
    booking = booked()
    type_link(booking.slot, LINK, now=NOW)
    cancel(booking, now=NOW)

    looked, pressed = client.get(join_page_of(booking)), client.post(join_page_of(booking))

    assert "This appointment was cancelled." in words(looked)
    assert (pressed.status_code, pressed.headers.get("Location")) == (200, None)
    assert HOST not in looked.content.decode() + pressed.content.decode()


def test_the_meeting_may_overrun_by_a_quarter_of_an_hour(client: Client, this_instant: time_machine.Traveller) -> None:
    booking = booked()
    type_link(booking.slot, LINK, now=NOW)

    this_instant.move_to(booking.slot.ends_at + timedelta(minutes=14))
    overrun = client.post(join_page_of(booking))
    this_instant.move_to(booking.slot.ends_at + timedelta(minutes=15))
    over = client.post(join_page_of(booking))

    assert overrun.status_code == 303
    assert "This appointment has ended." in words(over)
    assert HOST not in over.content.decode()


def test_shortly_before_the_page_says_how_soon_it_starts(client: Client, this_instant: time_machine.Traveller) -> None:
    booking = booked()
    this_instant.move_to(booking.slot.starts_at - timedelta(minutes=12))

    assert "Your appointment starts in 12 minutes." in words(client.get(join_page_of(booking)))


@pytest.mark.parametrize("path", ["/j/unknown", "/b/unknown", "/j/%00", "/b/%ED%A0%80", "/b/" + "x" * 500])
def test_an_address_that_is_nobody_s_says_what_to_do(client: Client, path: str) -> None:
    """link_bad: the same words whether it never existed or no longer does."""
    response = client.get(path)

    assert response.status_code == 404
    assert "This link is not valid. Open the link in your latest email or ask for a new one." in words(response)
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_the_token_of_one_address_does_not_open_the_other(client: Client) -> None:
    booking = booked()

    assert client.get(f"/j/{booking.token.open()}").status_code == 404
    assert client.get(f"/b/{booking.join_token.open()}").status_code == 404


def test_the_pages_with_a_join_button_let_the_form_lead_to_a_provider(client: Client) -> None:
    """Chromium holds form-action against the redirect; everything else of the policy stays."""
    booking = booked()

    for address in (page_of(booking), join_page_of(booking)):
        policy = client.get(address)["Content-Security-Policy"]
        assert "form-action 'self' https: http:" in policy
        assert "script-src 'self';" in policy


def test_a_scanner_changes_nothing_and_learns_nothing(client: Client) -> None:
    booking = booked()
    type_link(booking.slot, LINK, now=NOW)

    response = client.head(join_page_of(booking))

    assert (response.status_code, response.content) == (200, b"")
    assert not client.cookies


def test_the_join_page_asks_the_database_twice(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booking = booked()

    with django_assert_num_queries(2):
        client.get(join_page_of(booking))
