"""Who can register (M19, product.md §4): with a password that the owner gives out, or in a network of the owner's."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Invitation, Membership
from convoca.booking.operations.access import Registration, set_registration
from convoca.booking.operations.inviting import invite
from tests.booking.building import NOW, make_account, make_member
from tests.manage.conftest import LogIn
from tests.manage.joining import NORA, link_in, person, send_mails
from tests.manage.reading import words

JOIN = "/accounts/join/Lumbre/"
PAGE = "/manage/Lumbre/access-control/registration"
PASSWORD = "Olivos al sol 7"
OFFICE = "192.0.2.0/24 2001:db8:a::/48"
NOT_IT = "That is not the password of this place."
OUTSIDE = "People sign up here only from inside a network, and you are outside it."


@pytest.fixture(autouse=True)
def nobody_has_tried_yet(db: None) -> None:
    cache.clear()


def register_by(account: Account, sign_up: str, **said: str) -> Account:
    way = Registration(
        sign_up=Account.SignUp(sign_up), superusers_may=Account.SuperusersMay(account.superusers_may), **said
    )
    set_registration(account, way)
    return account


@pytest.fixture
def by_password(account: Account) -> Account:
    return register_by(account, "password", password=PASSWORD)


@pytest.fixture
def by_network(account: Account) -> Account:
    return register_by(account, "network", networks=OFFICE)


# --- a password ---


def test_whoever_knows_the_password_registers(by_password: Account, client: Client) -> None:
    asked = client.post(JOIN, {"email": "nora@example.org", "shared_password": PASSWORD})

    assert asked.headers["Location"] == f"{JOIN}sent/"
    assert client.post(link_in(send_mails()[0]), NORA).status_code == 303
    assert person().role == Membership.Role.USER


@pytest.mark.parametrize("typed", ["", "olivos al sol 7", f"{PASSWORD} ", "\x00"])
def test_whoever_does_not_know_it_gets_no_mail(typed: str, by_password: Account, client: Client) -> None:
    answer = client.post(JOIN, {"email": "nora@example.org", "shared_password": typed})

    assert answer.status_code == 422
    assert not Invitation.objects.exists()
    assert PASSWORD not in answer.content.decode()


def test_the_password_is_asked_of_who_has_a_log_in_as_well(by_password: Account, log_in: LogIn) -> None:
    browser = log_in(make_member(make_account("Sombra"), email="boss@example.org"))

    refused = browser.post(JOIN, {"name": "Boss", "shared_password": "a guess"})
    joined = browser.post(JOIN, {"name": "Boss", "shared_password": PASSWORD})

    assert (refused.status_code, joined.status_code) == (422, 303)
    assert NOT_IT in words(refused)
    assert person("boss@example.org").role == Membership.Role.USER


def test_whoever_is_invited_needs_no_password(by_password: Account, client: Client) -> None:
    owner = make_member(by_password, Membership.Role.OWNER)
    invite(by_password, "nora@example.org", role=Membership.Role.USER, language="en", by=owner, now=NOW)

    page = link_in(send_mails()[0])

    assert "shared_password" not in client.get(page).content.decode()
    assert client.post(page, NORA).status_code == 303


def test_guessing_is_slowed_down_as_at_the_log_in_and_only_for_who_guesses(by_password: Account) -> None:
    guesser, other = Client(REMOTE_ADDR="203.0.113.5"), Client(REMOTE_ADDR="203.0.113.6")

    answers = [guesser.post(JOIN, {"email": f"n{n}@example.org", "shared_password": "a guess"}) for n in range(6)]
    late = guesser.post(JOIN, {"email": "nora@example.org", "shared_password": PASSWORD})
    elsewhere = other.post(JOIN, {"email": "eva@example.org", "shared_password": PASSWORD})

    assert [each.status_code for each in answers] == [422] * 5 + [429]
    assert (late.status_code, elsewhere.status_code) == (429, 303)


def test_who_types_it_right_is_never_slowed_down(by_password: Account) -> None:
    """A whole class registers from one address."""
    answers = [
        Client().post(JOIN, {"email": f"n{n}@example.org", "shared_password": PASSWORD}).status_code for n in range(8)
    ]

    assert answers == [303] * 8


def test_the_password_is_kept_as_a_hash_and_shown_to_nobody(owner: Client, account: Account) -> None:
    form = {"sign_up": "password", "sign_up_password": PASSWORD, "superusers_may": "nothing"}

    answer = owner.post(PAGE, form)
    page = owner.get(PAGE).content.decode()

    account.refresh_from_db()
    assert answer.status_code == 303
    assert account.sign_up_password
    assert PASSWORD not in account.sign_up_password
    assert PASSWORD not in page
    assert account.sign_up_password not in page


def test_an_empty_password_keeps_the_one_that_there_is(owner: Client, by_password: Account) -> None:
    before = by_password.sign_up_password

    owner.post(PAGE, {"sign_up": "password", "sign_up_password": "", "superusers_may": "add"})

    by_password.refresh_from_db()
    assert (by_password.sign_up_password, by_password.superusers_may) == (before, "add")


def test_without_any_password_nobody_registers_with_one(owner: Client, account: Account) -> None:
    answer = owner.post(PAGE, {"sign_up": "password", "sign_up_password": "", "superusers_may": "nothing"})

    account.refresh_from_db()
    assert answer.status_code == 422
    assert "Enter the password with which people register." in words(answer)
    assert account.sign_up == Account.SignUp.INVITATION


def test_a_password_that_is_soon_guessed_is_refused(owner: Client) -> None:
    answer = owner.post(PAGE, {"sign_up": "password", "sign_up_password": "olivos", "superusers_may": "nothing"})

    assert answer.status_code == 422
    assert "Use at least 8 characters: whoever guesses it becomes a user." in words(answer)


def test_whoever_asked_with_an_old_password_asks_again(by_password: Account, client: Client) -> None:
    client.post(JOIN, {"email": "nora@example.org", "shared_password": PASSWORD})
    link = link_in(send_mails()[0])
    opened = client.get(link).status_code

    register_by(by_password, "password", password="Another one 9")

    assert (opened, client.post(link, NORA).status_code) == (200, 404)
    assert not Membership.objects.filter(user__email="nora@example.org").exists()


# --- a network ---


@pytest.mark.parametrize("address", ["192.0.2.17", "2001:db8:a::17", "::ffff:192.0.2.17"])
def test_whoever_is_in_the_network_registers_and_finishes_anywhere(address: str, by_network: Account) -> None:
    asked = Client(REMOTE_ADDR=address).post(JOIN, {"email": "nora@example.org"})
    finished = Client(REMOTE_ADDR="203.0.113.5").post(link_in(send_mails()[0]), NORA)

    assert (asked.status_code, finished.status_code) == (303, 303)
    assert person().role == Membership.Role.USER


@pytest.mark.parametrize("address", ["192.0.3.17", "2001:db8:b::17"])
def test_whoever_is_outside_is_told_so_and_gets_no_mail(address: str, by_network: Account) -> None:
    browser = Client(REMOTE_ADDR=address)

    shown, asked = browser.get(JOIN), browser.post(JOIN, {"email": "nora@example.org"})

    assert OUTSIDE in words(shown)
    assert OUTSIDE in words(asked)
    assert "192.0.2" not in words(shown)
    assert not Invitation.objects.exists()


def test_whoever_has_a_log_in_elsewhere_joins_from_inside_alone(by_network: Account, log_in: LogIn) -> None:
    browser = log_in(make_member(make_account("Sombra"), email="boss@example.org"))

    outside = browser.post(JOIN, {"name": "Boss"}, REMOTE_ADDR="203.0.113.5")
    refused = Membership.objects.filter(account=by_network).exists()
    inside = browser.post(JOIN, {"name": "Boss"}, REMOTE_ADDR="192.0.2.17")

    assert OUTSIDE in words(outside)
    assert (refused, inside.status_code) == (False, 303)


def test_others_are_invited_from_anywhere(by_network: Account) -> None:
    owner = make_member(by_network, Membership.Role.OWNER)
    invite(by_network, "nora@example.org", role=Membership.Role.USER, language="en", by=owner, now=NOW)

    assert Client(REMOTE_ADDR="203.0.113.5").post(link_in(send_mails()[0]), NORA).status_code == 303


@pytest.mark.parametrize(("is_trusted", "is_let_in"), [(True, True), (False, False)])
def test_the_proxys_word_counts_only_where_there_is_one(
    is_trusted: bool, is_let_in: bool, by_network: Account, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1 if is_trusted else 0
    browser = Client(REMOTE_ADDR="203.0.113.5", headers={"X-Forwarded-For": "192.0.2.17"})

    browser.post(JOIN, {"email": "nora@example.org"})

    assert Invitation.objects.exists() is is_let_in


def test_what_a_visitor_says_before_the_proxy_counts_for_nothing(by_network: Account, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forged = Client(REMOTE_ADDR="203.0.113.5", headers={"X-Forwarded-For": "192.0.2.17, 203.0.113.99"})

    forged.post(JOIN, {"email": "nora@example.org"})

    assert not Invitation.objects.exists()


def test_the_owner_names_networks_and_sees_where_they_are(owner: Client, account: Account) -> None:
    form = {"sign_up": "network", "sign_up_networks": "192.0.2.9/24,\n2001:DB8:A::/48", "superusers_may": "nothing"}

    answer = owner.post(PAGE, form)

    account.refresh_from_db()
    assert answer.status_code == 303
    assert (account.sign_up, account.sign_up_networks) == ("network", OFFICE)
    assert "You are at 127.0.0.1." in words(owner.get(PAGE))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Enter the network in which people register."),
        ("192.0.2.0/24 office", "office is no network. Write it as in 192.0.2.0/24."),
        ("192.0.2.0/99", "192.0.2.0/99 is no network. Write it as in 192.0.2.0/24."),
    ],
)
def test_what_is_no_network_is_refused(typed: str, told: str, owner: Client, account: Account) -> None:
    answer = owner.post(PAGE, {"sign_up": "network", "sign_up_networks": typed, "superusers_may": "nothing"})

    account.refresh_from_db()
    assert answer.status_code == 422
    assert told in words(answer)
    assert account.sign_up == Account.SignUp.INVITATION
