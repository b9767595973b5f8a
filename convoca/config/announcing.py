"""Telling whoever started the server where it is, once it answers."""

from collections.abc import Callable
from contextlib import closing as closed_after
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from convoca.config.env import Environment

LOOPBACK = "127.0.0.1"
ANSWER_WITHIN = timedelta(seconds=2)


def announcer(environment: Environment, words: str, *, closing: str) -> Callable[[], bool]:
    """Return a function that prints `words` once the web server answers, and says whether it did."""
    address = f"{host_of(environment)}:{environment.port}"

    def announce() -> bool:
        # Without `urllib`, which loads everybody's certificates first: 9 MB that the other processes then do not share.
        with closed_after(HTTPConnection(address, timeout=ANSWER_WITHIN.total_seconds())) as server:
            try:
                server.request("GET", "/healthz")
                answers = server.getresponse().status == HTTPStatus.OK
            except (OSError, HTTPException):
                return False
        if answers:
            print(f"\n{words.strip()}\n\n{closing}", flush=True)
        return answers

    return announce


def host_of(environment: Environment) -> str:
    """Return by what name a program of this machine finds the web server."""
    listen = LOOPBACK if environment.listen in {"0.0.0.0", "::"} else environment.listen
    return f"[{listen}]" if ":" in listen else listen
