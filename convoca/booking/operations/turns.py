"""Hands of one process take turns at its one processor, so that what is near never waits for what is not.

Python runs one thread at a time. Sixteen hands that all write to the database at once make each other slow, and with
them the one whose client has ten minutes left. So whoever works for a later day does it one after the other, and gives
the turn away for as long as a vendor is being waited for; whoever works for the next hour asks nobody.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Some ten times what a step takes. Turns keep the pace, not the order: whoever has waited so long goes on without.
PATIENCE_SECONDS = 0.25

_turn = threading.Lock()
_mine = threading.local()


@contextmanager
def in_turn(*, patience: float = PATIENCE_SECONDS) -> Iterator[bool]:
    """Wait some seconds for the turn, and keep it until the block ends or `ask_nobody` or `out_of_turn` gives it away.

    Says whether there was a turn. Without one the block is carried out all the same.
    """
    _take(patience)
    try:
        yield _has()
    finally:
        _give()


def ask_nobody() -> None:
    """Give the turn away for good: what this thread has in hand is near."""
    _give()


@contextmanager
def out_of_turn() -> Iterator[None]:
    """Let others work until the block ends: this thread waits for somebody outside. Without a turn nothing changes."""
    had = _has()
    _give()
    try:
        yield
    finally:
        if had:
            _take(PATIENCE_SECONDS)


def _has() -> bool:
    return getattr(_mine, "turn", False)


def _take(patience: float) -> None:
    _mine.turn = _turn.acquire(timeout=patience)


def _give() -> None:
    if _has():
        _mine.turn = False
        _turn.release()
