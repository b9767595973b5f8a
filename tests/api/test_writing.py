"""What programs book, change and cancel, in every way in which SuperSaaS's clients send it (B8)."""

import json
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import (
    Account,
    AuditEntry,
    Booking,
    Delivery,
    Meeting,
    Membership,
    Notification,
    Schedule,
)
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.hooking import CHOOSABLE, Telling, make_webhook
from tests.api.calling import Caller, errors
from tests.booking.building import (
    NOW,
    at,
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_member,
    make_resource_schedule,
    make_service_schedule,
)

START = {"start": "2026-11-26 10:00:00", "finish": "2026-11-26 10:30:00"}
ADA = {"full_name": "Ada Ruiz", "email": "ada@example.org"}
LINK = "https://rooms.example.net/secret-room-4711"


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, link_source=Schedule.MANUAL)


def test_a_booking_is_made_and_its_address_is_where_every_client_finds_it(caller: Caller, schedule: Schedule) -> None:
    body = {"schedule_id": schedule.pk, "booking": START | ADA, "form": True}

    answer = caller.send("POST", "/bookings.json", body)

    booking = Booking.objects.select_related("slot").get()
    address = f"http://localhost:8000/api/bookings/{booking.pk}.json"
    assert answer.status_code == 201
    assert ("location", address) in answer.headers.items()
    assert answer.json() == address
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert (booking.name, booking.email, booking.status) == ("Ada Ruiz", "ada@example.org", "confirmed")
    assert booking.slot.starts_at == at("10:00")
    assert AuditEntry.objects.get().actor == "owner"
    assert Notification.objects.filter(kind="confirmation").exists()


def test_the_client_for_net_gets_no_text(caller: Caller, schedule: Schedule) -> None:
    body = json.dumps({"schedule_id": schedule.pk, "booking": START | ADA})
    headers = caller.headers | {"user-agent": "SSS/1.0.1 DOTNET/6 API/2"}

    answer = caller.browser.post("/api/bookings.json", body, content_type="application/json", headers=headers)

    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["Content-Type"].startswith("application/json")


def in_json(caller: Caller, schedule: Schedule) -> Any:
    return caller.send("POST", "/bookings.json", {"schedule_id": str(schedule.pk), "booking": START | ADA})


def split_over_both(caller: Caller, schedule: Schedule) -> Any:
    return caller.send("POST", "/bookings.json", {"booking": START | ADA}, schedule_id=schedule.pk, webhook="true")


def without_a_wrapper(caller: Caller, schedule: Schedule) -> Any:
    return caller.send("POST", "/bookings.json", START | ADA, schedule_id=schedule.pk)


def with_the_account_beside(caller: Caller, schedule: Schedule) -> Any:
    body = {"schedule_id": schedule.pk, "booking": START | ADA | {"name": "Ada"}, "account_name": "Lumbre"}
    return caller.send("POST", "/bookings.json", body | {"form": "true"})


def as_a_form(caller: Caller, schedule: Schedule) -> Any:
    form = {f"booking[{name}]": value for name, value in (START | ADA).items()}
    headers = {"authorization": caller.headers["authorization"]}
    return caller.browser.post("/api/bookings.json", {"schedule_id": schedule.pk, **form}, headers=headers)


@pytest.mark.parametrize("send", [in_json, split_over_both, without_a_wrapper, with_the_account_beside, as_a_form])
def test_b8_it_is_understood_wherever_a_client_puts_it(caller: Caller, schedule: Schedule, send: Any) -> None:
    assert send(caller, schedule).status_code == 201

    booking = Booking.objects.select_related("slot").get()
    assert (booking.name, booking.slot.starts_at) == ("Ada Ruiz", at("10:00"))


def test_a_user_books_under_their_own_name_and_address(caller: Caller, account: Account, schedule: Schedule) -> None:
    eva = make_member(account, email="eva@example.org")
    Membership.objects.filter(pk=eva.pk).update(external_key="12", name="Eva Gil")

    answer = caller.send("POST", "/bookings.json", {"booking": START, "schedule_id": schedule.pk, "user_id": "12fk"})

    assert answer.status_code == 201
    booking = Booking.objects.get()
    assert (booking.membership, booking.name, booking.email) == (eva, "Eva Gil", "eva@example.org")


def test_a_place_in_a_class_is_booked_by_its_slot(caller: Caller, account: Account) -> None:
    yoga = make_capacity_schedule(account)
    slot = make_class(yoga, capacity=1)
    place = ADA | {"slot_id": slot.pk}

    made = caller.send("POST", "/bookings.json", {"schedule_id": yoga.pk, "booking": place})
    assert made.status_code == 201
    other = place | {"email": "x@example.org"}
    full = caller.send("POST", "/bookings.json", {"schedule_id": yoga.pk, "booking": other})

    assert (full.status_code, errors(full)) == (422, ["The slot has not so many places left."])
    nothing = caller.send("POST", "/bookings.json", {"schedule_id": yoga.pk, "booking": ADA})
    assert (nothing.status_code, errors(nothing)) == (422, ["slot_id is missing."])


def test_what_is_taken_stays_taken_whoever_asks(caller: Caller, schedule: Schedule) -> None:
    book(schedule, "10:00")

    answer = caller.send("POST", "/bookings.json", {"schedule_id": schedule.pk, "booking": START | ADA})

    assert (answer.status_code, errors(answer)) == (422, ["The resource is taken then."])
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("booking", "status", "said"),
    [
        ({"bad_field_name": 1}, 400, "Bad request: unknown attribute 'bad_field_name' for Booking."),
        ({"start": "soon"}, 400, "Bad request: start must be a time such as 2026-11-26 16:30:00."),
        ({"start": ""}, 422, "start is missing."),
        ({"email": ""}, 422, "email is missing."),
        ({"email": "nobody"}, 422, "email: Enter a valid email address."),
        ({"full_name": ""}, 422, "full_name is missing."),
        ({"phone": "1" * 200}, 422, "phone: Ensure this value has at most 31 characters (it has 200)."),
        ({"resource_id": 4711}, 422, "There is no such resource on this schedule."),
        ({"resource_id": "x"}, 400, "Bad request: resource_id must be a number."),
        ({"finish": "2026-11-26 09:00:00"}, 422, "finish must be after start."),
        ({"slot_id": 1}, 422, "There is no such slot on this schedule."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(
    caller: Caller, schedule: Schedule, booking: dict[str, Any], status: int, said: str
) -> None:
    answer = caller.send("POST", "/bookings.json", {"schedule_id": schedule.pk, "booking": START | ADA | booking})

    assert (answer.status_code, errors(answer)) == (status, [said])
    assert not Booking.objects.exists()


@pytest.mark.parametrize("body", ["[]", "{", "7", '"x"', '{"booking": []}', "[" * 5000, "\x00"])
def test_a_body_that_is_no_object_is_refused(caller: Caller, schedule: Schedule, body: str) -> None:
    answer = caller.send("POST", "/bookings.json", body, schedule_id=schedule.pk)

    assert answer.status_code == 400
    assert not Booking.objects.exists()


def test_a_service_schedule_is_not_booked_by_programs_yet(caller: Caller, account: Account) -> None:
    services = make_service_schedule(account)

    answer = caller.send("POST", "/bookings.json", {"schedule_id": services.pk, "booking": START | ADA})

    assert (answer.status_code, errors(answer)) == (501, ["Not yet implemented for service type schedule."])


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_b6_another_start_moves_a_booking_with_its_link_and_answers_with_it(
    caller: Caller, schedule: Schedule, method: str
) -> None:
    """One client updates with POST."""
    booking = book(schedule, "10:00")
    slot = booking.slot_id

    body = {"booking": {"start": "2026-11-26 12:00:00", "finish": "2026-11-26 12:30:00", "phone": "600 11 22 33"}}
    answer = caller.send(method, f"/bookings/{booking.pk}.json", body, schedule_id=schedule.pk)

    assert answer.status_code == 200
    assert (answer.json()["start"], answer.json()["phone"]) == ("2026-11-26T12:00", "600 11 22 33")
    moved = Booking.objects.select_related("slot").get()
    assert (moved.slot_id, moved.slot.starts_at, moved.name) == (slot, at("12:00"), booking.name)


def test_a_place_moves_to_another_slot(caller: Caller, account: Account) -> None:
    yoga = make_capacity_schedule(account)
    first, second = make_class(yoga), make_class(yoga, starts_at=at("20:00"))
    booking = book_place(first, client=make_client(), now=NOW)

    answer = caller.send("PUT", f"/bookings/{booking.pk}.json", {"booking": {"slot_id": second.pk}})

    assert answer.json()["slot_id"] == second.pk
    assert Booking.objects.get().slot_id == second.pk


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"finish": "2026-11-26 11:30:00"}, "A booking that is moved keeps its length."),
        ({"start": "2026-11-26 11:00:00"}, "The resource is taken then."),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    caller: Caller, schedule: Schedule, change: dict[str, str], said: str
) -> None:
    booking = book(schedule, "10:00")
    book(schedule, "11:00")

    answer = caller.send("PUT", f"/bookings/{booking.pk}.json", {"booking": change | {"full_name": "Other"}})

    assert (answer.status_code, errors(answer)) == (422, [said])
    assert Booking.objects.get(pk=booking.pk).name == booking.name


def test_m17_a_link_in_the_supervisor_field_becomes_the_meeting_s_and_is_kept_nowhere_else(
    caller: Caller, schedule: Schedule
) -> None:
    booking = book(schedule, "10:00")

    answer = caller.send("PUT", f"/bookings/{booking.pk}.json", {"booking": {"super_field": f"Room 3 {LINK}"}})

    assert (answer.json()["super_field"], answer.json()["meeting_url"]) == ("Room 3", LINK)
    assert Booking.objects.get().super_field == "Room 3"
    assert Meeting.objects.get().link.open() == LINK


@pytest.mark.parametrize("body", [None, "null", {"webhook": False}, {"schedule_id": 1, "account_name": "Lumbre"}])
def test_b8_a_booking_is_cancelled_whatever_its_client_sends_along(
    caller: Caller, schedule: Schedule, body: Any
) -> None:
    booking = book(schedule, "10:00")

    answer = caller.send("DELETE", f"/bookings/{booking.pk}.json", body)

    assert (answer.status_code, answer.json()) == (200, {})
    assert Booking.objects.get().status == "cancelled"
    again = caller.send("DELETE", f"/bookings/{booking.pk}.json")
    assert (again.status_code, errors(again)) == (422, ["The booking was cancelled before."])


def test_other_programs_are_told_only_if_the_caller_says_so(
    caller: Caller, account: Account, schedule: Schedule
) -> None:
    telling = Telling(url="https://example.org/heard", happenings=CHOOSABLE)
    make_webhook(account, telling, now=NOW)
    booking = {"schedule_id": schedule.pk, "booking": START | ADA}

    caller.send("POST", "/bookings.json", booking)
    made = Booking.objects.get()
    caller.send("DELETE", f"/bookings/{made.pk}.json")
    assert not Delivery.objects.exists()

    caller.send("POST", "/bookings.json", booking | {"webhook": "true"})
    again = Booking.objects.exclude(pk=made.pk).get()
    caller.send("DELETE", f"/bookings/{again.pk}.json", {"webhook": True})

    told = Delivery.objects.order_by("pk").values_list("happening", flat=True)
    assert list(told) == ["booking.created", "booking.cancelled"]


def test_nobody_without_the_key_changes_anything(caller: Caller, schedule: Schedule, owner: Membership) -> None:
    booking = book(schedule, "10:00")
    browser = Client()
    browser.force_login(owner.user)

    for method in ("PUT", "POST", "DELETE"):
        assert browser.generic(method, f"/api/bookings/{booking.pk}.json").status_code == 401
    assert browser.post("/api/bookings.json", START | ADA).status_code == 401
    assert Booking.objects.get().status == "confirmed"


def test_nothing_of_another_account_is_changed(caller: Caller) -> None:
    elsewhere = make_account("Otra")
    foreign = make_resource_schedule(elsewhere)
    booking, person = book(foreign, "10:00"), make_member(elsewhere)
    mine = make_resource_schedule(caller.account)

    for method in ("PUT", "POST", "DELETE"):
        assert caller.send(method, f"/bookings/{booking.pk}.json", {"booking": ADA}).status_code == 404
    body = {"schedule_id": foreign.pk, "booking": START | ADA}
    assert caller.send("POST", "/bookings.json", body).status_code == 404
    stolen = {"schedule_id": mine.pk, "booking": START | ADA, "user_id": person.pk}
    assert caller.send("POST", "/bookings.json", stolen).status_code == 404
    foreign_room = START | ADA | {"resource_id": foreign.resources.get().pk}
    assert caller.send("POST", "/bookings.json", {"schedule_id": mine.pk, "booking": foreign_room}).status_code == 422
    assert Booking.objects.get().name == booking.name


def test_a_cancelled_booking_is_not_changed(caller: Caller, schedule: Schedule) -> None:
    booking = cancel(book(schedule, "10:00"), now=NOW)

    answer = caller.send("PUT", f"/bookings/{booking.pk}.json", {"booking": ADA})

    assert (answer.status_code, errors(answer)) == (422, ["The booking was cancelled before."])
