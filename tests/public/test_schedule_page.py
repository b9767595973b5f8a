"""A visitor books: each of the three kinds has its own flow (M18), in three taps and without JavaScript (J1, J2)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Booking, Resource, Schedule, ScheduleResource, Service, Slot
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.public.reading import DETAILS, checked, choices, page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

CONSULTATIONS, SERVICES, YOGA = "/schedule/Lumbre/consultations", "/schedule/Lumbre/services", "/schedule/Lumbre/yoga"
TEN = "10:00 to 10:30, Thursday 26 November"


def test_a_visitor_books_a_resource_with_a_time_a_name_and_an_address(client: Client) -> None:
    """M18, J1: POST to the page itself, 303 to the booking's own address."""
    make_resource_schedule(make_account())
    page = client.get(CONSULTATIONS, {"day": "2026-11-26"})

    response = post(client, CONSULTATIONS, start=choices(page)[TEN])

    booking = the_booking()
    assert (response.status_code, response["Location"]) == (303, page_of(booking))
    assert (booking.name, booking.email, booking.language, booking.time_zone) == (
        "Luis Pérez",
        "luis@example.org",
        "en",
        "Europe/Madrid",
    )
    assert booking.slot.starts_at == at("10:00")


def test_with_several_resources_the_page_books_the_one_that_was_picked(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), resources=2)
    page = client.get(f"{CONSULTATIONS}/room-2", {"day": "2026-11-26"})

    post(client, f"{CONSULTATIONS}/room-2", start=choices(page)[TEN])

    assert "with Room 2" in words(page)
    assert the_booking().slot.occupancies.get().resource.name == "Room 2"
    assert TEN in choices(client.get(CONSULTATIONS, {"day": "2026-11-26"})), "the first room is still free"
    assert schedule.resources.count() == 2


def test_a_form_books_the_resource_that_its_page_showed_even_if_another_is_first_by_now(client: Client) -> None:
    schedule = make_resource_schedule(make_account())
    shown = Resource.objects.get()
    newcomer = Resource.objects.create(account=schedule.account, name="Newcomer")
    ScheduleResource.objects.update(position=5)
    ScheduleResource.objects.create(account=schedule.account, schedule=schedule, resource=newcomer)

    post(client, CONSULTATIONS, start="2026-11-26T09:00Z", resource=str(shown.pk))

    assert the_booking().slot.occupancies.get().resource == shown


def test_a_visitor_picks_a_service_first_and_the_system_finds_the_resource(client: Client) -> None:
    """M18: the service's own length and price are shown, and it is booked for that length."""
    schedule = make_service_schedule(make_account())
    Service.objects.update(price_label="45 €")
    facial = Service.objects.create(account=schedule.account, schedule=schedule, name="Facial", minutes=30)
    listed = client.get(SERVICES)
    page = client.get(SERVICES, {"service": str(Service.objects.exclude(pk=facial.pk).get().pk), "day": "2026-11-26"})

    response = post(
        client, page.wsgi_request.get_full_path(), start=choices(page)["10:00 to 11:00, Thursday 26 November"]
    )

    assert "Massage 1 hour 45 €" in words(listed)
    assert "Facial 30 minutes" in words(listed)
    assert response.status_code == 303
    slot = the_booking().slot
    assert (slot.service.name if slot.service else "", slot.ends_at - slot.starts_at) == ("Massage", timedelta(hours=1))
    assert slot.occupancies.count() == 1


def test_a_schedule_with_one_service_needs_no_picking(client: Client) -> None:
    make_service_schedule(make_account())

    page = client.get(SERVICES, {"day": "2026-11-26"})

    assert "10:00 to 11:00, Thursday 26 November" in choices(page)


def test_a_visitor_signs_up_for_a_session(client: Client) -> None:
    """M18, J2: sessions tell how many places are left; one that is full cannot be chosen."""
    schedule = make_capacity_schedule(make_account())
    slot, full = make_class(schedule, capacity=3), make_class(schedule, capacity=1, starts_at=at("20:00"))
    sign_up(slot, "eva@example.org")
    sign_up(full, "eva@example.org")
    page = client.get(YOGA)

    response = post(
        client, YOGA, slot=choices(page)["18:00 to 19:00, Thursday 26 November, Yoga for backs, 2 of 3 places left"]
    )

    assert len(choices(page)) == 1
    assert "20:00–21:00 Yoga for backs Full" in words(page)
    assert response.status_code == 303
    assert Slot.objects.get(pk=slot.pk).taken == 2


def test_signing_up_twice_is_refused_with_a_sentence(client: Client) -> None:
    slot = make_class(make_capacity_schedule(make_account()))
    sign_up(slot, DETAILS["email"])

    response = post(client, YOGA, slot=str(slot.pk))

    assert response.status_code == 409
    assert "You are already signed up for this session." in words(response)


def test_the_last_place_goes_once(client: Client) -> None:
    slot = make_class(make_capacity_schedule(make_account()), capacity=1)
    sign_up(slot, "eva@example.org")

    response = post(client, YOGA, slot=str(slot.pk))

    assert response.status_code == 409
    assert "All places of that session are taken." in words(response)


def test_a_time_that_was_taken_meanwhile_is_refused_with_the_details_kept_and_the_next_times_first(
    client: Client,
) -> None:
    """J1, slot_taken: 409, nothing typed is lost, and the list begins with what comes after."""
    book(make_resource_schedule(make_account()), "10:00")

    response = post(client, CONSULTATIONS, start="2026-11-26T09:00Z", email="eva@example.org")

    assert response.status_code == 409
    assert "Someone just booked that time. Your details are kept – pick another time." in words(response)
    assert 'value="Luis Pérez"' in response.content.decode()
    assert 'value="eva@example.org"' in response.content.decode()
    assert next(iter(choices(response))) == "10:30 to 11:00, Thursday 26 November"
    assert checked(response) == []


def test_what_is_missing_is_named_in_a_summary_and_at_its_field(client: Client) -> None:
    """J1: the title says "Error:", the summary links to the fields, what was chosen stays chosen."""
    make_resource_schedule(make_account())
    page = client.get(CONSULTATIONS)
    start = next(iter(choices(page).values()))

    response = client.post(CONSULTATIONS, {"start": start, "name": " ", "email": "luis"})

    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: Consultations" in html
    assert '<a href="#name">Enter your name</a>' in html
    assert '<a href="#email">Enter an email address in the format name@example.com</a>' in html
    assert 'id="name-error">Enter your name</p>' in html
    assert len(checked(response)) == 1
    assert not Booking.objects.exists()


def test_a_form_without_a_time_says_so(client: Client) -> None:
    make_resource_schedule(make_account())

    response = post(client, CONSULTATIONS)

    assert response.status_code == 422
    assert '<a href="#choice">Choose a time</a>' in response.content.decode()


def test_an_address_that_looks_mistyped_is_asked_about_once(client: Client) -> None:
    make_resource_schedule(make_account())
    fields = {"start": "2026-11-26T09:00Z", "email": "luis@gmial.com"}

    asked = post(client, CONSULTATIONS, **fields)
    meant = post(client, CONSULTATIONS, **fields, email_again="luis@gmial.com")

    assert asked.status_code == 422
    assert "Did you mean luis@gmail.com?" in words(asked)
    assert 'name="email_again" value="luis@gmial.com"' in asked.content.decode()
    assert meant.status_code == 303


def test_a_program_that_fills_in_everything_books_nothing(client: Client) -> None:
    make_resource_schedule(make_account())

    response = post(client, CONSULTATIONS, start="2026-11-26T09:00Z", website="https://spam.example")

    assert response.status_code == 422
    assert "This looks like an automatic entry." in words(response)
    assert not Booking.objects.exists()


def test_a_name_becomes_one_line_whatever_was_sent(client: Client) -> None:
    make_resource_schedule(make_account())

    post(client, CONSULTATIONS, start="2026-11-26T09:00Z", name=" Luis\r\nBcc: all@example.org\t ")

    assert the_booking().name == "Luis Bcc: all@example.org"


def test_six_times_a_day_are_shown_and_the_rest_is_one_link_away(client: Client) -> None:
    make_resource_schedule(make_account())

    page = client.get(CONSULTATIONS, {"day": "2026-11-26"})
    opened = client.get(CONSULTATIONS, {"day": "2026-11-26", "all": "1"})

    thursday = "Thursday 26 November"
    assert len([name for name in choices(page) if thursday in name]) == 6
    assert "More times on Thursday" in words(page)
    assert len([name for name in choices(opened) if thursday in name]) == 16
    assert "More times on Thursday" not in words(opened)


def test_days_without_times_are_skipped_and_said(client: Client) -> None:
    """J1: from the 24th, a Tuesday; nothing is open at the weekend."""
    schedule = make_resource_schedule(make_account())
    schedule.hours.filter(weekday__gte=5).delete()

    page = words(client.get(CONSULTATIONS, {"day": "2026-11-26"}))

    assert "No free times: Sat 28 Nov, Sun 29 Nov" in page
    assert "Thursday 26 November" in page
    assert "Wednesday 2 December" in page


def test_a_month_shows_how_many_times_each_day_has_free(client: Client) -> None:
    make_resource_schedule(make_account())

    html = client.get(CONSULTATIONS, {"month": "2026-11"}).content.decode()

    assert 'name="day" value="2026-11-26" aria-label="Thursday 26 November, 16 times free"' in html
    assert '23<span class="visually-hidden">, no times</span>' in html
    assert 'aria-label="Next month, December 2026">December<' in html
    assert "Previous month" not in html


def test_a_stay_of_days_was_called_a_time(client: Client) -> None:
    days = Schedule.LengthKind.DAYS
    make_resource_schedule(make_account(), length_kind=days, horizon_days=30, most_days=2)

    page = words(client.get(CONSULTATIONS))
    later = words(client.get(CONSULTATIONS, {"day": "2027-03-01"}))

    assert "Pick your first day" in page
    assert "Choosing a day opens your details." in page
    assert "Book these dates" in page
    assert "No free days in the next" in later
    assert "time opens" not in page


def test_a_schedule_with_nothing_free_leads_to_later_dates(client: Client) -> None:
    schedule = make_capacity_schedule(make_account())
    make_class(schedule, starts_at=NOW + timedelta(days=40))

    page = client.get(YOGA)

    assert "No sessions in the next 4 weeks." in words(page)
    assert f"{YOGA}?day=2027-01-03" in page.content.decode()


def test_times_are_shown_and_mailed_in_the_time_zone_that_was_asked_for(client: Client) -> None:
    """M22: ten in Madrid is four in New York; the booking keeps the zone that the visitor read."""
    make_resource_schedule(make_account())
    page = client.get(CONSULTATIONS, {"day": "2026-11-26", "tz": "America/New_York"})

    post(client, page.wsgi_request.get_full_path(), start=choices(page)["04:00 to 04:30, Thursday 26 November"])

    assert "Times are in New York time (GMT-5)." in words(page)
    assert (the_booking().slot.starts_at, the_booking().time_zone) == (at("10:00"), "America/New_York")


def test_the_page_and_the_booking_are_in_spanish_for_a_browser_that_asks_for_it(client: Client) -> None:
    make_resource_schedule(make_account())

    page = client.get(CONSULTATIONS, {"day": "2026-11-26"}, headers={"accept-language": "es-ES"})
    client.post(CONSULTATIONS, DETAILS | {"start": "2026-11-26T09:00Z"}, headers={"accept-language": "es-ES"})

    assert '<html lang="es"' in page.content.decode()
    assert "Jueves 26 de noviembre" in words(page)
    assert the_booking().language == "es"


def test_an_account_s_page_lists_its_schedules_and_no_other_s(client: Client) -> None:
    make_resource_schedule(make_account())
    make_capacity_schedule(make_account("Otra"), name="Secret yoga")

    page = words(client.get("/schedule/Lumbre/"))

    assert "Consultations" in page
    assert "Secret yoga" not in page


def test_a_schedule_of_lengths_to_choose_was_listed_as_if_all_were_the_shortest(client: Client) -> None:
    chosen = Schedule.LengthKind.CHOSEN
    make_resource_schedule(make_account(), length_kind=chosen, length_minutes=60, longest_minutes=180)

    assert "From 1 hour" in words(client.get("/schedule/Lumbre/"))


def test_another_account_s_slot_cannot_be_booked_through_this_page(client: Client) -> None:
    make_capacity_schedule(make_account())
    elsewhere = make_class(make_capacity_schedule(make_account("Otra")))

    response = post(client, YOGA, slot=str(elsewhere.pk))

    assert response.status_code == 409
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("page", "queries"), [(CONSULTATIONS, 4), (SERVICES, 5), (YOGA, 3), ("/", 2), ("/schedule/Lumbre/", 2)]
)
def test_a_page_asks_the_database_a_fixed_number_of_times(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, page: str, queries: int
) -> None:
    """However many resources, services, sessions and bookings there are."""
    account = make_account()
    schedule = make_resource_schedule(account, resources=3)
    make_service_schedule(account)
    yoga = make_capacity_schedule(account)
    for hour in range(10, 16):
        book(schedule, f"{hour}:00")
        sign_up(make_class(yoga, starts_at=at(f"{hour}:00")))
    client.get(page)

    with django_assert_num_queries(queries):
        client.get(page)


def test_a_booking_asks_and_writes_a_fixed_number_of_times(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Seven questions and seven answers kept: slot, occupancy, meeting, booking, trail, mails, wake-up; a savepoint.

    What is taken is asked twice: before the resource is held, so that a refused crowd waits for nobody, and then.
    One of the questions is which programs are to be told.
    """
    schedule = make_resource_schedule(make_account(), link_source="jitsi")
    book(schedule, "09:00")
    page = client.get(CONSULTATIONS, {"day": "2026-11-26"})

    with django_assert_num_queries(7 + 7 + 2):
        post(client, CONSULTATIONS, start=choices(page)[TEN])


def test_a_refusal_asks_five_times_however_many_are_refused(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Three for whose page it is and what it asks, one to look at what was wanted, one for the times that are free."""
    schedule = make_resource_schedule(make_account())
    page = client.get(CONSULTATIONS, {"day": "2026-11-26"})
    book(schedule, "10:00")

    with django_assert_num_queries(5):
        response = post(client, CONSULTATIONS, start=choices(page)[TEN])

    assert response.status_code == 409


def test_the_back_button_does_not_choose_a_time(client: Client) -> None:
    """Browsers restore choices by position: once a time is booked, the next one would stand chosen in its place."""
    make_resource_schedule(make_account())

    page = client.get("/schedule/Lumbre/consultations").content.decode()

    assert re.search(r'<form class="booking"[^>]* autocomplete="off">', page)
    assert 'autocomplete="name"' in page
    assert 'autocomplete="email"' in page
