"""Configure > Start times: every so many minutes, or the times one by one (M18)."""

from datetime import date

import pytest
from django.test import Client

from convoca.booking.models import Account, Schedule
from convoca.booking.questions.offers import local_window, starts_on_offer
from convoca.booking.wording import clock_text
from convoca.core.admission import NotOnGrid
from tests.booking.building import (
    NOW,
    THURSDAY,
    book,
    make_capacity_schedule,
    make_resource_schedule,
    make_service_schedule,
)
from tests.manage.reading import page_of, said, words

FRIDAY = date(2026, 11, 27)
LISTED = {"how": "listed", "every_0": "", "every_1": "1"}


def starts_on(schedule: Schedule, day: date = THURSDAY) -> list[str]:
    schedule.refresh_from_db()
    service = schedule.services.first()
    window = local_window(day, 1, schedule.time_zone)
    return [
        clock_text(start.starts_at, schedule.time_zone)
        for start in starts_on_offer(schedule, window=window, now=NOW, service=service)
    ]


def test_m18_bookings_start_every_so_many_minutes(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "start-times"), {"how": "every", "every_0": "2", "every_1": "60"})

    assert (answer.status_code, said(answer)) == (303, ["Saved. Bookings already made stay as they are."])
    assert starts_on(schedule) == ["10:00", "12:00", "14:00", "16:00"]
    with pytest.raises(NotOnGrid):
        book(schedule, "11:00")
    assert book(schedule, "12:00").pk


@pytest.mark.parametrize("make", [make_resource_schedule, make_service_schedule])
def test_m18_bookings_start_only_at_the_listed_times_and_a_weekday_may_have_its_own(
    make: object, owner: Client, account: Account
) -> None:
    assert callable(make)
    schedule = make(account)

    owner.post(page_of(schedule, "start-times"), LISTED | {"at": "12:00, 9:30 9:30;20:00", "at-4": "15.15"})

    assert starts_on(schedule, THURSDAY) == ["09:30", "12:00"]
    assert starts_on(schedule, FRIDAY) == ["15:15"]


def test_a_booking_at_another_time_is_refused(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    owner.post(page_of(schedule, "start-times"), LISTED | {"at": "9:30"})
    schedule.refresh_from_db()

    with pytest.raises(NotOnGrid):
        book(schedule, "10:00")
    assert book(schedule, "09:30").pk


def test_what_was_saved_is_in_the_fields_also_where_it_does_not_count(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    owner.post(page_of(schedule, "start-times"), {"how": "every", "every_0": "15", "every_1": "1", "at": "9:30, 12:00"})

    page = owner.get(page_of(schedule, "start-times")).text

    assert 'name="every_0" value="15"' in page
    assert 'name="at" value="9:30, 12:00"' in page
    assert len(starts_on(schedule)) == 31


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"how": "every"}, "Enter how much time lies between two starts."),
        ({"how": "every", "every_0": "4"}, "Use at least 5 minutes."),
        ({"how": "every", "every_0": "25", "every_1": "60"}, "Use at most 24 hours."),
        ({"how": ""}, "This field is required."),
        ({}, "Enter at least one time."),
        ({"at": "9:30, noon"}, "“noon” is no time. Write it like 9:30."),
        ({"at": "24:00"}, "“24:00” is no time. Write it like 9:30."),
        ({"at": "9:75"}, "“9:75” is no time. Write it like 9:30."),
        ({"at": "9:30", "at-2": "930"}, "“930” is no time. Write it like 9:30."),
        ({"at": " ".join(f"{n // 60}:{n % 60:02}" for n in range(97))}, "Use at most 96 times a day."),
    ],
)
def test_times_that_make_no_sense_change_nothing(
    typed: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(page_of(schedule, "start-times"), LISTED | typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert len(starts_on(schedule)) == 16


def test_a_class_starts_when_its_owner_put_it(owner: Client, account: Account) -> None:
    assert owner.get(page_of(make_capacity_schedule(account), "start-times")).status_code == 404


def test_m19_a_superuser_does_not_change_start_times(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    assert superuser.post(page_of(schedule, "start-times"), LISTED | {"at": "9:30"}).status_code == 404
    assert len(starts_on(schedule)) == 16
