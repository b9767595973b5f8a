"""Background work (B10): the same promises from the engine on SQLite and the one on PostgreSQL."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from tests.config import tasks
from tests.installation import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 16


class Engine:
    """The engine of the database at hand, at work."""

    def __init__(self, threads: int) -> None:
        if connection.vendor == "postgresql":
            from convoca.config.engine_postgres import work
        else:
            from convoca.config.engine_sqlite import work
        self.stop = threading.Event()
        self.thread = threading.Thread(target=work, kwargs={"threads": threads, "stop": self.stop}, daemon=True)
        self.thread.start()

    def end(self) -> None:
        tasks.gate.set()
        self.stop.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


def forget_what_other_tests_enqueued() -> None:
    """Django's flush leaves procrastinate's own tables; hundreds of wake-ups of other tests would come first."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture
def start_engine() -> Iterator[Callable[[int], Engine]]:
    forget_what_other_tests_enqueued()
    tasks.ran.clear()
    tasks.at_the_gate.clear()
    tasks.gate.clear()
    engines = []

    def start(threads: int) -> Engine:
        engines.append(Engine(threads))
        return engines[-1]

    yield start
    for engine in engines:
        engine.end()


@pytest.fixture
def engine(start_engine: Callable[[int], Engine]) -> Engine:
    return start_engine(THREADS)


def names() -> list[str]:
    return [name for name, _, _ in tasks.ran]


def test_work_starts_within_a_second(engine: Engine) -> None:
    tasks.note.enqueue("warm")
    wait_for(lambda: names() == ["warm"], 10)

    enqueued = time.monotonic()
    tasks.note.enqueue("timed")
    wait_for(lambda: "timed" in names(), 10)

    assert tasks.ran[-1][1] - enqueued < 1


def test_work_is_enqueued_in_the_transaction_of_whoever_wants_it(engine: Engine) -> None:
    with transaction.atomic():
        tasks.note.enqueue("of a booking that failed")
        transaction.set_rollback(True)
    with transaction.atomic():
        tasks.note.enqueue("of a booking")

    wait_for(lambda: bool(names()), 10)

    assert names() == ["of a booking"]


def test_slow_calls_wait_side_by_side(engine: Engine) -> None:
    """One slow vendor must not hold up the others: as many calls wait at once as there are threads."""
    for number in range(THREADS - 1):
        tasks.wait_at_the_gate.enqueue(f"slow {number}")
    tasks.note.enqueue("quick")

    wait_for(lambda: names() == ["quick"], 10)
    tasks.gate.set()
    wait_for(lambda: len(names()) == THREADS, 10)

    assert len({thread for _, _, thread in tasks.ran[1:]}) == THREADS - 1


def test_a_task_that_fails_takes_nothing_with_it(engine: Engine) -> None:
    for _ in range(2 * THREADS):
        tasks.fail.enqueue()
    tasks.note.enqueue("after")

    wait_for(lambda: names() == ["after"], 20)

    assert engine.thread.is_alive()


def test_what_is_under_way_is_finished_when_the_worker_is_told_to_end(start_engine: Callable[[int], Engine]) -> None:
    engine = start_engine(1)
    tasks.wait_at_the_gate.enqueue("under way")
    wait_for(lambda: tasks.at_the_gate == ["under way"], 10)
    tasks.note.enqueue("left for the next worker")

    engine.stop.set()
    threading.Timer(1, tasks.gate.set).start()
    engine.thread.join(10)

    assert names() == ["under way"]
