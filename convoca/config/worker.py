"""The worker: carries out wake-ups as they are enqueued, and finds what is due even if a wake-up was lost."""

import logging
import signal
import sys
import threading
import time
from datetime import date, timedelta
from types import FrameType

from django.db import close_old_connections, connection
from django.utils import timezone

log = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(seconds=5)
TIDY_EVERY = timedelta(minutes=10)
# Owners are told at once of what they alone can mend.
WATCH_EVERY = timedelta(seconds=5)
# A row that is due but cannot be taken (its lease lives) must not make the sweep spin.
SWEEP_AT_MOST_EVERY = timedelta(seconds=0.25)
TOLD_SEEN_WITHIN = timedelta(seconds=0.1)
# Longer than a call to a vendor may take (15 s).
FINISH_WITHIN = timedelta(seconds=19)
# Python lets a thread that computes go on for five times as long while others have their answers already.
SWITCH_EVERY = timedelta(milliseconds=1)


def work_until_told(*, threads: int) -> int:
    """Work until Ctrl-C or SIGTERM, then finish what is in hand; return the exit status.

    It is 1 if the work ended by itself.
    """
    told = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal told
        told = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    stop = threading.Event()
    work = threading.Thread(target=run_worker, kwargs={"threads": threads, "stop": stop}, name="work", daemon=True)
    work.start()
    # The signal handler may interrupt this thread anywhere, so it takes no lock: a plain flag, looked at often.
    while not told and work.is_alive():
        time.sleep(TOLD_SEEN_WITHIN.total_seconds())
    # Imported here because operations need Django to be set up.
    from convoca.booking.operations.ending import end_soon

    end_soon()
    stop.set()
    work.join(FINISH_WITHIN.total_seconds())
    return 0 if told else 1


def run_worker(*, threads: int, stop: threading.Event) -> None:
    """Work until `stop` is set; then finish the calls in flight and return."""
    sys.setswitchinterval(SWITCH_EVERY.total_seconds())
    sweeper = threading.Thread(target=sweep, args=(stop,), name="sweep")
    sweeper.start()
    try:
        _carry_out_tasks(threads, stop)
    finally:
        stop.set()
        sweeper.join()
        connection.close()


def _carry_out_tasks(threads: int, stop: threading.Event) -> None:
    # Imported here because each engine's tables exist on its own database only.
    if connection.vendor == "postgresql":
        from convoca.config.engine_postgres import work
    else:
        from convoca.config.engine_sqlite import work
    work(threads=threads, stop=stop)


def sweep(stop: threading.Event) -> None:
    """Wake what is due every few seconds, or earlier if something becomes due earlier; every day, what prunes the past.

    Ends once `stop` is set.
    """
    from convoca.booking.operations.pruning import prune_past
    from convoca.booking.operations.waking import tidy_up, wake_due
    from convoca.booking.operations.watching import watch

    tidy_at = watch_at = time.monotonic()
    pruned_on: date | None = None
    while not stop.is_set():
        pause = SWEEP_EVERY
        try:
            close_old_connections()
            if time.monotonic() >= tidy_at:
                tidy_at = time.monotonic() + TIDY_EVERY.total_seconds()
                tidy_up(timezone.now())
            if time.monotonic() >= watch_at:
                watch_at = time.monotonic() + WATCH_EVERY.total_seconds()
                watch(now=timezone.now())
            if pruned_on != (today := timezone.now().date()):
                prune_past.enqueue()
                pruned_on = today
            next_due_at = wake_due(timezone.now())
        except Exception:
            # Whatever it was (a locked file, a restarting server), the next sweep is the remedy.
            log.exception("sweep_failed")
        else:
            if next_due_at is not None:
                pause = min(pause, max(next_due_at - timezone.now(), SWEEP_AT_MOST_EVERY))
        stop.wait(pause.total_seconds())
    connection.close()
