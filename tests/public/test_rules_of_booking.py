"""Services, the owner's questions, pauses and limits, as visitors and attendees meet them (M18, M20; J1, J4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import Booking, FormField, Schedule, Service, ServiceResource
from tests.booking.building import NOW, at, book, make_account, make_resource_schedule, make_service_schedule
from tests.public.reading import choices, page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

PAGE, SERVICES = "/schedule/Lumbre/consultations", "/schedule/Lumbre/services"
THAT_DAY = {"day": "2026-11-26"}
TEN = "2026-11-26T09:00Z"


# Services


def hidden_service(schedule: Schedule) -> Service:
    service = Service.objects.create(
        account=schedule.account, schedule=schedule, name="For friends", minutes=30, is_hidden=True
    )
    for each in ServiceResource.objects.exclude(service=service):
        ServiceResource.objects.create(account=schedule.account, service=service, resource=each.resource)
    return service


def test_m18_a_hidden_service_is_not_listed_and_whoever_has_its_address_books_it(client: Client) -> None:
    schedule = make_service_schedule(make_account())
    secret = hidden_service(schedule)
    Service.objects.create(account=schedule.account, schedule=schedule, name="Facial", minutes=45)

    listed = client.get(SERVICES)
    page = client.get(SERVICES, THAT_DAY | {"service": str(secret.pk)})
    booked = post(client, page.context["visit"].address, start=TEN)

    assert "Massage" in words(listed)
    assert "For friends" not in words(listed)
    assert "10:00 to 10:30, Thursday 26 November" in choices(page)
    assert booked.status_code == 303
    assert the_booking().slot.service == secret


def test_a_schedule_whose_other_services_are_hidden_needs_no_picking(client: Client) -> None:
    hidden_service(make_service_schedule(make_account()))

    assert "10:00 to 11:00, Thursday 26 November" in choices(client.get(SERVICES, THAT_DAY))


# The owner's questions


def asking(*fields: dict[str, object]) -> Schedule:
    schedule = make_resource_schedule(make_account())
    for field in fields:
        FormField.objects.create(account=schedule.account, schedule=schedule, **field)
    return schedule


PHONE: dict[str, object] = {"key": "phone", "is_required": True}
LEVEL: dict[str, object] = {"key": "field_1", "label": "Level", "kind": "choice", "options": "Beginner\nAdvanced"}


def test_the_owner_s_questions_are_asked_and_kept_with_the_booking(client: Client) -> None:
    asking(PHONE, LEVEL, {"key": "address"})

    page = client.get(PAGE)
    post(client, PAGE, start=TEN, phone="+34 600 111 222", field_1="Advanced", address="Calle Mayor 1\nMadrid")

    html = page.content.decode()
    assert 'type="tel" autocomplete="tel" maxlength="31" value="" required' in html
    assert "Level (optional) Choose one Beginner Advanced" in words(page)
    booking = the_booking()
    assert (booking.phone, booking.field_1, booking.address) == ("+34 600 111 222", "Advanced", "Calle Mayor 1, Madrid")


def test_what_is_wrong_with_an_answer_is_said_at_its_question_and_nothing_typed_is_lost(client: Client) -> None:
    asking(PHONE, LEVEL)

    refused = post(client, PAGE, start=TEN, field_1="Champion")

    html = refused.content.decode()
    assert refused.status_code == 422
    assert '<a href="#phone">Fill in “Phone”</a>' in html
    assert '<a href="#field_1">Choose one for “Level”</a>' in html
    assert 'id="phone-error">Fill in “Phone”</p>' in html
    assert 'value="Luis Pérez"' in html
    assert not Booking.objects.exists()


def test_answers_are_kept_when_the_time_is_gone(client: Client) -> None:
    schedule = asking(PHONE, LEVEL)
    book(schedule, "10:00")

    refused = post(client, PAGE, start=TEN, phone="+34 600 111 222", field_1="Advanced")

    html = refused.content.decode()
    assert refused.status_code == 409
    assert 'value="+34 600 111 222"' in html
    assert "<option selected>Advanced</option>" in html


# Pauses and approval


@pytest.mark.parametrize(("make", "page"), [(make_resource_schedule, PAGE), (make_service_schedule, SERVICES)])
def test_j1_a_paused_schedule_says_so_in_the_owner_s_words_and_books_nothing(
    client: Client, make: Callable[..., Schedule], page: str
) -> None:
    make(make_account(), is_paused=True, paused_message="Back on 8 December.")

    looked = client.get(page)
    posted = post(client, page, start=TEN)

    assert "Bookings are paused. Back on 8 December." in words(looked)
    assert choices(looked) == {}
    assert posted.status_code == 409
    assert "Bookings are paused. Back on 8 December." in words(posted)
    assert client.get(f"{PAGE}/free.json").json().get("free", []) == []
    assert not Booking.objects.exists()


def test_j4_while_bookings_are_paused_none_is_moved_and_any_can_be_cancelled(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()))
    Schedule.objects.update(is_paused=True, paused_message="Back on 8 December.")

    page = client.get(f"{page_of(booking)}/change")
    moved = client.post(f"{page_of(booking)}/change", {"start": "2026-11-26T11:00Z"})
    client.post(f"{page_of(booking)}/cancel")

    assert "Bookings are paused. Back on 8 December." in words(page)
    assert choices(page) == {}
    assert moved.status_code == 409
    assert the_booking().slot.starts_at == at("10:00")
    assert the_booking().status == Booking.Status.CANCELLED


def test_j1_where_somebody_must_approve_it_the_request_is_sent(client: Client) -> None:
    make_resource_schedule(make_account(), requires_approval=True)

    answer = post(client, PAGE, start=TEN)

    page = words(client.get(answer["Location"]))
    assert the_booking().status == Booking.Status.PENDING
    assert "Request sent. Estudio Lumbre answers, usually within a day." in page
    assert "You will get an email at luis@example.org." in page


# Limits of time


def test_j4_within_the_limit_the_page_says_whom_to_write_to_instead_of_showing_buttons(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    schedule = make_resource_schedule(
        make_account(contact_email="ana@lumbre.example"), change_limit_minutes=24 * 60, cancel_limit_minutes=2 * 60
    )
    booking = book(schedule)
    early = words(client.get(page_of(booking)))
    this_instant.move_to(booking.slot.starts_at - timedelta(hours=3))
    between = words(client.get(page_of(booking)))
    this_instant.move_to(booking.slot.starts_at - timedelta(hours=1))
    late = words(client.get(page_of(booking)))

    sentence = "Changes are possible until 24 hours before. Please write to ana@lumbre.example."
    shown = [
        [each in page for each in ("Change time", "Cancel appointment", sentence)] for page in (early, between, late)
    ]
    assert shown == [[True, True, False], [False, True, True], [False, False, True]]


def test_m19_where_only_superusers_change_bookings_nobody_else_cancels_either(client: Client) -> None:
    booking = book(make_resource_schedule(make_account(contact_email="ana@lumbre.example"), who_changes="nobodys"))

    page = words(client.get(page_of(booking)))
    refused = client.post(f"{page_of(booking)}/cancel")

    sentence = "Only Estudio Lumbre changes bookings. Please write to ana@lumbre.example."
    assert sentence in page
    assert "Cancel appointment" not in page
    assert (refused.status_code, sentence in words(refused)) == (409, True)
    assert the_booking().status == Booking.Status.CONFIRMED


@pytest.mark.parametrize(
    ("rules", "start", "sentence"),
    [
        ({"notice_minutes": 72 * 60}, TEN, "That time is too soon: book at least 72 hours ahead."),
        ({"horizon_days": 1}, TEN, "That time is too far ahead: bookings open 1 day ahead."),
        ({}, "2026-11-26T09:10Z", "That time is not on offer."),
        ({}, "2026-11-26T20:00Z", "That time is not on offer."),
        ({}, (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%MZ"), "That time has passed."),
    ],
)
def test_a_time_against_the_rules_is_refused_with_what_to_do_about_it(
    client: Client, rules: dict[str, Any], start: str, sentence: str
) -> None:
    make_resource_schedule(make_account(), **rules)

    refused = post(client, PAGE, start=start)

    assert refused.status_code == 409
    assert sentence in words(refused)
