"""What programs read: schedules, bookings, what is free and who the users are, in the form of SuperSaaS's API (B8)."""

from datetime import timedelta
from typing import Any

import pytest

from convoca.booking.models import (
    Account,
    Booking,
    FormField,
    Group,
    GroupMember,
    Membership,
    Resource,
    Schedule,
    Service,
)
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.configuring import set_rules
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.waiting import join_waiting_list
from tests.api.calling import Caller
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

LINK = "https://rooms.example.net/secret-room-4711"


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account, link_source=Schedule.MANUAL)


def starts(found: list[dict[str, Any]]) -> list[str]:
    return [each["start"] for each in found]


def test_every_answer_is_json_with_its_length(caller: Caller, schedule: Schedule) -> None:
    """Some clients read a body only where its length is announced, and throw at any other type."""
    for path in ("/schedules.json", f"/range/{schedule.pk}.json", "/users/4711.json", "/ping"):
        answer = caller.get(path)
        assert answer.headers["Content-Type"].startswith("application/json")
        assert int(answer.headers["Content-Length"]) == len(answer.content) > 0


def test_schedules_resources_services_fields_and_groups(caller: Caller, account: Account, schedule: Schedule) -> None:
    services, yoga = make_service_schedule(account), make_capacity_schedule(account)
    group = Group.objects.create(account=account, name="Members")
    FormField.objects.create(account=account, schedule=schedule, key="phone")
    kinds = {"key": "field_1", "label": "Level", "kind": "choice", "options": "A\nB"}
    FormField.objects.create(account=account, schedule=schedule, **kinds)

    assert caller.get("/schedules.json").json() == [
        {"id": schedule.pk, "name": "Consultations"},
        {"id": services.pk, "name": "Services"},
        {"id": yoga.pk, "name": "Yoga"},
    ]
    room, massage = Resource.objects.get(name="Room 1"), Service.objects.get()
    assert caller.get("/resources.json", schedule_id=schedule.pk).json() == [{"id": room.pk, "name": "Room 1"}]
    assert caller.get("/resources.json", schedule_id=services.pk).json() == [{"id": massage.pk, "name": "Massage"}]
    assert caller.get("/resources.json", schedule_id=yoga.pk).status_code == 405
    assert caller.get("/field_list.json", schedule_id=schedule.pk).json()[2:] == [
        {"name": "phone", "type": "text", "label": "Phone", "advanced": False},
        {"name": "field_1", "type": "list", "label": "Level", "advanced": False, "spec": ['"A"', '"B"']},
    ]
    assert [each["name"] for each in caller.get("/field_list.json").json()] == ["full_name", "email"]
    assert caller.get("/groups.json").json() == [{"id": group.pk, "name": "Members"}]


def test_one_booking_has_the_fields_that_clients_know(caller: Caller, schedule: Schedule) -> None:
    booking = book(schedule, "10:00")

    assert caller.get(f"/bookings/{booking.pk}.json", schedule_id=schedule.pk).json() == {
        "id": booking.pk,
        "schedule_id": schedule.pk,
        "schedule_name": "Consultations",
        "resource_id": schedule.resources.get().pk,
        "res_name": "Room 1",
        "start": "2026-11-26T10:00",
        "finish": "2026-11-26T10:30",
        "start_utc": "2026-11-26T09:00:00Z",
        "finish_utc": "2026-11-26T09:30:00Z",
        "created_on": "2026-11-24T08:00:00Z",
        "updated_on": "2026-11-24T08:00:00Z",
        "full_name": booking.name,
        "email": booking.email,
        "quantity": 1,
        "status": 100,
        "status_message": "Approved",
    }


def test_a_range_begins_and_ends_where_it_says_on_the_schedule_s_clock(caller: Caller, schedule: Schedule) -> None:
    for clock in ("09:00", "10:00", "11:00"):
        book(schedule, clock)
    path = f"/range/{schedule.pk}.json"

    assert starts(caller.get(path).json()["bookings"])[0] == "2026-11-26T09:00"
    for begins in ("2026-11-26 10:00:00", "2026-11-26T10:00", "2026-11-26 10:0:0", "2026-11-26T09:00:00Z"):
        wanted = {"from": begins, "to": "2026-11-26 11:00:00"}
        assert starts(caller.get(path, **wanted).json()["bookings"]) == ["2026-11-26T10:00"], begins
    assert len(caller.get(path, **{"from": "2026-11-26"}).json()["bookings"]) == 3
    assert starts(caller.get(path, limit=1, offset="1").json()["bookings"]) == ["2026-11-26T10:00"]
    assert caller.get(path, today="True").json() == {"bookings": []}


@pytest.mark.parametrize("today", ["true", "True", "1", "TRUE"])
def test_a_yes_is_written_in_many_ways(caller: Caller, schedule: Schedule, today: str) -> None:
    book(schedule, "16:00", day=NOW.date())
    book(schedule, "10:00")

    assert starts(caller.get(f"/range/{schedule.pk}.json", today=today).json()["bookings"]) == ["2026-11-24T16:00"]


def test_a_range_is_narrowed_to_a_user_a_resource_or_a_service(
    caller: Caller, account: Account, owner: Membership
) -> None:
    schedule = make_resource_schedule(account, resources=2)
    eva = make_member(account, email="eva@example.org")
    Membership.objects.filter(pk=eva.pk).update(external_key="12")
    book(schedule, "09:00")
    book(schedule, "10:00", client=make_client("Eva", "eva@example.org", membership=eva))
    book(schedule, "11:00", client=make_client("Olga", "owner@example.org", membership=owner))
    path = f"/range/{schedule.pk}.json"

    for user in (str(eva.pk), "12fk", "eva@example.org"):
        assert starts(caller.get(path, user=user).json()["bookings"]) == ["2026-11-26T10:00"], user
    assert starts(caller.get(path, user=0).json()["bookings"]) == ["2026-11-26T11:00"]
    assert caller.get(path, user="nobody").json() == {"bookings": []}
    first = schedule.listed.order_by("position")[0].resource_id
    assert len(caller.get(path, resource_id=first).json()["bookings"]) == 3
    assert caller.get(path, resource_id=first + 1000).json() == {"bookings": []}
    assert caller.get(path, service_id=4711).json() == {"bookings": []}
    agenda = caller.get(f"/agenda/{schedule.pk}.json", user=eva.pk).json()
    assert [(each["name"], each["user_id"], each["full_name"]) for each in agenda] == [
        ("eva@example.org", eva.pk, "Eva")
    ]
    assert caller.get(f"/agenda/{schedule.pk}.json", user="nobody").json() == []
    assert caller.get(f"/agenda/{schedule.pk}.json").status_code == 400


def test_a_class_is_told_as_slots_with_their_bookings_and_its_link_as_its_location(
    caller: Caller, account: Account
) -> None:
    yoga = make_capacity_schedule(account, has_waiting_list=True, link_source=Schedule.MANUAL)
    slot = make_class(yoga, capacity=1)
    first = book_place(slot, client=make_client("Luis", "luis@example.org"), now=NOW)
    waits = join_waiting_list(slot, client=make_client("Eva", "eva@example.org"), now=NOW)
    type_link(slot, LINK, now=NOW)

    [told] = caller.get(f"/range/{yoga.pk}.json", slot="true").json()["slots"]

    assert (told["id"], told["capacity"], told["count"], told["location"]) == (slot.pk, 1, 1, LINK)
    assert [(each["id"], each.get("waitlisted"), each.get("meeting_url")) for each in told["bookings"]] == [
        (first.pk, None, LINK),
        (waits.pk, True, None),
    ]
    [one, _] = caller.get(f"/range/{yoga.pk}.json").json()["bookings"]
    assert one["slot_id"] == slot.pk


def test_m2_a_link_is_told_with_a_booking_that_has_a_place_and_with_no_other(
    caller: Caller, schedule: Schedule
) -> None:
    set_rules(schedule, {"requires_approval": True})
    pending = book(schedule, "10:00")
    set_rules(schedule, {"requires_approval": False})
    confirmed, left = book(schedule, "11:00"), book(schedule, "12:00")
    for each in (pending, confirmed, left):
        type_link(each.slot, LINK, now=NOW)
    cancel(left, now=NOW)

    told = {
        each: caller.get(f"/bookings/{each.pk}.json").json().get("meeting_url") for each in (pending, confirmed, left)
    }

    assert told == {pending: None, confirmed: LINK, left: None}
    assert LINK not in caller.get(f"/free/{schedule.pk}.json").content.decode()


def test_changes_are_the_latest_ones_or_all_since_an_instant_with_those_that_were_cancelled(
    caller: Caller, schedule: Schedule
) -> None:
    first, second = book(schedule, "10:00"), book(schedule, "11:00")
    cancel(first, now=NOW + timedelta(minutes=5))
    path = f"/changes/{schedule.pk}.json"

    latest = caller.get(path).json()["bookings"]
    since = caller.get(path, **{"from": "2026-11-24 08:01:00"}).json()["bookings"]

    assert [(each["id"], each.get("deleted")) for each in latest] == [(first.pk, True), (second.pk, None)]
    assert [(each["id"], each["updated_on"]) for each in since] == [(first.pk, "2026-11-24T08:05:00Z")]
    assert caller.get(path, **{"from": "2026-11-24 09:00:00"}).json() == {"bookings": []}
    assert Booking.objects.count() == 2


def test_changes_of_a_class_come_in_their_slots_if_a_program_wants_them_so(caller: Caller, account: Account) -> None:
    yoga = make_capacity_schedule(account)
    early, late = make_class(yoga), make_class(yoga, starts_at=at("20:00"))
    for slot, email in ((late, "luis@example.org"), (early, "eva@example.org"), (late, "iris@example.org")):
        book_place(slot, client=make_client(email=email), now=NOW)
    path = f"/changes/{yoga.pk}.json"

    slots = caller.get(path, slot="true").json()["slots"]

    assert [(each["id"], len(each["bookings"])) for each in slots] == [(late.pk, 2), (early.pk, 1)]
    assert caller.get(path, slot="true", user="nobody").json() == {"slots": []}
    assert len(caller.get(path).json()["bookings"]) == 3


def test_a_booking_says_who_made_it_and_who_changed_it_last(
    caller: Caller, account: Account, schedule: Schedule, owner: Membership
) -> None:
    eva = make_member(account, email="eva@example.org")
    booking = book(schedule, "10:00", client=make_client("Eva", "eva@example.org", membership=eva))
    guest = book(schedule, "11:00")
    cancel(booking, by=acting(owner), now=NOW + timedelta(minutes=5))

    told = caller.get(f"/bookings/{booking.pk}.json").json()

    assert (told["created_by"], told["updated_by"]) == ("eva@example.org", "administrator")
    assert "created_by" not in caller.get(f"/bookings/{guest.pk}.json").json()


def test_forms_and_promotions_are_none(caller: Caller) -> None:
    for path in ("/super_forms.json", "/forms.json?form_id=1", "/promotions.json?limit=10"):
        assert caller.get(path).json() == [], path
    for path in ("/forms.json?id=1", "/promotions.json?promotion_code=x"):
        assert caller.get(path).status_code == 404


def test_bookings_of_a_schedule_are_listed_from_a_start_on(caller: Caller, schedule: Schedule) -> None:
    for clock in ("09:00", "10:00"):
        book(schedule, clock)

    answer = caller.get("/bookings.json", schedule_id=schedule.pk, start="2026-11-26 09:30:00", form="true")

    assert starts(answer.json()) == ["2026-11-26T10:00"]
    assert caller.get("/bookings.json").status_code == 400


def test_what_is_free_is_told_by_resource_and_of_a_class_by_slot(caller: Caller, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=2)
    book(schedule, "09:00")
    query = {"from": "2026-11-26 09:00:00", "maxresults": 3}

    free = caller.get(f"/free/{schedule.pk}.json", **query).json()["slots"]

    assert [(each["start"], each["name"]) for each in free] == [
        ("2026-11-26T09:00", "Room 2"),
        ("2026-11-26T09:30", "Room 1"),
        ("2026-11-26T09:30", "Room 2"),
    ]
    only = caller.get(f"/free/{schedule.pk}.json", resource="Room 1", **query).json()["slots"]
    assert {each["name"] for each in only} == {"Room 1"}
    assert caller.get(f"/free/{schedule.pk}.json", resource="No such").json() == {"slots": []}
    yoga = make_capacity_schedule(account)
    full, open_slot = make_class(yoga, capacity=1), make_class(yoga, capacity=2, starts_at=at("20:00"))
    book_place(full, client=make_client(), now=NOW)
    listed = caller.get(f"/free/{yoga.pk}.json").json()["slots"]
    assert [(each["id"], each["count"]) for each in listed] == [(open_slot.pk, 0)]
    assert len(caller.get(f"/free/{yoga.pk}.json", full="True").json()["slots"]) == 2


def test_users_are_told_without_the_owner_and_found_in_three_ways(
    caller: Caller, account: Account, owner: Membership
) -> None:
    eva = make_member(account, email="eva@example.org")
    Membership.objects.filter(pk=eva.pk).update(external_key="12", name="Eva Gil", phone="600 11 22 33")
    blocked = make_member(account, Membership.Role.BLOCKED)
    group = Group.objects.create(account=account, name="Members")
    GroupMember.objects.create(account=account, group=group, membership=eva)

    users = caller.get("/users.json").json()

    assert [(each["id"], each["role"]) for each in users] == [(eva.pk, 3), (blocked.pk, -1)]
    assert users[0] == {
        "id": eva.pk,
        "fk": "12",
        "name": "eva@example.org",
        "email": "eva@example.org",
        "full_name": "Eva Gil",
        "phone": "600 11 22 33",
        "credit": "-",
        "role": 3,
        "group": group.pk,
        "created_on": "2026-11-24T08:00:00Z",
    }
    for name in (eva.pk, "12fk", "eva@example.org"):
        assert caller.get(f"/users/{name}.json").json()["id"] == eva.pk
    for name in (owner.pk, 0, "nobody", "9" * 30, "fk", "%00"):
        assert caller.get(f"/users/{name}.json").status_code == 404
    assert len(caller.get("/users.json", limit=1, offset=1).json()) == 1


def test_nothing_of_another_account_is_there(caller: Caller) -> None:
    elsewhere = make_account("Otra")
    foreign = make_resource_schedule(elsewhere)
    booking, person = book(foreign, "10:00"), make_member(elsewhere)

    for path in (
        f"/range/{foreign.pk}.json",
        f"/changes/{foreign.pk}.json",
        f"/agenda/{foreign.pk}.json?user=1",
        f"/free/{foreign.pk}.json",
        f"/bookings.json?schedule_id={foreign.pk}",
        f"/resources.json?schedule_id={foreign.pk}",
        f"/field_list.json?schedule_id={foreign.pk}",
        f"/bookings/{booking.pk}.json",
        f"/users/{person.pk}.json",
    ):
        answer = caller.get(path)
        assert (answer.status_code, list(answer.json())) == (404, ["errors"]), path
    assert caller.get("/schedules.json").json() == []
    assert caller.get("/users.json").json() == []


def test_a_schedule_that_is_being_deleted_is_not_there(caller: Caller, schedule: Schedule) -> None:
    Schedule.objects.update(closing_at=NOW)

    assert caller.get("/schedules.json").json() == []
    assert caller.get(f"/range/{schedule.pk}.json").status_code == 404


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/range/{}.json", {"from": "yesterday"}),
        ("/range/{}.json", {"from": "2026-02-30"}),
        ("/range/{}.json", {"from": "0001-01-01"}),
        ("/range/{}.json", {"to": "9999-12-31 23:59:59"}),
        ("/range/{}.json", {"from": "2026-11-26T24:00"}),
        ("/range/{}.json", {"from": "2026-11-26T10:00+99:99"}),
        ("/range/{}.json", {"limit": "many"}),
        ("/range/{}.json", {"limit": "0"}),
        ("/range/{}.json", {"offset": "-1"}),
        ("/range/{}.json", {"slot": "perhaps"}),
        ("/range/{}.json", {"resource_id": "9" * 30}),
        ("/resources.json", {"schedule_id": "x"}),
        ("/resources.json", {}),
    ],
)
def test_what_cannot_be_understood_is_said_as_an_object(
    caller: Caller, schedule: Schedule, path: str, query: dict[str, str]
) -> None:
    answer = caller.get(path.format(schedule.pk), **query)

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["status"] == "400"
    assert error["title"].startswith("Bad request: ")


@pytest.mark.parametrize("number", ["9" * 19, "9" * 40, "0"])
def test_a_number_that_is_nothing_s_is_not_there(caller: Caller, number: str) -> None:
    for path in (f"/range/{number}.json", f"/bookings/{number}.json", f"/free/{number}.json"):
        assert caller.get(path).status_code == 404


def test_a_list_costs_so_many_queries_however_long(
    caller: Caller, schedule: Schedule, django_assert_num_queries: Any
) -> None:
    for clock in ("09:00", "09:30", "10:00", "10:30"):
        book(schedule, clock)
    caller.get(f"/range/{schedule.pk}.json")

    # The key, its count, its owner, the schedule; the bookings, their meetings; what they take, when they changed.
    with django_assert_num_queries(8):
        caller.get(f"/range/{schedule.pk}.json")
