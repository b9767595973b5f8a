"""To where superusers move a booking, and which they cannot move (M19, M20)."""

from django.test import Client

from convoca.booking.models import Account, Booking, Schedule, Slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.waiting import join_waiting_list
from tests.booking.building import (
    NOW,
    at,
    book,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
from tests.manage.reading import buttons, words


def page_of(booking: Booking, page: str = "") -> str:
    return f"/manage/{booking.account.name}/bookings/{booking.pk}{page}"


def test_free_times_were_listed_by_a_length_that_the_booking_does_not_have(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, length_minutes=60, start_every_minutes=60)
    booking = book(schedule, "10:00")
    book(schedule, "13:00", client=make_client(email="eva@example.org"))
    Schedule.objects.update(length_minutes=120)

    page = words(superuser.get(page_of(booking, "/move")))
    busy = words(superuser.post(page_of(booking, "/move"), {"on": "2026-11-26", "at": "13:30"}))
    superuser.post(page_of(booking, "/move"), {"start": at("16:00").isoformat()})

    assert "Thursday 26 November 2026 09:00 11:00 12:00 14:00 15:00 16:00" in page
    assert "Room 1 is busy then. Free: 09:00, 11:00, 12:00, 14:00, 15:00." in busy
    slot = Slot.objects.get(bookings=booking)
    assert (slot.starts_at, slot.ends_at) == (at("16:00"), at("17:00"))


def test_a_booking_of_a_resource_off_the_list_is_moved_by_a_superuser(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=2)
    booking = book(schedule, "10:00")
    schedule.listed.filter(resource__occupancies__slot=booking.slot).delete()

    answer = superuser.post(page_of(booking, "/move"), {"start": at("12:00").isoformat()})

    assert answer.status_code == 303
    assert Slot.objects.get().starts_at == at("12:00")


def test_who_is_only_offered_a_place_has_none_to_move(superuser: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account, has_waiting_list=True)
    full, other = make_class(schedule, capacity=1), make_class(schedule, starts_at=at("20:00"))
    first = sign_up(full)
    offered = join_waiting_list(full, client=make_client(email="eva@example.org"), now=NOW)
    cancel(first, now=NOW)

    page = superuser.get(page_of(offered))
    refused = superuser.post(page_of(offered, "/move"), {"start": str(other.pk)})

    assert "Move" not in buttons(page)
    assert refused.status_code == 422
    assert "Who waits for a place has none to move. Sign them up for the other session instead." in words(refused)
    assert Booking.objects.get(pk=offered.pk).slot == full
