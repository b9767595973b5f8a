"""Clients that cost little themselves: they share two cores with the server that is measured."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from secrets import token_urlsafe
from threading import Barrier, Lock
from urllib.parse import urlencode, urlsplit

PATIENCE_SECONDS = 120
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    seconds: float


class Browser:
    """One connection, kept open."""

    def __init__(self, url: str) -> None:
        self.connection = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_SECONDS)

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, form: dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(form), FORM)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        begun = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        return Answer(response.status, content, time.perf_counter() - begun)


@contextmanager
def browsing(url: str) -> Iterator[Browser]:
    browser = Browser(url)
    try:
        yield browser
    finally:
        browser.connection.close()


class Starts:
    """Free times of the measured schedule, each given out once, to any number of threads."""

    def __init__(self, first_day: datetime) -> None:
        nine = first_day.replace(hour=9, minute=0, second=0, microsecond=0)
        self._times = (nine + timedelta(days=day, minutes=30 * half) for day in itertools.count() for half in range(16))
        self._lock = Lock()

    def next(self) -> str:
        with self._lock:
            return f"{next(self._times).astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def at_once(
    url: str,
    path: str,
    form: dict[str, str],
    *,
    people: int,
    own: Callable[[], dict[str, str]] = dict,
) -> list[Answer]:
    """Let so many people send the same wish at the same moment, each on a connection of their own.

    `own` is what each of them wishes beside it.
    """
    gate = Barrier(people)

    def wish(number: int) -> Answer:
        person = {"name": f"Visitor {number}", "email": f"visitor{number}@example.org"}
        wished = form | own() | person | {"form_key": token_urlsafe(16)}
        with browsing(url) as browser:
            gate.wait(PATIENCE_SECONDS)
            return browser.post(path, wished)

    with ThreadPoolExecutor(people) as crowd:
        return list(crowd.map(wish, range(people)))


def for_a_while(url: str, act: Callable[[Browser], Answer], *, people: int, seconds: float) -> list[Answer]:
    """Let so many people act again and again for some seconds; return all answers."""
    until = time.monotonic() + seconds

    def one(number: int) -> list[Answer]:
        with browsing(url) as browser:
            answers = []
            while time.monotonic() < until:
                answers.append(act(browser))
            return answers

    with ThreadPoolExecutor(people) as crowd:
        return [answer for answers in crowd.map(one, range(people)) for answer in answers]


def statuses(answers: Sequence[Answer]) -> dict[int, int]:
    return dict(sorted(Counter(answer.status for answer in answers).items()))


def percentile(answers: Sequence[Answer], percent: int) -> float:
    """Return the seconds within which so many of a hundred were answered."""
    ordered = sorted(answer.seconds for answer in answers)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
