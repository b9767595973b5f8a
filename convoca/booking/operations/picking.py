"""Which meeting or event comes next: the one that starts soonest, without all workers reaching for the same one."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from convoca.booking.models import Connection, Meeting, Remote
from convoca.booking.operations.granting import BREAK_AFTER
from convoca.booking.operations.leasing import unleased

# Zoom's smallest plan takes two creates a second; more calls at once only collect refusals.
IN_FLIGHT_PER_CONNECTION = 4

# More than the workers of one process have in hand at once, so that one who looks finds something else.
LOOKED_AT = 64

# What starts within this time is next, whoever else may be reaching for it.
NEAR = timedelta(hours=1)

# For so long a process that reached for what another had already keeps out of the others' way.
ELBOW_ROOM_SECONDS = 5.0

# Of each kind of row, the ids.
_in_hand: set[tuple[type[Remote], int]] = set()
_jostled_at = float("-inf")
_lock = threading.Lock()


def due_meetings(*, now: datetime) -> QuerySet[Meeting]:
    """Return the meetings that a worker may act on now."""
    return due_rows(Meeting, now=now)


def due_rows[Row: Remote](model: type[Row], *, now: datetime) -> QuerySet[Row]:
    """Return the rows that a worker may act on now.

    A throttled, broken or refreshing connection, or one with enough calls in flight, hides its rows from here,
    so it keeps no worker from anybody else's. One that failed several times in a row is asked by one call at a time.
    """
    # Counted once, and not for each row that is due: among 2,800 that took a fifth of a second.
    rows = model._default_manager
    calls = rows.filter(due_at__isnull=False, lease_until__gte=Now(), connection__isnull=False)
    calling = calls.order_by().values("connection").annotate(n=Count("pk"))
    full = calling.filter(n__gte=IN_FLIGHT_PER_CONNECTION).values("connection")
    free = Q(connection__isnull=True) | (
        Q(connection__state__in=[Connection.State.OPEN, Connection.State.CLOSING], connection__grant__isnull=False)
        & (Q(connection__blocked_until__isnull=True) | Q(connection__blocked_until__lte=now))
        & unleased("connection__grant__", column="refresh_lease_until")
        & ~Q(connection__in=full)
        & (Q(connection__failures__lt=BREAK_AFTER) | ~Q(connection__in=calling.values("connection")))
    )
    return rows.filter(unleased(), free, due_at__lte=now)


@dataclass(frozen=True, kw_only=True)
class Picked:
    """The id of a meeting to act on, None if there is none; `more`: there are others."""

    number: int | None
    more: bool
    is_near: bool
    at: datetime


@contextmanager
def next_in_hand(*, now: datetime, model: type[Remote] = Meeting) -> Iterator[Picked]:
    """Take a row to act on in hand.

    No two threads of a process have the same one in hand. Processes that get in each other's way (four who all wanted
    the very first one made a quarter of what one made) take, of what is not near, the next of some connection: within
    a connection, where they share a day's allowance, the soonest still comes first.
    """
    # Not the whole rows: with all that belongs to them, to sort a thousand takes four times as long.
    due = due_rows(model, now=now).order_by("slot__starts_at", "pk")
    rows = list(due.values_list("pk", "connection", "slot__starts_at")[:LOOKED_AT])
    with _lock:
        free = [row for row in rows if (model, row[0]) not in _in_hand]
        is_near = bool(free) and free[0][2] <= now + NEAR
        number = _choose(free, is_near=is_near)
        if number is not None:
            _in_hand.add((model, number))
    try:
        yield Picked(number=number, more=len(free) > 1, is_near=is_near, at=now)
    finally:
        with _lock:
            _in_hand.discard((model, number or 0))


def note_jostle() -> None:
    """Note that another process had the row that this one reached for."""
    global _jostled_at
    _jostled_at = time.monotonic()


def _choose(rows: Sequence[tuple[int, int | None, datetime]], *, is_near: bool) -> int | None:
    if not rows:
        return None
    is_alone = time.monotonic() - _jostled_at > ELBOW_ROOM_SECONDS
    if is_alone or is_near:
        return rows[0][0]
    # Of equal keys a dictionary keeps the last: from the end, that is the soonest.
    soonest = {connection: number for number, connection, _ in reversed(rows)}
    return random.choice(list(soonest.values()))
