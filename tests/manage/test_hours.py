"""Configure > Opening hours: the week, and the days that differ from it (M18)."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from convoca.booking.models import Account, OpeningHours, Schedule, SpecialDay
from convoca.booking.questions.offers import local_window, starts_on_offer
from tests.booking.building import (
    NOW,
    THURSDAY,
    book,
    make_account,
    make_capacity_schedule,
    make_resource_schedule,
)
from tests.manage.reading import page_of, said, words

FRIDAY = date(2026, 11, 27)


def row(day: int, number: int, opens: str, closes: str) -> dict[str, str]:
    return {f"opens-{day}-{number}": opens, f"closes-{day}-{number}": closes}


def week_of(schedule: Schedule) -> list[tuple[int, int, int]]:
    return list(OpeningHours.objects.filter(schedule=schedule).values_list("weekday", "opens", "closes"))


def free_on(schedule: Schedule, day: date) -> int:
    return len(starts_on_offer(schedule, window=local_window(day, 1, schedule.time_zone), now=NOW))


def test_m18_the_week_is_replaced_with_several_periods_a_day_and_past_midnight(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    typed = row(0, 0, "16:00", "20:00") | row(0, 1, "09:00", "14:00") | row(4, 0, "22:00", "02:00")

    answer = owner.post(page_of(schedule, "hours"), typed | row(1, 0, "", ""))

    assert (answer.status_code, said(answer)) == (303, ["Saved. Bookings outside the new hours stay as they are."])
    assert week_of(schedule) == [(0, 540, 840), (0, 960, 1200), (4, 1320, 1560)]


def test_what_was_saved_is_in_the_fields_with_room_for_one_more(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    owner.post(page_of(schedule, "hours"), row(0, 0, "09:00", "14:00") | row(0, 1, "22:00", "02:00"))

    page = owner.get(page_of(schedule, "hours")).text

    assert 'name="closes-0-1" value="02:00"' in page
    assert 'name="opens-0-2"' in page
    assert 'name="opens-0-3"' not in page
    assert ">Monday, opens</label>" in page


def test_midnight_twice_is_the_whole_day(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)

    owner.post(page_of(schedule, "hours"), row(6, 0, "00:00", "00:00"))

    assert week_of(schedule) == [(6, 0, 1440)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (row(0, 0, "09:00", ""), "Enter both times, or leave both empty."),
        (row(0, 0, "", "09:00"), "Enter both times, or leave both empty."),
        (row(0, 0, "09:00", "09:00"), "Enter two different times; for a whole day, 00:00 twice."),
        (row(0, 0, "9 o'clock", "10:00"), "Enter a valid time."),
        (row(0, 0, "25:00", "26:00"), "Enter a valid time."),
        (row(0, 0, "09:00", "14:00") | row(0, 1, "13:00", "15:00"), "This period begins before the other one ends."),
    ],
)
def test_a_week_that_makes_no_sense_changes_nothing(
    typed: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)
    before = week_of(schedule)

    answer = owner.post(page_of(schedule, "hours"), typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'aria-invalid="true"' in answer.text
    assert week_of(schedule) == before


def test_bookings_outside_the_new_hours_stay(owner: Client, account: Account) -> None:
    booking = book(make_resource_schedule(account))

    owner.post(page_of(booking.slot.schedule, "hours"), row(0, 0, "20:00", "21:00"))

    booking.refresh_from_db()
    assert booking.is_confirmed
    assert free_on(booking.slot.schedule, THURSDAY) == 0


def test_a_day_is_closed_and_opened_again(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    page = page_of(schedule, "hours")

    answer = owner.post(f"{page}/days", {"day": FRIDAY.isoformat(), "kind": "closed"})
    closed = SpecialDay.objects.get()

    assert answer.status_code == 303
    assert "Friday 27 November 2026 · Closed" in words(owner.get(page))
    assert (free_on(schedule, FRIDAY), free_on(schedule, THURSDAY)) == (0, 16)

    removed = owner.post(f"{page}/days/{closed.pk}/remove")

    assert said(removed)[-1:] == ["The day is as its weekday again."]
    assert free_on(schedule, FRIDAY) == 16


def test_a_day_is_open_also_in_one_more_period(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    page = page_of(schedule, "hours")

    owner.post(f"{page}/days", {"day": FRIDAY.isoformat(), "kind": "extra", "opens": "19:00", "closes": "01:00"})

    assert "Friday 27 November 2026 · Open also 19:00–01:00" in words(owner.get(page))
    # Those of the evening end with the day at midnight; the hour after it belongs to Saturday's starts.
    assert free_on(schedule, FRIDAY) == 16 + 10


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day": "2026-11-23"}, "Choose a date that has not passed."),
        ({"day": "2031-01-01"}, "Choose a date within the next three years."),
        ({"day": "tomorrow"}, "Enter a valid date."),
        ({"kind": "extra"}, "Enter from when until when."),
        ({"kind": "extra", "opens": "09:00", "closes": "09:00"}, "Enter two different times"),
        ({"kind": "replace"}, "Select a valid choice."),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(
    typed: dict[str, str], sentence: str, owner: Client, account: Account
) -> None:
    schedule = make_resource_schedule(account)

    answer = owner.post(f"{page_of(schedule, 'hours')}/days", {"day": FRIDAY.isoformat(), "kind": "closed"} | typed)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not SpecialDay.objects.exists()


def test_a_special_day_of_another_schedule_is_not_removed(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    elsewhere = make_resource_schedule(make_account("Sombra"))
    foreign = elsewhere.special_days.create(account=elsewhere.account, day=FRIDAY, kind="closed")

    answer = owner.post(f"{page_of(schedule, 'hours')}/days/{foreign.pk}/remove")

    assert said(answer) == ["This day is as its weekday already."]
    assert SpecialDay.objects.filter(pk=foreign.pk).exists()


def test_a_capacity_schedule_has_no_opening_hours(owner: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)

    assert owner.get(page_of(schedule, "hours")).status_code == 404
    assert owner.post(f"{page_of(schedule, 'hours')}/days", {"day": "2026-11-27", "kind": "closed"}).status_code == 404


def test_m19_a_superuser_does_not_change_opening_hours(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    before = week_of(schedule)

    assert superuser.post(page_of(schedule, "hours"), row(0, 0, "09:00", "10:00")).status_code == 403
    assert week_of(schedule) == before


def test_the_page_costs_the_same_however_many_periods_and_days(
    owner: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, person, account, membership, supervisions, schedule; its week, its special days."""
    schedule = make_resource_schedule(account)
    for day in range(1, 29):
        schedule.special_days.create(account=account, day=date(2027, 1, day), kind="closed")

    with django_assert_num_queries(8):
        owner.get(page_of(schedule, "hours"))
