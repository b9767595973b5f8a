"""Tasks for the engine's tests: they write down that they ran, in this process."""

import threading
import time

from django.tasks import task

ran: list[tuple[str, float, str]] = []
at_the_gate: list[str] = []
gate = threading.Event()


@task
def note(name: str) -> None:
    ran.append((name, time.monotonic(), threading.current_thread().name))


@task
def wait_at_the_gate(name: str) -> None:
    at_the_gate.append(name)
    gate.wait(10)
    ran.append((name, time.monotonic(), threading.current_thread().name))


@task
def fail() -> None:
    raise RuntimeError("as it was told to")
