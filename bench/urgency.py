"""A booking that starts in ten minutes, among a thousand meetings that are owed: does it wait behind them?"""

from bench.engine import VENDOR_SECONDS, connected, percentile_of, working
from bench.table import Row, at_most

USERS = 40
QUEUED = 2_800
LEAST_QUEUED = 1_000
WARM_UP = 5


def measure(*, bookings: int, queued: int = QUEUED, users: int = USERS, database: str) -> list[Row]:
    with connected(database, users=users) as scene:
        scene.zoom.take_time(VENDOR_SECONDS)
        with working(scene):
            scene.ask("book", WARM_UP)
            alone = _seconds(scene.ask("book", bookings))
            scene.ask("queue", queued)
            among = _seconds(scene.ask("book", bookings))
            left = scene.ask("left")
    return [
        Row("until the link is there, no queue", _spread(alone)),
        Row(f"until the link is there, {LEAST_QUEUED:,} meetings queued or more", _spread(among)),
        at_most("p95 with / without the queue", percentile_of(among, 95) / percentile_of(alone, 95), 1.2, "", digits=2),
        Row("still queued at the end", f"{left:,}", f"≥ {LEAST_QUEUED:,}", left >= LEAST_QUEUED),
    ]


def _seconds(times: list[list[float]]) -> list[float]:
    return [ready - committed for committed, ready in times]


def _spread(seconds: list[float]) -> str:
    return f"median {percentile_of(seconds, 50):.2f} s, p95 {percentile_of(seconds, 95):.2f} s"
