"""Reconcile: the product on a card. What is wanted, what is observed, and the one next step between them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Wanted(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"


class Observed(StrEnum):
    """What is known of the remote thing. UP_TO_DATE and STALE differ by the revision that was last sent."""

    NOTHING = "nothing"
    UP_TO_DATE = "up to date"
    STALE = "stale"
    GONE = "gone"
    UNKNOWN = "unknown"
    EXTERNAL = "external"
    DETACHED = "detached"
    BLOCKED = "blocked"


class Step(StrEnum):
    """The next act. REPLACE retires the row and inserts the next generation; it makes no call."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    LOOK = "look"
    REPLACE = "replace"
    REST = "rest"


NEXT_STEP: Mapping[tuple[Wanted, Observed], Step] = MappingProxyType(
    {
        (Wanted.PRESENT, Observed.NOTHING): Step.CREATE,
        (Wanted.PRESENT, Observed.UP_TO_DATE): Step.REST,
        (Wanted.PRESENT, Observed.STALE): Step.UPDATE,
        (Wanted.PRESENT, Observed.GONE): Step.REPLACE,
        (Wanted.PRESENT, Observed.UNKNOWN): Step.LOOK,
        (Wanted.PRESENT, Observed.EXTERNAL): Step.REST,
        (Wanted.PRESENT, Observed.DETACHED): Step.REST,
        (Wanted.PRESENT, Observed.BLOCKED): Step.REST,
        (Wanted.ABSENT, Observed.NOTHING): Step.REST,
        (Wanted.ABSENT, Observed.UP_TO_DATE): Step.DELETE,
        (Wanted.ABSENT, Observed.STALE): Step.DELETE,
        (Wanted.ABSENT, Observed.GONE): Step.REST,
        (Wanted.ABSENT, Observed.UNKNOWN): Step.LOOK,
        (Wanted.ABSENT, Observed.EXTERNAL): Step.REST,
        (Wanted.ABSENT, Observed.DETACHED): Step.REST,
        (Wanted.ABSENT, Observed.BLOCKED): Step.REST,
    }
)


def wanted(
    *, live: bool, made_ahead: bool, confirmed: int, has_source: bool, ends_at: datetime, now: datetime
) -> Wanted:
    """Say whether an occasion should have an online room: the one author of that wish.

    `made_ahead` is a class, which has its room from the start; an appointment has one while somebody is confirmed.
    Pending approval makes nothing, and nothing is made for an occasion that has ended.
    """
    needed = made_ahead or confirmed > 0
    return Wanted.PRESENT if live and has_source and needed and ends_at > now else Wanted.ABSENT


# The first seconds matter to somebody who looks at the page; later the vendor needs peace more than we need news.
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 15, 30, 2 * 60, 5 * 60, 15 * 60, 30 * 60, 60 * 60))


def back_off(attempts: int, *, jitter: float) -> timedelta:
    """Return how long to wait after the `attempts`-th failure in a row; `jitter` in [0, 1) adds up to a fifth."""
    base = BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]
    return base * (1 + jitter / 5)


# A vendor's listing may lag behind its own creates; a second look after this long decides that nothing was made.
LOOK_AGAIN = timedelta(seconds=10)

# A cancelled booking can be taken back this long, and finds its meeting as it was.
UNDO_WINDOW = timedelta(minutes=5)
