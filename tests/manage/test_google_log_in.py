"""J5, issue 6: logging in with Google, against the simulated one; and nobody gets into what is not theirs by it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Membership, OutsideLogIn, User
from convoca.config.env import ApplicationKeys
from sandbox.google.state import ANA, BRUNO
from sandbox.google.state import User as GoogleUser
from tests.booking.building import make_account, make_member
from tests.booking.googling import SimulatedGoogle, simulated_google
from tests.manage.reading import words
from tests.manage.test_security import prove, use_app
from tests.vendors import VISITOR

LOG_IN = "/accounts/login/"
PASSWORD = "correct horse battery"
MINE = "/manage/Lumbre/schedules"


@pytest.fixture
def google(db: None, settings: Settings) -> Iterator[SimulatedGoogle]:
    cache.clear()
    with simulated_google(settings) as google:
        yield google


@pytest.fixture
def ana(account: Account) -> Membership:
    return make_member(account, Membership.Role.OWNER, "ana@example.org")


@pytest.fixture
def without_password(ana: Membership) -> Membership:
    """Ana as somebody whom an owner has added: she has no password yet."""
    ana.user.set_unusable_password()
    ana.user.save()
    return ana


def choose(address: str, user: GoogleUser) -> str:
    """Choose an account on Google's page, and return where that leads."""
    form = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    answer = VISITOR.post(address.partition("?")[0], data=form | {"decision": "allow", "user": user.id})
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def through_google(client: Client, user: GoogleUser = ANA, going_to: str = MINE) -> Any:
    asked = client.post("/accounts/google/", {"next": going_to})
    assert asked.status_code == 303
    return client.get(choose(asked.headers["Location"], user))


def test_google_is_offered_only_where_google_knows_the_installation(
    client: Client, google: SimulatedGoogle, settings: Settings
) -> None:
    offered = client.get(LOG_IN)
    settings.VENDORS = settings.VENDORS | {"google": ApplicationKeys()}
    not_offered = client.get(LOG_IN)

    assert "Log in with Google" in words(offered)
    assert "form-action 'self' https:" in offered.headers["Content-Security-Policy"]
    assert "Google" not in words(not_offered)
    assert "form-action 'self';" in not_offered.headers["Content-Security-Policy"] + ";"
    assert client.post("/accounts/google/").status_code == 404


def test_whoever_has_no_password_yet_comes_in_by_the_address_that_google_vouches_for(
    client: Client, google: SimulatedGoogle, without_password: Membership
) -> None:
    first = through_google(client)
    again = through_google(Client())

    assert first.headers["Location"] == again.headers["Location"] == MINE
    assert client.get(MINE).status_code == 200
    linked = OutsideLogIn.objects.get()
    assert (linked.user_id, linked.subject, linked.email) == (without_password.user_id, ANA.id, "ana@example.org")


def test_who_is_linked_comes_in_whatever_their_address_is_by_now(
    client: Client, google: SimulatedGoogle, without_password: Membership
) -> None:
    through_google(client)
    User.objects.filter(pk=without_password.user_id).update(email="moved@example.org")

    assert through_google(Client()).headers["Location"] == MINE


def test_a_log_in_with_a_password_is_linked_only_after_the_password_was_shown(
    client: Client, google: SimulatedGoogle, ana: Membership
) -> None:
    """Whoever gets hold of the address at Google gets into nothing."""
    led = through_google(client)
    shut = client.get(MINE).status_code
    page = client.get(led.headers["Location"])
    linked_before = OutsideLogIn.objects.exists()
    client.post(LOG_IN, {"login": "ana@example.org", "password": PASSWORD, "next": "/accounts/google/link/"})
    asked = client.get("/accounts/google/link/")
    mail.outbox.clear()
    client.post("/accounts/google/link/")

    assert led.headers["Location"] == "/accounts/login/?next=/accounts/google/link/"
    assert shut == 302
    assert "There is a log-in for this address. Log in as usual, once, to link Google." in words(page)
    assert not linked_before
    assert "Log in with Google from now on?" in words(asked)
    assert [letter.subject for letter in mail.outbox] == ["You can log in with Google now"]
    assert through_google(Client()).headers["Location"] == MINE


def test_what_waits_to_be_linked_is_linked_to_nobody_else_and_not_for_long(
    client: Client, google: SimulatedGoogle, ana: Membership, this_instant: time_machine.Traveller
) -> None:
    make_member(make_account("Otra"), Membership.Role.OWNER, "eva@example.org")
    through_google(client)
    client.post(LOG_IN, {"login": "eva@example.org", "password": PASSWORD})
    other = client.post("/accounts/google/link/").headers["Location"]
    late = Client()
    through_google(late)
    this_instant.shift(601)
    late.post(LOG_IN, {"login": "ana@example.org", "password": PASSWORD})
    late.post("/accounts/google/link/")

    assert other == "/accounts/security/"
    assert not OutsideLogIn.objects.exists()


def test_an_address_that_google_has_not_verified_opens_nothing(
    client: Client, google: SimulatedGoogle, without_password: Membership
) -> None:
    google.sandbox.configure({"google": {"email_verified": False}})

    led = through_google(client)

    assert "Google has not verified the email address" in words(client.get(led.headers["Location"]))
    assert client.get(MINE).status_code == 302
    assert not OutsideLogIn.objects.exists()


def test_whoever_has_no_log_in_here_gets_none_at_google(
    client: Client, google: SimulatedGoogle, ana: Membership
) -> None:
    led = through_google(client, BRUNO)

    assert "Nobody logs in here with bruno@example.org." in words(client.get(led.headers["Location"]))
    assert User.objects.count() == 1


def test_a_second_factor_is_asked_for_after_google_too(google: SimulatedGoogle, ana: Membership) -> None:
    owner = Client()
    owner.force_login(ana.user)
    prove(owner)
    use_app(owner)
    through_google(owner)
    client = Client()

    led = through_google(client)

    assert led.headers["Location"].startswith("/accounts/login/code/")
    assert client.get(MINE).status_code == 302


def test_a_person_who_is_logged_in_links_google_after_proving_themselves_and_ends_it(
    google: SimulatedGoogle, ana: Membership
) -> None:
    client = Client()
    client.force_login(ana.user)
    unproven = client.get("/accounts/google/").headers["Location"]
    prove(client)

    led = through_google(client, BRUNO)
    page = client.get(led.headers["Location"])
    client.post("/accounts/google/stop/")

    assert unproven == "/accounts/security/prove/?next=%2Faccounts%2Fgoogle%2F"
    assert "The Google account bruno@example.org opens this log-in." in words(page)
    assert not OutsideLogIn.objects.exists()


def test_one_google_account_opens_one_log_in(google: SimulatedGoogle, ana: Membership) -> None:
    eva = make_member(make_account("Otra"), Membership.Role.OWNER, "eva@example.org")
    for person in (ana, eva):
        client = Client()
        client.force_login(person.user)
        prove(client)
        led = through_google(client)

    assert "That Google account opens another log-in" in words(client.get(led.headers["Location"]))
    assert OutsideLogIn.objects.get().user_id == ana.user_id


@pytest.mark.parametrize("change", ["state", "browser", "late", "spent", "code"])
def test_an_answer_that_was_not_asked_for_logs_nobody_in(
    google: SimulatedGoogle, without_password: Membership, this_instant: time_machine.Traveller, change: str
) -> None:
    client = Client()
    asked = client.post("/accounts/google/", {})
    answer = choose(asked.headers["Location"], ANA)
    if change == "spent":
        client.get(answer)
        client.post("/accounts/logout/")
    if change == "late":
        this_instant.shift(601)
    if change == "state":
        answer = re.sub(r"state=[^&]+", "state=another", answer)
    if change == "code":
        answer = re.sub(r"code=[^&]+", "code=4/another", answer)
    browser = Client() if change == "browser" else client

    browser.get(answer)

    assert browser.get(MINE).status_code == 302


def test_whoever_says_no_at_google_is_told_that_nothing_changed(client: Client, google: SimulatedGoogle) -> None:
    asked = client.post("/accounts/google/", {})
    state = parse_qs(urlsplit(asked.headers["Location"]).query)["state"][0]

    led = client.get(f"/manage/connect/google/callback?state={state}&error=access_denied")

    assert "Nothing was changed: you did not log in at Google." in words(client.get(led.headers["Location"]))


def test_a_google_that_does_not_answer_is_told_as_such(
    client: Client, google: SimulatedGoogle, settings: Settings
) -> None:
    asked = client.post("/accounts/google/", {})
    answer = choose(asked.headers["Location"], ANA)
    settings.VENDOR_ENDPOINTS = dict(settings.VENDOR_ENDPOINTS) | {"google_token": "http://127.0.0.1:9/token"}

    led = client.get(answer)

    assert "Google did not say who you are." in words(client.get(led.headers["Location"]))


def test_going_to_google_leads_to_no_other_site_afterwards(
    client: Client, google: SimulatedGoogle, without_password: Membership
) -> None:
    assert through_google(client, going_to="https://evil.example/").headers["Location"] == "/manage/"
