"""Issue 6: further accounts of an installation: closed unless its administrator opens them, and founded by mail."""

import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from convoca.booking.models import Account, FoundingRequest, Membership, User
from convoca.booking.operations.accepting import decide, takes_accounts
from convoca.booking.operations.pruning import prune
from tests.booking.building import NOW, make_account, make_member
from tests.manage.conftest import LogIn
from tests.manage.reading import after_posting, words
from tests.walk.tables import snapshot

PAGE, SETTING = "/accounts/signup/", "/setup/sign-up"
PERSON = {
    "name": "Eva Gil",
    "email": "Eva@example.org",
    "password": "a long way home",
    "offer": "Tea with Eva",
    "time_zone": "Europe/Madrid",
}


@pytest.fixture
def operator(account: Account, log_in: LogIn) -> Client:
    person = make_member(account, Membership.Role.OWNER)
    User.objects.filter(pk=person.user_id).update(is_superuser=True)
    return log_in(person)


@pytest.fixture
def open_to_all(db: None) -> None:
    cache.clear()
    decide(takes=True, now=NOW)


def link() -> str:
    """Return the path of the link in the only mail."""
    (letter,) = mail.outbox
    return str(re.findall(r"http://localhost:8000(\S+)", str(letter.body))[0])


def test_it_is_closed_until_somebody_opens_it(client: Client, operator: Client) -> None:
    closed = client.get(PAGE)
    refused = client.post(PAGE, PERSON)
    page = operator.get(SETTING)

    opened = after_posting(operator, SETTING, {"takes": "yes"})

    assert "No sign-up here" in words(closed)
    assert "No sign-up here" in words(refused)
    assert mail.outbox == []
    assert not FoundingRequest.objects.exists()
    assert re.search(r'value="no" id="takes-no" checked', page.text)
    assert "http://localhost:8000/accounts/signup/" in words(opened)
    assert takes_accounts()
    assert "Make your booking page" in words(client.get(PAGE))
    assert "Make your booking page" in words(client.get("/accounts/login/"))
    operator.post(SETTING, {"takes": "no"})
    assert "No sign-up here" in words(client.get(PAGE))
    assert "Make your booking page" not in words(client.get("/accounts/login/"))


def test_nobody_else_decides_it(account: Account, owner: Client, client: Client) -> None:
    assert owner.get(SETTING).status_code == owner.post(SETTING, {"takes": "yes"}).status_code == 404
    assert client.get(SETTING).status_code == 302
    assert not takes_accounts()


def test_four_answers_and_a_link_make_an_account_of_its_own(
    client: Client, account: Account, open_to_all: None
) -> None:
    sent = client.post(PAGE, PERSON)
    before = Account.objects.count()
    asked = Client().get(link())
    everything = "\n".join(row for rows in snapshot().values() for row in rows)
    made = client.post(link())

    assert sent.headers["Location"] == "/accounts/signup/sent/"
    assert "Look at your mail" in words(client.get("/accounts/signup/sent/"))
    assert mail.outbox[0].to == ["eva@example.org"]
    assert before == 1
    assert "Eva Gil, people will be able to book “Tea with Eva” with you." in words(asked)
    assert link().rstrip("/").rpartition("/")[2] not in everything
    assert "a long way home" not in everything
    assert made.headers["Location"] == "/manage/eva-gil/first-steps"
    assert client.get("/manage/eva-gil/").status_code == 200
    eva = User.objects.get(email="eva@example.org")
    assert eva.check_password("a long way home")
    assert not eva.is_superuser
    assert EmailAddress.objects.get(user=eva).verified
    assert not FoundingRequest.objects.exists()


def test_a_link_works_once_for_a_day_and_only_while_it_is_open(
    client: Client, open_to_all: None, this_instant: time_machine.Traveller
) -> None:
    client.post(PAGE, PERSON)
    this_instant.shift(86_401)
    late = Client().post(link()).status_code
    this_instant.shift(-86_401)
    decide(takes=False, now=NOW)
    closed = Client().post(link()).status_code
    decide(takes=True, now=NOW)

    assert (late, closed, Client().post(link()).status_code, Client().post(link()).status_code) == (404, 404, 303, 404)
    assert Account.objects.count() == 1


def test_the_page_tells_nobody_who_has_a_log_in(client: Client, account: Account, open_to_all: None) -> None:
    make_member(account, email="eva@example.org")

    answer = client.post(PAGE, PERSON)

    assert answer.headers["Location"] == "/accounts/signup/sent/"
    assert [letter.subject for letter in mail.outbox] == ["There is a log-in for this address already"]
    assert not FoundingRequest.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("password", "12345678", "This password is too common."),
        ("email", "eva", "Enter an email address"),
        ("name", "", "Enter your name"),
        ("website", "https://spam.example", "Leave this field empty."),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_sent(
    client: Client, open_to_all: None, field: str, typed: str, said: str
) -> None:
    answer = client.post(PAGE, PERSON | {field: typed})

    assert answer.status_code == 422
    assert said in words(answer)
    assert mail.outbox == []


def test_one_address_is_written_to_a_few_times_a_minute_and_no_more(client: Client, open_to_all: None) -> None:
    answers: list[Any] = [client.post(PAGE, PERSON).status_code for _ in range(6)]

    assert answers == [303] * 5 + [429]


def test_a_mail_server_that_is_down_is_told_of(client: Client, open_to_all: None, settings: Settings) -> None:
    options = {"host": "127.0.0.1", "port": 9}
    settings.MAILERS = {"default": {"BACKEND": "convoca.booking.mail.SmtpBackend", "OPTIONS": options}}

    answer = client.post(PAGE, PERSON)

    assert answer.status_code == 422
    assert "The mail could not be sent." in words(answer)


def test_what_nobody_finished_is_forgotten(
    client: Client, open_to_all: None, this_instant: time_machine.Traveller
) -> None:
    client.post(PAGE, PERSON)

    this_instant.shift(86_401)
    prune(now=timezone.now())

    assert not FoundingRequest.objects.exists()


def test_whoever_has_an_account_is_led_to_it(owner: Client, open_to_all: None) -> None:
    assert owner.get(PAGE).headers["Location"] == "/manage/"


def test_the_pages_speak_spanish(client: Client, open_to_all: None) -> None:
    make_account("Otra")

    assert "<h1>Crea tu página de reservas</h1>" in client.get(PAGE, headers={"accept-language": "es"}).text
