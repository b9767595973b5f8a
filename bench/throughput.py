"""How many calls a worker keeps in flight, in how much memory, and how many meetings workers make in a second."""

import time
from datetime import datetime

from bench.engine import VENDOR_SECONDS, Scene, connected, working
from bench.table import Row, at_most

USERS = 40
IN_FLIGHT = 16
PROCESSES = (1, 2, 4)
GIVE_UP_AFTER_SECONDS = 120.0


def measure(*, meetings: int, database: str) -> list[Row]:
    rates = {processes: _rate(database, meetings, processes) for processes in PROCESSES}
    rows = _in_flight(database)
    rows += [
        Row(f"meetings a second with {processes} {'process' if processes == 1 else 'processes'}", f"{rate:.1f}")
        for processes, rate in rates.items()
    ]
    return rows


def _in_flight(database: str) -> list[Row]:
    with connected(database, users=USERS) as scene:
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


def _rate(database: str, meetings: int, processes: int) -> float:
    """Return how many meetings are made in a second, of the middle eight tenths of so many."""
    with connected(database, users=USERS) as scene:
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
