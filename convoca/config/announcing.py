"""Telling whoever started the server where it is, once it answers."""

import urllib.request
from collections.abc import Callable
from datetime import timedelta

from convoca.config.env import Environment

LOOPBACK = "127.0.0.1"
ANSWER_WITHIN = timedelta(seconds=2)


def announcer(environment: Environment, words: str, *, closing: str) -> Callable[[], bool]:
    """Return a function that prints `words` once the web server answers, and says whether it did."""
    address = f"http://{host_of(environment)}:{environment.port}/healthz"

    def announce() -> bool:
        try:
            with urllib.request.urlopen(address, timeout=ANSWER_WITHIN.total_seconds()):
                print(f"\n{words.strip()}\n\n{closing}", flush=True)
                return True
        except OSError:
            return False

    return announce


def host_of(environment: Environment) -> str:
    """Return by what name a program of this machine finds the web server."""
    listen = LOOPBACK if environment.listen in {"0.0.0.0", "::"} else environment.listen
    return f"[{listen}]" if ":" in listen else listen
