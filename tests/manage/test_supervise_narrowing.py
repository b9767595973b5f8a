"""Supervise, narrowed by schedule, resource, service and state, and searched by words (product.md §12)."""

import re
from typing import Any

import pytest
from django.test import Client

from convoca.booking.models import Account, Resource
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.waiting import join_waiting_list
from tests.booking.building import (
    NOW,
    THURSDAY,
    at,
    book,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
    make_service_schedule,
    sign_up,
)
from tests.manage.reading import plain, words

ON_THURSDAY = {"day": THURSDAY.isoformat()}
AS_LIST = {**ON_THURSDAY, "as": "list"}


def supervise_of(account: Account) -> str:
    return f"/manage/{account.name}/supervise"


def rows(response: Any) -> list[str]:
    """Return what the rows of the list are about, in order."""
    return [plain(each) for each in re.findall(r'<h3 id="who-\d+">(.*?)</h3>', response.text)]


def test_it_is_narrowed_by_schedule_resource_and_service(superuser: Client, account: Account) -> None:
    from convoca.booking.models import Service
    from convoca.booking.operations.booking import book_service

    rooms = make_resource_schedule(account, resources=2)
    book(rooms)
    services = make_service_schedule(account)
    service = Service.objects.get()
    book_service(services, service, at("12:00"), client=make_client("Eva Gómez"), now=NOW)
    second = Resource.objects.get(name="Room 2")

    def found(**narrowed: str) -> list[str]:
        return rows(superuser.get(supervise_of(account), {**AS_LIST, **narrowed}))

    assert found() == ["Luis Pérez", "Eva Gómez"]
    assert found(schedule=rooms.slug) == ["Luis Pérez"]
    assert found(what=f"s{service.pk}") == ["Eva Gómez"]
    assert found(what=f"r{second.pk}") == []


@pytest.mark.parametrize("text", ["nunez", "NÚÑEZ", "ángela n", "600 123", "600123", "angela@example", "gela"])
def test_people_are_found_whatever_the_case_and_the_accents(text: str, superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    book(schedule, client=make_client("Ángela Núñez", "angela@example.org", details={"phone": "(600) 123 456"}))
    book(schedule, "11:00", client=make_client("Tom Baker", "tom@example.org"))

    assert rows(superuser.get(supervise_of(account), {**AS_LIST, "q": text})) == ["Ángela Núñez"]


@pytest.mark.parametrize("text", ["%", "_", "\\", ".*", "[", "(", "'", "\x00 ", "a" * 500, "Tom Luis"])
def test_what_is_searched_for_is_taken_literally(text: str, superuser: Client, account: Account) -> None:
    book(make_resource_schedule(account))

    page = superuser.get(supervise_of(account), {**AS_LIST, "q": text})

    assert page.status_code == 200
    assert rows(page) == (["Luis Pérez"] if text == "\x00 " else [])


def test_classes_are_found_by_their_title(superuser: Client, account: Account) -> None:
    schedule = make_capacity_schedule(account)
    sign_up(make_class(schedule))

    assert rows(superuser.get(supervise_of(account), {**AS_LIST, "q": "backs"})) == ["Yoga for backs"]


def test_it_is_narrowed_by_state(superuser: Client, account: Account) -> None:
    schedule = make_resource_schedule(account, link_source="manual")
    missing = book(schedule, "09:00")
    schedule.link_source = "none"
    schedule.save()
    gone = book(schedule, "11:00", client=make_client("Tom"))
    cancel(gone, now=NOW, by=SYSTEM)
    schedule.requires_approval = True
    schedule.save()
    book(schedule, "10:00", client=make_client("Eva"))
    full = make_class(make_capacity_schedule(account, has_waiting_list=True), capacity=1)
    sign_up(full)
    join_waiting_list(full, client=make_client("Ida", "ida@example.org"), now=NOW)

    def found(state: str) -> list[str]:
        return rows(superuser.get(supervise_of(account), {**AS_LIST, "state": state}))

    assert found("pending") == ["Eva"]
    assert found("no_link") == [missing.name]
    assert found("need") == [missing.name, "Eva"]
    assert found("waiting") == ["Yoga for backs"]
    assert found("cancelled") == ["Tom"]


def test_the_strip_counts_and_narrows(superuser: Client, account: Account) -> None:
    """«8 appointments · 2 need you», filter on click."""
    schedule = make_resource_schedule(account)
    book(schedule)
    schedule.requires_approval = True
    schedule.save()
    book(schedule, "11:00", client=make_client("Eva"))

    page = superuser.get(supervise_of(account), AS_LIST)

    assert "2 appointments · 1 needs you" in words(page)
    assert f'href="{supervise_of(account)}?as=list&amp;day=2026-11-26&amp;state=need"' in page.text


def test_nothing_found_says_so_and_leads_back(superuser: Client, account: Account) -> None:
    assert "Nothing here is what you look for. Show all" in words(superuser.get(supervise_of(account), {"q": "eva"}))
    assert "Nothing in this time." in words(superuser.get(supervise_of(account)))


@pytest.mark.parametrize(
    "query",
    [
        {"view": "x"}, {"as": "x"}, {"day": "x"}, {"schedule": "x"}, {"what": "r"}, {"what": "s99999999999999999999"},
        {"state": "x"}, {"page": "-1"}, {"page": "99999999999999999999"}, {"page": "x"}, {"what": "r١"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_in_the_address_is_left_out(
    query: dict[str, str], superuser: Client, account: Account
) -> None:
    assert superuser.get(supervise_of(account), query).status_code == 200
