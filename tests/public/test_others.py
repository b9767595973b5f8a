"""What people see of the bookings of others: four levels (M19). No level tells a link or a whole e-mail address."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, Booking, FormField, Membership, Schedule, Visibility
from convoca.booking.operations.booking import book_service
from convoca.booking.operations.configuring import set_supervisor_field
from convoca.booking.operations.linking import type_link
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
    sign_up,
)
from tests.public.reading import choices, words

pytestmark = pytest.mark.django_db

PAGE, YOGA = "/schedule/Lumbre/consultations", "/schedule/Lumbre/yoga"
THAT_DAY = {"day": "2026-11-26"}
THAT_DAY_IN_JSON = {"from": "2026-11-26", "days": "1"}
LINK = "https://meet.example/room-7f3a"
TOLD = ["Taken", "Luis Pérez", "l…@e….org", "Purpose: Board meeting"]


def a_booked_time(others_see: str) -> Booking:
    """Ten o'clock is booked, with an answer, a link and a note of the superusers'."""
    schedule = make_resource_schedule(make_account(), others_see=others_see, link_source="manual")
    FormField.objects.create(account=schedule.account, schedule=schedule, key="field_1", label="Purpose")
    set_supervisor_field(schedule.account, Account.SupervisorField.SHOWN, label="Notes")
    booking = book(schedule, "10:00")
    Booking.objects.update(field_1="Board meeting", super_field="Pays late")
    type_link(booking.slot, LINK, now=NOW)
    return booking


@pytest.mark.parametrize(
    ("others_see", "told"),
    [
        (Visibility.NOTHING, []),
        (Visibility.TIMES, TOLD[:1]),
        (Visibility.NAMES, TOLD[:2]),
        (Visibility.EVERYTHING, TOLD),
    ],
)
def test_m19_each_level_tells_its_own_of_a_time_that_is_taken(client: Client, others_see: str, told: list[str]) -> None:
    a_booked_time(others_see)

    page = client.get(PAGE, THAT_DAY)

    text = words(page)
    assert [each for each in TOLD if each in text] == told
    assert "10:00 to 10:30, Thursday 26 November" not in choices(page)
    for secret in ("meet.example", "luis@example.org", "Pays late"):
        assert secret not in page.content.decode()


@pytest.mark.parametrize(
    ("others_see", "taken"),
    [
        (Visibility.NOTHING, None),
        (Visibility.TIMES, {}),
        (Visibility.NAMES, {"name": "Luis Pérez"}),
        (Visibility.EVERYTHING, {"name": "Luis Pérez", "email": "l…@e….org", "field_1": "Board meeting"}),
    ],
)
def test_m19_programs_are_told_the_same(client: Client, others_see: str, taken: dict[str, str] | None) -> None:
    a_booked_time(others_see)
    when = {"starts_at": "2026-11-26T09:00:00Z", "ends_at": "2026-11-26T09:30:00Z"}

    answer = client.get(f"{PAGE}/free.json", THAT_DAY_IN_JSON)

    assert answer.json().get("taken") == (None if taken is None else [when | taken])
    assert when not in answer.json()["free"]
    assert "meet.example" not in answer.content.decode()


def test_m19_those_who_supervise_see_everything_but_links_and_addresses() -> None:
    booking = a_booked_time(Visibility.NOTHING)
    superuser = Client()
    superuser.force_login(make_member(booking.account, Membership.Role.SUPERUSER).user)

    page = superuser.get(PAGE, THAT_DAY)

    assert all(each in words(page) for each in TOLD)
    assert "meet.example" not in page.content.decode()
    assert "luis@example.org" not in page.content.decode()


def test_m19_what_another_schedule_has_taken_is_told_without_whose_it_is(client: Client) -> None:
    """Resources are shared: of the other schedule's bookings, this one's rule says nothing."""
    schedule = make_resource_schedule(make_account(), others_see=Visibility.EVERYTHING)
    other = make_resource_schedule(schedule.account, resources=0, slug="other")
    other.listed.create(account=schedule.account, resource=schedule.resources.get())
    book(other, "10:00")

    page = client.get(PAGE, THAT_DAY)

    assert "Taken" in words(page)
    assert "Luis" not in words(page)


def test_m19_a_time_that_another_of_a_pool_still_has_is_not_called_taken(client: Client) -> None:
    schedule = make_service_schedule(make_account(), others_see=Visibility.NAMES, pool=2)
    service = schedule.services.get()
    for who in ("First", "Second"):
        book_service(schedule, service, at("10:00"), client=make_client(name=who, email=f"{who}@x.org"), now=NOW)
        page = words(client.get("/schedule/Lumbre/services", THAT_DAY))
        assert ("First" in page) == (who == "Second"), "told once both are taken"


@pytest.mark.parametrize(
    ("others_see", "names"), [("nothing", False), ("times", False), ("names", True), ("everything", True)]
)
def test_m19_of_a_session_the_names_are_told_where_others_see_them(
    client: Client, others_see: str, names: bool
) -> None:
    slot = make_class(make_capacity_schedule(make_account(), others_see=others_see, has_waiting_list=True), capacity=1)
    sign_up(slot)

    page = client.get(YOGA)
    told = client.get(f"{YOGA}/free.json").json().get("taken", [])

    assert "Full" in words(page)
    assert ("Luis Pérez" in words(page)) == names
    assert any("name" in each for each in told) == names
    assert "luis@example.org" not in page.content.decode()


def test_who_only_waits_has_booked_nothing_that_others_could_see(client: Client) -> None:
    slot = make_class(make_capacity_schedule(make_account(), others_see="names", has_waiting_list=True), capacity=1)
    sign_up(slot)
    client.post(YOGA, {"slot": f"{slot.pk}-wait", "name": "Waiting Person", "email": "w@example.org"})

    assert "Waiting Person" not in words(client.get(YOGA))


@pytest.mark.parametrize(("page", "queries"), [(PAGE, 4 + 2), (YOGA, 3 + 1)])
def test_seeing_others_costs_a_fixed_number_of_questions(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, page: str, queries: int
) -> None:
    account = make_account()
    schedule = make_resource_schedule(account, others_see="everything")
    yoga = make_capacity_schedule(account, others_see="everything")
    for hour in range(10, 16):
        book(schedule, f"{hour}:00")
        sign_up(make_class(yoga, starts_at=at(f"{hour}:00")))
    client.get(page)

    with django_assert_num_queries(queries):
        client.get(page)


def test_a_schedule_tells_nothing_of_others_unless_its_owner_chose_so() -> None:
    assert Schedule(kind=Schedule.Kind.RESOURCE).others_see == Visibility.NOTHING
