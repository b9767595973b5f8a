"""Webhooks that programs make for themselves, by SuperSaaS's letters (B8)."""

from typing import Any

import pytest

from convoca.booking.models import Account, Delivery, Webhook
from convoca.booking.operations.hooking import CHOOSABLE, Telling, make_webhook
from tests.api.calling import Caller, errors
from tests.booking.building import NOW, book, make_account, make_resource_schedule

ADDRESS = "https://example.org/heard?token=4711"


def test_a_program_is_told_of_what_it_has_asked_for_until_it_asks_no_more(caller: Caller, account: Account) -> None:
    schedule, other = make_resource_schedule(account), make_resource_schedule(account, slug="other")
    asked = {"parent_id": schedule.pk, "event": "N", "target_url": ADDRESS}

    made = caller.send("POST", "/hooks", asked)
    book(schedule, "10:00")
    book(other, "10:00")

    webhook = Webhook.objects.get()
    told = {"id": webhook.pk, "parent_id": str(schedule.pk), "url": ADDRESS, "trigger": "N"}
    assert (made.status_code, made.json()) == (201, told | {"secret": webhook.secret.open()})
    assert caller.get("/hooks").json() == [told]
    assert [each.happening for each in Delivery.objects.all()] == ["booking.created"]
    assert not webhook.tells_links
    gone = caller.send("DELETE", "/hooks", {"id": webhook.pk, "parent_id": schedule.pk})
    assert (gone.status_code, caller.get("/hooks").json()) == (200, [])
    assert caller.send("DELETE", "/hooks", None, id=webhook.pk).status_code == 404


def test_users_are_the_account_s_and_everything_may_stand_in_the_address(caller: Caller, account: Account) -> None:
    query = {"parent_id": account.name, "event": "M", "target_url": ADDRESS}

    assert caller.send("POST", "/hooks", None, **query).json()["parent_id"] == account.name
    assert Webhook.objects.get().told_of == ["user.changed", "user.deleted"]


def test_an_owner_s_webhook_that_no_letter_means_has_none(caller: Caller, account: Account) -> None:
    make_webhook(account, Telling(url=ADDRESS, happenings=CHOOSABLE), now=NOW)

    [told] = caller.get("/hooks").json()

    assert (told["parent_id"], "trigger" in told) == (account.name, False)


OURS = "Bad request: Only https addresses of the world's are told, none of our own network."


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"event": "R"}, 422, "event must be one of N, C, U, M."),
        ({"event": "U"}, 422, "parent_id must be the account's name."),
        ({"parent_id": ""}, 422, "parent_id is missing: the schedule's number."),
        ({"target_url": ""}, 400, OURS),
        ({"target_url": "http://localhost/"}, 400, OURS),
        ({"secret": "x"}, 400, "Bad request: unknown attribute 'secret' for Hook."),
    ],
)
def test_a_webhook_that_cannot_be_is_refused(
    caller: Caller, account: Account, asked: dict[str, Any], status: int, said: str
) -> None:
    right = {"parent_id": make_resource_schedule(account).pk, "event": "C", "target_url": ADDRESS}

    answer = caller.send("POST", "/hooks", right | asked)

    assert (answer.status_code, errors(answer)) == (status, [said])
    assert not Webhook.objects.exists()


def test_no_webhook_of_another_account_is_there(caller: Caller) -> None:
    elsewhere = make_account("Otra")
    foreign = make_webhook(elsewhere, Telling(url=ADDRESS, happenings=CHOOSABLE), now=NOW)
    schedule = make_resource_schedule(elsewhere)

    assert caller.get("/hooks").json() == []
    assert caller.send("DELETE", "/hooks", {"id": foreign.pk}).status_code == 404
    asked = {"parent_id": schedule.pk, "event": "N", "target_url": ADDRESS}
    assert caller.send("POST", "/hooks", asked).status_code == 404
    assert Webhook.objects.count() == 1
