"""An installation with many businesses, a simulated Zoom that takes its time, and workers between the two."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from bench.installation import CONVOCA, Installation, installed
from bench.server import Server

# What a call to Zoom is supposed to take.
VENDOR_SECONDS = 0.3
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Zoom:
    """The simulated Zoom, at its control desk."""

    url: str

    def take_time(self, seconds: float) -> None:
        """Let every creation from now on take so long."""
        self._ask("DELETE", "faults")
        self._ask("POST", "faults", {"verb": "create", "kind": "latency", "seconds": seconds, "count": None})

    def hold(self) -> None:
        """Keep the answer to every creation from now on."""
        self._ask("POST", "faults", {"verb": "create", "kind": "hold", "count": None})

    def wait_until_held(self, calls: int) -> int:
        """Return how many answers are kept back, as soon as there are so many or after a while."""
        held: int = self._ask("GET", f"held?at_least={calls}&seconds=30")["held"]
        return held

    def let_go(self) -> None:
        self._ask("DELETE", "faults")
        self._ask("POST", "release")

    def made(self) -> list[dict[str, str]]:
        """Return what was made, in order: each with `at` and `marker`."""
        return [each for each in self._ask("GET", "ledger")["entries"] if each["verb"] == "create"]

    def _ask(self, method: str, what: str, body: Any = None) -> Any:
        answer = httpx2.request(method, f"{self.url}/sandbox/{what}", json=body, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@dataclass(frozen=True)
class Scene:
    """`page` is the schedule of one of the businesses, of which each has a Zoom user of its own."""

    installation: Installation
    zoom: Zoom
    page: str

    def ask(self, act: str, count: int = 0) -> Any:
        return self.installation.ask("bench.tenants", act, str(count))


@contextmanager
def connected(database: str, *, users: int) -> Iterator[Scene]:
    """Make an installation with a connected business for each of so many users of a Zoom of its own."""
    with installed(database) as installation, _zoom(users) as (zoom, consents):
        environment = installation.environment | {
            "CONVOCA_ZOOM_CLIENT_ID": "client",
            "CONVOCA_ZOOM_CLIENT_SECRET": "client-secret",
            "CONVOCA_ZOOM_OAUTH_URL": f"{zoom.url}/zoom/oauth",
            "CONVOCA_ZOOM_API_URL": f"{zoom.url}/zoom/v2",
        }
        installation = replace(installation, environment=environment)
        page = installation.ask("bench.tenants", "make", told=json.dumps(consents))
        yield Scene(installation, zoom, page)


@contextmanager
def _zoom(users: int) -> Iterator[tuple[Zoom, list[dict[str, str]]]]:
    process = subprocess.Popen([sys.executable, "-m", "bench.vendor", str(users)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield Zoom(told["url"]), told["users"]
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def working(scene: Scene, *, processes: int = 1) -> Iterator[list[Server]]:
    """Run so many workers of the command line until the block ends."""
    with ExitStack() as stack:
        yield [stack.enter_context(worker_of(scene.installation)) for _ in range(processes)]


@contextmanager
def worker_of(installation: Installation) -> Iterator[Server]:
    """Run a worker of the command line until the block ends."""
    command = (*CONVOCA, "worker")
    process = subprocess.Popen(
        command, env=installation.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield Server("", process)
    finally:
        process.terminate()
        process.wait(30)


def percentile_of(seconds: list[float], percent: int) -> float:
    """Return the seconds within which so many of a hundred were over."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
