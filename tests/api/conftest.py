"""Every test of this door asks at one instant, of an account with a key."""

from collections.abc import Iterator

import pytest
import time_machine

from convoca.booking.models import Account, Membership
from tests.api.calling import Caller, caller_for
from tests.booking.building import NOW, make_account, make_member


@pytest.fixture(autouse=True)
def this_instant() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


@pytest.fixture
def owner(account: Account) -> Membership:
    return make_member(account, Membership.Role.OWNER)


@pytest.fixture
def caller(owner: Membership) -> Caller:
    return caller_for(owner)
