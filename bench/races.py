"""Everybody wants the same: one free time, and a class of twenty, on a server with eight workers.

Peers overbook by exactly their number of workers, so one worker proves nothing. The crowd comes to a server that has
been answering: before, people have looked at both pages for some seconds. Beside it the bare program lets the same
crowd book, each a time of their own, without checking anything: how fast this machine can be.
"""

import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from bench.booking import bare_program, cost_of_batch
from bench.clients import Answer, Browser, Starts, at_once, for_a_while, percentile, statuses
from bench.installation import Installation, installed
from bench.server import convoca, served
from bench.table import Row

WORKERS = 8
PLACES = 20
P99_SECONDS = 1.0
LOOKING = 32
LOOK_FOR_SECONDS = 3.0
# The machine of the aims: there a booking of the bare program takes so much CPU.
BARE_MS = 2.0
BATCHES = 5


def measure(*, crowds: list[int], database: str) -> list[Row]:
    return [row for people in crowds for row in _race(people, database)]


def _race(people: int, database: str) -> list[Row]:
    with installed(database) as installation:
        rows, slowest = _our_crowds(installation, people, database)
        bare, bare_ms = _bare_crowd(installation, people)
        scaled = slowest * BARE_MS / bare_ms
        return [
            *rows,
            Row(f"{people} people, the bare program", f"p99 {bare:.2f} s, {bare_ms:.1f} ms of CPU for one alone"),
            Row(f"{people} people, ours / bare", f"{slowest / bare:.2f}"),
            Row(
                f"{people} people, the slower p99 where the bare program takes {BARE_MS:.0f} ms",
                f"{scaled:.2f} s",
                "< 1 s" if database == "postgres" else "",
                scaled < P99_SECONDS if database == "postgres" else None,
            ),
        ]


def _our_crowds(installation: Installation, people: int, database: str) -> tuple[list[Row], float]:
    """Return the rows of both crowds and the p99 of the slower, in seconds."""
    scene = installation.ask("tests.races.scene", "make")
    environment, command = convoca(installation.environment, workers=WORKERS)
    with served(environment, *command) as server:
        for page in (scene["time_page"], scene["class_page"]):
            for_a_while(server.url, partial(Browser.get, path=page), people=LOOKING, seconds=LOOK_FOR_SECONDS)
        rows, slowest = [], 0.0
        for what, page, form, places in (
            ("one place", scene["time_page"], {"start": scene["time"]}, 1),
            (f"a class of {PLACES}", scene["class_page"], {"slot": scene["class"]}, PLACES),
        ):
            answers = at_once(server.url, page, form, people=people)
            slowest = max(slowest, percentile(answers, 99))
            rows.append(_crowd_row(f"{people} people, {what}", answers, places, database))
    left = installation.ask("tests.races.scene", "count")
    counted = [left["time_bookings"], left["occupancies"], left["class_bookings"], left["class_taken"]]
    rows.append(
        Row(f"{people} people, in the database", f"{counted}", "[1, 1, 20, 20]", counted == [1, 1, PLACES, PLACES])
    )
    return rows, slowest


def _crowd_row(what: str, answers: list[Answer], places: int, database: str) -> Row:
    found, p99 = statuses(answers), percentile(answers, 99)
    exact = found == {303: places, 409: len(answers) - places}
    aim = f"{places} booked, rest refused" + ("; p99 < 1 s" if database == "postgres" else "")
    fast = database != "postgres" or p99 < P99_SECONDS
    text = f"{found.get(303, 0)} booked, {found.get(409, 0)} refused, p99 {p99:.2f} s"
    rest = {status: number for status, number in found.items() if status not in {303, 409}}
    return Row(what, text + (f", {rest}" if rest else ""), aim, exact and fast)


def _bare_crowd(installation: Installation, people: int) -> tuple[float, float]:
    """Let as many people book with the bare program at once, each a time that nobody else wants.

    Return their p99 in seconds, and the CPU in milliseconds that one such booking takes alone.
    """
    first = datetime.now(UTC) + timedelta(days=30)
    scene = installation.ask("bench.filling", "0", f"{first:%Y-%m-%d}")
    environment = installation.environment | {"SCHEDULE": scene["schedule"], "ACCOUNT": scene["account"]}
    starts = Starts(first)
    with served(environment, sys.executable, "-m", *bare_program(workers=WORKERS)) as server:
        for_a_while(server.url, partial(Browser.get, path="/healthz"), people=LOOKING, seconds=LOOK_FOR_SECONDS)
        form = {"resource": scene["resource"]}
        answers = at_once(server.url, "/book", form, people=people, own=lambda: {"start": starts.next()})
        form |= {"name": "Ada Ruiz", "email": "ada@example.org"}
        alone = [cost_of_batch(server, installation, "/book", starts, form) for _ in range(BATCHES)]
    return percentile(answers, 99), median(alone)
