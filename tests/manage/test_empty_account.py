"""An account in which nothing is yet: every page says so, and what to do first. It is one of the examples."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve, reverse
from pytest_django import Settings

from convoca.booking.models import Account, Membership
from convoca.booking.operations.demonstrating import EMPTY_EMAIL, found_empty_account
from tests.manage.conftest import LogIn
from tests.manage.reading import words

PAGES = {
    "manage:today": "Nothing today.",
    "manage:schedules": "There are no schedules yet.",
    "manage:supervise": "Nothing",
    "manage:trail": "Nothing has been done here yet.",
    "manage:publications": "Create a schedule first.",
    "manage:feeds": "There is none yet.",
    "manage:mails": "No mails here.",
    "manage:people": "1 user",
    "manage:groups": "There is no group yet.",
    "manage:import-people": "Bring in a list",
    "manage:access-control": "Only people you invite",
    "manage:sign-up-form": "Not asked",
    "manage:health": "Nothing is connected.",
    "manage:outbox": "No mails yet.",
    "manage:help": "Where do I",
    "manage:guide": "Open the page of the integration.",
    "manage:new-booking": "Create a schedule first.",
    "manage:new-schedule": "New schedule",
}


@pytest.fixture
def empty(db: None) -> Account:
    return found_empty_account("en")


@pytest.fixture
def its_owner(empty: Account, log_in: LogIn) -> Client:
    return log_in(Membership.objects.get(account=empty))


@pytest.mark.parametrize("name", PAGES)
def test_m22_a_page_with_nothing_on_it_says_so(
    name: str, its_owner: Client, empty: Account, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.OutboxBackend"}}

    page = its_owner.get(reverse(name, args=[empty.name]))

    assert page.status_code == 200
    assert PAGES[name] in words(page)


@pytest.mark.parametrize(
    "name", ["today", "schedules", "supervise", "publications", "new-booking", "integration", "integrations"]
)
def test_m22_a_page_that_waits_for_the_first_schedule_leads_to_where_it_is_made(
    name: str, its_owner: Client, empty: Account
) -> None:
    """They said that there is nothing, and left it to the owner to find out what to do about it."""
    where = [empty.name, "zoom"] if name == "integration" else [empty.name]

    page = its_owner.get(reverse(f"manage:{name}", args=where))

    assert f'href="{reverse("manage:new-schedule", args=[empty.name])}"' in page.content.decode()


def test_the_page_of_zoom_says_what_to_do_first(its_owner: Client, empty: Account) -> None:
    assert "Create a schedule first." in words(its_owner.get(f"/manage/{empty.name}/integrations/zoom"))


def test_filling_twice_makes_one_and_its_owner_logs_in(empty: Account) -> None:
    assert found_empty_account("es") == empty
    assert Client().login(username=EMPTY_EMAIL, password="convoca-demo")


def test_every_address_that_the_list_of_states_names_is_one() -> None:
    """`docs/states.md` says where the example shows each state of each page."""
    told = (Path(__file__).parents[2] / "docs" / "states.md").read_text(encoding="utf-8")
    addresses = set(re.findall(r"`(/(?:manage|schedule)/[^`…]*)`", told))

    assert len(addresses) > 15
    for address in addresses:
        resolve(address)
