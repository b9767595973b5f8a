"""The simulated Zoom, asked as a program asks."""

from typing import Any

import httpx2
import pytest

from convoca.providers.contract import Application
from sandbox.server import Sandbox
from sandbox.zoom.state import ANA, BRUNO
from tests.vendors import VISITOR, SetClock, application_at, at, connect, running_sandbox

BODY = {"topic": "Class", "type": 2, "start_time": "2030-03-31T10:00:00", "timezone": "Europe/Madrid", "duration": 45}


class Caller:
    """Calls the interface with one person's token."""

    def __init__(self, application: Application, token: str) -> None:
        self._base = application.endpoints["zoom_api"]
        self._headers = {"authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, json: Any = None, **query: str) -> httpx2.Response:
        url = self._base + path
        return VISITOR.request(method, url, headers=self._headers, json=json, params=query or None)

    def create(self, **changes: Any) -> Any:
        return self("POST", "/users/me/meetings", BODY | changes).json()

    def list(self, **query: str) -> Any:
        return self("GET", "/users/me/meetings", **({"type": "upcoming", "page_size": "300"} | query)).json()


@pytest.fixture
def call(application: Application, token: str) -> Caller:
    return Caller(application, token)


def test_a_start_without_z_is_the_clock_on_the_wall_in_the_zone(call: Caller) -> None:
    assert call.create()["start_time"] == "2030-03-31T08:00:00Z"
    assert call.create(start_time="2030-03-30T10:00:00")["start_time"] == "2030-03-30T09:00:00Z"
    assert call.create(start_time="2030-03-31T10:00:00Z")["start_time"] == "2030-03-31T10:00:00Z"


def test_a_meeting_without_a_start_is_an_instant_one_and_never_listed(call: Caller) -> None:
    instant = call("POST", "/users/me/meetings", {"topic": "Class", "type": 2}).json()

    assert instant["type"] == 1
    assert call.list()["meetings"] == []


def test_a_start_in_the_past_becomes_now_and_in_a_change_is_ignored() -> None:
    """T36"""
    clock = SetClock(at("2030-03-01 09:00"))
    with running_sandbox(clock=clock) as sandbox:
        application = application_at(sandbox)
        call = Caller(application, connect(application).access_token)

        meeting = call.create(start_time="2030-02-01T10:00:00Z")
        call("PATCH", f"/meetings/{meeting['id']}", {"start_time": "2030-02-02T10:00:00Z"})

        assert meeting["start_time"] == "2030-03-01T09:00:00Z"
        assert call("GET", f"/meetings/{meeting['id']}").json()["start_time"] == "2030-03-01T09:00:00Z"


def test_lists_cut_agendas_and_hide_passcodes(call: Caller) -> None:
    call.create(agenda="x" * 300)

    (listed,) = call.list()["meetings"]

    assert len(listed["agenda"]) == 250
    assert "password" not in listed


def test_lists_come_in_pages(call: Caller) -> None:
    for day in range(1, 6):
        call.create(topic=f"Class {day}")

    first = call.list(page_size="2")
    second = call.list(page_size="2", next_page_token=first["next_page_token"])
    third = call.list(page_size="2", next_page_token=second["next_page_token"])

    topics = [meeting["topic"] for page in (first, second, third) for meeting in page["meetings"]]
    assert sorted(topics) == [f"Class {day}" for day in range(1, 6)]
    assert third["next_page_token"] == ""
    assert call.list(next_page_token="made-up") == {
        "code": 300,
        "message": "The next page token is invalid or expired.",
    }


def test_nobody_reaches_another_persons_meetings(application: Application, call: Caller) -> None:
    meeting = call.create()
    bruno = Caller(application, connect(application, user=BRUNO).access_token)

    assert bruno.list()["meetings"] == []
    for method in ("GET", "PATCH", "DELETE"):
        refused = bruno(method, f"/meetings/{meeting['id']}", {} if method == "PATCH" else None)
        assert (refused.status_code, refused.json()["code"]) == (404, 3001)


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "x" * 201},
        {"agenda": "x" * 2001},
        {"type": 9},
        {"duration": 0},
        {"duration": "45"},
        {"timezone": "Mars/Base"},
        {"timezone": 7},
        {"start_time": "tomorrow"},
        {"start_time": "2030-03-31T10:00:00+02:00"},
        {"settings": []},
    ],
)
def test_what_zoom_does_not_take_is_refused_by_field(call: Caller, change: dict[str, Any]) -> None:
    refused = call("POST", "/users/me/meetings", BODY | change)

    assert refused.status_code == 400
    assert refused.json()["code"] == 300
    assert refused.json()["errors"][0]["field"] in change


def test_a_body_that_is_no_object_is_refused(call: Caller) -> None:
    refused = call("POST", "/users/me/meetings", ["Class"])

    assert refused.json() == {"code": 300, "message": "Request Body should be a valid JSON object."}


def test_without_a_known_token_nothing_is_told(application: Application) -> None:
    refused = Caller(application, "unknown")("GET", "/users/me")

    assert (refused.status_code, refused.json()) == (401, {"code": 124, "message": "Invalid access token."})


def test_a_new_consent_kills_the_tokens_of_the_earlier_one(application: Application) -> None:
    first = connect(application)
    second = connect(application)
    other = connect(application, user=BRUNO)

    assert Caller(application, first.access_token)("GET", "/users/me").status_code == 401
    assert Caller(application, second.access_token)("GET", "/users/me").json()["id"] == ANA.id
    assert Caller(application, other.access_token)("GET", "/users/me").json()["id"] == BRUNO.id


def test_the_ledger_tells_what_took_effect_by_marker(sandbox: Sandbox, call: Caller) -> None:
    marker = "0190d5b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"
    meeting = call.create(agenda=f"[ref:{marker}] Convoca")
    call.create()
    call("PATCH", f"/meetings/{meeting['id']}", {"topic": "Moved"})
    call("DELETE", f"/meetings/{meeting['id']}")
    call("DELETE", f"/meetings/{meeting['id']}")

    told = VISITOR.get(f"{sandbox.url}/sandbox/ledger", params={"marker": marker}).json()

    assert [(entry["verb"], entry["remote_id"]) for entry in told["entries"]] == [
        ("create", str(meeting["id"])),
        ("update", str(meeting["id"])),
        ("delete", str(meeting["id"])),
    ]
    assert told["calls"]["delete"] == 2
    assert (sandbox.ledger.created(marker), sandbox.ledger.deleted(marker)) == (1, 1)
