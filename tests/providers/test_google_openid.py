"""Who logs in at Google: what is asked, and which answers are believed."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from convoca.providers.contract import NotAuthorized, Request
from convoca.providers.google.openid import Identity, log_in_url, who_logs_in
from tests.providers.recorded import APPLICATION
from tests.providers.replay import answer, replay

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
# As in the example of Google's documentation (checked 2026-11-28).
CLAIMS: dict[str, Any] = {
    "iss": "https://accounts.google.com",
    "azp": "client",
    "aud": "client",
    "sub": "10769150350006150715113082367",
    "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q",
    "email": "jsmith@example.com",
    "email_verified": True,
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 3600,
    "nonce": "0394852-3190485-2490358",
}


def token(claims: Any) -> str:
    parts = [{"alg": "RS256", "kid": "k"}, claims]
    return ".".join([*(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), "sig"])


def ask(id_token: str) -> Identity:
    granted = {"access_token": "ya29.new", "expires_in": 3599, "scope": "openid", "id_token": id_token}
    exchange = who_logs_in("4/code", application=APPLICATION, code_verifier="verifier", nonce=CLAIMS["nonce"], now=NOW)
    return replay(exchange, answer(200, granted))


def test_google_is_asked_who_it_is_and_for_nothing_else() -> None:
    url = log_in_url(application=APPLICATION, state="state", nonce="nonce", code_challenge="challenge")

    assert url.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "client_id": ["client"],
        "redirect_uri": ["https://book.example/callback"],
        "state": ["state"],
        "nonce": ["nonce"],
        "code_challenge": ["challenge"],
        "code_challenge_method": ["S256"],
        "scope": ["openid email"],
        "prompt": ["select_account"],
    }


def test_the_answer_says_who_it_is() -> None:
    assert ask(token(CLAIMS)) == Identity(subject=CLAIMS["sub"], email="jsmith@example.com", owns_email=True)


def test_an_address_counts_as_theirs_only_if_google_says_so_in_so_many_words() -> None:
    for said in (False, None, "true", 1):
        assert not ask(token(CLAIMS | {"email_verified": said})).owns_email


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://accounts.example"},
        {"aud": "another application"},
        {"aud": ["client"]},
        {"exp": int(NOW.timestamp())},
        {"exp": "never"},
        {"nonce": "of another log-in"},
        {"nonce": None},
        {"sub": ""},
    ],
)
def test_a_token_that_is_not_about_this_log_in_is_believed_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(NotAuthorized):
        ask(token(CLAIMS | changes))


@pytest.mark.parametrize("told", ["", "a.b", "a.b.c", "..", token([]), token("x"), "é.é.é"])
def test_what_is_no_token_is_believed_nothing(told: str) -> None:
    with pytest.raises(NotAuthorized):
        ask(told)


def test_requests_hold_the_proof_of_the_challenge() -> None:
    exchange = who_logs_in("4/code", application=APPLICATION, code_verifier="verifier", nonce="n", now=NOW)

    request = next(exchange)

    assert isinstance(request, Request)
    assert request.form is not None
    assert (request.form["code"], request.form["code_verifier"]) == ("4/code", "verifier")
