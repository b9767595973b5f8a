"""What a vendor's plan means for a schedule is said where it is configured, and never a refusal (M11, T35)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Connection, Schedule, Service
from tests.booking.building import (
    at,
    book,
    connect_zoom,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    make_service_schedule,
)
from tests.manage.reading import page_of, words


def free_plan(schedule: Schedule) -> Schedule:
    connect_zoom(schedule)
    Connection.objects.update(plan="basic")
    return schedule


def told(browser: Client, schedule: Schedule) -> list[str]:
    """Return what the three pages say on which a schedule meets its plan."""
    account = schedule.account.name
    pages = [
        f"/manage/{account}/schedules/{schedule.slug}",
        page_of(schedule, "process"),
        f"/manage/{account}/integrations/zoom",
    ]
    return [words(browser.get(page)) for page in pages]


def longer(minutes: int) -> str:
    return (
        f"Your Zoom plan ends meetings after 40 minutes; this schedule allows {minutes}. You can book anyway; the Pro "
        "plan of Zoom has no such end."
    )


@pytest.mark.parametrize(
    ("rules", "minutes"),
    [
        ({"length_minutes": 45}, 45),
        ({"length_kind": "chosen", "length_minutes": 30, "longest_minutes": 120}, 120),
        ({"length_kind": "days", "most_days": 2}, 2880),
    ],
)
def test_m11_lengths_that_whoever_books_may_choose_count(
    rules: dict[str, Any], minutes: int, owner: Client, account: Account
) -> None:
    """«Si deseas tener reuniones más largas, deberías considerar actualizar al plan “Pro” de Zoom.»"""
    schedule = free_plan(make_resource_schedule(account, **rules))

    assert all(longer(minutes) in page for page in told(owner, schedule))


def test_m11_services_count_by_the_longest(owner: Client, account: Account) -> None:
    schedule = free_plan(make_service_schedule(account, minutes=30))
    Service.objects.create(account=account, schedule=schedule, name="Long", minutes=90)

    assert all(longer(90) in page for page in told(owner, schedule))


def test_m11_a_capacity_schedule_counts_by_what_is_open(owner: Client, account: Account) -> None:
    schedule = free_plan(make_capacity_schedule(account))
    assert not any("ends meetings after 40 minutes" in page for page in told(owner, schedule))

    make_class(schedule)

    assert all(longer(60) in page for page in told(owner, schedule))


def test_m11_short_ones_a_licence_and_other_sources_are_warned_of_nothing(owner: Client, account: Account) -> None:
    short = free_plan(make_resource_schedule(account))
    licensed = make_service_schedule(account)
    connect_zoom(licensed, external_user="zoom-user-2")
    Connection.objects.filter(external_user="zoom-user-2").update(plan="licensed")
    jitsi = make_capacity_schedule(account, link_source="jitsi")
    make_class(jitsi)

    for schedule in (short, licensed, jitsi):
        assert not any("ends meetings after" in page for page in told(owner, schedule))


def test_m11_in_spanish(owner: Client, account: Account) -> None:
    schedule = free_plan(make_service_schedule(account))

    page = owner.get(page_of(schedule, "process"), headers={"accept-language": "es"})

    assert "Tu plan de Zoom corta las reuniones a los 40 minutos; este horario permite 60." in words(page)


def test_t35_meetings_of_one_host_that_overlap_are_told_of_at_their_schedules(owner: Client, account: Account) -> None:
    """The free plan: one at a time, with five minutes between them."""
    consultations = free_plan(make_resource_schedule(account, resources=2))
    yoga = make_capacity_schedule(account)
    connect_zoom(yoga)
    quiet = make_service_schedule(account)
    connect_zoom(quiet)
    book(consultations, "16:30")
    make_class(yoga, starts_at=at("17:03"))

    said = (
        "Thu 26 Nov, 17:03: 2 meetings overlap (Consultations, Yoga for backs), and your Zoom plan lets you start 1 at "
        "a time."
    )
    assert all(said in page for page in [*told(owner, consultations), *told(owner, yoga)])
    assert [said in page for page in told(owner, quiet)] == [False, False, True]


def test_t35_a_licence_runs_two_at_once_and_not_three(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, resources=3)
    connect_zoom(schedule)
    Connection.objects.update(plan="licensed")
    yoga = make_capacity_schedule(account)
    connect_zoom(yoga)
    book(schedule, "10:00")
    make_class(yoga, starts_at=at("10:00"))
    assert not any("overlap" in page for page in told(owner, schedule))

    make_class(yoga, starts_at=at("10:10"))

    assert all("3 meetings overlap" in page and "start 2 at a time" in page for page in told(owner, schedule))


def test_t35_many_are_counted_not_listed(owner: Client, account: Account) -> None:
    yoga = free_plan(make_capacity_schedule(account))
    for day in range(6):
        for clock in ("10:00", "10:30"):
            make_class(yoga, starts_at=at(clock) + timedelta(days=day))

    assert all("3 more overlaps like this." in page for page in told(owner, yoga))


def test_m11_booking_what_is_too_long_is_never_refused(owner: Client, account: Account) -> None:
    schedule = free_plan(make_resource_schedule(account, length_minutes=180))

    assert book(schedule, "10:00", client=make_client()).is_confirmed
