"""Whole conversations with the simulated Zoom, over real sockets."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from convoca.providers.contract import (
    Absent,
    Application,
    CannotTell,
    Exchange,
    ExternalUser,
    Found,
    Gone,
    Misconfigured,
    NotAuthorized,
    NotSent,
    OutcomeLost,
    ProviderError,
    QuotaExhausted,
    Throttled,
    TokenExpired,
    Unreachable,
)
from convoca.providers.wire import carry_out
from convoca.providers.zoom import Zoom
from sandbox.faults import Fault, Kind
from sandbox.server import Sandbox
from sandbox.zoom.state import BRUNO
from tests.providers.recorded import ALL, SPEC
from tests.vendors import VERIFIER, VISITOR, SetClock, application_at, at, code_from_consent, connect, running_sandbox

ZOOM = Zoom()


def run[T](exchange: Exchange[T], *, seconds: float = 5) -> T:
    return carry_out(exchange, seconds=seconds)


def test_a_meeting_is_made_found_changed_and_deleted(sandbox: Sandbox, application: Application, token: str) -> None:
    facts = run(ZOOM.create(SPEC, application=application, token=token))
    assert run(ZOOM.look(SPEC, application=application, token=token)) == Found(meetings=(facts,))

    later = replace(SPEC, starts_at=SPEC.starts_at + timedelta(days=40), ends_at=SPEC.ends_at + timedelta(days=40))
    run(ZOOM.update(facts.remote_id, later, changed=ALL, application=application, token=token))
    # The old start is no longer right, and the meeting is found all the same, with the same link.
    moved = replace(facts, starts_at=later.starts_at)
    assert run(ZOOM.look(SPEC, application=application, token=token)) == Found(meetings=(moved,))

    run(ZOOM.delete(facts.remote_id, application=application, token=token))
    assert isinstance(run(ZOOM.look(later, application=application, token=token)), Absent)
    run(ZOOM.delete(facts.remote_id, application=application, token=token))
    with pytest.raises(Gone):
        run(ZOOM.update(facts.remote_id, later, changed=ALL, application=application, token=token))
    verbs = [entry.verb for entry in sandbox.ledger.entries]
    assert verbs == ["create", "update", "delete"]


def test_the_link_that_is_handed_out_opens_the_meeting(application: Application, token: str) -> None:
    """M8"""
    facts = run(ZOOM.create(SPEC, application=application, token=token))

    page = VISITOR.get(facts.link)

    assert page.status_code == 200
    assert SPEC.topic in page.text
    assert ZOOM.owns_link(facts.link, application=application)


def test_a_create_whose_answer_is_held_is_unknown_and_then_found(
    sandbox: Sandbox, application: Application, token: str
) -> None:
    """T28: the vendor has acted; whoever waited for the answer is gone."""
    sandbox.fault(Fault(verb="create", kind=Kind.HOLD))
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(run, ZOOM.create(SPEC, application=application, token=token), seconds=0.5)
        assert sandbox.holding.wait_until_held(seconds=5) == 1
        assert sandbox.ledger.created(str(SPEC.marker)) == 1
        with pytest.raises(OutcomeLost):
            call.result()
    sandbox.holding.release()

    assert isinstance(run(ZOOM.look(SPEC, application=application, token=token)), Found)
    assert sandbox.ledger.created(str(SPEC.marker)) == 1


def test_an_answer_that_is_released_in_time_is_an_answer(
    sandbox: Sandbox, application: Application, token: str
) -> None:
    sandbox.fault(Fault(verb="create", kind=Kind.HOLD))
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(run, ZOOM.create(SPEC, application=application, token=token))
        sandbox.holding.wait_until_held(seconds=5)
        sandbox.holding.release()

        assert call.result().remote_id == sandbox.ledger.entries[0].remote_id


@pytest.mark.parametrize(("kind", "meetings"), [(Kind.RESET_BEFORE, 0), (Kind.RESET_AFTER, 1)])
def test_a_cut_connection_leaves_a_create_unknown_whether_or_not_it_happened(
    sandbox: Sandbox, application: Application, token: str, kind: Kind, meetings: int
) -> None:
    """T28"""
    sandbox.fault(Fault(verb="create", kind=kind))

    with pytest.raises(OutcomeLost):
        run(ZOOM.create(SPEC, application=application, token=token))

    sighting = run(ZOOM.look(SPEC, application=application, token=token))
    assert isinstance(sighting, Found if meetings else Absent)
    assert sandbox.ledger.created(str(SPEC.marker)) == meetings


@pytest.mark.parametrize("kind", [Kind.RESET_BEFORE, Kind.RESET_AFTER, Kind.ERROR_503, Kind.HTML, Kind.EMPTY])
def test_a_look_that_fails_is_looked_at_again(
    sandbox: Sandbox, application: Application, token: str, kind: Kind
) -> None:
    sandbox.fault(Fault(verb="look", kind=kind))

    with pytest.raises(Unreachable):
        run(ZOOM.look(SPEC, application=application, token=token))


@pytest.mark.parametrize("kind", [Kind.EMPTY, Kind.HTML, Kind.MALFORMED])
def test_an_unreadable_success_is_unknown_and_then_found(
    sandbox: Sandbox, application: Application, token: str, kind: Kind
) -> None:
    """T4, T19"""
    sandbox.fault(Fault(verb="create", kind=kind))

    with pytest.raises(OutcomeLost):
        run(ZOOM.create(SPEC, application=application, token=token))

    assert isinstance(run(ZOOM.look(SPEC, application=application, token=token)), Found)


@pytest.mark.parametrize("acts", [False, True])
def test_a_server_error_leaves_a_create_unknown(
    sandbox: Sandbox, application: Application, token: str, acts: bool
) -> None:
    sandbox.fault(Fault(verb="create", kind=Kind.ERROR_500, acts=acts))

    with pytest.raises(OutcomeLost):
        run(ZOOM.create(SPEC, application=application, token=token))

    assert sandbox.ledger.created(str(SPEC.marker)) == acts


def test_a_slow_vendor_is_waited_for(sandbox: Sandbox, application: Application, token: str) -> None:
    sandbox.fault(Fault(verb="create", kind=Kind.LATENCY, seconds=0.2))

    assert run(ZOOM.create(SPEC, application=application, token=token))


def test_a_vendor_that_is_down_was_not_reached() -> None:
    with running_sandbox() as sandbox:
        application = application_at(sandbox)
        token = connect(application).access_token

    with pytest.raises(NotSent):
        run(ZOOM.create(SPEC, application=application, token=token))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind=Kind.DAILY_LIMIT), QuotaExhausted),
        (Fault(kind=Kind.RATE_LIMIT), Throttled),
        (Fault(kind=Kind.EXPIRED_TOKEN), TokenExpired),
        (Fault(kind=Kind.REVOKED_TOKEN), TokenExpired),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_each_refusal_has_its_own_next_step(
    sandbox: Sandbox, application: Application, token: str, fault: Fault, expected: type[ProviderError]
) -> None:
    sandbox.fault(replace(fault, verb="create"))

    with pytest.raises(expected):
        run(ZOOM.create(SPEC, application=application, token=token))

    assert sandbox.ledger.entries == []


def test_a_wait_named_as_a_date_is_told(sandbox: Sandbox, application: Application, token: str) -> None:
    """T34"""
    sandbox.fault(Fault(kind=Kind.RATE_LIMIT, headers={"Retry-After": "2030-03-01T09:00:02Z"}))

    with pytest.raises(Throttled) as refused:
        run(ZOOM.create(SPEC, application=application, token=token))

    assert refused.value.until == at("2030-03-01 09:00:02")


def test_the_hundred_and_first_meeting_of_a_day_is_refused_until_the_next(
    clock: SetClock, application: Application, token: str
) -> None:
    """M12, T32: updates count, deletions and reads do not."""
    facts = [run(ZOOM.create(replace(SPEC, marker=uuid4()), application=application, token=token)) for _ in range(99)]
    run(ZOOM.update(facts[0].remote_id, SPEC, changed=ALL, application=application, token=token))

    with pytest.raises(QuotaExhausted):
        run(ZOOM.create(SPEC, application=application, token=token))
    run(ZOOM.delete(facts[0].remote_id, application=application, token=token))
    run(ZOOM.look(SPEC, application=application, token=token))

    clock.now = at("2030-03-02 00:00")
    token = connect(application).access_token
    assert run(ZOOM.create(SPEC, application=application, token=token))


def test_a_full_calendar_is_read_to_its_last_page(sandbox: Sandbox, application: Application, token: str) -> None:
    sandbox.configure({"zoom": {"daily_writes": 1000}})
    for _ in range(301):
        run(ZOOM.create(replace(SPEC, marker=uuid4()), application=application, token=token))
    assert isinstance(run(ZOOM.look(SPEC, application=application, token=token)), Absent)

    facts = run(ZOOM.create(SPEC, application=application, token=token))

    assert run(ZOOM.look(SPEC, application=application, token=token)) == Found(meetings=(facts,))


def test_absence_of_a_meeting_that_would_have_begun_tells_nothing(clock: SetClock, application: Application) -> None:
    clock.now = SPEC.starts_at
    token = connect(application).access_token

    assert isinstance(run(ZOOM.look(SPEC, application=application, token=token)), CannotTell)


def test_the_start_that_we_asked_for_is_the_start_that_zoom_tells(
    clock: SetClock, application: Application, token: str
) -> None:
    """T36: through every hour of the day on which clocks change."""
    starts = [at("2030-03-30 23:00") + timedelta(hours=hour) for hour in range(26)]
    for start in starts:
        spec = replace(SPEC, marker=uuid4(), starts_at=start, ends_at=start + timedelta(hours=1))
        facts = run(ZOOM.create(spec, application=application, token=token))

        told = VISITOR.get(
            f"{application.endpoints['zoom_api']}/meetings/{facts.remote_id}",
            headers={"authorization": f"Bearer {token}"},
        ).json()

        assert told["start_time"] == start.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert (told["duration"], told["timezone"]) == (60, "Europe/Madrid")


def test_an_owner_consents_and_is_known(application: Application) -> None:
    """M7"""
    tokens = connect(application, user=BRUNO)

    assert run(ZOOM.who_am_i(application=application, token=tokens.access_token)) == ExternalUser(
        id=BRUNO.id, account_id=BRUNO.account_id, email="bruno@example.org", plan="basic"
    )
    assert ZOOM.missing_scopes(tokens.scopes) == set()


def test_a_refresh_kills_the_old_refresh_token_at_once(application: Application) -> None:
    first = connect(application)
    second = run(ZOOM.refresh(first.refresh_token, application=application))

    with pytest.raises(NotAuthorized):
        run(ZOOM.refresh(first.refresh_token, application=application))
    assert run(ZOOM.refresh(second.refresh_token, application=application)).access_token


def test_a_token_that_has_had_its_hour_is_refreshed(clock: SetClock, application: Application) -> None:
    tokens = connect(application)
    clock.advance(timedelta(hours=1))

    with pytest.raises(TokenExpired):
        run(ZOOM.who_am_i(application=application, token=tokens.access_token))

    fresh = run(ZOOM.refresh(tokens.refresh_token, application=application))
    assert run(ZOOM.who_am_i(application=application, token=fresh.access_token))


def test_a_refresh_whose_answer_is_lost_has_used_the_token_up(sandbox: Sandbox, application: Application) -> None:
    tokens = connect(application)
    sandbox.fault(Fault(verb="token", kind=Kind.RESET_AFTER))

    with pytest.raises(OutcomeLost):
        run(ZOOM.refresh(tokens.refresh_token, application=application))
    with pytest.raises(NotAuthorized):
        run(ZOOM.refresh(tokens.refresh_token, application=application))


def test_a_revoked_grant_is_dead_in_all_its_tokens(application: Application) -> None:
    """M14"""
    tokens = connect(application)

    run(ZOOM.revoke(tokens.access_token, application=application))

    with pytest.raises(TokenExpired):
        run(ZOOM.who_am_i(application=application, token=tokens.access_token))
    with pytest.raises(NotAuthorized):
        run(ZOOM.refresh(tokens.refresh_token, application=application))
    run(ZOOM.revoke(tokens.access_token, application=application))


def test_a_code_works_once_for_its_verifier_and_for_five_minutes(clock: SetClock, application: Application) -> None:
    def redeem(code: str, verifier: str = VERIFIER) -> None:
        run(ZOOM.redeem_code(code, application=application, code_verifier=verifier))

    used = code_from_consent(application)
    redeem(used)
    stale = code_from_consent(application)
    clock.advance(timedelta(minutes=5))
    for code, verifier in ((used, VERIFIER), (stale, VERIFIER), (code_from_consent(application), "another" * 10)):
        with pytest.raises(NotAuthorized):
            redeem(code, verifier)


def test_a_wrong_client_secret_is_the_operators_to_mend(sandbox: Sandbox, application: Application) -> None:
    tokens = connect(application)
    sandbox.configure({"zoom": {"client_secret": "another"}})

    with pytest.raises(Misconfigured, match="client_secret"):
        run(ZOOM.refresh(tokens.refresh_token, application=application))


def test_a_grant_without_the_scope_to_delete_says_which(sandbox: Sandbox, application: Application) -> None:
    """T6"""
    sandbox.configure({"zoom": {"scopes": sorted(ZOOM.scopes - {"meeting:delete:meeting"})}})
    tokens = connect(application)
    facts = run(ZOOM.create(SPEC, application=application, token=tokens.access_token))

    assert ZOOM.missing_scopes(tokens.scopes) == {"meeting:delete:meeting"}
    with pytest.raises(NotAuthorized) as refused:
        run(ZOOM.delete(facts.remote_id, application=application, token=tokens.access_token))
    assert refused.value.missing_scopes == {"meeting:delete:meeting"}
