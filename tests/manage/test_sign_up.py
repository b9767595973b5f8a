"""Becoming a user of an account (M19): open to anyone, by domain, or by invitation; always proven by a mail."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from convoca.booking.models import Account, AuditEntry, FormField, Invitation, Membership, User
from tests.booking.building import NOW, make_account, make_member
from tests.manage.conftest import LogIn
from tests.manage.joining import JOIN, NORA, PASSWORD, ask, link_in, person, send_mails
from tests.manage.reading import words

Role = Membership.Role


@pytest.fixture(autouse=True)
def forgotten_attempts(db: None) -> None:
    """What one test has tried must not lock the next one out."""
    cache.clear()


@pytest.fixture
def account(db: None) -> Account:
    return make_account(sign_up=Account.SignUp.OPEN)


# --- open ---


def test_m19_anyone_signs_up_with_a_link_from_a_mail_and_is_logged_in(account: Account) -> None:
    browser = ask("Nora@Example.org")
    (letter,) = send_mails()

    answer = browser.post(link_in(letter), NORA)

    assert letter.to == ["nora@example.org"]
    assert (answer.status_code, answer.headers["Location"]) == (303, "/my/Lumbre")
    assert browser.get("/my/Lumbre").status_code == 200
    assert (person().role, person().called) == (Role.USER, "Nora Díaz")
    assert person().user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=person().user).verified
    assert AuditEntry.objects.get(person=person()).verb == "joined"


def test_typing_an_address_makes_nobody_a_user(account: Account) -> None:
    ask()

    assert not Membership.objects.exists()
    assert not User.objects.exists()


def test_opening_the_link_changes_nothing(account: Account, client: Client) -> None:
    """Mail scanners open links."""
    ask()
    link = link_in(send_mails()[0])

    assert [client.get(link).status_code, client.head(link).status_code] == [200, 200]
    assert not User.objects.exists()
    assert client.post(link, NORA).status_code == 303


def test_the_link_is_good_once(account: Account, client: Client) -> None:
    ask()
    link = link_in(send_mails()[0])
    Client().post(link, NORA)

    assert client.get(link).status_code == 404
    assert client.post(link, NORA | {"name": "Somebody else"}).status_code == 404


def test_the_link_is_good_for_a_day(account: Account, client: Client, this_instant: time_machine.Traveller) -> None:
    ask()
    link = link_in(send_mails()[0])
    this_instant.move_to(NOW + timedelta(days=1, seconds=1))

    answer = client.post(link, NORA)

    assert answer.status_code == 404
    assert "It was used already, withdrawn, or it is too old." in words(answer)


def test_a_link_that_nobody_sent_opens_nothing(client: Client, account: Account) -> None:
    assert client.get("/accounts/invitation/bm8tc3VjaC1pbnZpdGF0aW9u/").status_code == 404


def test_the_page_says_the_same_to_those_who_have_a_log_in_and_those_who_have_none(account: Account) -> None:
    make_member(account, email="user@example.org")
    make_member(make_account("Sombra"), email="elsewhere@example.org")

    answers = {
        email: Client().post(JOIN, {"email": email})
        for email in ("user@example.org", "elsewhere@example.org", "nobody@example.org")
    }

    assert {(a.status_code, a.headers["Location"]) for a in answers.values()} == {(303, f"{JOIN}sent/")}


def test_who_is_a_user_already_is_told_so_in_the_mail_alone(account: Account) -> None:
    make_member(account, email="user@example.org")

    ask("user@example.org")

    (letter,) = send_mails()
    assert letter.subject == "You have a log-in at Estudio Lumbre"
    assert "/accounts/invitation/" not in str(letter.body)


def test_whoever_presses_twice_gets_one_mail(account: Account, this_instant: time_machine.Traveller) -> None:
    ask()
    ask()
    at_once = len(send_mails())
    this_instant.shift(timedelta(minutes=6))
    ask()

    assert (at_once, len(send_mails())) == (1, 2)


def test_too_many_mails_to_one_address_are_refused(account: Account) -> None:
    answers = [Client().post(JOIN, {"email": "nora@example.org"}).status_code for _ in range(6)]

    assert answers == [303] * 5 + [429]


@pytest.mark.parametrize("password", ["", "short", "12345678", "nora@example.org"])
def test_a_weak_password_is_refused_with_the_form_kept(password: str, account: Account, client: Client) -> None:
    ask()
    link = link_in(send_mails()[0])

    answer = client.post(link, {"name": "Nora Díaz", "password": password})

    assert answer.status_code == 422
    assert 'value="Nora Díaz"' in answer.text
    assert not User.objects.exists()


def test_sign_up_asks_what_the_account_asks(account: Account, client: Client) -> None:
    FormField.objects.create(account=account, key="phone", is_required=True)
    FormField.objects.create(account=account, key="field_1", label="Size", kind="choice", options="S\nM\nL")
    ask()
    link = link_in(send_mails()[0])

    missing = client.post(link, NORA)
    client.post(link, NORA | {"phone": "+34 600", "field_1": "M"})

    assert missing.status_code == 422
    assert "Fill in “Phone”" in words(missing)
    assert (person().phone, person().field_1) == ("+34 600", "M")


def test_a_program_that_fills_in_everything_is_refused(account: Account, client: Client) -> None:
    answer = client.post(JOIN, {"email": "nora@example.org", "website": "https://spam.example"})

    assert answer.status_code == 422
    assert not Invitation.objects.exists()


# --- by domain ---


@pytest.fixture
def domain_account(account: Account) -> Account:
    account.sign_up, account.sign_up_domain = Account.SignUp.DOMAIN, "example.org"
    account.save()
    return account


@pytest.mark.parametrize("email", ["nora@example.com", "nora@sub.example.org", "nora@notexample.org"])
def test_m19_only_addresses_of_the_domain_sign_up(email: str, domain_account: Account, client: Client) -> None:
    answer = client.post(JOIN, {"email": email})

    assert answer.status_code == 422
    assert "Only people with an email address at example.org can sign up here." in words(answer)
    assert not Invitation.objects.exists()


def test_an_address_of_the_domain_signs_up(domain_account: Account) -> None:
    browser = ask("nora@EXAMPLE.org")

    assert browser.post(link_in(send_mails()[0]), NORA).status_code == 303
    assert person().role == Role.USER


def test_a_log_in_whose_address_nobody_has_proven_gets_a_mail_first(domain_account: Account, log_in: LogIn) -> None:
    """A log-in can be made with any address; only a mail shows whose it is."""
    browser = log_in(make_member(make_account("Sombra"), email="boss@example.org"))

    answer = browser.post(JOIN, {"name": "Boss"})

    assert answer.headers["Location"] == f"{JOIN}sent/"
    assert not Membership.objects.filter(account=domain_account).exists()
    assert browser.post(link_in(send_mails()[0]), {"name": "Boss"}).status_code == 303
    assert person("boss@example.org").role == Role.USER


def test_a_link_sent_before_the_account_was_closed_opens_nothing(account: Account, client: Client) -> None:
    ask()
    link = link_in(send_mails()[0])
    Account.objects.update(sign_up=Account.SignUp.INVITATION)

    answer = client.post(link, NORA)

    assert answer.status_code == 422
    assert "This invitation is not open any more. Ask for a new one." in words(answer)
    assert not User.objects.exists()


# --- who has a log-in already ---


def test_a_person_with_a_log_in_elsewhere_joins_by_pressing_join(account: Account, log_in: LogIn) -> None:
    browser = log_in(make_member(make_account("Sombra"), email="eva@example.org"))

    asked = browser.get(JOIN)
    answer = browser.post(JOIN, {"name": "Eva"})

    assert "Join Estudio Lumbre?" in words(asked)
    assert not mail.outbox
    assert answer.headers["Location"] == "/my/Lumbre"
    assert person("eva@example.org").role == Role.USER


def test_their_link_asks_them_to_log_in_first(account: Account, client: Client) -> None:
    make_member(make_account("Sombra"), email="eva@example.org")
    ask("eva@example.org")
    link = link_in(send_mails()[0])

    page = client.get(link)
    posted = client.post(link, NORA)

    assert "You have a log-in already" in words(page)
    assert f'href="/accounts/login/?next={link}"' in page.text
    assert "You have a log-in already" in words(posted)
    assert not User.objects.get(email="eva@example.org").check_password(PASSWORD)


def test_an_invitation_is_for_nobody_else(account: Account, log_in: LogIn) -> None:
    ask()
    link = link_in(send_mails()[0])
    other = log_in(make_member(make_account("Sombra"), email="eva@example.org"))

    assert "This invitation is for somebody else" in words(other.get(link))
    assert other.post(link, {"name": "Eva"}).status_code == 404
    assert not Membership.objects.filter(account=account).exists()


def test_who_is_a_user_is_led_to_their_bookings(account: Account, log_in: LogIn) -> None:
    browser = log_in(make_member(account))

    assert browser.get(JOIN).headers["Location"] == "/my/Lumbre"


def test_a_blocked_person_does_not_come_back_by_signing_up(account: Account, log_in: LogIn) -> None:
    out = make_member(account, Role.BLOCKED, "out@example.org")
    browser = log_in(out)

    browser.post(JOIN, {"name": "Out"})
    ask("out@example.org")
    token = Invitation.objects.get().token.open()
    browser.post(f"/accounts/invitation/{token}/", {"name": "Out"})

    assert person("out@example.org").role == Role.BLOCKED


def test_who_was_added_by_hand_sets_a_password_by_the_link_of_another_account(account: Account) -> None:
    """They have a log-in, but never a password: the mail proves that the address is theirs."""
    User.objects.create_user("nora@example.org")
    browser = ask()

    assert browser.post(link_in(send_mails()[0]), NORA).status_code == 303
    assert person().user.check_password(PASSWORD)


# --- the log-in page ---


def test_the_log_in_page_offers_to_sign_up_where_one_can(account: Account, client: Client) -> None:
    offered = client.get("/accounts/login/?next=/my/Lumbre")
    Account.objects.update(sign_up=Account.SignUp.INVITATION)

    assert f'href="{JOIN}"' in offered.text
    assert JOIN not in client.get("/accounts/login/?next=/my/Lumbre").text
    assert JOIN not in client.get("/accounts/login/").text
