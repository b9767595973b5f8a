"""Consent, tokens and their end at Zoom."""

from base64 import b64encode
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from convoca.providers.contract import (
    ExternalUser,
    Misconfigured,
    NotAuthorized,
    OutcomeLost,
    Request,
    Response,
    Throttled,
    Tokens,
    Unreachable,
)
from convoca.providers.oauth import challenge_of
from convoca.providers.zoom import Zoom
from tests.providers.recorded import APPLICATION, TOKEN, TOKENS, UNREADABLE, error
from tests.providers.replay import answer, page, replay

ZOOM = Zoom()
BASIC = "Basic " + b64encode(b"client:client-secret").decode()


def test_the_consent_page_is_asked_for_a_code_with_a_challenge_and_no_scope() -> None:
    """Zoom gives the scopes of the application and refuses an address that names them."""
    url = ZOOM.consent_url(application=APPLICATION, state="st&te", code_challenge="challenge")

    assert url.startswith("https://zoom.us/oauth/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "client_id": ["client"],
        "redirect_uri": ["https://book.example/callback"],
        "state": ["st&te"],
        "code_challenge": ["challenge"],
        "code_challenge_method": ["S256"],
    }


def test_the_challenge_is_the_one_of_rfc_7636() -> None:
    """Appendix B of the RFC."""
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_becomes_tokens() -> None:
    sent: list[Request] = []

    tokens = replay(
        ZOOM.redeem_code("the code", application=APPLICATION, code_verifier="verifier"), answer(200, TOKENS), sent=sent
    )

    assert tokens == Tokens(
        access_token="new-access-token",
        refresh_token="new-refresh-token",
        expires_in=3599,
        scopes=frozenset({"meeting:write:meeting", "meeting:read:meeting"}),
        api_url="https://api.zoom.us",
    )
    assert (sent[0].method, sent[0].url) == ("POST", "https://zoom.us/oauth/token")
    assert sent[0].headers == {"Authorization": BASIC}
    assert sent[0].form == {
        "grant_type": "authorization_code",
        "redirect_uri": "https://book.example/callback",
        "code": "the code",
        "code_verifier": "verifier",
    }


def test_a_refresh_sends_the_refresh_token_alone() -> None:
    sent: list[Request] = []

    tokens = replay(ZOOM.refresh("old", application=APPLICATION), answer(200, TOKENS), sent=sent)

    assert tokens.refresh_token == "new-refresh-token"
    assert sent[0].form == {"grant_type": "refresh_token", "refresh_token": "old"}


def test_a_consent_whose_answer_names_no_scopes_gave_those_of_the_application() -> None:
    """RFC 6749 section 5.1; an answer to a refresh without them leaves them as they were."""
    bare = {"access_token": "a", "expires_in": "odd"}

    redeemed = replay(ZOOM.redeem_code("c", application=APPLICATION, code_verifier="v"), answer(200, bare))
    refreshed = replay(ZOOM.refresh("r", application=APPLICATION), answer(200, bare))

    assert redeemed == Tokens(access_token="a", expires_in=3600, scopes=ZOOM.scopes)
    assert refreshed == Tokens(access_token="a", expires_in=3600)


@pytest.mark.parametrize(
    "answered",
    [
        answer(400, {"reason": "Invalid Token!", "error": "invalid_grant"}),
        answer(401, {"reason": "Invalid Token!", "error": "invalid_request"}),
        answer(400, {"error": "invalid_grant"}),
        answer(400, {"code": 4741, "message": "Token has been revoked."}),
        answer(400, {"errorCode": "4735", "reason": "Owner removed."}),
    ],
)
def test_a_dead_grant_needs_its_owner(answered: Response) -> None:
    with pytest.raises(NotAuthorized):
        replay(ZOOM.refresh("old", application=APPLICATION), answered)


@pytest.mark.parametrize(
    "answered",
    [
        answer(401, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}),
        answer(400, {"code": 4702, "message": "Invalid client."}),
        answer(400, {"code": 4704, "message": "Invalid client secret."}),
        answer(400, {"code": 4706, "message": "Client ID or client secret is missing."}),
        answer(400, {"code": 4709, "message": "Redirect URI mismatch."}),
        answer(400, {"error": "invalid_grant", "reason": "Redirect URI mismatch."}),
        answer(400, {"error": "invalid_request", "reason": "Missing parameter."}),
    ],
)
def test_a_wrong_application_needs_the_operator_and_never_its_owners(answered: Response) -> None:
    with pytest.raises(Misconfigured) as refused:
        replay(ZOOM.refresh("old", application=APPLICATION), answered)

    assert refused.value.reason


@pytest.mark.parametrize(
    "answered",
    [answer(500, {"error": "invalid_grant"}), page(503), page(400), answer(302), page(200, b"")],
    ids=["500", "HTML 503", "HTML 400", "302", "empty 200"],
)
def test_a_grant_is_never_called_dead_for_an_outage(answered: Response) -> None:
    """A refresh that succeeded and cannot be read has used up the old token: that is unknown, the rest is an outage."""
    expected = OutcomeLost if answered.status == 200 else Unreachable
    with pytest.raises(expected):
        replay(ZOOM.refresh("old", application=APPLICATION), answered)


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_tokens_that_cannot_be_read_are_lost(body: bytes) -> None:
    """T4"""
    with pytest.raises(OutcomeLost):
        replay(ZOOM.redeem_code("c", application=APPLICATION, code_verifier="v"), page(200, body))


def test_too_many_refreshes_wait() -> None:
    with pytest.raises(Throttled):
        replay(ZOOM.refresh("old", application=APPLICATION), answer(429, {"error": "slow_down"}))


def test_a_client_secret_that_cannot_be_written_in_a_header_is_the_operators_to_mend() -> None:
    with pytest.raises(Misconfigured):
        replay(ZOOM.refresh("old", application=replace(APPLICATION, client_secret="“pasted”")))


def test_a_grant_is_revoked_by_its_access_token() -> None:
    sent: list[Request] = []

    replay(ZOOM.revoke(TOKEN, application=APPLICATION), answer(200, {"status": "success"}), sent=sent)

    assert (sent[0].method, sent[0].url) == ("POST", "https://zoom.us/oauth/revoke")
    assert (sent[0].headers, sent[0].form) == ({"Authorization": BASIC}, {"token": TOKEN})


def test_revoking_what_zoom_no_longer_knows_is_a_success() -> None:
    replay(
        ZOOM.revoke(TOKEN, application=APPLICATION),
        answer(400, {"error": "invalid_request", "reason": "Invalid Token!"}),
    )


def test_a_revocation_that_did_not_reach_zoom_is_not_a_success() -> None:
    with pytest.raises(Unreachable):
        replay(ZOOM.revoke(TOKEN, application=APPLICATION), page(503))


@pytest.mark.parametrize(("type_", "plan"), [(1, "basic"), (2, "licensed"), (4, "unassigned"), (99, "none"), (7, "")])
def test_the_user_and_the_plan_are_told(type_: int, plan: str) -> None:
    body = {"id": "KdYK", "account_id": "dzVA", "email": "ana@example.org", "type": type_}

    user = replay(ZOOM.who_am_i(application=APPLICATION, token=TOKEN), answer(200, body))

    assert user == ExternalUser(id="KdYK", account_id="dzVA", email="ana@example.org", plan=plan)


def test_a_user_without_an_id_is_nobody() -> None:
    with pytest.raises(Unreachable):
        replay(ZOOM.who_am_i(application=APPLICATION, token=TOKEN), answer(200, {"email": "ana@example.org"}))
    words = "Invalid access token, does not contain scopes:[user:read:user]."
    with pytest.raises(NotAuthorized):
        replay(ZOOM.who_am_i(application=APPLICATION, token=TOKEN), error(400, 4711, words))


def test_granular_classic_and_account_wide_scopes_are_all_enough() -> None:
    """T6"""
    assert ZOOM.missing_scopes(ZOOM.scopes) == set()
    assert ZOOM.missing_scopes(frozenset({"user:read", "meeting:read", "meeting:write"})) == set()
    assert ZOOM.missing_scopes(frozenset({"user:read:admin", "meeting:read:admin", "meeting:write:admin"})) == set()
    assert ZOOM.missing_scopes(frozenset(f"{scope}:admin" for scope in ZOOM.scopes)) == set()


def test_what_a_grant_lacks_is_named() -> None:
    """T6"""
    granted = ZOOM.scopes - {"meeting:delete:meeting"} | {"meeting:read:past_meeting"}

    assert ZOOM.missing_scopes(granted) == {"meeting:delete:meeting"}
    assert ZOOM.missing_scopes(frozenset()) == ZOOM.scopes


def test_a_server_to_server_application_gets_a_token_by_its_own_secret() -> None:
    """There is no consent and nothing to refresh; the scopes are the account-wide spelling of ours."""
    sent: list[Request] = []
    application = replace(APPLICATION, account_id="dzVA4QmMQfyISoRcpFO8CA")
    granted = " ".join(f"{scope}:admin" for scope in ZOOM.scopes)
    told = {name: value for name, value in TOKENS.items() if name != "refresh_token"} | {"scope": granted}

    tokens = replay(ZOOM.token_for_account(application=application), answer(200, told), sent=sent)

    assert (tokens.access_token, tokens.refresh_token) == ("new-access-token", "")
    assert ZOOM.missing_scopes(tokens.scopes) == frozenset()
    assert sent[0].headers == {"Authorization": BASIC}
    assert sent[0].form == {"grant_type": "account_credentials", "account_id": "dzVA4QmMQfyISoRcpFO8CA"}


@pytest.mark.parametrize("refused", [{"error": "invalid_grant"}, {"error": "invalid_client"}, {"code": 4733}])
def test_what_zoom_refuses_a_server_to_server_application_is_the_operator_s_to_mend(refused: dict[str, object]) -> None:
    """Nobody's consent would mend it."""
    with pytest.raises(Misconfigured):
        replay(ZOOM.token_for_account(application=APPLICATION), answer(400, refused | {"reason": "Bad request"}))
