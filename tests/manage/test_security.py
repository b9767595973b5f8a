"""J5, issue 6: Log-in and security: password, address, second factor, recovery codes, sessions."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from convoca.booking.models import Account, Membership, Sealed, User
from convoca.booking.operations.log_ins import drop_second_factor
from convoca.booking.operations.pruning import prune
from convoca.config.rotation import rotate_authenticators
from tests.booking.building import make_account, make_member
from tests.manage.reading import after_posting, words
from tests.walk.tables import snapshot

PASSWORD = "correct horse battery"
PAGE = "/accounts/security/"
LOG_IN = "/accounts/login/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(autouse=True)
def forgotten_attempts(db: None) -> None:
    cache.clear()


@pytest.fixture
def ana(account: Account) -> Membership:
    return make_member(account, Membership.Role.OWNER, "ana@example.org")


def logged_in(email: str = "ana@example.org", browser: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": browser})
    assert client.post(LOG_IN, {"login": email, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def person(ana: Membership) -> Client:
    """Ana in a browser in which she has just shown once more that it is she."""
    client = logged_in()
    prove(client)
    return client


def prove(client: Client) -> None:
    assert client.post("/accounts/security/prove/", {"password": PASSWORD, "next": PAGE}).status_code == 302


def code_of(secret: str) -> str:
    """Return what an app shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def use_app(client: Client) -> str:
    """Set the app up as its page says, and return its secret."""
    page = client.get("/accounts/security/app/").text
    (secret,) = re.findall(r'<code class="address">(\w+)</code>', page)
    assert client.post("/accounts/security/app/", {"code": code_of(secret)}).status_code == 302
    return str(secret)


def shown_codes(answer: Any) -> list[str]:
    return re.findall(r"<li><code>(\d{8})</code></li>", answer.content.decode())


# --- password and address ---


def test_a_new_password_takes_the_old_one_and_logs_out_everywhere_else(person: Client, ana: Membership) -> None:
    elsewhere = logged_in(browser=IPHONE)
    mail.outbox.clear()

    page = after_posting(person, "/accounts/security/password/", {"current": PASSWORD, "password": "a longer way home"})

    assert "Your password is changed." in words(page)
    assert person.get(PAGE).status_code == 200
    assert elsewhere.get(PAGE).status_code == 302
    assert User.objects.get(pk=ana.user_id).check_password("a longer way home")
    assert [letter.subject for letter in mail.outbox] == ["Your password was changed"]


@pytest.mark.parametrize(
    ("current", "new", "said"),
    [
        ("wrong", "a longer way home", "That is not your password."),
        (PASSWORD, "12345678", "This password is too common."),
        (PASSWORD, "", "Choose a password"),
    ],
)
def test_a_password_is_refused_with_its_reason(
    person: Client, ana: Membership, current: str, new: str, said: str
) -> None:
    answer = person.post("/accounts/security/password/", {"current": current, "password": new})

    assert answer.status_code == 422
    assert said in words(answer)
    assert User.objects.get(pk=ana.user_id).check_password(PASSWORD)


def test_guessing_the_password_of_an_open_browser_is_slowed_down(person: Client) -> None:
    guesses = [person.post("/accounts/security/password/", {"current": "x", "password": "y"}) for _ in range(6)]

    assert [answer.status_code for answer in guesses] == [422] * 5 + [429]


def link_in(letter: Any) -> str:
    return str(re.findall(r"http://localhost:8000(\S+)", str(letter.body))[0])


def test_a_new_address_counts_when_its_link_is_opened_and_confirmed(person: Client, ana: Membership) -> None:
    mail.outbox.clear()
    page = after_posting(person, "/accounts/security/email/", {"email": "Ana.Ruiz@example.org"})
    (letter,) = mail.outbox
    before = User.objects.get(pk=ana.user_id).email
    asked = Client().get(link_in(letter))

    Client().post(link_in(letter))

    assert "We sent a link to that address." in words(page)
    assert letter.to == ["ana.ruiz@example.org"]
    assert before == "ana@example.org"
    assert "Log in with this address from now on?" in words(asked)
    assert User.objects.get(pk=ana.user_id).email == "ana.ruiz@example.org"
    assert EmailAddress.objects.get(user=ana.user_id).verified
    assert Membership.objects.get(pk=ana.pk).login_name == "ana.ruiz@example.org"
    # The old address learns it.
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == (
        ["ana@example.org"],
        "You log in with another email address now",
    )
    assert logged_in("ana.ruiz@example.org").get(PAGE).status_code == 200
    assert Client().post(link_in(letter)).status_code == 404


def test_a_link_to_a_new_address_dies_with_the_password_and_after_a_day(
    person: Client, ana: Membership, this_instant: time_machine.Traveller
) -> None:
    mail.outbox.clear()
    person.post("/accounts/security/email/", {"email": "ana.ruiz@example.org"})
    link = link_in(mail.outbox[0])

    this_instant.shift(86_401)
    late = Client().get(link).status_code
    this_instant.shift(-86_401)
    in_time = Client().get(link).status_code
    ana.user.set_password("another one entirely")
    ana.user.save()

    assert (late, in_time, Client().get(link).status_code) == (404, 200, 404)


def test_asking_for_somebody_else_s_address_tells_nothing_but_to_them(person: Client, account: Account) -> None:
    make_member(account, email="eva@example.org")
    mail.outbox.clear()

    page = after_posting(person, "/accounts/security/email/", {"email": "eva@example.org"})

    assert "We sent a link to that address." in words(page)
    assert [letter.subject for letter in mail.outbox] == ["There is a log-in for this address already"]
    assert "/accounts/security/email/" not in str(mail.outbox[0].body)


# --- second factor ---


def test_changing_how_one_logs_in_asks_first_whether_it_is_still_they(ana: Membership) -> None:
    client = logged_in()

    asked = client.get("/accounts/security/app/", follow=True)
    wrong = client.post("/accounts/security/prove/", {"password": "wrong"})
    led = client.post("/accounts/security/prove/", {"password": PASSWORD, "next": "/accounts/security/app/"})

    assert "Is it still you?" in words(asked)
    assert "That is not your password." in words(wrong)
    assert led.headers["Location"] == "/accounts/security/app/"
    assert client.get("/accounts/security/app/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_whoever_changes_how_a_log_in_works_tells_its_owner(person: Client) -> None:
    mail.outbox.clear()

    use_app(person)
    for _ in range(2):
        person.post("/accounts/security/recovery-codes/")
    person.post("/accounts/security/app/remove/")

    assert [letter.subject for letter in mail.outbox] == [
        "Your log-in asks for a code of an app now",
        "There are new recovery codes for your log-in",
        "Your log-in asks for no code of an app any more",
    ]


def test_with_an_app_a_password_alone_is_not_enough(person: Client, ana: Membership) -> None:
    secret = use_app(person)
    client = Client()

    half = client.post(LOG_IN, {"login": "ana@example.org", "password": PASSWORD, "next": PAGE})
    not_in = client.get("/manage/Lumbre/").status_code
    asked = client.get(half.headers["Location"])
    wrong = client.post("/accounts/login/code/", {"code": "000000"})
    # An app shows another code after half a minute.
    with time_machine.travel(timezone.now() + timedelta(seconds=60), tick=False):
        right = client.post("/accounts/login/code/", {"code": code_of(secret)})
        inside = client.get("/manage/Lumbre/").status_code

    assert half.headers["Location"].startswith("/accounts/login/code/")
    assert not_in == 302
    assert "Enter your code" in words(asked)
    assert "That did not work. Try again." in words(wrong)
    assert right.headers["Location"] == PAGE
    assert inside == 200


def test_guessing_codes_is_stopped_after_five(person: Client, ana: Membership) -> None:
    secret = use_app(person)
    client = Client()
    client.post(LOG_IN, {"login": "ana@example.org", "password": PASSWORD})

    for _ in range(5):
        client.post("/accounts/login/code/", {"code": "000000"})
    refused = client.post("/accounts/login/code/", {"code": code_of(secret)})

    assert "Too many failed login attempts." in words(refused)


def test_recovery_codes_are_shown_once_and_each_logs_in_once(person: Client, ana: Membership) -> None:
    use_app(person)
    before = person.get("/accounts/security/recovery-codes/")
    page = person.post("/accounts/security/recovery-codes/")
    codes = shown_codes(page)
    again = person.get("/accounts/security/recovery-codes/")

    def enter(code: str) -> int:
        client = Client()
        client.post(LOG_IN, {"login": "ana@example.org", "password": PASSWORD})
        return client.post("/accounts/login/code/", {"code": code}).status_code

    assert shown_codes(before) == shown_codes(again) == []
    assert len(set(codes)) == 10
    assert "10 of your codes are not used yet" in words(again)
    (file,) = re.findall(r'download="[^"]+" href="(data:[^"]+)"', page.content.decode())
    assert all(code in unescape(file) for code in codes)
    assert "no-store" in page.headers["Cache-Control"]
    assert [enter(codes[0]), enter(codes[0]), enter(codes[1])] == [302, 200, 302]


def test_new_recovery_codes_close_the_old_ones(person: Client) -> None:
    use_app(person)
    old = shown_codes(person.post("/accounts/security/recovery-codes/"))

    new = shown_codes(person.post("/accounts/security/recovery-codes/"))

    assert len(new) == 10
    assert not set(old) & set(new)


def test_the_app_can_be_removed_and_its_recovery_codes_with_it(person: Client, ana: Membership) -> None:
    use_app(person)

    person.post("/accounts/security/app/remove/")

    assert not Authenticator.objects.exists()
    assert logged_in().get("/manage/Lumbre/").status_code == 200


def test_whoever_runs_the_server_lets_somebody_in_who_lost_everything(person: Client, ana: Membership) -> None:
    use_app(person)

    dropped = [drop_second_factor(address) for address in ("eva@example.org", "Ana@example.org", "ana@example.org")]

    assert dropped == [False, True, False]
    assert logged_in().get("/manage/Lumbre/").status_code == 200


def test_b9_secrets_of_the_second_factor_are_nowhere_in_the_clear(person: Client, settings: Settings) -> None:
    """Neither in a table nor in a session, also while the app is being set up; and they rotate with all others."""
    page = person.get("/accounts/security/app/").text
    (secret,) = re.findall(r'<code class="address">(\w+)</code>', page)
    sessions = [session.get_decoded() for session in Session.objects.all()]
    person.post("/accounts/security/app/", {"code": code_of(secret)})
    codes = shown_codes(person.post("/accounts/security/recovery-codes/"))
    seed = Sealed(Authenticator.objects.get(type="recovery_codes").data["seed"]).open()

    everything = "\n".join(row for rows in snapshot().values() for row in rows)

    assert Sealed(Authenticator.objects.get(type="totp").data["secret"]).open() == secret
    assert secret not in str(sessions)
    assert not [each for each in (secret, seed, *codes) if each in everything]
    settings.ENCRYPTION_KEYS = ("9r1cF6kS5v0mY2b8wXq3tZ7uJ4nH6pL1aKdGfEoBcVM=", *settings.ENCRYPTION_KEYS)
    assert rotate_authenticators() == {"rotated": 2}
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert Sealed(Authenticator.objects.get(type="totp").data["secret"]).open() == secret
    assert rotate_authenticators() == {"current": 2}


# --- sessions ---


def test_sessions_are_named_in_plain_words_and_ended_one_by_one(ana: Membership) -> None:
    here, there = logged_in(), logged_in(browser=IPHONE)
    page = here.get(PAGE)
    (end,) = re.findall(r'action="(/accounts/security/sessions/\d+/end/)"', page.text)

    assert "Firefox on Windows This one · 127.0.0.1" in words(page)
    assert "Safari on iPhone Last seen now · 127.0.0.1" in words(page)
    assert "Logged out there." in words(after_posting(here, end, {}))
    assert there.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200


def test_a_session_says_when_it_was_last_seen(ana: Membership, this_instant: time_machine.Traveller) -> None:
    here, there = logged_in(), logged_in(browser=IPHONE)
    this_instant.shift(3 * 3600)
    there.get("/manage/Lumbre/")
    this_instant.shift(3600)

    assert "Safari on iPhone Last seen an hour ago" in words(here.get(PAGE)).replace("\xa0", " ")


def test_all_others_are_ended_at_once(ana: Membership) -> None:
    here, others = logged_in(), [logged_in(browser=IPHONE), logged_in()]

    page = after_posting(here, "/accounts/security/sessions/end-others/", {})

    assert "You are logged in here only." in words(page)
    assert [each.get(PAGE).status_code for each in (here, *others)] == [200, 302, 302]


def test_where_somebody_was_logged_in_is_forgotten_when_it_has_ended(
    ana: Membership, this_instant: time_machine.Traveller
) -> None:
    logged_in()
    this_instant.shift(10 * 86_400)
    here = logged_in(browser=IPHONE)
    this_instant.shift(5 * 86_400)

    prune(now=timezone.now())

    assert [each.user_agent for each in UserSession.objects.all()] == [IPHONE]
    assert Session.objects.count() == 1
    assert here.get(PAGE).status_code == 200


def test_nobody_ends_the_session_of_somebody_else(ana: Membership, account: Account) -> None:
    hers = logged_in()
    make_member(make_account("Otra"), Membership.Role.OWNER, "eva@example.org")
    other = logged_in("eva@example.org")
    page = hers.get(PAGE)
    assert page.status_code == 200
    for number in range(1, 20):
        other.post(f"/accounts/security/sessions/{number}/end/")

    assert hers.get(PAGE).status_code == 200


def test_whoever_is_not_logged_in_is_asked_to(client: Client, db: None) -> None:
    pages: Mapping[str, int] = {
        path: client.get(f"/accounts/security/{path}").status_code
        for path in ("", "password/", "email/", "app/", "app/remove/", "recovery-codes/", "passkeys/add/", "prove/")
    }

    assert set(pages.values()) == {302}


def test_the_page_speaks_spanish(person: Client) -> None:
    page = person.get(PAGE, headers={"accept-language": "es"})

    assert "<h1>Acceso y seguridad</h1>" in page.text
    assert "Llaves de acceso" in page.text
