"""The slots page of a capacity schedule (M10, M18)."""

from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Meeting, Slot
from convoca.booking.operations.provisioning import provision_next
from tests.booking.building import NOW, at, make_capacity_schedule, make_class, make_resource_schedule, sign_up
from tests.manage.reading import page_of, words

FILLED = {
    "title": "Yoga for backs",
    "day": "2026-11-26",
    "starts": "18:00",
    "minutes": "60",
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


def test_coming_slots_are_listed_with_their_places(owner: Client, account: Account) -> None:
    slot = make_class(make_capacity_schedule(account))
    sign_up(slot)

    page = words(owner.get(page_of(slot.schedule, "slots")))

    assert "Thu 26 Nov 18:00–19:00 Yoga for backs 1 of 3 places taken" in page


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "This field is required."),
        ("day", "2026-11-23", "Choose a date that has not passed."),
        ("day", "2031-01-01", "Choose a date within the next three years."),
        ("day", "tomorrow", "Enter a valid date."),
        ("minutes", "0", "Ensure this value is greater than or equal to 5."),
        ("minutes", "9" * 40, "Ensure this value is less than or equal to 1440."),
        ("capacity", "-1", "Ensure this value is greater than or equal to 1."),
        ("location", "x" * 201, "Use at most 200 characters for the location."),
        ("title", "a\x00b", "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    field: str, typed: str, sentence: str, owner: Client, account: Account
) -> None:
    answer = owner.post(page_of(make_capacity_schedule(account), "slots"), FILLED | {field: typed})

    assert answer.status_code == 422
    assert f'id="id_{field}_error">{sentence}</p>' in answer.text
    assert f'aria-describedby="{_described(field)}"' in answer.text
    assert not Slot.objects.exists()


def _described(field: str) -> str:
    helped = f"id_{field}_helptext " if field in {"capacity", "location"} else ""
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
