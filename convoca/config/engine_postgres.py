"""procrastinate in a process of ours: the engine of an installation on PostgreSQL."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from procrastinate import App
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Status

from convoca.config.task_engine import JOB, run_task

log = logging.getLogger(__name__)

# Longer than a call to a vendor may take (15 s): a task is only cut off if it hangs.
FINISH_WITHIN = timedelta(seconds=18)
RESTART_AFTER = timedelta(seconds=1)
PRUNE_EVERY = timedelta(minutes=10)
# Notifications come at once, but not before the worker listens.
POLL_EVERY = timedelta(seconds=0.5)
STOP_SEEN_WITHIN = timedelta(seconds=0.2)
# Beside the tasks, for asyncio's own short work.
SPARE_THREADS = 4


def work(*, threads: int, stop: threading.Event) -> None:
    """Carry out tasks on at most `threads` threads until `stop` is set; then wait for those that run."""
    while not stop.is_set():
        try:
            asyncio.run(_work(threads, stop))
        except Exception:
            # The server restarted or the network broke. Nothing is lost: the rows know what is due.
            log.exception("task_engine_failed")
        stop.wait(RESTART_AFTER.total_seconds())


async def _work(threads: int, stop: threading.Event) -> None:
    # asyncio's own pool has a handful of threads (cores + 4), which slow vendors would fill.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads + SPARE_THREADS))
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    # An app of the worker's own: a task that enqueues another does so through Django's connection.
    worker_app = DjangoApp(connector=connector.get_worker_connector())
    worker_app.task(name=JOB)(run_task)
    async with worker_app.open_async():
        worker = worker_app.run_worker_async(
            concurrency=threads,
            install_signal_handlers=False,
            delete_jobs="always",
            fetch_job_polling_interval=POLL_EVERY.total_seconds(),
            shutdown_graceful_timeout=FINISH_WITHIN.total_seconds(),
        )
        sides = [asyncio.create_task(each) for each in (worker, _told(stop), _prune(worker_app))]
        done, rest = await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
        for side in rest:
            side.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        for side in done:
            side.result()


async def _told(stop: threading.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(STOP_SEEN_WITHIN.total_seconds())


async def _prune(worker_app: App) -> None:
    """Delete, every few minutes, the wake-ups that a killed worker left running: what they did is in the rows."""
    while True:
        for job in await worker_app.job_manager.get_stalled_jobs():
            await worker_app.job_manager.finish_job(job=job, status=Status.FAILED, delete_job=True)
        await asyncio.sleep(PRUNE_EVERY.total_seconds())
