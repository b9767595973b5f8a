"""The list of days looks as far ahead as it must to be full, and no further (M18)."""

import pytest
from django.test import Client

from convoca.booking.models import OpeningHours, Schedule
from tests.booking.building import make_account, make_resource_schedule
from tests.public.reading import choices, words

pytestmark = pytest.mark.django_db

PAGE = "/schedule/Lumbre/consultations"


def days_shown(client: Client) -> list[str]:
    names = choices(client.get(PAGE))
    return list(dict.fromkeys(name.rsplit(", ", 1)[1] for name in names))


def only_open_on(schedule: Schedule, *weekdays: int) -> None:
    OpeningHours.objects.filter(schedule=schedule).exclude(weekday__in=weekdays).delete()


def test_five_days_are_shown_where_every_day_is_open(client: Client) -> None:
    make_resource_schedule(make_account())

    assert days_shown(client) == [
        "Tuesday 24 November",
        "Wednesday 25 November",
        "Thursday 26 November",
        "Friday 27 November",
        "Saturday 28 November",
    ]
    assert "Later" in words(client.get(PAGE))


def test_four_weeks_are_looked_through_where_only_one_day_a_week_is_open(client: Client) -> None:
    only_open_on(make_resource_schedule(make_account()), 2)

    assert days_shown(client) == [
        "Wednesday 25 November",
        "Wednesday 2 December",
        "Wednesday 9 December",
        "Wednesday 16 December",
    ]


def test_a_sixth_day_beyond_the_first_look_still_leads_to_later_ones(client: Client) -> None:
    only_open_on(make_resource_schedule(make_account()), 2, 3)

    assert days_shown(client) == [
        "Wednesday 25 November",
        "Thursday 26 November",
        "Wednesday 2 December",
        "Thursday 3 December",
        "Wednesday 9 December",
    ]
    assert "Later" in words(client.get(PAGE))
