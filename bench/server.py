"""A production web server of Convoca's own, started on a database of the benchmark's, and the CPU that it spends."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

START_WITHIN_SECONDS = 60.0
NANOSECONDS_A_MILLISECOND = 1e6


@dataclass(frozen=True)
class Server:
    """A running tree of processes that answers at `url`."""

    url: str
    process: subprocess.Popen[bytes]

    def cpu_ms(self) -> float:
        """Return the CPU, user and system together, that the whole tree has spent so far."""
        return cpu_ms_of(family(self.process.pid))

    def memory_mb(self) -> float:
        """Return the tree's proportional share of memory (PSS): what is shared counts once."""
        return sum(_pss_kb(pid) for pid in family(self.process.pid)) / 1024


def cpu_ms_of(pids: Iterable[int]) -> float:
    return sum(_cpu_ns(pid) for pid in pids) / NANOSECONDS_A_MILLISECOND


def family(pid: int) -> list[int]:
    """Return `pid` and everything that it started, at this moment."""
    pids, found = [pid], []
    while pids:
        each = pids.pop()
        found.append(each)
        for task in _listed(Path(f"/proc/{each}/task")):
            children = _read(task / "children")
            pids.extend(int(child) for child in children.split())
    return found


def _cpu_ns(pid: int) -> int:
    """Sum what the scheduler has counted for every thread, to the nanosecond."""
    return sum(int((_read(task / "schedstat") or "0").split()[0]) for task in _listed(Path(f"/proc/{pid}/task")))


def _pss_kb(pid: int) -> int:
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []  # It has ended since it was found.


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # As above.


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(environment: dict[str, str], *command: str, ready: str = "/healthz") -> Iterator[Server]:
    """Run `command` ("{port}" in it is replaced) until the block ends; ready once `ready` answers."""
    port = free_port()
    environment = os.environ | environment | {"PORT": str(port)}
    process = subprocess.Popen([part.format(port=port) for part in command], env=environment)
    try:
        server = Server(f"http://127.0.0.1:{port}", process)
        _wait_until_ready(server, ready)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def convoca(environment: dict[str, str], *, workers: int = 1, threads: int = 4) -> tuple[dict[str, str], list[str]]:
    """Return the environment and the command of Convoca's own web server."""
    sized = {"CONVOCA_WEB_WORKERS": str(workers), "CONVOCA_WEB_THREADS": str(threads)}
    return environment | sized, [sys.executable, "-m", "convoca.config.cli", "web"]


def _wait_until_ready(server: Server, path: str) -> None:
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"The server ended with status {server.process.returncode} before it answered.")
        try:
            httpx2.get(server.url + path)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"{server.url} did not answer within {START_WITHIN_SECONDS:.0f} seconds.")
