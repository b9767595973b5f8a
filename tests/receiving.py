"""Another program's address on loopback, that takes what it is told, fails, hangs, sends elsewhere or dies."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

type Reaction = Callable[["_Taking"], None]


class Program(ThreadingHTTPServer):
    """`told` is everything that arrived whole: headers by lower-case name, and the body. `reaction` is what it does."""

    daemon_threads = True

    def __init__(self, reaction: Reaction) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.reaction = reaction
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", 0), _Taking)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/heard?token=in-the-address-4711"

    @property
    def said(self) -> list[dict[str, Any]]:
        """What the bodies say."""
        return [json.loads(body) for _, body in self.told]


class _Taking(BaseHTTPRequestHandler):
    server: Program

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.server.reaction(self)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()


def answering(status: int, **headers: str) -> Reaction:
    return lambda taking: taking.answer(status, **headers)


def hanging(taking: _Taking) -> None:
    """Say nothing until the test ends."""
    taking.server.stopping.wait(30)


def dying(taking: _Taking) -> None:
    """Hang up without an answer, with everything received."""
    taking.close_connection = True
    taking.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def program(reaction: Reaction | None = None) -> Iterator[Program]:
    server = Program(reaction or answering(204))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def within(settings: Settings) -> None:
    """Other programs may be on this machine."""
    settings.WEBHOOKS_WITHIN = True


@pytest.fixture
def other(within: None) -> Iterator[Program]:
    with program() as server:
        yield server
