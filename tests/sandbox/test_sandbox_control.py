"""The control desk: faults on request, from another process."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from convoca.providers.contract import Application
from sandbox.server import Sandbox
from tests.vendors import VISITOR


@pytest.fixture
def me(application: Application, token: str) -> Any:
    """Ask who we are, which every fault can spoil."""
    url, headers = f"{application.endpoints['zoom_api']}/users/me", {"authorization": f"Bearer {token}"}
    return lambda: VISITOR.get(url, headers=headers, timeout=5)


def order(sandbox: Sandbox, *faults: Any) -> httpx2.Response:
    return VISITOR.post(f"{sandbox.url}/sandbox/faults", json=list(faults))


def test_a_fault_hits_as_many_calls_as_were_ordered(sandbox: Sandbox, me: Any) -> None:
    assert order(sandbox, {"verb": "user", "kind": "error_503", "count": 2}).status_code == 204

    assert [me().status_code for _ in range(3)] == [503, 503, 200]


def test_a_fault_hits_only_its_verb(sandbox: Sandbox, me: Any) -> None:
    order(sandbox, {"verb": "create", "kind": "error_503"})

    assert me().status_code == 200


def test_faults_may_come_by_chance_until_they_are_taken_back(sandbox: Sandbox, me: Any) -> None:
    order(sandbox, {"kind": "error_500", "probability": 1})
    assert [me().status_code for _ in range(3)] == [500] * 3

    VISITOR.delete(f"{sandbox.url}/sandbox/faults")

    assert me().status_code == 200


def test_any_answer_may_be_ordered(sandbox: Sandbox, me: Any) -> None:
    body = {"code": 3000, "message": "Not meeting host."}
    order(sandbox, {"kind": "answer", "status": 400, "body": body, "headers": {"X-Zoom": "1"}})

    answer = me()

    assert (answer.status_code, answer.json(), answer.headers["x-zoom"]) == (400, body, "1")


@pytest.mark.parametrize("kind", ["hold", "hang"])
def test_a_held_answer_is_known_and_let_go_from_outside(sandbox: Sandbox, me: Any, kind: str) -> None:
    order(sandbox, {"kind": kind})
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(me)
        held = VISITOR.get(f"{sandbox.url}/sandbox/held", params={"at_least": "1", "seconds": "5"}).json()
        released = VISITOR.post(f"{sandbox.url}/sandbox/release").json()

        assert (held, released) == ({"held": 1}, {"released": 1})
        if kind == "hold":
            assert call.result().status_code == 200
        else:
            with pytest.raises(httpx2.ReadError):
                call.result()


def test_a_sandbox_that_ends_lets_go_of_what_it_holds(me: Any, sandbox: Sandbox) -> None:
    order(sandbox, {"kind": "hold"})
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(me)
        sandbox.holding.wait_until_held()

        sandbox.holding.release()

        assert call.result().status_code == 200


@pytest.mark.parametrize(
    "fault", ["hold", {"kind": "earthquake"}, {"kind": "hold", "verbs": ["create"]}, {"verb": "create"}, 7]
)
def test_an_order_that_is_none_is_refused_in_a_sentence(sandbox: Sandbox, fault: Any) -> None:
    refused = order(sandbox, fault)

    assert refused.status_code == 400
    assert refused.json()["message"].endswith(".")


def test_settings_are_taken_or_refused_in_a_sentence(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/sandbox/settings"

    assert VISITOR.post(url, json={"zoom": {"daily_writes": 3}}).status_code == 204
    assert VISITOR.post(url, json={"zoom": {"weather": "fine"}}).status_code == 400
    assert VISITOR.post(url, json={"skype": {}}).status_code == 400


def test_a_reset_forgets_everything(sandbox: Sandbox, me: Any) -> None:
    order(sandbox, {"kind": "error_500", "count": 5})

    VISITOR.post(f"{sandbox.url}/sandbox/reset")

    assert me().status_code == 401
    assert sandbox.ledger.entries == []


def test_the_control_desk_explains_itself(sandbox: Sandbox) -> None:
    answer = VISITOR.get(f"{sandbox.url}/sandbox/")

    assert answer.status_code == 404
    assert "POST /sandbox/faults" in answer.json()["message"]
