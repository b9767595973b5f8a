"""What an attendee does without an account: ask, wait, take a place, change the time, cancel and take it back.

Journeys J2 and J4; row M20.
"""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import Booking, Schedule, Series, Slot
from convoca.booking.operations.approving import decline
from convoca.booking.operations.auditing import Actor, Kind
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.series import Repeat, book_series
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
from tests.public.reading import choices, page_of, post, the_booking, words

pytestmark = pytest.mark.django_db

LINK = "https://meet.example/room-7f3a"
OWNER = Actor(Kind.OWNER)


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def full_class(**rules: object) -> tuple[Slot, Booking]:
    """A class of one place, which is taken; whoever comes now can wait."""
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True, **rules)
    slot = make_class(schedule, capacity=1)
    return slot, sign_up(slot, "first@example.org")


# Taking a cancellation back


def test_j4_a_cancellation_is_taken_back_by_a_button_within_five_minutes(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    booking = book(make_resource_schedule(make_account(), link_source="jitsi"))
    client.post(f"{page_of(booking)}/cancel")
    assert 'action="' + page_of(booking) + '/undo"' in client.get(page_of(booking)).content.decode()
    this_instant.move_to(NOW + timedelta(minutes=4))

    response = client.post(f"{page_of(booking)}/undo")

    assert (response.status_code, response["Location"]) == (303, page_of(booking))
    assert status(booking) == Booking.Status.CONFIRMED
    assert "Your appointment is booked" in words(client.get(page_of(booking)))


def test_j4_a_series_cancelled_in_one_act_is_taken_back_by_one_button(client: Client) -> None:
    room = make_resource_schedule(make_account(), repeats="may")
    repeat = Repeat(Series.Frequency.WEEKLY, THURSDAY + timedelta(weeks=2))
    bookings = book_series(room, room.resources.get(), at("10:00"), repeat=repeat, client=make_client(), now=NOW)
    client.post(f"{page_of(bookings[0])}/cancel", {"which": "following"})
    assert "Undo for all 3 dates" in words(client.get(page_of(bookings[0])))

    client.post(f"{page_of(bookings[0])}/undo")

    assert {status(booking) for booking in bookings} == {Booking.Status.CONFIRMED}


def test_j4_a_series_that_is_not_free_any_more_stays_cancelled_and_the_page_names_the_date(client: Client) -> None:
    room = make_resource_schedule(make_account(), repeats="may")
    repeat = Repeat(Series.Frequency.WEEKLY, THURSDAY + timedelta(weeks=1))
    bookings = book_series(room, room.resources.get(), at("10:00"), repeat=repeat, client=make_client(), now=NOW)
    client.post(f"{page_of(bookings[0])}/cancel", {"which": "following"})
    book(room, "10:00", client=make_client(email="eva@example.org"))

    answer = client.post(f"{page_of(bookings[0])}/undo")

    assert answer.status_code == 409
    assert "Thu 26 Nov, 10:00: Somebody has booked that time." in words(answer)
    assert {status(booking) for booking in bookings} == {Booking.Status.CANCELLED}


def test_j4_after_five_minutes_the_button_is_gone_and_the_page_says_why(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    booking = book(make_resource_schedule(make_account()))
    client.post(f"{page_of(booking)}/cancel")
    this_instant.move_to(NOW + timedelta(minutes=6))

    page, pressed = client.get(page_of(booking)), client.post(f"{page_of(booking)}/undo")

    assert "/undo" not in page.content.decode()
    assert pressed.status_code == 409
    assert "Someone else may have taken the time." in words(pressed)
    assert "Book again" in words(pressed)
    assert status(booking) == Booking.Status.CANCELLED


def test_j4_a_time_that_somebody_took_meanwhile_is_not_taken_back(client: Client) -> None:
    schedule = make_resource_schedule(make_account())
    booking = book(schedule)
    client.post(f"{page_of(booking)}/cancel")
    book(schedule, client=make_client(email="eva@example.org"))

    pressed = client.post(f"{page_of(booking)}/undo")

    assert pressed.status_code == 409
    assert "Someone else may have taken the time." in words(pressed)
    assert status(booking) == Booking.Status.CANCELLED


def test_m20_what_the_owner_refused_or_cancelled_the_attendee_cannot_undo(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), requires_approval=True)
    declined = book(schedule, "10:00")
    decline(declined, by=OWNER, now=NOW)
    cancelled = book(schedule, "11:00", client=make_client(email="eva@example.org"))
    cancel(cancelled, now=NOW, by=OWNER)

    for booking in (declined, cancelled):
        assert "/undo" not in client.get(page_of(booking)).content.decode()
        assert client.post(f"{page_of(booking)}/undo").status_code == 409
        assert status(booking) == Booking.Status.CANCELLED


# Changing the time


def test_j4_the_time_is_changed_in_two_taps_and_the_link_stays_the_same(client: Client) -> None:
    booking = book(make_resource_schedule(make_account(), link_source="manual"))
    type_link(booking.slot, LINK, now=NOW)
    picker = client.get(f"{page_of(booking)}/change?day=2026-11-26")
    offered = choices(picker)

    response = client.post(f"{page_of(booking)}/change", {"start": offered["11:30 to 12:00, Thursday 26 November"]})

    page = client.get(response["Location"])
    assert f'href="{page_of(booking)}/change"' in client.get(page_of(booking)).content.decode()
    assert "Move to this time" in words(picker)
    assert 'name="email"' not in picker.content.decode()
    assert response.status_code == 303
    assert the_booking().slot.starts_at == at("11:30")
    assert (
        "Moved to Thursday 26 November, 11:30. Your calendar entry will update. The meeting link stays the same."
        in words(page)
    )


def test_j4_the_current_time_is_marked_and_cannot_be_chosen(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()))

    picker = client.get(f"{page_of(booking)}/change?day=2026-11-26")

    assert "10:00 Your current time" in words(picker)
    assert "10:00 to 10:30, Thursday 26 November" not in choices(picker)
    assert "10:30 to 11:00, Thursday 26 November" in choices(picker)


def test_j4_a_time_that_is_gone_keeps_the_page_and_the_booking(client: Client) -> None:
    schedule = make_resource_schedule(make_account())
    booking = book(schedule)
    book(schedule, "12:00", client=make_client(email="eva@example.org"))

    response = client.post(f"{page_of(booking)}/change", {"start": "2026-11-26T11:00Z"})

    assert response.status_code == 409
    assert "Someone just booked that time. You keep yours – pick another time." in words(response)
    assert "12:30 to 13:00, Thursday 26 November" in choices(response)
    assert Slot.objects.get(pk=booking.slot_id).starts_at == at("10:00")


def test_j4_too_close_to_the_appointment_nothing_is_changed(client: Client) -> None:
    schedule = make_resource_schedule(make_account(contact_email="ana@example.org"), change_limit_minutes=72 * 60)
    booking = book(schedule)

    response = client.post(f"{page_of(booking)}/change", {"start": "2026-11-26T11:00Z"})

    assert response.status_code == 409
    assert "Changes are possible until 72 hours before. Please write to ana@example.org." in words(response)
    assert Slot.objects.get().starts_at == at("10:00")


def test_m19_where_only_superusers_change_bookings_there_is_no_picker(client: Client) -> None:
    schedule = make_resource_schedule(make_account())
    booking = book(schedule)
    Schedule.objects.update(who_changes="nobodys")

    page = client.get(page_of(booking))
    moved = client.post(f"{page_of(booking)}/change", {"start": "2026-11-26T11:00Z"})

    assert "Change time" not in words(page)
    assert moved.status_code == 303
    assert Slot.objects.get().starts_at == at("10:00")


def test_j4_a_place_moves_to_another_session_and_a_full_one_cannot_be_chosen(client: Client) -> None:
    schedule = make_capacity_schedule(make_account(), has_waiting_list=True)
    first = make_class(schedule)
    free, full = make_class(schedule, starts_at=at("19:00")), make_class(schedule, starts_at=at("20:00"), capacity=1)
    sign_up(full, "eva@example.org")
    booking = sign_up(first)
    picker = client.get(f"{page_of(booking)}/change")

    refused = client.post(f"{page_of(booking)}/change", {"slot": str(full.pk)})
    moved = client.post(f"{page_of(booking)}/change", {"slot": str(free.pk)})

    assert list(choices(picker).values()) == [str(free.pk)]
    assert refused.status_code == 409
    assert "All places of that session are taken. You keep yours – pick another one." in words(refused)
    assert moved.status_code == 303
    assert Booking.objects.get(pk=booking.pk).slot_id == free.pk


def test_a_change_without_a_choice_asks_for_one(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()))

    response = client.post(f"{page_of(booking)}/change", {"start": "tomorrow"})

    assert response.status_code == 422
    assert "Choose a time" in words(response)


def test_the_month_of_a_change_leads_back_to_its_days(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()))

    month = client.get(f"{page_of(booking)}/change?month=2026-12")

    assert "December 2026" in words(month)
    assert f'action="{page_of(booking)}/change" method="get"' in month.content.decode()


# Asking


def test_j1_a_request_is_shown_as_sent_and_has_no_link(client: Client) -> None:
    make_resource_schedule(make_account(), requires_approval=True, link_source="jitsi")
    post(client, "/schedule/Lumbre/consultations", start="2026-11-26T09:00Z")
    booking = the_booking()

    page = client.get(page_of(booking))

    assert (
        "Request sent. Estudio Lumbre answers, usually within a day. You will get an email at luis@example.org."
        in words(page)
    )
    assert 'id="link"' not in page.content.decode()
    assert "/change" not in page.content.decode()
    assert client.get(f"{page_of(booking)}/appointment.ics").status_code == 303
    client.post(f"{page_of(booking)}/cancel")
    assert status(booking) == Booking.Status.CANCELLED


# Waiting


def test_j2_a_full_session_is_joined_by_its_waiting_list(client: Client) -> None:
    slot, _ = full_class()
    page = client.get("/schedule/Lumbre/yoga")
    [(name, value)] = choices(page).items()

    response = post(client, "/schedule/Lumbre/yoga", slot=value)
    second = post(Client(), "/schedule/Lumbre/yoga", slot=value, email="second@example.org")

    assert name == "18:00 to 19:00, Thursday 26 November, Yoga for backs, Full, Join the waiting list"
    assert (
        "You are number 1 on the waiting list. If a place opens we email you and hold it for 12 hours. "
        "Places are offered in order." in words(client.get(response["Location"]))
    )
    assert "You are number 2 on the waiting list." in words(client.get(second["Location"]))
    assert "Full · 2 waiting" in words(client.get("/schedule/Lumbre/yoga"))
    assert Slot.objects.get(pk=slot.pk).taken == 1


def test_j2_without_a_waiting_list_a_full_session_cannot_be_chosen(client: Client) -> None:
    slot, _ = full_class()
    Schedule.objects.update(has_waiting_list=False)

    page = client.get("/schedule/Lumbre/yoga")
    pushed = post(client, "/schedule/Lumbre/yoga", slot=f"{slot.pk}-wait")

    assert choices(page) == {}
    assert pushed.status_code == 409


def test_j2_who_wants_to_wait_and_finds_a_place_free_has_it(client: Client) -> None:
    slot, inside = full_class()
    cancel(inside, now=NOW)

    post(client, "/schedule/Lumbre/yoga", slot=f"{slot.pk}-wait")

    assert Booking.objects.get(email="luis@example.org").status == Booking.Status.CONFIRMED


def test_j2_an_offered_place_is_taken_by_a_button(client: Client) -> None:
    slot, inside = full_class(link_source="manual")
    type_link(slot, LINK, now=NOW)
    post(client, "/schedule/Lumbre/yoga", slot=f"{slot.pk}-wait")
    booking = Booking.objects.get(email="luis@example.org")
    cancel(inside, now=NOW)
    page = client.get(page_of(booking))
    looked_at = status(booking)

    response = client.post(f"{page_of(booking)}/accept")

    assert "A place is free. Take it before Tue 24 Nov, 21:00." in words(page)
    assert "Take the place" in words(page)
    assert LINK not in page.content.decode()
    assert looked_at == Booking.Status.OFFERED, "looking takes nothing"
    assert response.status_code == 303
    assert status(booking) == Booking.Status.CONFIRMED
    assert LINK in client.get(page_of(booking)).content.decode()


def test_j2_an_offered_place_that_is_no_longer_needed_goes_to_the_next(client: Client) -> None:
    """Whoever has no place yet may say no at any time, also when it is too late to cancel a place."""
    slot, inside = full_class(cancel_limit_minutes=72 * 60)
    for email in ("a@example.org", "b@example.org"):
        post(client, "/schedule/Lumbre/yoga", slot=f"{slot.pk}-wait", email=email)
    first, second = Booking.objects.get(email="a@example.org"), Booking.objects.get(email="b@example.org")
    cancel(inside, now=NOW - timedelta(days=1))

    response = client.post(f"{page_of(first)}/cancel")

    assert response.status_code == 303
    assert (status(first), status(second)) == (Booking.Status.CANCELLED, Booking.Status.OFFERED)


def test_j2_an_offer_that_has_passed_cannot_be_taken_and_the_page_says_so(
    client: Client, this_instant: time_machine.Traveller
) -> None:
    slot, inside = full_class()
    post(client, "/schedule/Lumbre/yoga", slot=f"{slot.pk}-wait")
    booking = Booking.objects.get(email="luis@example.org")
    cancel(inside, now=NOW)
    this_instant.move_to(NOW + timedelta(hours=13))

    page, pressed = client.get(page_of(booking)), client.post(f"{page_of(booking)}/accept")

    sentence = "The time to answer has passed and the place went to the next person. You are still on the list."
    assert sentence in words(page)
    assert "Take the place" not in words(page)
    assert pressed.status_code == 409
    assert sentence in words(pressed)


# What all of these pages share


def test_looking_changes_nothing_and_every_answer_is_kept_by_nobody(client: Client) -> None:
    booking = book(make_resource_schedule(make_account()))

    looked = client.get(f"{page_of(booking)}/change")
    refused = [client.get(f"{page_of(booking)}/{button}") for button in ("undo", "accept")]

    assert looked.status_code == 200
    assert [each.status_code for each in refused] == [405, 405]
    for response in (looked, *refused):
        assert (response["Cache-Control"], response["X-Robots-Tag"], response["Referrer-Policy"]) == (
            "no-store",
            "noindex, nofollow",
            "no-referrer",
        )
    assert status(booking) == Booking.Status.CONFIRMED


@pytest.mark.parametrize("button", ["undo", "accept", "change"])
def test_a_made_up_address_opens_nothing(client: Client, button: str) -> None:
    assert client.post(f"/b/bm8tc3VjaC1ib29raW5nIQ/{button}").status_code == 404
