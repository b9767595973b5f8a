"""The join page of an attendee (B2, J13): the address in every mail, whatever became of the link meanwhile."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Booking, Meeting, Schedule, Sealed, Slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.moving import move_appointment
from convoca.booking.operations.taking import lock_slot
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.operations.wishing import replace_meeting
from tests.booking.building import (
    NOW,
    at,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
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


def test_whoever_is_far_too_early_may_have_the_page_open_the_meeting_when_it_is_time(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    """J13: «Open automatically when it is time», a quarter of an hour before; until then they may join at once."""
    booking = booked()
    type_link(booking.slot, LINK, now=NOW)
    card = f"{join_page_of(booking)}/card?seen=patient&waiting=1&patient=1"

    offered = client.get(join_page_of(booking))
    agreed = client.post(join_page_of(booking), {"when_it_is_time": "1"})
    early = client.get(card)
    this_instant.move_to(booking.slot.starts_at - timedelta(minutes=15))
    due = client.get(card)

    assert "Open automatically when it is time" in words(offered)
    assert (agreed.status_code, "This page opens the meeting at 09:45." in words(agreed)) == (200, True)
    assert "data-forward" not in agreed.content.decode()
    assert "card?seen=patient&amp;waiting=1&amp;patient=1" in agreed.content.decode()
    assert early.status_code == 204
    assert "data-forward" in due.content.decode()
    assert HOST not in offered.content.decode() + agreed.content.decode() + due.content.decode()


def test_a_moved_appointment_says_to_when_on_the_address_of_the_old_mail(client: Client) -> None:
    """B2, J13: rescheduled, no forward; the same address, which leads to the meeting at its new time."""
    booking = booked()
    type_link(booking.slot, LINK, now=NOW)
    move_appointment(booking, at("12:00"), now=NOW)

    looked, pressed = client.get(join_page_of(booking)), client.post(join_page_of(booking))

    assert "This appointment was moved to Thursday 26 November 2026, 12:00." in words(looked)
    assert pressed["Location"] == LINK


def test_b2_the_address_survives_a_change_of_provider_of_host_and_a_link_typed_by_hand(client: Client) -> None:
    """meetings 5.9: it is right after each of them, and while the new meeting is being made the old one counts."""
    booking = booked()
    schedule = booking.slot.schedule
    zoom = Meeting.objects.get(slot=booking.slot)
    Meeting.objects.filter(pk=zoom.pk).update(link=Sealed.seal("https://us02web.zoom.us/j/1"), observed="present")
    page = join_page_of(booking)
    assert client.post(page)["Location"] == "https://us02web.zoom.us/j/1"

    # Another provider, and another host at the same one.
    for source, external_user in (("jitsi", ""), ("zoom", "zoom-user-2")):
        before = client.post(page)["Location"]
        if external_user:
            connect_zoom(schedule, external_user=external_user)
        Schedule.objects.filter(pk=schedule.pk).update(link_source=source)
        Slot.objects.filter(pk=booking.slot_id).update(link_source=source)
        with transaction.atomic():
            replaced = replace_meeting(lock_slot(booking.slot), now=NOW)
        assert replaced is not None
        assert client.post(page)["Location"] == before
        made = f"https://{source}.example/{replaced.pk}"
        Meeting.objects.filter(pk=replaced.pk).update(link=Sealed.seal(made), observed="present")
        assert client.post(page)["Location"] == made

    type_link(booking.slot, LINK, now=NOW)
    assert client.post(page)["Location"] == LINK


def test_whoever_waits_for_a_place_reads_their_number_and_no_link(client: Client) -> None:
    """J13: class, on waiting list."""
    slot = make_class(make_capacity_schedule(make_account(), has_waiting_list=True), capacity=1)
    type_link(slot, LINK, now=NOW)
    sign_up(slot, "first@example.org")
    join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)
    second = join_waiting_list(slot, client=make_client(email="noa@example.org"), now=NOW)

    page = client.get(join_page_of(second))

    assert "You do not have a place yet. You are number 2." in words(page)
    assert HOST not in page.content.decode() + client.post(join_page_of(second)).content.decode()


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
    assert "This link is not valid Open the link in your latest email or ask for a new one." in words(response)
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
