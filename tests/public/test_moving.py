"""What the page on which an attendee changes the time offers, can be had; what is refused, says why (J4, M18)."""

from datetime import date, timedelta

import pytest
from django.test import Client

from convoca.booking.models import Schedule, Slot
from convoca.booking.operations.booking import book_resource
from tests.booking.building import NOW, THURSDAY, at, book, make_account, make_client, make_resource_schedule
from tests.public.reading import choices, page_of, post, words

pytestmark = pytest.mark.django_db

THAT_DAY = f"?day={THURSDAY}&all=1"
FRIDAY = THURSDAY + timedelta(days=1)


def test_after_the_owner_had_changed_the_length_every_time_on_the_page_was_refused(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), length_minutes=60)
    booking = book(schedule, "10:00")
    book(schedule, "12:30", client=make_client(email="eva@example.org"))
    Schedule.objects.update(length_minutes=30)

    page = client.get(f"{page_of(booking)}/change{THAT_DAY}")
    moved = post(client, f"{page_of(booking)}/change", start=choices(page)["11:00 to 12:00, Thursday 26 November"])

    assert "12:00 to 13:00, Thursday 26 November" not in choices(page)
    assert moved.status_code == 303
    slot = Slot.objects.get(bookings=booking)
    assert (slot.starts_at, slot.ends_at) == (at("11:00"), at("12:00"))


def test_a_rental_was_offered_days_across_a_clock_change_and_then_refused(client: Client) -> None:
    schedule = make_resource_schedule(
        make_account(), length_kind="days", most_days=7, check_out_minutes=12 * 60, horizon_days=None
    )
    before, spring = date(2027, 3, 20), date(2027, 3, 27)
    booking = book_resource(
        schedule,
        schedule.resources.get(),
        at("10:00", before),
        client=make_client(),
        now=NOW,
        length=timedelta(days=2),
    )

    page = client.get(f"{page_of(booking)}/change?day={spring}&all=1")
    moved = post(
        client, f"{page_of(booking)}/change", start=choices(page)["Saturday 27 March, 10:00 until Sun 28 Mar, 12:00"]
    )

    assert moved.status_code == 303
    assert Slot.objects.get().ends_at == at("12:00", spring + timedelta(days=1))


def test_who_moves_a_booking_to_a_day_on_which_they_have_one_reads_why_not(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), most_per_day=1)
    book(schedule, "10:00")
    friday = book(schedule, "10:00", day=FRIDAY)

    refused = post(client, f"{page_of(friday)}/change", start="2026-11-26T11:00Z")

    assert refused.status_code == 409
    assert "You can have 1 booking a day here." in words(refused)
    assert Slot.objects.get(bookings=friday).starts_at == at("10:00", FRIDAY)
