"""django-tasks-db as threads of one process: the engine of an installation on SQLite."""

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from django.db import close_old_connections, connection
from django.tasks import DEFAULT_TASK_BACKEND_ALIAS
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=0.1)
PRUNE_EVERY = timedelta(minutes=10)


def work(*, threads: int, stop: threading.Event) -> None:
    """Carry out tasks on at most `threads` threads until `stop` is set; then wait for those that run."""
    pool = ThreadPoolExecutor(threads, thread_name_prefix="task")
    crew = Crew(pool, threads)
    prune_at = time.monotonic()
    while not stop.is_set():
        try:
            close_old_connections()
            crew.call_for(_count_ready(threads))
            if time.monotonic() >= prune_at:
                prune_at += PRUNE_EVERY.total_seconds()
                prune_finished()
        except Exception:
            log.exception("task_look_failed")
        stop.wait(LOOK_EVERY.total_seconds())
    crew.dismiss()


class Crew:
    """The threads that carry out tasks. Each works until no task is left, then waits to be called again.

    They do not look for tasks by themselves: each look of django-tasks-db is a write transaction, and on SQLite a
    dozen idle threads that look ten times a second stand in every visitor's way. One read looks for them all.
    """

    def __init__(self, pool: ThreadPoolExecutor, size: int) -> None:
        self.pool = pool
        self.size = size
        self.at_work: dict[Future[None], Worker] = {}

    def call_for(self, ready: int) -> None:
        """Set one thread to work for each ready task, as far as there are idle ones."""
        self.at_work = {shift: worker for shift, worker in self.at_work.items() if not shift.done()}
        for _ in range(min(ready, self.size - len(self.at_work))):
            worker = _worker()
            shift = self.pool.submit(worker.run)
            shift.add_done_callback(_report)
            self.at_work[shift] = worker

    def dismiss(self) -> None:
        """Let everyone finish the task in hand and take no other."""
        for worker in self.at_work.values():
            worker.running = False
        self.pool.shutdown(wait=True, cancel_futures=True)


def _worker() -> Worker:
    return Worker(
        queue_names=["*"],
        interval=LOOK_EVERY.total_seconds(),
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=None,
        worker_id="convoca",
        excluded_queue_names=[],
    )


def _report(shift: Future[None]) -> None:
    """A thread fails here if SQLite was held longer than its busy timeout (seen: 8 of 8). The next look calls again."""
    if not shift.cancelled() and (error := shift.exception()):
        log.error("task_thread_failed", exc_info=error)
    connection.close()


def _count_ready(most: int) -> int:
    return len(DBTaskResult.objects.ready().values_list("pk", flat=True)[:most])


def prune_finished() -> None:
    """Delete finished wake-ups, and those that a killed worker left running: what they did is in the rows."""
    old = timezone.now() - PRUNE_EVERY
    DBTaskResult.objects.finished().filter(finished_at__lt=old).delete()
    DBTaskResult.objects.running().filter(started_at__lt=old).delete()
