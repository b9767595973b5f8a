"""The slots page of a capacity schedule (M10, M18)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Meeting, Series, Slot
from convoca.booking.operations.provisioning import provision_next
from convoca.booking.operations.waiting import join_waiting_list
from tests.booking.building import (
    NOW,
    at,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    sign_up,
)
from tests.manage.reading import after_posting, page_of, words

FILLED = {
    "title": "Yoga for backs",
    "day": "2026-11-26",
    "starts": "18:00",
    "ends": "19:00",
    "capacity": "8",
    "location": "",
}


def test_a_slot_is_opened_on_the_clocks_of_the_schedule(owner: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)

    answer = owner.post(page_of(schedule, "slots"), FILLED)

    slot = Slot.objects.get()
    assert answer.status_code == 303
    assert (slot.title, slot.starts_at, slot.ends_at, slot.capacity) == ("Yoga for backs", at("18:00"), at("19:00"), 8)


def test_m10_the_meeting_is_born_with_the_slot(owner: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account, link_source="jitsi")

    owner.post(page_of(schedule, "slots"), FILLED)
    while provision_next(now=NOW):
        continue

    assert Meeting.objects.get().link.open() in owner.get(page_of(schedule, "slots")).text


def test_a_link_typed_as_location_is_the_link_and_no_location(owner: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account, link_source="manual")

    owner.post(page_of(schedule, "slots"), FILLED | {"location": "https://meet.example/abc"})

    assert Slot.objects.get().location == ""
    assert Meeting.objects.get().link.open() == "https://meet.example/abc"


def test_what_ends_before_it_starts_ends_on_the_next_day(owner: Client, account: Account) -> None:
    owner.post(page_of(make_capacity_schedule(account), "slots"), FILLED | {"starts": "22:00", "ends": "01:30"})

    slot = Slot.objects.get()
    assert (slot.starts_at, slot.ends_at - slot.starts_at) == (at("22:00"), timedelta(hours=3, minutes=30))


def test_the_usual_number_of_places_is_filled_in_and_may_be_emptied(owner: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account, usual_capacity=7)

    assert 'name="capacity" value="7"' in owner.get(page_of(schedule, "slots")).text
    owner.post(page_of(schedule, "slots"), FILLED | {"capacity": ""})

    assert Slot.objects.get().capacity is None


@pytest.mark.parametrize(
    ("frequency", "until", "days"),
    [
        ("daily", "2026-11-28", ["2026-11-26", "2026-11-27", "2026-11-28"]),
        ("weekly", "2026-12-10", ["2026-11-26", "2026-12-03", "2026-12-10"]),
        ("two_weekly", "2026-12-24", ["2026-11-26", "2026-12-10", "2026-12-24"]),
        ("monthly_by_date", "2027-01-31", ["2026-11-26", "2026-12-26", "2027-01-26"]),
        ("monthly_by_day", "2027-01-31", ["2026-11-26", "2026-12-24", "2027-01-28"]),
    ],
)
def test_m18_slots_repeat_in_five_ways_until_a_day(
    frequency: str, until: str, days: list[str], owner: Client, account: Account
) -> None:
    schedule = make_capacity_schedule(account)

    answer = after_posting(owner, page_of(schedule, "slots"), FILLED | {"repeats": frequency, "until": until})

    assert [slot.starts_at.date().isoformat() for slot in Slot.objects.all()] == days
    assert Series.objects.get().frequency == frequency
    page = words(answer)
    assert "3 slots are open for sign-up." in page
    assert f"of 8 places taken {Series.objects.get().get_frequency_display()}" in page


def test_who_waits_is_counted_in_the_list(owner: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account, has_waiting_list=True), capacity=1)
    sign_up(slot)
    join_waiting_list(slot, client=make_client(email="eva@example.org"), now=NOW)

    assert "1 of 1 places taken · 1 waiting" in words(owner.get(page_of(slot.schedule, "slots")))


def test_a_list_of_many_slots_costs_as_many_queries_as_one_of_few(
    owner: Client, account: Account, django_assert_max_num_queries: Any
) -> None:
    schedule = make_capacity_schedule(account)
    owner.post(page_of(schedule, "slots"), FILLED | {"repeats": "daily", "until": "2027-01-16"})

    with django_assert_max_num_queries(14):
        owner.get(page_of(schedule, "slots"))


def test_four_weeks_are_shown_and_the_next_four_on_the_next_page(owner: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)
    near, far = make_class(schedule), make_class(schedule, starts_at=at("18:00") + timedelta(weeks=5))

    first = owner.get(page_of(schedule, "slots")).text
    second = owner.get(page_of(schedule, "slots") + "?day=2026-12-22").text

    assert (f'id="slot-{near.pk}"' in first, f'id="slot-{far.pk}"' in first) == (True, False)
    assert (f'id="slot-{near.pk}"' in second, f'id="slot-{far.pk}"' in second) == (False, True)
    assert 'href="?day=2026-12-22"' in first
    assert 'href="?day=2026-11-24"' in second


def test_coming_slots_are_listed_with_their_places(owner: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account))
    sign_up(slot)

    page = words(owner.get(page_of(slot.schedule, "slots")))

    assert "Thursday 26 November 18:00–19:00 Yoga for backs 1 of 3 places taken" in page


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "This field is required."),
        ("day", "2026-11-23", "Choose a date that has not passed."),
        ("day", "2031-01-01", "Choose a date within the next three years."),
        ("day", "tomorrow", "Enter a valid date."),
        ("ends", "18:00", "Choose an end that differs from the start."),
        ("ends", "25:00", "Enter a valid time."),
        ("until", "2026-11-25", "Choose a day that is not before the first one."),
        ("until", "", "Choose until when it repeats."),
        ("until", "2027-11-25", "At most 52 slots are made at once. Choose an earlier last day."),
        ("capacity", "-1", "Ensure this value is greater than or equal to 1."),
        ("location", "x" * 201, "Use at most 200 characters for the location."),
        ("title", "a\x00b", "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    field: str, typed: str, sentence: str, owner: Client, account: Account
) -> None:
    repeats = {"repeats": "weekly", "until": "2026-12-03"} if field == "until" else {}

    answer = owner.post(page_of(make_capacity_schedule(account), "slots"), FILLED | repeats | {field: typed})

    assert answer.status_code == 422
    assert f'id="id_{field}_error">{sentence}</p>' in answer.text
    assert f'aria-describedby="{_described(field)}"' in answer.text
    assert not Slot.objects.exists()


def test_the_summary_said_four_times_that_a_field_is_required_and_never_which(owner: Client, account: Account) -> None:
    answer = owner.post(page_of(make_capacity_schedule(account), "slots"), {})

    assert "There is a problem Title: This field is required. Date: This field is required." in words(answer)


def _described(field: str) -> str:
    helped = f"id_{field}_helptext " if field in {"capacity", "location", "until"} else ""
    return f"{helped}id_{field}_error"


def test_a_time_that_has_passed_is_refused(owner: Client, account: Account) -> None:
    answer = owner.post(
        page_of(make_capacity_schedule(account), "slots"), FILLED | {"day": "2026-11-24", "starts": "08:59"}
    )

    assert "Choose a time that has not passed." in words(answer)


def test_other_kinds_have_no_slots_of_their_own(owner: Client, account: Account) -> None:
    answer: Any = owner.post(page_of(make_resource_schedule(account), "slots"), FILLED)

    assert answer.status_code == 404
    assert not Slot.objects.exists()
