"""How many calls a worker keeps in flight, in how much memory, and how many meetings workers make in a second."""

import time
from collections.abc import Sequence
from datetime import datetime

from bench.engine import VENDOR_SECONDS, Scene, connected, working
from bench.table import Row, at_most

USERS = 40
IN_FLIGHT = 16
PROCESSES = (1, 2, 4)
GIVE_UP_AFTER_SECONDS = 120.0


def measure(*, meetings: int, processes: Sequence[int] = PROCESSES, users: int = USERS, database: str) -> list[Row]:
    rates = {number: _rate(database, meetings, number, users=users) for number in processes}
    rows = _in_flight(database, users=users)
    rows += [
        Row(f"meetings a second with {number} {'process' if number == 1 else 'processes'}", f"{rate:.1f}")
        for number, rate in rates.items()
    ]
    return rows


def _in_flight(database: str, *, users: int) -> list[Row]:
    with connected(database, users=users) as scene:
        scene.zoom.hold()
        scene.ask("queue", IN_FLIGHT * 4)
        with working(scene) as (worker,):
            held = scene.zoom.wait_until_held(IN_FLIGHT)
            memory = worker.memory_mb()
            scene.zoom.let_go()
    return [
        Row("calls in flight of one worker", f"{held}", f"≥ {IN_FLIGHT}", held >= IN_FLIGHT),
        at_most("memory of that worker (PSS)", memory, 100, " MB", digits=0),
    ]


def _rate(database: str, meetings: int, processes: int, *, users: int) -> float:
    """Return how many meetings are made in a second, of the middle eight tenths of so many."""
    with connected(database, users=users) as scene:
        scene.zoom.take_time(VENDOR_SECONDS)
        scene.ask("queue", meetings)
        with working(scene, processes=processes):
            _wait_until_made(scene, meetings)
        made = sorted(datetime.fromisoformat(each["at"]).timestamp() for each in scene.zoom.made())
    tenth = meetings // 10
    return (meetings - 2 * tenth) / (made[-tenth - 1] - made[tenth - 1])


def _wait_until_made(scene: Scene, meetings: int) -> None:
    until = time.monotonic() + GIVE_UP_AFTER_SECONDS
    while len(scene.zoom.made()) < meetings:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(scene.zoom.made())} of {meetings} meetings were made.")
        time.sleep(0.5)
