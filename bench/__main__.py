"""`python -m bench [part…]`: measure, and print tables. What decides are ratios within one run."""

import argparse
import os
import platform
import re
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from bench import availability, booking, delay, idle, peer, races, reminders, throughput, urgency
from bench.installation import DATABASES, postgres_server
from bench.table import Row, print_rows

# Filled through its own models; beyond that, filling takes longer than measuring. So it does on PostgreSQL, which must
# build the index of the exclusion constraint.
PEER_AT_MOST = POSTGRES_AT_MOST = 50_000
# One answer of the peer is 31 requests.
PEER_ROUNDS = 5
YARDSTICK = 1_000_000

PARTS: dict[str, tuple[str, Callable[[argparse.Namespace, str], list[Row]]]] = {
    "availability": (
        "A month of one resource",
        lambda chosen, database: availability.measure(
            sizes=_up_to(POSTGRES_AT_MOST, chosen.sizes) if database == "postgres" else chosen.sizes,
            rounds=chosen.rounds,
            database=database,
        ),
    ),
    "peer": (
        "Beside django-appointment",
        lambda chosen, database: peer.measure(
            sizes=_up_to(PEER_AT_MOST, chosen.sizes), rounds=min(chosen.rounds, PEER_ROUNDS)
        ),
    ),
    "booking": (
        "A booking",
        lambda chosen, database: booking.measure(rounds=chosen.rounds, seconds=chosen.seconds, database=database),
    ),
    "races": ("Races", lambda chosen, database: races.measure(crowds=chosen.crowds, database=database)),
    "delay": (
        "From a booking to its link",
        lambda chosen, database: delay.measure(bookings=chosen.links, database=database),
    ),
    "urgency": (
        "Urgent among a thousand",
        lambda chosen, database: urgency.measure(bookings=chosen.links, database=database),
    ),
    "reminders": (
        "Reminders that are due in the same minute",
        lambda chosen, database: reminders.measure(reminders=chosen.reminders, database=database),
    ),
    "throughput": (
        "Workers and a vendor that takes 300 ms",
        lambda chosen, database: throughput.measure(meetings=chosen.meetings, database=database),
    ),
    "idle": ("At rest", lambda chosen, database: idle.measure(database=database)),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all if none is named")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--sizes", type=_numbers, default=[0, 1_000, 10_000, 50_000, 1_000_000], help="0,1000,…")
    parser.add_argument("--crowds", type=_numbers, default=[100, 500], help="100,500")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of ten requests each")
    parser.add_argument("--seconds", type=float, default=4, help="how long a crowd books")
    parser.add_argument("--links", type=int, default=60, help="how many bookings wait for their link")
    parser.add_argument("--reminders", type=int, default=10_000, help="how many reminders are due in one minute")
    parser.add_argument("--meetings", type=int, default=600, help="how many meetings the workers make")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"## {datetime.now(UTC):%Y-%m-%d}\n\n{_machine(chosen.database)}")
    begun = time.monotonic()
    for name in chosen.parts or PARTS:
        title, measure = PARTS[name]
        both = DATABASES if name != "peer" else DATABASES[:1]
        for database in both if chosen.database == "both" else [chosen.database]:
            before = _state()
            print_rows(f"{title} ({database})", measure(chosen, database))
            print(f"\nBefore: {before}. After: {_state()}.", flush=True)
    print(f"\nAll of it took {(time.monotonic() - begun) / 60:.0f} min.")


def _machine(database: str) -> str:
    cpu = re.search(r"model name\s*: (.*)", _read_or_empty(Path("/proc/cpuinfo")))
    parts = [
        f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()})",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
    ]
    if database != "sqlite":
        with psycopg.connect(postgres_server()) as connection:
            parts.append(f"PostgreSQL {connection.info.server_version // 10_000}")
    return f"{', '.join(parts)}."


def _read_or_empty(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _up_to(most: int, sizes: list[int]) -> list[int]:
    return [size for size in sizes if size <= most]


def _state() -> str:
    """Say how busy the machine is, and how fast: shared cores can be half as fast as the same cores alone."""
    begun = time.thread_time()
    sum(range(YARDSTICK))
    return f"load {os.getloadavg()[0]:.1f}, a million additions {(time.thread_time() - begun) * 1000:.0f} ms"


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


if __name__ == "__main__":
    main()
