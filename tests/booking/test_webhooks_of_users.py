"""Webhooks: what another program is told of a user who is one no more."""

import pytest

from convoca.booking.models import Account, Membership
from convoca.booking.operations.people import add_user, edit_user
from convoca.booking.operations.removing import remove_user
from tests.booking.building import NOW, make_account, make_member
from tests.booking.hearing import deliver, listen
from tests.receiving import Program


@pytest.fixture
def account(db: None) -> Account:
    return make_account()


def test_of_a_user_who_was_deleted_only_the_number_is_told(account: Account, other: Program) -> None:
    owner = make_member(account, Membership.Role.OWNER)
    eva = add_user(account, "eva@example.org", name="Eva", details={}, by=owner, now=NOW)
    listen(account, other)
    number = eva.pk

    edit_user(eva, {"phone": "600"}, by=owner, now=NOW)
    remove_user(eva, by=owner, now=NOW)
    deliver()

    assert other.said == [
        {
            "id": number,
            "deleted": True,
            "event": "destroy",
            "type": "user.deleted",
            "timestamp": "2026-11-24T08:00:00Z",
            "account": account.name,
        }
    ]
