"""What follows from a vendor's answer whatever it was about: the columns that say so."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from convoca.booking.models import Remote
from convoca.booking.operations.claiming import Columns
from convoca.core.quota import next_utc_midnight
from convoca.core.reconcile import LOOK_AGAIN, Step, back_off
from convoca.providers.contract import (
    Misconfigured,
    NotAuthorized,
    ProviderError,
    QuotaExhausted,
    Rejected,
    Throttled,
    TokenExpired,
)

# A lost answer is looked up soon: the client is waiting for the link.
LOOK_SOON = timedelta(seconds=1)

SPENT_AT_MOST = 3
# In place of a vendor's words, who says nothing but that: the doors know it by this, and explain.
NOT_FOUND = "not found"


def settled() -> Columns:
    return {"attempts": 0, "waiting": Remote.Waiting.NOTHING, "reason": "", "look_again_at": None}


def erased() -> Columns:
    """Return what is known of a thing that is not there."""
    return settled() | {
        "observed": Remote.Observed.NOTHING,
        "ready_at": None,
        "sent": {},
        "differences": "",
        "doubted_at": None,
    }


def nothing_happened(asked: Remote, step: Step) -> Columns:
    """Take back what was said before the call."""
    if step is Step.UPDATE:
        return {"sent": asked.sent}
    if step is Step.CREATE:
        return {"observed": asked.observed, "sent_revision": asked.sent_revision}
    return {}


def refused(asked: Remote, error: ProviderError, *, now: datetime) -> Columns:
    match error:
        case Rejected(reason):
            return {"blocked": Remote.Blocked.REJECTED, "reason": reason[:300]}
        case Misconfigured(reason):
            return {"blocked": Remote.Blocked.MISCONFIGURED, "reason": reason[:300]}
        case QuotaExhausted(until):
            return {"waiting": Remote.Waiting.QUOTA, "due_at": until or next_utc_midnight(now)}
        case NotAuthorized() | TokenExpired() | Throttled():
            # The connection knows how long to wait; this row is due as soon as it may.
            return {"waiting": Remote.Waiting.RETRY}
        case _:
            return retry(asked, now=now)


def retry(asked: Remote, *, now: datetime) -> Columns:
    return wait(asked.attempts + 1, now=now)


def wait(attempts: int, *, now: datetime) -> Columns:
    pause = back_off(attempts, jitter=random.random())
    return {"attempts": attempts, "waiting": Remote.Waiting.RETRY, "due_at": now + pause}


def lost(asked: Remote, *, now: datetime) -> Columns:
    return {"attempts": asked.attempts + 1, "due_at": now + LOOK_SOON}


def spent(asked: Remote) -> Columns:
    """Return the columns of a row whose vendor says of what it was to make that it is gone: the next one is tried.

    Where that is said again and again, it is the place that is gone.
    """
    attempts = asked.attempts + 1
    if attempts >= SPENT_AT_MOST:
        return erased() | {"blocked": Remote.Blocked.REJECTED, "reason": NOT_FOUND}
    return settled() | {"observed": Remote.Observed.GONE, "attempts": attempts}


def look_once_more(asked: Remote, *, now: datetime) -> Columns | None:
    """Return the columns of a row whose vendor said for the first time that there is nothing; None at the second.

    A vendor's list may lag behind its own creates, and what it denies once may be its fault.
    """
    if asked.look_again_at is None:
        return {"look_again_at": now + LOOK_AGAIN, "due_at": now + LOOK_AGAIN}
    return {"due_at": asked.look_again_at} if now < asked.look_again_at else None


def named(names: Iterable[str]) -> str:
    return " ".join(sorted(names))
