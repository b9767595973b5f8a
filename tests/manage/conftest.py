"""Every test of this door looks at the pages at one instant, as somebody who has logged in."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Membership
from tests.booking.building import NOW, make_account, make_member
from tests.booking.zooming import SimulatedZoom, simulated_zoom

type LogIn = Callable[[Membership], Client]


@pytest.fixture(autouse=True)
def this_instant() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def zoom(settings: Settings) -> Iterator[SimulatedZoom]:
    with simulated_zoom(settings) as zoom:
        yield zoom


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def log_in() -> LogIn:
    """Return what gives somebody a browser in which they are logged in."""

    def browser_of(membership: Membership) -> Client:
        browser = Client()
        browser.force_login(membership.user)
        return browser

    return browser_of


@pytest.fixture
def owner(account: Account, log_in: LogIn) -> Client:
    return log_in(make_member(account, Membership.Role.OWNER))


@pytest.fixture
def superuser(account: Account, log_in: LogIn) -> Client:
    return log_in(make_member(account, Membership.Role.SUPERUSER))
