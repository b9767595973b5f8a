"""Worker processes of the tests' own, to be killed: `python -m tests.booking.workers <instant> [point]`.

The process brings due meetings forward as a worker does, at the instant it is given. With a point it kills itself
there, by SIGKILL: "call" before the vendor is called, "record" with the answer read and nothing written.
"""

import os
import signal
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote

from django.db import connection as database

if TYPE_CHECKING:
    # Not in the processes: it needs Django to be set up.
    from tests.booking.zooming import Simulated

DEADLINE_SECONDS = 60
# Where the simulated Google plays what.
GOOGLE = {
    "auth": "/google/auth",
    "token": "/google/token",
    "revoke": "/google/revoke",
    "calendar": "/google/calendar/v3",
    "userinfo": "/google/userinfo",
}


def start(
    zoom: "Simulated",
    *arguments: str,
    module: str = "tests.booking.workers",
    piped: bool = False,
    **more: str,
) -> "subprocess.Popen[bytes]":
    """Start a process of ours that shares the test's database and simulated Zoom, with `more` in its environment."""
    environment = os.environ | {
        "DATABASE_URL": database_address(),
        "DJANGO_SETTINGS_MODULE": "convoca.config.settings",
        "CONVOCA_ZOOM_CLIENT_ID": "client",
        "CONVOCA_ZOOM_CLIENT_SECRET": "client-secret",
        "CONVOCA_ZOOM_OAUTH_URL": f"{zoom.sandbox.url}/zoom/oauth",
        "CONVOCA_ZOOM_API_URL": f"{zoom.sandbox.url}/zoom/v2",
        "CONVOCA_GOOGLE_CLIENT_ID": "client",
        "CONVOCA_GOOGLE_CLIENT_SECRET": "client-secret",
        **{f"CONVOCA_GOOGLE_{each.upper()}_URL": f"{zoom.sandbox.url}{path}" for each, path in GOOGLE.items()},
    }
    pipe = subprocess.PIPE if piped else None
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, env=environment | more, stdin=pipe, stdout=pipe)


def work(zoom: "Simulated", **time: float) -> None:
    """Let time pass, and a new worker do what is due then."""
    zoom.pass_time(**time)
    assert start(zoom, zoom.clock().isoformat()).wait(DEADLINE_SECONDS) == 0


def kill(worker: "subprocess.Popen[bytes]") -> None:
    worker.kill()
    assert worker.wait(DEADLINE_SECONDS) == -signal.SIGKILL


def database_address() -> str:
    settings = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    host, name = quote(str(settings["HOST"] or settings["OPTIONS"].get("host", "")), safe=""), settings["NAME"]
    return f"postgres://{settings['USER']}@/{name}?host={host}"


def _die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("Nobody outlives SIGKILL.")


def main(now: datetime, point: str) -> None:
    import django

    django.setup()

    from convoca.booking.operations import provisioning

    if point:
        setattr(provisioning, {"call": "_perform", "record": "record"}[point], _die)
    while provisioning.provision_next(now=now):
        continue


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
