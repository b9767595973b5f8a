"""The free times of a schedule as JSON: the page's own times, for programs (M18)."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Resource, Service
from tests.booking.building import (
    book,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)

pytestmark = pytest.mark.django_db

CONSULTATIONS = "/schedule/Lumbre/consultations/free.json"
SERVICES = "/schedule/Lumbre/services/free.json"
YOGA = "/schedule/Lumbre/yoga/free.json"
THAT_DAY = {"from": "2026-11-26", "days": "1"}


def starts(response: object) -> list[str]:
    return [each["starts_at"] for each in response.json()["free"]]  # type: ignore[attr-defined]


def test_free_times_are_instants_in_utc_with_the_zone_of_the_schedule(client: Client) -> None:
    make_resource_schedule(make_account())

    answer = client.get(CONSULTATIONS, THAT_DAY)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["time_zone"] == "Europe/Madrid"
    assert answer.json()["free"][0] == {"starts_at": "2026-11-26T08:00:00Z", "ends_at": "2026-11-26T08:30:00Z"}
    assert len(answer.json()["free"]) == 16


def test_a_booked_time_is_free_no_more(client: Client) -> None:
    schedule = make_resource_schedule(make_account())
    before = starts(client.get(CONSULTATIONS, THAT_DAY))

    book(schedule, "10:00")

    after = starts(client.get(CONSULTATIONS, THAT_DAY))
    assert [start for start in before if start not in after] == ["2026-11-26T09:00:00Z"]


def test_a_time_is_free_if_any_resource_is_and_of_one_resource_if_that_one_is(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), resources=2)
    first, second = schedule.resources.order_by("pk")
    book(schedule, "10:00")

    assert "2026-11-26T09:00:00Z" in starts(client.get(CONSULTATIONS, THAT_DAY))
    assert "2026-11-26T09:00:00Z" in starts(client.get(CONSULTATIONS, THAT_DAY | {"resource": str(second.pk)}))
    assert "2026-11-26T09:00:00Z" not in starts(client.get(CONSULTATIONS, THAT_DAY | {"resource": str(first.pk)}))


def test_of_a_service_its_own_length_is_free(client: Client) -> None:
    schedule = make_service_schedule(make_account(), minutes=60)
    Service.objects.create(account=schedule.account, schedule=schedule, name="Advice", minutes=30)
    massage = schedule.services.get(name="Massage")

    answer = client.get(SERVICES, THAT_DAY | {"service": str(massage.pk)})

    assert answer.json()["free"][0] == {"starts_at": "2026-11-26T08:00:00Z", "ends_at": "2026-11-26T09:00:00Z"}


def test_of_a_capacity_schedule_the_classes_with_a_place_are_free(client: Client) -> None:
    schedule = make_capacity_schedule(make_account())
    full = make_class(schedule, capacity=1)
    make_class(schedule, capacity=1, starts_at=full.starts_at + timedelta(hours=2))
    sign_up(full)

    assert starts(client.get(YOGA, THAT_DAY)) == ["2026-11-26T19:00:00Z"]


def test_without_words_the_next_31_days_are_meant(client: Client) -> None:
    make_resource_schedule(make_account())

    found = starts(client.get(CONSULTATIONS))

    assert (found[0], found[-1]) == ("2026-11-24T08:00:00Z", "2026-12-24T15:30:00Z")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"from": "tomorrow"}, "“from” must be a day such as 2026-11-24."),
        ({"from": "2026-02-30"}, "“from” must be a day such as 2026-11-24."),
        ({"from": "9999-12-31"}, "“from” must be a day within two years of today."),
        ({"days": "0"}, "“days” must be a number from 1 to 62."),
        ({"days": "63"}, "“days” must be a number from 1 to 62."),
        ({"days": "many"}, "“days” must be a number from 1 to 62."),
        ({"resource": "x"}, "“resource” must be the number of a resource of this schedule."),
        ({"resource": "999999"}, "“resource” must be the number of a resource of this schedule."),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_sentence(
    client: Client, query: dict[str, str], sentence: str
) -> None:
    make_resource_schedule(make_account())

    answer = client.get(CONSULTATIONS, query)

    assert (answer.status_code, answer.json()) == (400, {"error": sentence})


def test_the_service_must_be_named_where_there_are_several(client: Client) -> None:
    schedule = make_service_schedule(make_account())
    Service.objects.create(account=schedule.account, schedule=schedule, name="Advice", minutes=30)

    answer = client.get(SERVICES)

    assert answer.json() == {"error": "“service” must be the number of a service of this schedule."}


def test_another_account_s_resource_is_none_of_this_schedule(client: Client) -> None:
    make_resource_schedule(make_account())
    foreign = Resource.objects.create(account=make_account("Alba"), name="Their room")

    assert client.get(CONSULTATIONS, {"resource": str(foreign.pk)}).status_code == 400


def test_a_schedule_that_does_not_exist_is_not_found(client: Client) -> None:
    answer = client.get("/schedule/Nobody/nothing/free.json")

    assert (answer.status_code, answer.json()) == (404, {"error": "There is no such schedule."})


def test_a_month_of_free_times_asks_the_database_three_times_however_much_is_booked(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    schedule = make_resource_schedule(make_account())
    for clock in ("09:00", "10:00", "11:30"):
        book(schedule, clock)
    resource = str(schedule.resources.get().pk)

    with django_assert_num_queries(3):
        client.get(CONSULTATIONS, {"from": "2026-11-26", "days": "31", "resource": resource})


def test_a_booking_that_reaches_into_the_window_from_before_it_is_seen(client: Client) -> None:
    schedule = make_resource_schedule(make_account(), length_minutes=90, start_every_minutes=30)
    schedule.hours.update(opens=0, closes=24 * 60)
    book(schedule, "23:30")

    found = starts(client.get(CONSULTATIONS, {"from": "2026-11-27", "days": "1"}))

    assert found[0] == "2026-11-27T00:00:00Z", "it is taken until one o'clock in Madrid"
