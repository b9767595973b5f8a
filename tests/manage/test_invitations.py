"""Becoming a user by invitation (M19), and the mails that bring the link."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from convoca.booking.mail.post import Post
from convoca.booking.models import Account, Invitation, Membership, User
from convoca.booking.operations.inviting import invite, send_next
from tests.booking.building import NOW, make_account, make_member
from tests.manage.conftest import LogIn
from tests.manage.joining import JOIN, NORA, ask, link_in, person, send_mails
from tests.manage.reading import words

Role = Membership.Role


@pytest.fixture(autouse=True)
def forgotten_attempts(db: None) -> None:
    """What one test has tried must not lock the next one out."""
    cache.clear()


@pytest.fixture
def account(db: None) -> Account:
    return make_account(sign_up=Account.SignUp.OPEN)


@pytest.fixture
def closed(account: Account) -> Account:
    account.sign_up = Account.SignUp.INVITATION
    account.save()
    return account


def test_m19_nobody_signs_up_where_people_are_invited(closed: Account, client: Client, log_in: LogIn) -> None:
    guest = log_in(make_member(make_account("Sombra"), email="eva@example.org"))

    assert "By invitation only" in words(client.get(JOIN))
    assert "By invitation only" in words(client.post(JOIN, {"email": "nora@example.org"}))
    assert "By invitation only" in words(guest.post(JOIN, {"name": "Eva"}))
    assert not Invitation.objects.exists()
    assert not Membership.objects.filter(account=closed).exists()


@pytest.mark.parametrize(("role", "where"), [(Role.USER, "/my/Lumbre"), (Role.SUPERUSER, "/manage/Lumbre/")])
def test_m19_who_is_invited_becomes_what_they_are_invited_as(
    role: Membership.Role, where: str, closed: Account, client: Client
) -> None:
    boss = make_member(closed, Role.OWNER)
    invite(closed, "nora@example.org", role=role, language="es", by=boss, now=NOW)
    (letter,) = send_mails()

    answer = client.post(link_in(letter), NORA)

    assert letter.subject == "Estudio Lumbre te invita"
    assert answer.headers["Location"] == where
    assert client.get(where).status_code == 200
    assert person().role == role


def test_who_is_invited_with_a_log_in_uses_it(closed: Account, log_in: LogIn) -> None:
    boss = make_member(closed, Role.OWNER)
    browser = log_in(make_member(make_account("Sombra"), email="eva@example.org"))
    invite(closed, "eva@example.org", role=Role.SUPERUSER, language="en", by=boss, now=NOW)

    browser.post(link_in(send_mails()[0]), {"name": "Eva"})

    assert person("eva@example.org").role == Role.SUPERUSER
    assert User.objects.filter(email="eva@example.org").count() == 1


# --- the mail ---


@pytest.mark.parametrize(
    ("language", "subject", "button"),
    [
        ("en", "Finish signing up at Estudio Lumbre", "Finish signing up"),
        ("es", "Termina de registrarte en Estudio Lumbre", "Terminar el registro"),
    ],
)
def test_the_mail_has_our_look_in_the_reader_s_language(
    language: str, subject: str, button: str, account: Account
) -> None:
    ask(language=language)

    (letter,) = send_mails()

    assert isinstance(letter, mail.EmailMultiAlternatives)
    html = str(letter.alternatives[0][0])
    assert letter.subject == subject
    assert letter.from_email.startswith("Estudio Lumbre <")
    assert f">{button}</a>" in html
    assert f'lang="{language}"' in html
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_forgotten_password_is_mailed_in_our_look(account: Account, client: Client) -> None:
    make_member(account, email="user@example.org")

    client.post("/accounts/password/reset/", {"email": "user@example.org"}, headers={"accept-language": "es"})

    (letter,) = mail.outbox
    assert isinstance(letter, mail.EmailMultiAlternatives)
    assert letter.subject == "Crea una contraseña nueva"
    assert 'class="card"' in str(letter.alternatives[0][0]) or "border-radius: 14px" in str(letter.alternatives[0][0])


def test_a_mail_that_the_server_does_not_take_is_sent_later(account: Account, settings: Settings) -> None:
    ask()
    settings.MAILERS = {"default": {"BACKEND": "tests.manage.refusing.RefusingBackend"}}
    with Post() as post:
        assert send_next(now=NOW, post=post)
    invitation = Invitation.objects.get()

    assert (invitation.sent_at, invitation.due_at) == (None, NOW + timedelta(minutes=5))
