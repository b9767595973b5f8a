"""The one place with sockets: its deadline, its limits, and its verdict about what may have happened."""

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from convoca.providers.answers import request_id
from convoca.providers.contract import (
    Application,
    Exchange,
    NotSent,
    OutcomeLost,
    Request,
    Response,
    TokenExpired,
    Unreachable,
)
from convoca.providers.wire import ANSWER_MAX_BYTES, carry_out
from convoca.providers.zoom import Zoom
from sandbox.server import Sandbox
from tests.providers.raw_server import dripping, raw_server, saying
from tests.providers.recorded import SPEC

UNSAFE = ["POST", "PATCH", "PUT", "DELETE"]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def ask(method: str, url: str) -> Exchange[Response]:
    return (yield Request(method=method, url=url))


def a_port_that_nobody_listens_on() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("method", ["GET", *UNSAFE])
def test_a_refused_connection_sent_nothing(method: str) -> None:
    with pytest.raises(NotSent):
        carry_out(ask(method, f"http://127.0.0.1:{a_port_that_nobody_listens_on()}/"), seconds=2)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "ftp://127.0.0.1/", "http://[::1", "http:///path", "http://127.0.0.1:99999/", "http://\x00/"],
)
def test_an_address_that_is_none_sent_nothing(url: str) -> None:
    with pytest.raises(NotSent):
        carry_out(ask("POST", url), seconds=2)


def test_a_failed_tls_handshake_sent_nothing() -> None:
    with raw_server(saying(b"no TLS here")) as server, pytest.raises(NotSent):
        carry_out(ask("POST", server.url.replace("http:", "https:")), seconds=2)


def test_a_call_without_time_left_sends_nothing() -> None:
    with raw_server(saying(OK)) as server:
        with pytest.raises(NotSent):
            carry_out(ask("POST", server.url), seconds=0)

        assert server.requests == []


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"nonsense",
        b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (ANSWER_MAX_BYTES + 1) + b"x" * (ANSWER_MAX_BYTES + 1),
    ],
    ids=["nothing", "nonsense", "half a body", "half a chunk", "more than we read"],
)
def test_an_answer_that_breaks_off_leaves_acts_unknown_and_reads_to_be_repeated(said: bytes) -> None:
    with raw_server(saying(said)) as server:
        for method in UNSAFE:
            with pytest.raises(OutcomeLost):
                carry_out(ask(method, server.url), seconds=2)
        with pytest.raises(Unreachable) as failure:
            carry_out(ask("GET", server.url), seconds=2)

    assert type(failure.value) is Unreachable


@pytest.mark.parametrize("text", [b"HTTP/1.1 200 OK\r\nX-Slow: aaaaaaaaaaaaaaaa", OK[:20]], ids=["headers", "start"])
def test_a_vendor_that_drips_cannot_hold_a_call_longer_than_its_deadline(text: bytes) -> None:
    with raw_server(dripping(text, every=0.02)) as server:
        started = monotonic()
        with pytest.raises(OutcomeLost):
            carry_out(ask("POST", server.url), seconds=0.3)

        assert 0.2 < monotonic() - started < 1.5


def test_the_deadline_is_one_for_all_requests_of_an_exchange() -> None:
    def ask_for_ever(url: str) -> Exchange[None]:
        while True:
            yield Request(method="GET", url=url)

    with raw_server(saying(OK)) as server:
        started = monotonic()
        with pytest.raises(Unreachable):
            carry_out(ask_for_ever(server.url), seconds=0.3)

        assert monotonic() - started < 1.5
        assert len(server.requests) > 1


def test_an_exchange_may_answer_a_failure_itself() -> None:
    def ask_and_forgive(url: str) -> Exchange[str]:
        try:
            yield Request(method="POST", url=url)
        except OutcomeLost:
            return "forgiven"
        return "answered"

    with raw_server(saying(b"")) as server:
        assert carry_out(ask_and_forgive(server.url), seconds=2) == "forgiven"


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    said = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with raw_server(saying(said)) as server:
        answer = carry_out(ask("GET", server.url), seconds=2)

        assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")
        assert len(server.requests) == 1


def test_a_cookie_of_one_owners_call_is_not_sent_with_the_next() -> None:
    said = OK.replace(b"Connection: close", b"Set-Cookie: session=1\r\nConnection: close")
    with raw_server(saying(said)) as server:
        carry_out(ask("GET", server.url), seconds=2)
        carry_out(ask("GET", server.url), seconds=2)

        assert not any(b"cookie" in request.lower() for request in server.requests)


def test_form_query_and_json_arrive_as_they_were_meant() -> None:
    def send_all(url: str) -> Exchange[None]:
        yield Request(method="POST", url=url + "/form", form={"token": "a b&c"}, query={"day": "1+1"})
        yield Request(method="PATCH", url=url + "/json", json={"topic": "Clase de español"})

    with raw_server(saying(OK)) as server:
        carry_out(send_all(server.url), seconds=2)

        form, json = server.requests
    assert form.startswith(b"POST /form?day=1%2B1 HTTP/1.1\r\n")
    assert form.endswith(b"\r\n\r\ntoken=a+b%26c")
    assert json.startswith(b"PATCH /json HTTP/1.1\r\n")
    assert json.endswith('{"topic":"Clase de español"}'.encode())


def test_the_log_names_host_method_status_and_time_and_nothing_secret(application: Application, token: str) -> None:
    with capture_logs() as entries:
        facts = carry_out(Zoom().create(SPEC, application=application, token=token), seconds=5)

    assert [{**entry, "ms": 0} for entry in entries] == [
        {
            "event": "vendor_call",
            "log_level": "info",
            "host": "127.0.0.1",
            "method": "POST",
            "status": 201,
            "outcome": "Answered",
            "ms": 0,
        }
    ]
    assert facts.link not in str(entries)
    assert token not in str(entries)


def test_secrets_do_not_show_in_what_is_printed_of_a_call(application: Application, token: str) -> None:
    request = next(Zoom().create(SPEC, application=application, token=token))

    assert token not in repr(request)
    assert application.client_secret not in repr(application)


def test_many_threads_share_the_connections(sandbox: Sandbox, application: Application, token: str) -> None:
    specs = [replace(SPEC, marker=uuid4()) for _ in range(24)]

    with ThreadPoolExecutor(8) as threads:
        found = list(
            threads.map(
                lambda spec: carry_out(Zoom().create(spec, application=application, token=token), seconds=10), specs
            )
        )

    assert len({facts.remote_id for facts in found}) == 24
    assert [sandbox.ledger.created(str(spec.marker)) for spec in specs] == [1] * 24


def test_a_vendors_refusal_passes_through(application: Application) -> None:
    with pytest.raises(TokenExpired):
        carry_out(Zoom().who_am_i(application=application, token="unknown"), seconds=5)


def test_whoever_is_asked_before_each_request_may_forbid_it_and_then_nothing_is_sent(sandbox: Sandbox) -> None:
    def forbid(request: Request) -> None:
        raise TokenExpired

    with pytest.raises(TokenExpired):
        carry_out(ask("POST", f"{sandbox.url}/zoom/oauth/token"), seconds=5, before=forbid)

    assert sandbox.ledger.calls["token"] == 0


def test_every_answer_is_heard_with_the_vendor_s_name_for_the_call(application: Application, token: str) -> None:
    heard: list[Response] = []

    carry_out(Zoom().who_am_i(application=application, token=token), seconds=5, heard=heard.append)

    assert [request_id(each).startswith("v=2.0;clid=sandbox;rid=WEB_") for each in heard] == [True]


@pytest.mark.parametrize(("told", "kept"), [("", ""), ("a\nb", ""), ("x" * 500, "x" * 100), ("4f-9", "4f-9")])
def test_the_vendor_s_name_for_a_call_is_kept_if_it_can_be_shown(told: str, kept: str) -> None:
    assert request_id(Response(status=200, headers={"request-id": told})) == kept
