"""M20: Supervise's form for a new booking that is sent twice, by a double click or a reload, books once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from convoca.booking.models import Account, Booking, Resource, Schedule
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.correcting import Correction, correct
from tests.booking.building import (
    THURSDAY,
    make_account,
    make_capacity_schedule,
    make_class,
    make_resource_schedule,
    make_service_schedule,
)
from tests.manage.reading import said, words
from tests.manage.test_supervise_booking import AT_TEN, EVA, new_booking_on


def key_in(page: str, browser: Client) -> dict[str, str]:
    """Open the page, and return the key that its form carries."""
    found = re.search(r'<input type="hidden" name="form_key" value="([^"]+)">', browser.get(page).content.decode())
    assert found, "the form carries no key"
    return {"form_key": found[1]}


def pool(account: Account) -> tuple[Schedule, dict[str, str]]:
    return make_resource_schedule(account, resources=3), AT_TEN


def repeats(account: Account) -> tuple[Schedule, dict[str, str]]:
    schedule = make_resource_schedule(account)
    until = (THURSDAY + timedelta(weeks=2)).isoformat()
    first = str(Resource.objects.earliest("pk").pk)
    return schedule, AT_TEN | {"resource": first, "repeats": "weekly", "until": until}


def service(account: Account) -> tuple[Schedule, dict[str, str]]:
    schedule = make_service_schedule(account, pool=3)
    return schedule, {"service": str(schedule.services.get().pk), "on": AT_TEN["on"], "at": AT_TEN["at"]}


def places(account: Account) -> tuple[Schedule, dict[str, str]]:
    schedule = make_capacity_schedule(account)
    return schedule, {"slot": str(make_class(schedule, capacity=9).pk), "quantity": "2"}


KINDS = [pool, repeats, service, places]


@pytest.mark.parametrize("kind", KINDS)
def test_a_double_click_in_supervise_booked_twice(
    superuser: Client, account: Account, kind: Callable[[Account], tuple[Schedule, dict[str, str]]]
) -> None:
    """Whoever supervises is bound by nothing but what is taken, so another resource or another place was at hand."""
    schedule, choice = kind(account)
    page = new_booking_on(schedule)
    form = choice | EVA | key_in(page, superuser)
    first = superuser.post(page, form)
    made = Booking.objects.count()

    again = superuser.post(page, form)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first["Location"] == again["Location"]
    assert set(said(again)) == set(said(first))
    assert Booking.objects.count() == made


def test_two_forms_or_another_person_or_time_are_wishes_of_their_own(superuser: Client, account: Account) -> None:
    page = new_booking_on(make_resource_schedule(account, resources=4))
    key = key_in(page, superuser)
    forms = [
        AT_TEN | EVA | key,
        AT_TEN | EVA | key_in(page, superuser),
        AT_TEN | {"name": "Luis", "email": "luis@example.org"} | key,
        AT_TEN | EVA | key | {"at": "12:00"},
    ]

    led = {superuser.post(page, form)["Location"] for form in forms}

    assert len(led) == Booking.objects.count() == 4


def test_a_key_leads_nobody_into_another_account(superuser: Client, owner: Client, account: Account) -> None:
    """The same key, sent by another person or to another account, is a form of its own."""
    page = new_booking_on(make_resource_schedule(account, resources=3))
    form = AT_TEN | EVA | key_in(page, superuser)

    led = {browser.post(page, form)["Location"] for browser in (superuser, owner)}
    stranger = superuser.post(new_booking_on(make_resource_schedule(make_account("Otra"))), form)

    assert len(led) == Booking.objects.count() == 2
    assert stranger.status_code in {403, 404}


def test_a_form_that_was_refused_keeps_its_key(superuser: Client, account: Account) -> None:
    page = new_booking_on(make_resource_schedule(account, resources=3))
    key = key_in(page, superuser)

    asked = superuser.post(page, AT_TEN | EVA | key | {"at": "03:00"})
    answers = [superuser.post(page, AT_TEN | EVA | key | {"at": "03:00", "anyway": "1"}) for _ in range(2)]

    assert asked.status_code == 422
    assert key["form_key"] in asked.content.decode()
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Booking.objects.count() == 1


def test_what_is_somebody_else_s_by_now_is_not_told_as_booked(superuser: Client, account: Account) -> None:
    page = new_booking_on(make_resource_schedule(account, resources=3))
    form = AT_TEN | EVA | key_in(page, superuser)
    superuser.post(page, form)
    booking = Booking.objects.get()
    correct(booking, Correction(name="Ana", email="ana@example.org"), by=SYSTEM, now=booking.created_at)

    answer = superuser.post(page, form)

    assert answer.status_code == 422
    assert "This was booked already. Nothing was changed." in words(answer)
    assert Booking.objects.count() == 1
