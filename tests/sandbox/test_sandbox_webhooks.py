"""What the simulated Zoom tells of its hosts' acts, and its server-to-server applications."""

from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest

from convoca.providers.contract import Application, Change, MeetingSpec
from convoca.providers.wire import carry_out
from convoca.providers.zoom import Zoom
from convoca.providers.zoom.events import is_genuine, read_notice
from sandbox.server import Sandbox
from sandbox.zoom.state import ANA, BRUNO
from tests.providers.recorded import SPEC
from tests.sandbox.receiver import SECRET, Receiver, receiving
from tests.vendors import VISITOR, SetClock


@pytest.fixture
def receiver(sandbox: Sandbox) -> Iterator[Receiver]:
    with receiving() as receiver:
        sandbox.configure({"zoom": {"webhook_url": receiver.url, "webhook_secret": SECRET}})
        yield receiver


def act(sandbox: Sandbox, **act: object) -> httpx2.Response:
    return VISITOR.post(f"{sandbox.url}/sandbox/host", json={"vendor": "zoom", **act})


def make(application: Application, token: str, spec: MeetingSpec = SPEC) -> int:
    return int(carry_out(Zoom().create(spec, application=application, token=token), seconds=5).remote_id)


def test_a_host_s_acts_are_told_signed_and_in_order(
    sandbox: Sandbox, application: Application, token: str, receiver: Receiver, clock: SetClock
) -> None:
    number = make(application, token)

    answers = [
        act(sandbox, act="change", number=number, topic="Renamed 🧘"),
        act(sandbox, act="delete", number=number),
        act(sandbox, act="withdraw", user=ANA.id),
    ]

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert all(is_genuine(headers, body, secret=SECRET, now=clock()) for headers, body in receiver.notices)
    notices = [read_notice(body) for _, body in receiver.notices]
    assert [each.change for each in notices if each] == [
        Change.MEETING_CHANGED,
        Change.MEETING_DELETED,
        Change.ACCESS_WITHDRAWN,
    ]


@pytest.mark.parametrize(
    "wrong", [{"act": "delete", "number": 1}, {"act": "dance"}, {"act": "withdraw", "user": "nobody"}, {"vendor": "x"}]
)
def test_what_no_host_can_do_is_refused_in_a_sentence(sandbox: Sandbox, wrong: dict[str, object]) -> None:
    answer = act(sandbox, **wrong)

    assert (answer.status_code, bool(answer.json()["message"])) == (400, True)


def test_an_address_that_does_not_answer_disturbs_nobody(
    sandbox: Sandbox, application: Application, token: str
) -> None:
    sandbox.configure({"zoom": {"webhook_url": "http://127.0.0.1:9/", "webhook_secret": SECRET}})

    assert act(sandbox, act="delete", number=make(application, token)).status_code == 204


def test_a_server_to_server_application_acts_for_the_owner_of_its_account(application: Application) -> None:
    own = replace(application, account_id=BRUNO.account_id)

    tokens = carry_out(Zoom().token_for_account(application=own), seconds=5)
    user = carry_out(Zoom().who_am_i(application=own, token=tokens.access_token), seconds=5)

    assert (tokens.refresh_token, Zoom().missing_scopes(tokens.scopes)) == ("", frozenset())
    assert (user.id, user.plan) == (BRUNO.id, "basic")
    assert make(own, tokens.access_token) > 0


def test_a_meeting_without_passcode_gets_a_waiting_room_whatever_was_asked_for(
    application: Application, token: str
) -> None:
    """T40."""
    spec = replace(SPEC, passcode=False)

    facts = carry_out(Zoom().create(spec, application=application, token=token), seconds=5)

    assert (facts.passcode, facts.waiting_room, facts.differences(spec)) == ("", True, frozenset({"waiting_room"}))
