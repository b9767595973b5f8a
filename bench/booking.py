"""A booking through HTTP: form in, redirect out, everything owed written; beside a program that only inserts."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from bench.clients import Answer, Browser, Starts, browsing, for_a_while, percentile, statuses
from bench.installation import Installation, installed, postgres_pids
from bench.server import Server, convoca, cpu_ms_of, served
from bench.table import Row, at_most

BATCH = 10
CLIENTS = (8, 64)


def bare_program(*, workers: int = 1) -> list[str]:
    """Return the module and the options that serve the bare program as ours is served."""
    return [
        "gunicorn",
        f"--workers={workers}",
        "--threads=4",
        "--worker-class=gthread",
        "--log-level=warning",
        "--no-control-socket",
        "--bind=127.0.0.1:{port}",
        "bench.bare",
    ]


def measure(*, rounds: int, seconds: float, database: str) -> list[Row]:
    """Book with ours and with the bare program in turn; then let more and more clients book with ours."""
    with installed(database) as installation:
        first = datetime.now(UTC) + timedelta(days=2)
        scene = installation.ask("bench.filling", "0", f"{first:%Y-%m-%d}")
        starts = Starts(first)
        own = {"resource": scene["resource"], "name": "Ada Ruiz", "email": "ada@example.org"}
        form = f"start={starts.next()}&" + "&".join(f"{name}={value}" for name, value in own.items())
        (queries,) = installation.ask("bench.queries", form, scene["path"])
        rows = _cost(installation, scene, starts, own, rounds=rounds)
        rows.append(at_most("a booking, queries", queries, 20, "", digits=0))
        rows += _throughput(installation, scene["path"], starts, own, seconds=seconds)
        rows.append(_everything_owed(installation))
        return rows


def _cost(
    installation: Installation, scene: dict[str, str], starts: Starts, own: dict[str, str], *, rounds: int
) -> list[Row]:
    environment, command = convoca(installation.environment)
    bare = installation.environment | {"SCHEDULE": scene["schedule"], "ACCOUNT": scene["account"]}
    with served(environment, *command) as ours, served(bare, sys.executable, "-m", *bare_program()) as least:
        costs = []
        for number in range(rounds + 1):
            pair = [
                cost_of_batch(server, installation, path, starts, own)
                for server, path in ((ours, scene["path"]), (least, "/book"))
            ]
            if number:  # The first round warms up.
                costs.append(pair)
    return [
        at_most("a booking, CPU", median(pair[0] for pair in costs), 8, " ms"),
        Row("the bare program, CPU", f"{median(pair[1] for pair in costs):.1f} ms"),
        at_most("ours / bare", median(pair[0] / pair[1] for pair in costs), 4, "", digits=2),
    ]


def cost_of_batch(server: Server, installation: Installation, path: str, starts: Starts, own: dict[str, str]) -> float:
    """Return the CPU of one booking, in milliseconds, over a batch of them; a PostgreSQL of this machine included."""
    with browsing(server.url) as browser:
        browser.post(path, own | {"start": starts.next()})  # Opens the connection to the database.
        meter = _Meter.start(server, installation)
        for _ in range(BATCH):
            _book(browser, path, starts, own)
        return meter.read_ms() / BATCH


def _book(browser: Browser, path: str, starts: Starts, own: dict[str, str]) -> Answer:
    answer = browser.post(path, own | {"start": starts.next()})
    if answer.status != 303:
        raise RuntimeError(f"A booking was answered with {answer.status}: {answer.body.decode()[-500:]}")
    return answer


def _throughput(
    installation: Installation, path: str, starts: Starts, own: dict[str, str], *, seconds: float
) -> list[Row]:
    environment, command = convoca(installation.environment, workers=2)
    rates: dict[int, list[float]] = {people: [] for people in CLIENTS}
    costs: dict[int, list[float]] = {people: [] for people in CLIENTS}
    answers: dict[int, list[Answer]] = {people: [] for people in CLIENTS}
    with served(environment, *command) as server:
        for turn in range(4):
            for people in CLIENTS:
                meter = _Meter.start(server, installation)
                booked = for_a_while(
                    server.url, lambda browser: _book(browser, path, starts, own), people=people, seconds=seconds
                )
                if not turn:
                    continue  # Warms up.
                rates[people].append(len(booked) / sum(answer.seconds for answer in booked) * people)
                costs[people].append(meter.read_ms() / len(booked))
                answers[people] += booked
    few, many = (median(rates[people]) for people in CLIENTS)
    rows = [
        Row(
            f"bookings of one resource with {people} clients",
            f"{median(rates[people]):.0f}/s, {median(costs[people]):.1f} ms of CPU each,"
            f" p99 {percentile(answers[people], 99):.2f} s {statuses(answers[people])}",
        )
        for people in CLIENTS
    ]
    return [*rows, Row("throughput with 64 / with 8 clients", f"{many / few:.2f}", "≥ 0.9", many / few >= 0.9)]


@dataclass(frozen=True)
class _Meter:
    """The CPU that a server spends from now on, and a PostgreSQL of this machine for it."""

    server: Server
    installation: Installation
    by_server: float
    by_postgres: dict[int, float]

    @classmethod
    def start(cls, server: Server, installation: Installation) -> "_Meter":
        return cls(server, installation, server.cpu_ms(), _by_process(installation))

    def read_ms(self) -> float:
        """Return the milliseconds since the start; of a database process that has ended meanwhile, nothing."""
        by_postgres = _by_process(self.installation)
        spent = (cpu - self.by_postgres.get(pid, 0) for pid, cpu in by_postgres.items())
        return self.server.cpu_ms() - self.by_server + sum(spent)


def _by_process(installation: Installation) -> dict[int, float]:
    return {pid: cpu_ms_of([pid]) for pid in postgres_pids(installation)}


def _everything_owed(installation: Installation) -> Row:
    found: dict[str, Any] = installation.ask("bench.counting")
    text = ", ".join(f"{count:,} {what}" for what, count in found.items())
    each = {count for what, count in found.items() if what != "reminders"}
    return Row("written for them", text, "as many of each", len(each) == 1)
