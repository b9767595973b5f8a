"""A breeder of workers to be killed: `python -m tests.booking.chaos`, told what to do line by line.

Each order breeds workers by fork, which is a hundred times faster than to start them: {"now": instant, "workers": n,
"line": n, "after": seconds}. With `line` each kills itself, by SIGKILL, as the n-th line of our code runs; with
`after` it is killed by that time. The answer is one line: {"killed_at": [places], "statuses": [exit statuses]}.
"""

import json
import os
import random
import select
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import CodeType
from typing import Any

OURS = Path(__file__).resolve().parents[2] / "convoca"
# Where a claim is made, acted on and recorded.
ROOMS = tuple(str(OURS / room) for room in ("booking/operations", "providers"))
# A vendor that hangs is waited for as long as a test can afford.
CALL_SECONDS = 1.0
SHORTEST_CALL_SECONDS = 0.1
# More than any test asks of a second and, where it is not what is tested, of a day.
PLENTY = 1_000_000


def main() -> None:
    import django

    django.setup()
    _hurry()
    for line in sys.stdin:
        print(json.dumps(_breed(json.loads(line))), flush=True)


def _hurry() -> None:
    """Wait shorter and count no calls per second: time is the tests' here."""
    from convoca.booking.operations import granting, provisioning
    from convoca.providers.zoom import Zoom

    for module in (provisioning, granting):
        setattr(module, "CALL_SECONDS", CALL_SECONDS)  # noqa: B010
    provisioning.SHORTEST_CALL_SECONDS = SHORTEST_CALL_SECONDS
    Zoom.calls_per_second = lambda self, weight, *, plan: PLENTY  # type: ignore[method-assign]
    if os.environ.get("TEST_PLENTY"):
        Zoom.capabilities = replace(Zoom.capabilities, daily_writes=PLENTY)


def _breed(order: dict[str, Any]) -> dict[str, Any]:
    told, tell = os.pipe()
    workers = [_fork(order, tell) for _ in range(order.get("workers", 1))]
    os.close(tell)
    if order.get("after") is not None:
        select.select([], [], [], order["after"])
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
    statuses = [os.waitpid(worker, 0)[1] for worker in workers]
    with os.fdopen(told) as places:
        return {"killed_at": places.read().split(), "statuses": [os.waitstatus_to_exitcode(each) for each in statuses]}


def _fork(order: dict[str, Any], tell: int) -> int:
    worker = os.fork()
    if worker == 0:
        _work(datetime.fromisoformat(order["now"]), order.get("line", 0), tell)
        os._exit(0)
    return worker


def _work(now: datetime, line: int, tell: int) -> None:
    from convoca.booking.operations.provisioning import provision_next

    random.seed()
    if line:
        _Fate(line, tell)
    while provision_next(now=now):
        continue


class _Fate:
    """Counts the lines of our code that run, and ends the process at one of them."""

    def __init__(self, line: int, tell: int) -> None:
        self.left = line
        self.tell = tell
        watch = sys.monitoring
        watch.use_tool_id(watch.DEBUGGER_ID, "fate")
        watch.register_callback(watch.DEBUGGER_ID, watch.events.LINE, self.count)
        watch.set_events(watch.DEBUGGER_ID, watch.events.LINE)

    def count(self, code: CodeType, line: int) -> Any:
        if not code.co_filename.startswith(ROOMS):
            return sys.monitoring.DISABLE
        self.left -= 1
        if self.left == 0:
            os.write(self.tell, f"{Path(code.co_filename).name}:{line}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
        return None


if __name__ == "__main__":
    main()
