"""The backup link on the attendee's pages: at its moment, by itself, and under its own name (ux decision 7)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import Booking, Meeting, Sealed
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from tests.booking.building import (
    book,
    connect_zoom,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    sign_up,
)
from tests.public.reading import join_page_of, page_of, words

pytestmark = pytest.mark.django_db

SPARE = "https://rooms.example.org/spare?key=4711"
HOST = "rooms.example.org"


@pytest.fixture
def failed(this_instant: time_machine.Traveller) -> Booking:
    schedule = make_resource_schedule(make_account(contact_email="ana@example.org"), backup_link=Sealed.seal(SPARE))
    connect_zoom(schedule)
    booking = book(schedule)
    Meeting.objects.update(blocked=Meeting.Blocked.REJECTED, due_at=None)
    return booking


@pytest.fixture
def at_its_moment(failed: Booking, this_instant: time_machine.Traveller) -> Booking:
    this_instant.move_to(failed.slot.starts_at - timedelta(minutes=30))
    return failed


def test_the_open_page_turns_to_it_without_reloading(
    client: Client, failed: Booking, this_instant: time_machine.Traveller
) -> None:
    card = f"{page_of(failed)}/card?seen=failed"
    this_instant.move_to(failed.slot.starts_at - timedelta(minutes=30, seconds=1))
    assert client.get(card).status_code == 204

    this_instant.move_to(failed.slot.starts_at - timedelta(minutes=30))
    turned = client.get(card)

    assert "Use this link for your appointment." in words(turned)
    assert "It is the backup link of Estudio Lumbre: the usual one was not ready in time." in words(turned)
    assert 'hx-trigger="every 60s"' in turned.text


def test_the_page_joins_by_it_and_shows_it_where_it_may(client: Client, at_its_moment: Booking) -> None:
    looked = client.get(page_of(at_its_moment))
    pressed = client.post(f"{page_of(at_its_moment)}/join")
    shown = client.post(f"{page_of(at_its_moment)}/show", follow=True)

    assert HOST not in looked.text
    assert (pressed.status_code, pressed["Location"]) == (303, SPARE)
    assert SPARE in shown.text


def test_the_join_page_leads_there_and_never_holds_it(client: Client, at_its_moment: Booking) -> None:
    looked = client.get(join_page_of(at_its_moment))
    pressed = client.post(join_page_of(at_its_moment))

    assert "Use this link for your appointment." in words(looked)
    assert HOST not in looked.text
    assert (pressed.status_code, pressed["Location"]) == (303, SPARE)


def test_an_open_page_turns_back_when_the_meeting_has_a_link_of_its_own(client: Client, at_its_moment: Booking) -> None:
    type_link(at_its_moment.slot, "https://meet.example/own", now=at_its_moment.slot.starts_at)

    turned = client.get(f"{page_of(at_its_moment)}/card?seen=backup")

    assert "Your meeting link is ready." in words(turned)


def test_in_spanish(client: Client, at_its_moment: Booking) -> None:
    Booking.objects.update(language="es")
    page = client.get(page_of(at_its_moment), headers={"accept-language": "es"})

    assert "Usa este enlace para tu cita." in words(page)


def test_m2_t37_the_backup_link_is_seen_by_nobody_without_a_place(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    """There is something to leak: whoever has a place reads it."""
    schedule = make_capacity_schedule(make_account(), backup_link=Sealed.seal(SPARE), has_waiting_list=True)
    connect_zoom(schedule)
    lesson = make_class(schedule, capacity=5)
    has, asks, left = (sign_up(lesson, f"{name}@example.org") for name in ("luis", "iris", "marta"))
    Booking.objects.filter(pk=asks.pk).update(status=Booking.Status.PENDING)
    cancel(left, now=lesson.created_at)
    Meeting.objects.update(blocked=Meeting.Blocked.REJECTED, due_at=None)
    this_instant.move_to(lesson.starts_at - timedelta(minutes=20))

    assert SPARE in client.post(f"{page_of(has)}/show", follow=True).text
    for booking in (asks, left):
        for page in (page_of(booking), join_page_of(booking)):
            browser = Client()
            assert HOST not in browser.get(page).text
            assert HOST not in str(browser.post(page).headers)
        assert HOST not in Client().post(f"{page_of(booking)}/show", follow=True).text
    assert HOST not in Client().get(f"/schedule/{schedule.account.name}/{schedule.slug}").text
