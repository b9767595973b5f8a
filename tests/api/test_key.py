"""Who may ask: whoever has the account's key, as its clients send it; so often in a minute; and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from convoca.booking.models import Account, ApiKey, Membership
from convoca.booking.operations.keys import make_key, revoke_key
from tests.api.calling import Caller, basic
from tests.booking.building import NOW, make_account, make_member

WRONG = {"errors": [{"status": "401", "title": "The account name and API key are not right."}]}


def ask(path: str = "/api/schedules.json", **headers: str) -> Any:
    return Client().get(path, headers=headers)


def test_b8_the_account_s_name_and_key_are_basic_credentials(caller: Caller) -> None:
    assert caller.get("/schedules.json").json() == []


def test_b8_a_bearer_names_its_account_in_the_address_or_not_at_all(caller: Caller) -> None:
    for path in ("/api/ping", f"/api/ping?account={caller.account.name}"):
        assert ask(path, authorization=f"Bearer {caller.key}").json() == {"account": caller.account.name}

    assert ask("/api/ping?account=Otra", authorization=f"Bearer {caller.key}").status_code == 401


@pytest.mark.parametrize(
    "credentials",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic /w==",
        "Basic bm9jb2xvbg==",
        "Bearer",
        "Bearer nobody",
        "Bearer ",
        "Digest x",
        basic("Lumbre", ""),
        basic("Lumbre", "x" * 43),
        basic("Lumbre", "\u2603" * 43),
        basic("", ""),
    ],
)
def test_whoever_has_no_key_is_told_nothing(caller: Caller, credentials: str) -> None:
    answer = ask(authorization=credentials)

    assert (answer.status_code, answer.json()) == (401, WRONG)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_key_opens_no_other_account(caller: Caller) -> None:
    elsewhere = make_account("Otra")

    assert ask(authorization=basic(elsewhere.name, caller.key)).status_code == 401


def test_a_key_in_the_address_is_no_key(caller: Caller) -> None:
    """It would stand in the logs of everything in between."""
    answer = ask(f"/api/schedules.json?account={caller.account.name}&api_key={caller.key}")

    assert answer.status_code == 401


def test_a_log_in_is_no_key(caller: Caller, owner: Membership) -> None:
    browser = Client()
    browser.force_login(owner.user)

    assert browser.get("/api/schedules.json").status_code == 401


def test_a_replaced_and_a_revoked_key_are_dead(caller: Caller, account: Account, owner: Membership) -> None:
    renewed = Caller(account=account, key=make_key(account, by=owner, now=NOW))
    assert caller.get("/ping").status_code == 401
    assert renewed.get("/ping").status_code == 200

    revoke_key(account)

    assert renewed.get("/ping").status_code == 401


def test_the_key_is_kept_as_a_digest_and_its_last_use_is_known(caller: Caller) -> None:
    assert ApiKey.objects.get().last_used_at is None
    caller.get("/ping")

    kept = ApiKey.objects.get()
    assert kept.last_used_at == NOW
    assert caller.key not in str(vars(kept))
    assert (len(caller.key), len(kept.digest)) == (43, 64)


def test_a_key_asks_three_hundred_times_a_minute_and_then_waits(
    caller: Caller, this_instant: time_machine.Traveller
) -> None:
    ApiKey.objects.update(counted_from=NOW - timedelta(seconds=20), counted=299)
    assert caller.get("/ping").status_code == 200

    refused = caller.get("/ping")

    assert refused.status_code == 429
    assert refused.json() == {"errors": [{"status": "429", "title": "Too many calls. Wait, and call again."}]}
    assert refused.headers["Retry-After"] == "41"
    this_instant.move_to(NOW + timedelta(seconds=41), tick=False)
    assert caller.get("/ping").status_code == 200


def test_an_account_whose_owner_has_gone_shows_programs_nothing(caller: Caller, owner: Membership) -> None:
    Membership.objects.update(role=Membership.Role.USER)
    make_member(make_account("Otra"), Membership.Role.OWNER)

    assert caller.get("/schedules.json").json() == []
    assert caller.get("/users.json").status_code == 404


def test_the_description_needs_no_key_and_holds_every_call(db: None) -> None:
    described = Client().get("/api/openapi.json").json()

    assert "/api/bookings/{booking_id}.json" in described["paths"]
    assert {"BasicKey", "BearerKey"} == set(described["components"]["securitySchemes"])
