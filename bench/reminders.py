"""Ten thousand reminders due in the same minute: all of them leave, in order, and bookings are served meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bench.clients import Answer, Browser, Starts, browsing, percentile
from bench.engine import worker_of
from bench.installation import Installation, installed
from bench.post_office import PostOffice, furthest_from_its_place, open_post_office
from bench.server import Server, convoca, served
from bench.table import Row, at_most

# One booking after the other, as often as a busy installation sees them.
A_BOOKING_EVERY_SECONDS = 0.5
BOOKINGS_ALONE = 20
# The worker has imported everything and opened its connections by then.
WARM_AFTER = 0.1
LOOK_EVERY_SECONDS = 1.0
GIVE_UP_AFTER_SECONDS = 1800.0
# Some mails are under way at the same time, and may change places with each other.
MOST_OUT_OF_PLACE = 16
MOST_GROWTH_MB = 15
LIMIT_MS = 500


def measure(*, reminders: int, database: str) -> list[Row]:
    with open_post_office() as office, installed(database) as installation:
        environment = installation.environment | {"EMAIL_URL": f"smtp://127.0.0.1:{office.port}"}
        installation = replace(installation, environment=environment)
        first = datetime.now(UTC) + timedelta(days=2)
        scene = installation.ask("bench.filling", "0", f"{first:%Y-%m-%d}")
        with _web(installation) as web:
            visitor = Visitor(web, scene, Starts(first))
            alone = [visitor.book() for _ in range(BOOKINGS_ALONE)]
            installation.ask("bench.reminding", "make", str(reminders))
            with worker_of(installation) as worker, visitor.booking_meanwhile() as meanwhile:
                took, memory = _watch(office, worker, reminders)
            left = installation.ask("bench.reminding", "left")
    return _rows(office, reminders, took, memory, alone, meanwhile, left)


@contextmanager
def _web(installation: Installation) -> Iterator[Server]:
    environment, command = convoca(installation.environment)
    with served(environment, *command) as server:
        yield server


class Visitor:
    """Somebody who books one appointment after the other."""

    def __init__(self, web: Server, scene: dict[str, str], starts: Starts) -> None:
        self.web, self.path, self.starts = web, scene["path"], starts
        self.form = {"resource": scene["resource"], "name": "Ada Ruiz", "email": "ada@example.org"}

    def book(self) -> Answer:
        with browsing(self.web.url) as browser:
            return self._book(browser)

    def _book(self, browser: Browser) -> Answer:
        answer = browser.post(self.path, self.form | {"start": self.starts.next()})
        if answer.status != 303:
            raise RuntimeError(f"A booking was answered with {answer.status}.")
        return answer

    @contextmanager
    def booking_meanwhile(self) -> Iterator[list[Answer]]:
        """Book again and again until the block ends."""
        answers: list[Answer] = []
        stop = threading.Event()

        def go_on() -> None:
            while not stop.wait(A_BOOKING_EVERY_SECONDS):
                answers.append(self.book())

        thread = threading.Thread(target=go_on, name="visitor")
        thread.start()
        try:
            yield answers
        finally:
            stop.set()
            thread.join()


def _watch(office: PostOffice, worker: Server, reminders: int) -> tuple[float, list[float]]:
    """Wait until all reminders have come; return the seconds that took, and the worker's memory on the way."""
    begun, memory = time.monotonic(), []
    while len(_numbers(office)) < reminders:
        if time.monotonic() - begun > GIVE_UP_AFTER_SECONDS:
            break
        time.sleep(LOOK_EVERY_SECONDS)
        if len(office.taken) >= reminders * WARM_AFTER:
            memory.append(worker.memory_mb())
    return time.monotonic() - begun, memory


def _numbers(office: PostOffice) -> list[int]:
    """Return whose reminders came, in that order: the lower the number, the earlier their appointment."""
    reminded = (to.removeprefix("reminded").partition("@")[0] for to, _ in office.taken if to.startswith("reminded"))
    return [int(number) for number in reminded]


def _rows(
    office: PostOffice,
    reminders: int,
    took: float,
    memory: list[float],
    alone: list[Answer],
    meanwhile: list[Answer],
    left: list[int],
) -> list[Row]:
    came = _numbers(office)
    confirmed = sum(to == "ada@example.org" for to, _ in office.taken)
    booked = len(alone) + len(meanwhile)
    grown = max(memory) - min(memory) if memory else 0.0
    out_of_place = furthest_from_its_place(came)
    once_each = sorted(came) == [*range(reminders)]
    return [
        Row("reminders that came, once each", f"{len(set(came)):,}", f"{reminders:,}", once_each),
        Row("… in", f"{took:.0f} s ({reminders / took:.0f} a second)"),
        Row("… furthest from its place in the order of the starts", f"{out_of_place}", f"≤ {MOST_OUT_OF_PLACE}",
            out_of_place <= MOST_OUT_OF_PLACE),
        at_most("growth of the worker's memory from the first tenth on (PSS)", grown, MOST_GROWTH_MB, " MB"),
        Row("… at most", f"{max(memory, default=0):.0f} MB"),
        Row("a booking before, p95", f"{percentile(alone, 95) * 1000:.0f} ms"),
        at_most("a booking meanwhile, p95", percentile(meanwhile, 95) * 1000, LIMIT_MS, " ms", digits=0),
        Row("bookings meanwhile", f"{len(meanwhile)}"),
        Row("their mails that came before the reminders were through", f"{confirmed} of {booked}",
            "all but the last few", confirmed >= booked - 5),
        Row("reminders and other mails still owed", f"{left[0]} and {left[1]}", "0 and few", left[0] == 0),
    ]  # fmt: skip
