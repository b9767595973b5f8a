"""Consent, tokens and their end at Google; who consented, and to what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
    TokenExpired,
    Tokens,
    Unreachable,
)
from convoca.providers.google.account import (
    CALENDAR_LIST,
    EVENTS,
    FREE_BUSY,
    NEW_CALENDARS,
    died_of_test_mode,
)
from tests.providers.recorded import APPLICATION, TOKEN, UNREADABLE
from tests.providers.recorded_google import GOOGLE, error
from tests.providers.replay import answer, page, replay

AUTH = "https://www.googleapis.com/auth/"
FORM = {"client_id": "client", "client_secret": "client-secret"}
GRANTED = {
    "access_token": "ya29.new",
    "expires_in": 3599,
    "refresh_token": "1//refresh",
    "scope": f"openid {AUTH}userinfo.email {EVENTS}",
    "token_type": "Bearer",
}


def test_the_consent_page_is_asked_for_offline_access_each_time_anew_and_for_the_least_scopes() -> None:
    url = GOOGLE.consent_url(application=APPLICATION, state="st&te", code_challenge="challenge")

    assert url.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "client_id": ["client"],
        "redirect_uri": ["https://book.example/callback"],
        "state": ["st&te"],
        "code_challenge": ["challenge"],
        "code_challenge_method": ["S256"],
        "scope": [f"openid email {EVENTS} {CALENDAR_LIST} {FREE_BUSY} {NEW_CALENDARS}"],
        "access_type": ["offline"],
        "prompt": ["consent"],
        "include_granted_scopes": ["true"],
    }


def redeem(response: Response, sent: list[Request] | None = None) -> Tokens:
    exchange = GOOGLE.redeem_code("4/code", application=APPLICATION, code_verifier="verifier")
    return replay(exchange, response, sent=sent)


def refresh(response: Response, sent: list[Request] | None = None) -> Tokens:
    return replay(GOOGLE.refresh("1//refresh", application=APPLICATION), response, sent=sent)


def test_a_code_becomes_tokens_and_the_proof_stands_in_the_form() -> None:
    sent: list[Request] = []

    tokens = redeem(answer(200, GRANTED), sent)

    assert tokens == Tokens(
        access_token="ya29.new",
        refresh_token="1//refresh",
        expires_in=3599,
        scopes=frozenset({"openid", f"{AUTH}userinfo.email", EVENTS}),
    )
    assert (sent[0].method, sent[0].url, sent[0].headers) == ("POST", "https://oauth2.googleapis.com/token", {})
    assert sent[0].form == FORM | {
        "grant_type": "authorization_code",
        "code": "4/code",
        "code_verifier": "verifier",
        "redirect_uri": "https://book.example/callback",
    }


def test_a_refresh_brings_no_new_refresh_token() -> None:
    sent: list[Request] = []
    told = {name: value for name, value in GRANTED.items() if name != "refresh_token"}

    tokens = refresh(answer(200, told), sent)

    assert (tokens.access_token, tokens.refresh_token) == ("ya29.new", "")
    assert sent[0].form == FORM | {"grant_type": "refresh_token", "refresh_token": "1//refresh"}


def test_how_long_a_refresh_token_lives_is_kept_where_google_says_it() -> None:
    """Seven days, of an application in test mode."""
    assert redeem(answer(200, GRANTED | {"refresh_token_expires_in": 604799})).refresh_expires_in == 604799
    assert redeem(answer(200, GRANTED)).refresh_expires_in is None


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (
            answer(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}),
            NotAuthorized,
        ),
        (answer(400, {"error": "invalid_grant", "error_subtype": "invalid_rapt"}), NotAuthorized),
        (answer(401, {"error": "invalid_client"}), Misconfigured),
        (answer(400, {"error": "redirect_uri_mismatch"}), Misconfigured),
        (answer(400, {"error": "unauthorized_client"}), Misconfigured),
        (answer(429, {"error": "rate_limit_exceeded"}), Throttled),
        (page(503), Unreachable),
        (page(403), Unreachable),
    ],
)
def test_each_end_of_a_grant_has_its_own_next_step(response: Response, expected: type[Exception]) -> None:
    for ask in (redeem, refresh):
        with pytest.raises(expected):
            ask(response)


def test_a_dead_grant_says_why_in_google_s_words() -> None:
    with pytest.raises(NotAuthorized) as refused:
        refresh(answer(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}))

    assert refused.value.reason == "Token has been expired or revoked."


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_tokens_that_were_granted_and_cannot_be_read_are_lost(body: bytes) -> None:
    with pytest.raises(OutcomeLost):
        redeem(Response(status=200, body=body))


def test_a_grant_is_withdrawn_by_either_token_and_one_that_is_gone_is_a_success() -> None:
    sent: list[Request] = []

    def revoke(response: Response) -> None:
        replay(GOOGLE.revoke("ya29.old", application=APPLICATION), response, sent=sent)

    revoke(answer(200, {}))
    revoke(answer(400, {"error": "invalid_token", "error_description": "Token expired or revoked"}))
    assert (sent[0].url, sent[0].form) == ("https://oauth2.googleapis.com/revoke", {"token": "ya29.old"})
    with pytest.raises(Unreachable):
        revoke(page(503))
    with pytest.raises(Misconfigured):
        revoke(answer(400, {"error": "invalid_request"}))


def who(response: Response) -> ExternalUser:
    return replay(GOOGLE.who_am_i(application=APPLICATION, token=TOKEN), response)


def test_the_user_is_known_by_a_number_that_never_changes() -> None:
    told = {"sub": "104300000000000000001", "email": "ana@example.org", "email_verified": True}

    assert who(answer(200, told)) == ExternalUser(id="104300000000000000001", email="ana@example.org")
    assert who(answer(200, {"id": "1043", "email": "ana@example.org"})).id == "1043"


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (answer(401, {"error": "invalid_request", "error_description": "Invalid Credentials"}), TokenExpired),
        (answer(403, {"error": "insufficient_scope"}), NotAuthorized),
        (error(429, "rateLimitExceeded"), Throttled),
        (answer(200, {}), Unreachable),
        (page(200), Unreachable),
        (page(502), Unreachable),
    ],
)
def test_an_answer_that_names_nobody_proves_nothing(response: Response, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        who(response)


def test_unticked_boxes_are_recognised_and_each_costs_only_what_it_is_for() -> None:
    """J7: partial consent."""
    everything = frozenset({EVENTS, CALENDAR_LIST, FREE_BUSY, NEW_CALENDARS})

    assert GOOGLE.missing_scopes(everything) == set()
    assert GOOGLE.missing_scopes(everything - {EVENTS}) == {EVENTS}
    assert GOOGLE.missing_scopes(everything - {CALENDAR_LIST}) == {CALENDAR_LIST}
    assert GOOGLE.missing_scopes(everything - {FREE_BUSY, NEW_CALENDARS}) == set()
    assert GOOGLE.missing_for_busy_times(everything - {FREE_BUSY}) == {FREE_BUSY}
    assert GOOGLE.missing_for_new_calendars(everything - {NEW_CALENDARS}) == {NEW_CALENDARS}
    assert GOOGLE.missing_scopes(frozenset()) == {EVENTS, CALENDAR_LIST}


def test_wider_scopes_that_were_granted_before_are_enough() -> None:
    for granted in ({f"{AUTH}calendar"}, {f"{AUTH}calendar.events.owned", f"{AUTH}calendar.readonly"}):
        assert GOOGLE.missing_scopes(frozenset(granted)) == set()
        assert GOOGLE.missing_for_busy_times(frozenset(granted)) == set()


def test_no_application_acts_at_google_by_itself() -> None:
    with pytest.raises(Misconfigured):
        replay(GOOGLE.token_for_account(application=APPLICATION))


def test_nothing_of_ours_has_to_be_searched_for() -> None:
    assert replay(GOOGLE.marked(application=APPLICATION, token=TOKEN)) == ()


def test_a_grant_that_dies_after_seven_days_is_one_of_an_application_in_test_mode() -> None:
    consented = datetime(2030, 3, 1, 9, tzinfo=UTC)

    for days, is_test_mode in ((0, False), (6, False), (6.9, True), (7, True), (7.4, True), (8, False), (180, False)):
        lost = consented + timedelta(days=days)
        assert died_of_test_mode(consented_at=consented, lost_at=lost) is is_test_mode


def test_each_address_may_be_a_simulated_one() -> None:
    sent: list[Request] = []
    names = ("google_auth", "google_token", "google_revoke", "google_userinfo", "google_calendar")
    here = replace(APPLICATION, endpoints={name: f"http://127.0.0.1:1/{name}" for name in names})

    url = GOOGLE.consent_url(application=here, state="s", code_challenge="c")
    replay(GOOGLE.refresh("r", application=here), answer(200, GRANTED), sent=sent)
    replay(GOOGLE.revoke("r", application=here), answer(200, {}), sent=sent)
    replay(GOOGLE.who_am_i(application=here, token=""), answer(200, {"sub": "1"}), sent=sent)
    replay(GOOGLE.calendars(application=here, token=""), answer(200, {"items": []}), sent=sent)

    assert [url.partition("?")[0], *(request.url for request in sent)] == [
        "http://127.0.0.1:1/google_auth",
        "http://127.0.0.1:1/google_token",
        "http://127.0.0.1:1/google_revoke",
        "http://127.0.0.1:1/google_userinfo",
        "http://127.0.0.1:1/google_calendar/users/me/calendarList",
    ]
