"""Consent at the simulated Google, its tokens, its boxes and its end, over real sockets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from convoca.providers.contract import (
    Application,
    ExternalUser,
    Misconfigured,
    NotAuthorized,
    ProviderError,
    Throttled,
    TokenExpired,
)
from convoca.providers.google.account import EVENTS
from sandbox.google.state import ANA
from sandbox.server import Sandbox
from tests.googling import (
    GOOGLE,
    Caller,
    an_event,
    connect_google,
    google_code,
    google_settings,
    run,
)
from tests.vendors import VERIFIER, SetClock


def test_the_601st_call_of_a_minute_is_refused_and_the_window_slides(
    sandbox: Sandbox, clock: SetClock, ana: Caller
) -> None:
    google_settings(sandbox, calls_per_minute=3)
    spec = an_event()

    for _ in range(3):
        run(GOOGLE.look_up(spec.key, **ana.access))
        clock.advance(timedelta(seconds=10))
    with pytest.raises(Throttled) as refused:
        run(GOOGLE.look_up(spec.key, **ana.access))
    clock.advance(timedelta(seconds=31))

    assert run(GOOGLE.look_up(spec.key, **ana.access)) is None
    assert refused.value == Throttled()
    assert sandbox.ledger.calls["google.throttled"] == 1


def test_an_access_token_lives_for_an_hour_and_its_refresh_token_stays_the_same(
    google_application: Application, clock: SetClock
) -> None:
    tokens = connect_google(google_application)
    clock.advance(timedelta(hours=1))
    with pytest.raises(TokenExpired):
        run(GOOGLE.calendars(application=google_application, token=tokens.access_token))

    for _ in range(2):
        renewed = run(GOOGLE.refresh(tokens.refresh_token, application=google_application))
        assert renewed.refresh_token == ""
        assert run(GOOGLE.calendars(application=google_application, token=renewed.access_token))


def test_consent_proves_who_it_is_and_is_withdrawn(google_application: Application) -> None:
    tokens = connect_google(google_application)
    access = {"application": google_application, "token": tokens.access_token}
    assert run(GOOGLE.who_am_i(**access)) == ExternalUser(id=ANA.id, email=ANA.email)  # type: ignore[arg-type]

    run(GOOGLE.revoke(tokens.access_token, application=google_application))
    run(GOOGLE.revoke(tokens.access_token, application=google_application))

    with pytest.raises(TokenExpired):
        run(GOOGLE.who_am_i(**access))  # type: ignore[arg-type]
    with pytest.raises(NotAuthorized, match="expired or revoked"):
        run(GOOGLE.refresh(tokens.refresh_token, application=google_application))


def test_an_unticked_box_is_seen_in_the_tokens_and_felt_by_the_calls(google_application: Application) -> None:
    """J7: partial consent."""
    tokens = connect_google(google_application, unticked=["calendar.events"])
    caller = Caller(google_application, tokens.access_token)

    assert GOOGLE.missing_scopes(tokens.scopes) == {EVENTS}
    assert run(GOOGLE.calendars(**caller.access))
    with pytest.raises(NotAuthorized) as refused:
        caller.insert(an_event())
    assert refused.value.missing_scopes == {EVENTS}
    assert GOOGLE.missing_scopes(connect_google(google_application).scopes) == set()


def test_with_the_box_for_new_calendars_alone_events_are_kept_in_those(google_application: Application) -> None:
    caller = Caller(google_application, connect_google(google_application, unticked=["calendar.events"]).access_token)

    made = run(GOOGLE.make_calendar("Bookings", time_zone="Europe/Madrid", **caller.access))

    assert caller.insert(an_event(made.id)).title == "Class"


def test_in_test_mode_a_grant_dies_after_seven_days(
    sandbox: Sandbox, google_application: Application, clock: SetClock
) -> None:
    google_settings(sandbox, test_mode=True)
    tokens = connect_google(google_application)
    assert tokens.refresh_expires_in == 604799

    clock.advance(timedelta(days=6, hours=23))
    run(GOOGLE.refresh(tokens.refresh_token, application=google_application))
    clock.advance(timedelta(hours=1))

    with pytest.raises(NotAuthorized):
        run(GOOGLE.refresh(tokens.refresh_token, application=google_application))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"redirect_uri": "http://localhost:8000/elsewhere"}, Misconfigured),
        ({"client_secret": "wrong"}, Misconfigured),
        ({"client_id": "another"}, NotAuthorized),
    ],
)
def test_a_code_is_for_its_application_alone(
    sandbox: Sandbox, google_application: Application, change: dict[str, str], expected: type[ProviderError]
) -> None:
    google_settings(sandbox, client_secret="client-secret")
    code = google_code(google_application)

    with pytest.raises(expected):
        run(GOOGLE.redeem_code(code, application=replace(google_application, **change), code_verifier=VERIFIER))  # type: ignore[arg-type]


def test_a_code_counts_once_and_only_with_its_verifier(google_application: Application) -> None:
    code = google_code(google_application)
    for verifier in ("another-verifier", VERIFIER):
        with pytest.raises(NotAuthorized):
            run(GOOGLE.redeem_code(code, application=google_application, code_verifier=verifier))


def test_a_person_s_withdrawal_is_found_out_at_the_next_call(sandbox: Sandbox, ana: Caller) -> None:
    sandbox.host_acts({"vendor": "google", "act": "withdraw", "user": ANA.id})

    with pytest.raises(TokenExpired):
        ana.insert(an_event())
