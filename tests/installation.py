"""Whole installations: real processes, a database of their own on the chosen engine, ports that nobody else has."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest

from convoca.config.keys import fresh_keys
from tests.plugins.database import KIND

ROOT = Path(__file__).resolve().parent.parent
# Generous: a crowded machine takes ten times as long as a quiet one, which needs five seconds.
UP_WITHIN_SECONDS = 180
ENDS_WITHIN_SECONDS = 30


@dataclass
class Installation:
    """One installation: where it is, with which settings, and which of its processes run."""

    folder: Path
    port: int
    environment: dict[str, str]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Where `make run` puts the simulated vendors."""
        return f"http://127.0.0.1:{self.port + 1}"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Carry out `convoca <command>` and return what it printed and its status."""
        return subprocess.run(
            [*self.convoca, *command], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    @property
    def convoca(self) -> tuple[str, ...]:
        return (sys.executable, "-m", "convoca.config.cli")

    def start(self, *command: str, program: tuple[str, ...] | None = None) -> subprocess.Popen[str]:
        """Start `convoca <command>` (or `program`); its words go to `log`. It ends with the test."""
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [*(program or self.convoca), *command],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.processes.append(process)
        return process

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def wait_until_up(self, process: subprocess.Popen[str], path: str = "/healthz") -> None:
        """Return when the web server answers. Raises AssertionError, with the log, if it does not."""
        wait_for(lambda: process.poll() is not None or answers(self.url + path), UP_WITHIN_SECONDS, self.log)
        assert process.poll() is None, self.log.read_text()

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(condition: Callable[[], bool], seconds: float, log: Path | None = None) -> None:
    """Return as soon as `condition` holds. Raises AssertionError if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain. {log.read_text() if log and log.exists() else ''}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


def free_ports() -> int:
    """Return a port that is free, and the next one with it.

    They lie below those that systems give to outgoing connections: of these, any may be taken a moment later.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def fresh_database(folder: Path) -> str:
    """Make an empty database on the engine that the tests run on, and return its address."""
    if KIND == "sqlite":
        return f"sqlite:///{folder / 'convoca.sqlite3'}"
    import psycopg

    name = f"convoca_{uuid4().hex}"
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def new_installation(folder: Path) -> Installation:
    port = free_ports()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVOCA_", "DJANGO_"))}
    kept.pop("EMAIL_URL", None)
    settings = {"CONVOCA_VAR": str(folder), "DATABASE_URL": fresh_database(folder), "PORT": str(port)}
    return Installation(folder=folder, port=port, environment=kept | fresh_keys() | settings)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation with keys and an empty database, nothing started. Its processes end with the test."""
    made = new_installation(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="session")
def tryout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """What `make run` starts, running: examples, web, worker, simulated vendors. Shared by all who only add to it."""
    made = new_installation(tmp_path_factory.mktemp("tryout"))
    made.wait_until_up(made.start(program=(sys.executable, "-m", "convoca.config.tryout")))
    yield made
    made.end()
