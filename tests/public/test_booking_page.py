"""An attendee's own page: the link appears by itself (M9, J3), for them and nobody else (M2), until they cancel."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Booking, Connection, Meeting
from convoca.booking.operations.linking import type_link
from tests.booking.building import (
    NOW,
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    sign_up,
)
from tests.public.reading import page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

LINK = "https://meet.example/room-7f3a"
HOST = "meet.example"


def booked_here(client: Client, *, source: str = "zoom") -> Booking:
    """Book in this browser, on a schedule with links."""
    schedule = make_resource_schedule(make_account(contact_email="ana@example.org"))
    if source == "zoom":
        connect_zoom(schedule)
    else:
        schedule.link_source = source
        schedule.save()
    post(client, "/schedule/Lumbre/consultations", start="2026-11-26T09:00Z")
    return the_booking()


def test_the_link_appears_without_reload_in_the_browser_that_booked(client: Client) -> None:
    """M9, J3: the page asks twice a second; nothing has changed is 204, a change is a new card and an announcement."""
    booking = booked_here(client)
    page = client.get(page_of(booking))

    unchanged = client.get(f"{page_of(booking)}/card?seen=pending")
    type_link(booking.slot, LINK, now=NOW)
    changed = client.get(f"{page_of(booking)}/card?seen=pending")

    assert "We are preparing your meeting link." in words(page)
    assert f'hx-get="{page_of(booking)}/card?seen=pending" hx-trigger="every 500ms"' in page.content.decode()
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert f'href="{LINK}"' in changed.content.decode()
    assert "Link ready. The join button is now available." in words(changed)
    assert "<title>Link ready – Your appointment is booked</title>" in changed.content.decode()
    assert "hx-trigger" not in changed.content.decode()


def test_after_a_minute_the_page_says_that_the_link_is_late_and_asks_less_often(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    booking = booked_here(client)
    this_instant.move_to(NOW + timedelta(seconds=61))

    changed = client.get(f"{page_of(booking)}/card?seen=pending")

    assert "Your link is taking longer than usual." in words(changed)
    assert "luis@example.org" in words(changed)
    assert 'hx-trigger="every 5s"' in changed.content.decode()


def test_another_browser_with_the_address_does_not_get_the_link_by_looking(client: Client) -> None:
    """M2: a scanner of mails that opens /b/ learns no provider's link; a person presses Join or Show."""
    booking = booked_here(client)
    type_link(booking.slot, LINK, now=NOW)
    scanner = Client()

    looked = scanner.get(page_of(booking))
    polled = scanner.get(f"{page_of(booking)}/card?seen=pending")
    shown = scanner.post(f"{page_of(booking)}/show", follow=True)

    assert LINK in client.get(page_of(booking)).content.decode(), "there is something to leak"
    assert "Your meeting link is ready." in words(looked)
    assert "Join the meeting" in words(looked)
    assert HOST not in looked.content.decode()
    assert HOST not in polled.content.decode()
    assert LINK in shown.content.decode()


def test_join_leads_to_the_meeting_and_opens_the_link_to_this_browser(client: Client) -> None:
    booking = booked_here(client)
    type_link(booking.slot, LINK, now=NOW)
    phone = Client()

    response = phone.post(f"{page_of(booking)}/join")

    assert (response.status_code, response["Location"]) == (303, LINK)
    assert LINK in phone.get(page_of(booking)).content.decode()


def test_the_cookie_of_one_booking_opens_no_other(client: Client) -> None:
    booking = booked_here(client)
    type_link(booking.slot, LINK, now=NOW)
    schedule = make_resource_schedule(make_account("Otra"))
    other = book(schedule, "11:00")
    post_of_other = Client()
    post_of_other.post(f"{page_of(other)}/show")
    stolen = Client()
    stolen.cookies["shown"] = post_of_other.cookies["shown"].value

    page = stolen.get(page_of(booking))

    assert HOST not in page.content.decode()


def test_the_cookie_is_sent_to_this_booking_only_and_no_script_reads_it(client: Client) -> None:
    booking = booked_here(client)

    cookie = client.cookies["shown"]

    assert cookie["path"] == page_of(booking)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_cancelling_takes_the_link_away(client: Client) -> None:
    """M2, M20: asked by a page, done by a POST; from then on nothing of the door shows the link."""
    booking = booked_here(client)
    type_link(booking.slot, LINK, now=NOW)
    asked = client.get(f"{page_of(booking)}/cancel")
    assert LINK in client.get(page_of(booking)).content.decode(), "there is something to leak"

    response = client.post(f"{page_of(booking)}/cancel")

    page = client.get(page_of(booking))
    assert "Cancel this appointment?" in words(asked)
    assert (response.status_code, response["Location"]) == (303, page_of(booking))
    assert "Cancelled. The time is free again." in words(page)
    for leak in (page, client.post(f"{page_of(booking)}/join"), client.get(f"{page_of(booking)}/card?seen=ready")):
        assert HOST not in leak.content.decode() + str(leak.headers)


def test_an_open_page_of_a_cancelled_booking_is_told_to_load_again(client: Client) -> None:
    booking = booked_here(client)
    client.post(f"{page_of(booking)}/cancel")

    assert client.get(f"{page_of(booking)}/card?seen=pending")["HX-Refresh"] == "true"


def test_cancelling_twice_is_cancelling_once(client: Client) -> None:
    booking = booked_here(client)

    client.post(f"{page_of(booking)}/cancel")
    again = client.post(f"{page_of(booking)}/cancel")

    assert again.status_code == 303
    assert client.get(f"{page_of(booking)}/cancel").status_code == 303


def test_a_cancellation_that_comes_too_late_is_refused_with_whom_to_write_to(client: Client) -> None:
    booking = booked_here(client)
    schedule = booking.slot.schedule
    schedule.cancel_limit_minutes = 72 * 60
    schedule.save()

    response = client.post(f"{page_of(booking)}/cancel")

    assert response.status_code == 409
    assert "Changes are possible until 72 hours before. Please write to ana@example.org." in words(response)
    assert the_booking().status == Booking.Status.CONFIRMED


def test_in_a_class_one_who_leaves_loses_the_link_and_the_others_keep_it(client: Client) -> None:
    """M2, B6."""
    slot = make_class(make_capacity_schedule(make_account()))
    leaving, staying = sign_up(slot, "luis@example.org"), sign_up(slot, "eva@example.org")
    type_link(slot, LINK, now=NOW)
    for booking in (leaving, staying):
        assert LINK in client.post(f"{page_of(booking)}/show", follow=True).content.decode()

    client.post(f"{page_of(leaving)}/cancel")

    assert HOST not in client.get(page_of(leaving)).content.decode()
    page = client.get(page_of(staying))
    assert LINK in page.content.decode()
    assert "Everyone in this class uses the same link – please do not share it." in words(page)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"blocked": Meeting.Blocked.REJECTED}, "Estudio Lumbre has been told that the meeting link needs attention"),
        (
            {"waiting": Meeting.Waiting.QUOTA, "due_at": NOW + timedelta(hours=16)},
            "Your meeting link will be created after Wed 25 Nov, 01:00 and sent to luis@example.org.",
        ),
    ],
)
def test_each_state_of_the_link_is_told_in_the_attendee_s_words(
    client: Client, columns: dict[str, object], sentence: str
) -> None:
    """3.0: the booking stands; the provider's words and its name stay with the owner."""
    booking = booked_here(client)
    Meeting.objects.update(**columns, reason="Zoom says: account not licensed")

    page = words(client.get(page_of(booking)))

    assert "Your appointment is confirmed." in page
    assert sentence in page
    assert "Zoom" not in page


def test_a_lost_connection_reads_as_a_link_that_is_late(client: Client) -> None:
    booking = booked_here(client)
    Connection.objects.update(state=Connection.State.CLOSING)

    page = words(client.get(page_of(booking)))

    assert "Your link is taking longer than usual." in page


def test_a_link_that_is_typed_by_hand_is_announced_as_such(client: Client) -> None:
    booking = booked_here(client, source="manual")

    assert "Estudio Lumbre will add the meeting link." in words(client.get(page_of(booking)))


def test_without_links_there_is_no_card(client: Client) -> None:
    booking = booked_here(client, source="none")

    page = client.get(page_of(booking))

    assert 'id="link"' not in page.content.decode()
    assert "htmx" not in page.content.decode().replace("htmx-config", "")


def test_an_appointment_that_is_over_shows_no_link(client: Client, this_instant: time_machine.Traveller) -> None:
    booking = booked_here(client)
    type_link(booking.slot, LINK, now=NOW)
    this_instant.move_to(booking.slot.ends_at)

    page = client.get(page_of(booking))

    assert "This appointment was on Thursday 26 November 2026." in words(page)
    assert HOST not in page.content.decode()


def test_the_calendar_entry_leads_to_our_join_page_and_never_to_the_provider(client: Client) -> None:
    """M2, B7."""
    booking = booked_here(client)
    type_link(booking.slot, LINK, now=NOW)

    response = client.get(f"{page_of(booking)}/appointment.ics")

    assert response["Content-Type"].startswith("text/calendar")
    assert response["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert b"BEGIN:VEVENT" in response.content
    assert HOST not in response.content.decode()


def test_looking_changes_nothing(client: Client) -> None:
    """GET and HEAD of every address of a booking leave the booking as it is; the addresses of buttons refuse them."""
    booking = booked_here(client)
    scanner = Client()

    for path in ("", "/card", "/cancel", "/appointment.ics"):
        assert scanner.get(page_of(booking) + path).status_code == 200
        assert scanner.head(page_of(booking) + path).content == b""
    for path in ("/show", "/join"):
        assert scanner.get(page_of(booking) + path).status_code == 405
        assert scanner.head(page_of(booking) + path).status_code == 405

    assert the_booking().status == Booking.Status.CONFIRMED
    assert not scanner.cookies


def test_a_booking_s_address_is_kept_and_told_by_nobody(client: Client) -> None:
    booking = booked_here(client)

    for path in ("", "/card", "/cancel", "/appointment.ics"):
        response = client.get(page_of(booking) + path)
        assert (response["Cache-Control"], response["X-Robots-Tag"], response["Referrer-Policy"]) == (
            "no-store",
            "noindex, nofollow",
            "no-referrer",
        )


def test_the_page_of_a_booking_asks_the_database_three_times_and_its_card_twice(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booking = booked_here(client)

    with django_assert_num_queries(3):
        client.get(page_of(booking))
    with django_assert_num_queries(2):
        client.get(f"{page_of(booking)}/card?seen=pending")


def test_the_page_says_with_whom_the_appointment_is(client: Client) -> None:
    booking = booked_here(client)

    for path in ("", "/cancel"):
        assert "Consultations Room 1 · Estudio Lumbre" in words(client.get(page_of(booking) + path))


def test_who_leaves_a_class_cancels_a_place(client: Client) -> None:
    """J2: «Cancel my place»."""
    booking = sign_up(make_class(make_capacity_schedule(make_account())))

    assert "Cancel my place" in words(client.get(page_of(booking)))
    question = words(client.get(f"{page_of(booking)}/cancel"))
    assert "Cancel your place?" in question
    assert "Cancel my place" in question
