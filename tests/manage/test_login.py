"""Logging in and out, a forgotten password, in both languages."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from convoca.booking.models import Account, Membership
from tests.booking.building import make_account, make_member
from tests.manage.reading import words

PASSWORD = "correct horse battery"
LOG_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def forgotten_attempts(db: None) -> None:
    """What one test has tried must not lock the next one out."""
    cache.clear()


@pytest.fixture
def ana(account: Account) -> Membership:
    return make_member(account, Membership.Role.OWNER, "ana@example.org")


def test_a_log_in_leads_to_the_pages_of_the_account(client: Client, ana: Membership) -> None:
    answer = client.post(LOG_IN, {"login": "Ana@Example.org", "password": PASSWORD}, follow=True)

    assert answer.redirect_chain == [("/manage/", 302), ("/manage/Lumbre/", 302)]


def test_a_log_in_leads_back_to_the_page_that_asked_for_it(client: Client, ana: Membership) -> None:
    asked = client.get("/manage/Lumbre/schedules").headers["Location"]

    answer = client.post(asked, {"login": "ana@example.org", "password": PASSWORD, "next": "/manage/Lumbre/schedules"})

    assert answer.headers["Location"] == "/manage/Lumbre/schedules"


def test_a_log_in_leads_to_no_other_site(client: Client, ana: Membership) -> None:
    answer = client.post(LOG_IN, {"login": "ana@example.org", "password": PASSWORD, "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/manage/"


def test_a_wrong_password_is_told_without_saying_which_half_was_wrong(client: Client, ana: Membership) -> None:
    wrong = words(client.post(LOG_IN, {"login": "ana@example.org", "password": "x"}))
    cache.clear()
    nobody = words(client.post(LOG_IN, {"login": "nobody@example.org", "password": "x"}))

    sentence = "The email address and/or password you specified are not correct."
    assert sentence in wrong
    assert sentence in nobody


def test_after_five_wrong_passwords_the_right_one_is_refused_too(client: Client, ana: Membership) -> None:
    for _ in range(5):
        client.post(LOG_IN, {"login": "ana@example.org", "password": "wrong"})

    answer = client.post(LOG_IN, {"login": "ana@example.org", "password": PASSWORD})

    assert answer.status_code == 200
    assert "Too many failed login attempts. Try again later." in words(answer)


def test_naming_another_port_gives_no_further_guesses(client: Client, ana: Membership) -> None:
    """A browser may name any port of ours in its Host header; the attempts counted were those of each port alone."""
    for port in range(1, 6):
        client.post(LOG_IN, {"login": "ana@example.org", "password": "wrong"}, headers={"host": f"localhost:{port}"})

    answer = client.post(LOG_IN, {"login": "ana@example.org", "password": PASSWORD})

    assert "Too many failed login attempts. Try again later." in words(answer)


def test_a_get_logs_nobody_out(client: Client, ana: Membership) -> None:
    client.force_login(ana.user)

    asked = client.get("/accounts/logout/")
    still_in = client.get("/manage/Lumbre/").status_code
    client.post("/accounts/logout/")

    assert "Log out?" in words(asked)
    assert still_in == 200
    assert client.get("/manage/Lumbre/").status_code == 302


def test_a_forgotten_password_is_set_anew_by_mail(client: Client, ana: Membership) -> None:
    client.post("/accounts/password/reset/", {"email": "ana@example.org"})
    (letter,) = mail.outbox
    link = re.findall(r"http://\S+", str(letter.body))[0]
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "another horse battery", "password2": "another horse battery"})

    assert letter.subject == "Set a new password"
    assert link.startswith("http://localhost:8000/accounts/password/reset/key/")
    assert client.post(LOG_IN, {"login": "ana@example.org", "password": "another horse battery"}).status_code == 302


def test_asking_for_a_password_tells_nobody_who_has_a_log_in(client: Client, ana: Membership) -> None:
    known = client.post("/accounts/password/reset/", {"email": "ana@example.org"}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)

    assert words(known) == words(unknown)
    assert known.status_code == unknown.status_code == 200


def test_nobody_signs_up_by_themselves(client: Client, db: None) -> None:
    assert "No sign-up here" in words(client.get("/accounts/signup/"))


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        (LOG_IN, "Iniciar sesión"),
        ("/accounts/password/reset/", "Contraseña nueva"),
        ("/accounts/password/reset/done/", "Mira tu correo"),
        ("/accounts/password/reset/key/abc-wrong/", "Este enlace no es válido"),
        ("/accounts/signup/", "Aquí no hay registro"),
    ],
)
def test_the_pages_speak_spanish(address: str, heading: str, client: Client, db: None) -> None:
    page = client.get(address, headers={"accept-language": "es"})

    assert f"<h1>{heading}</h1>" in page.text
    assert '<html lang="es"' in page.text


def test_whoever_has_two_accounts_chooses(client: Client, ana: Membership) -> None:
    Membership.objects.create(account=make_account("Sombra"), user=ana.user, role="superuser", login_name="ana")
    client.force_login(ana.user)

    assert "Estudio Lumbre Estudio Sombra" in words(client.get("/manage/"))


def test_whoever_only_books_is_led_to_their_bookings(client: Client, account: Account) -> None:
    client.force_login(make_member(account).user)

    assert 'href="/my/Lumbre">Estudio Lumbre</a>' in client.get("/manage/").text


def test_whoever_has_no_account_is_told_so(client: Client, account: Account) -> None:
    client.force_login(make_member(account, Membership.Role.BLOCKED).user)

    assert "There is nothing for you to manage here." in words(client.get("/manage/"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Enter an email address in the format name@example.com", "Enter your password"]),
        ("es", ["Escribe un correo con el formato nombre@ejemplo.com", "Escribe tu contraseña"]),
    ],
)
def test_an_empty_log_in_says_what_each_field_lacks_and_not_the_same_twice(
    client: Client, language: str, said: list[str]
) -> None:
    """ux.md 3.0: the sentences of errors."""
    page = client.post(LOG_IN, {"login": "", "password": ""}, headers={"accept-language": language}).content.decode()

    assert re.findall(r'<li><a href="#id_\w+">(.+?)</a>', page) == said
