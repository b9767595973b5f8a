"""Beside django-appointment: a month of one person's free times, which there is one request for each day.

It is installed into a folder of its own, with the Django that its makers' requirements resolve to.
"""

import os
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from bench.availability import next_month
from bench.clients import browsing
from bench.installation import installed
from bench.server import Server, convoca, served
from bench.table import Row

DAYS = 31
AJAX = {"X-Requested-With": "XMLHttpRequest"}
HERE = Path(__file__).parent
SERVER = ("--workers=1", "--threads=4", "--worker-class=gthread", "--log-level=warning", "--no-control-socket")


def measure(*, sizes: list[int], rounds: int) -> list[Row]:
    """Ask ours and theirs in turn for the same month."""
    month = next_month()
    rows = []
    with _peer_python() as python:
        version = _output(python, "-c", "from importlib.metadata import version as v; print(v('django-appointment'))")
        for size in sizes:
            with ExitStack() as stack:
                installation = stack.enter_context(installed("sqlite"))
                scene = installation.ask("bench.filling", str(size), f"{month:%Y-%m-%d}")
                environment, command = convoca(installation.environment)
                ours = stack.enter_context(served(environment, *command))
                theirs = stack.enter_context(_peer(python, size, month))
                path = f"{scene['path']}/free.json?from={month:%Y-%m-%d}&days={DAYS}&resource={scene['resource']}"
                costs = [(_ask(ours, [path]), _ask(theirs, _days(month))) for _ in range(rounds + 1)][1:]
            our, their = (median(pair[side] for pair in costs) for side in (0, 1))
            ratio = median(pair[1] / pair[0] for pair in costs)
            text = f"ours {our:.1f} ms, django-appointment {version} {their:.1f} ms: {ratio:.1f} times"
            rows.append(Row(f"a month as JSON, {size:,} bookings, CPU", text, "less", ratio > 1))
    return rows


@contextmanager
def _peer_python() -> Iterator[str]:
    """Make an environment with django-appointment and the server that ours runs on."""
    with tempfile.TemporaryDirectory(prefix="convoca-bench-peer-") as folder:
        venv.create(folder, with_pip=True)
        python = f"{folder}/bin/python"
        _output(python, "-m", "pip", "install", "--quiet", "django-appointment", "gunicorn")
        yield python


@contextmanager
def _peer(python: str, appointments: int, month: datetime) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="convoca-bench-peer-") as folder:
        environment = {"DATABASE": f"{folder}/db.sqlite3", "PYTHONPATH": str(HERE)}
        _output(python, str(HERE / "peer_site.py"), str(appointments), f"{month:%Y-%m-%d}", **environment)
        command = (python, "-m", "gunicorn", *SERVER, "--bind=127.0.0.1:{port}", "peer_site")
        with served(environment, *command) as server:
            yield server


def _output(python: str, *arguments: str, **environment: str) -> str:
    command = [python, *arguments]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr[-3000:]}")
    return done.stdout.strip()


def _days(month: datetime) -> list[str]:
    days = [month + timedelta(days=day) for day in range(DAYS)]
    return [f"/ajax/available_slots/?selected_date={day:%Y-%m-%d}&staff_member=1&service_id=1" for day in days]


def _ask(server: Server, paths: list[str]) -> float:
    """Return the CPU of all these requests together, in milliseconds."""
    with browsing(server.url) as browser:
        browser.get(paths[0], **AJAX)  # Opens the connection to the database.
        before = server.cpu_ms()
        for path in paths:
            answer = browser.get(path, **AJAX)
            if answer.status != 200:
                raise RuntimeError(f"{path} was answered with {answer.status}: {answer.body[:300]!r}")
        return server.cpu_ms() - before
