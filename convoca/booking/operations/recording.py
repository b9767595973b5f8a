"""What a vendor's answer means for a meeting, written by the holder of the claim and by nobody else."""

import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from convoca.booking.models import Connection, Meeting, MeetingAttempt, Sealed, Slot
from convoca.booking.operations import granting, spending
from convoca.booking.operations.leasing import LEASE, unleased
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import lock_places, owe_link
from convoca.booking.operations.wishing import next_generation
from convoca.core.quota import next_utc_midnight
from convoca.core.reconcile import LOOK_AGAIN, NEXT_STEP, Observed, Step, Wanted, back_off
from convoca.providers import provider_by_id
from convoca.providers.contract import (
    Absent,
    CannotTell,
    Found,
    Gone,
    MeetingFacts,
    Misconfigured,
    NotAuthorized,
    NotSent,
    OutcomeLost,
    ProviderError,
    QuotaExhausted,
    Rejected,
    Sighting,
    Throttled,
    TokenExpired,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A meeting of ours to act on, for as long as the monotonic clock is before `deadline`."""

    meeting: Meeting
    step: Step
    token: str = field(repr=False)
    key: uuid.UUID
    grant_version: int
    deadline: float

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def age(self) -> timedelta:
        return LEASE - timedelta(seconds=self.seconds_left)


type Learnt = MeetingFacts | Sighting | ProviderError | OutcomeLost | None
type Columns = dict[str, object]

OBSERVED = {
    Meeting.Observed.NOTHING: Observed.NOTHING,
    Meeting.Observed.GONE: Observed.GONE,
    Meeting.Observed.UNKNOWN: Observed.UNKNOWN,
    Meeting.Observed.EXTERNAL: Observed.EXTERNAL,
    Meeting.Observed.DETACHED: Observed.DETACHED,
}

# A lost answer is looked up soon: the client is waiting for the link.
LOOK_SOON = timedelta(seconds=1)


def observed_of(meeting: Meeting) -> Observed:
    """Read the row's columns as the card's column."""
    if meeting.blocked:
        return Observed.BLOCKED
    if meeting.observed == Meeting.Observed.PRESENT:
        return Observed.STALE if meeting.sent_revision < meeting.wanted_revision else Observed.UP_TO_DATE
    return OBSERVED[Meeting.Observed(meeting.observed)]


def unchanged(meeting: Meeting) -> QuerySet[Meeting]:
    """Return the row of `meeting`, unless somebody holds it or it was changed since it was read."""
    return Meeting.objects.filter(
        unleased(),
        pk=meeting.pk,
        wanted=meeting.wanted,
        wanted_revision=meeting.wanted_revision,
        observed=meeting.observed,
        due_at=meeting.due_at,
    )


def settle(meeting: Meeting) -> None:
    """Put a meeting that needs nothing to rest, unless something changed since it was read."""
    unchanged(meeting).update(due_at=None, waiting=Meeting.Waiting.NOTHING)


def lock_slot(slot: Slot) -> Slot:
    """Hold the slot until the transaction ends, and return it as it is now."""
    held = Slot.objects.select_for_update(no_key=True, of=("self",)).select_related("schedule__connection")
    return held.get(account_id=slot.account_id, pk=slot.pk)


def record(claim: Claim, learnt: Learnt, *, asked_at: datetime, now: datetime) -> None:
    """Write what was learnt under `claim`, asked at `asked_at`. Nothing is changed if the claim was lost.

    What the vendor made under a lost claim is kept as a retired row, so that it is deleted there.
    """
    meeting, step = claim.meeting, claim.step
    with transaction.atomic():
        lock_slot(meeting.slot)
        places = lock_places(meeting.slot) if _facts(learnt) else []
        _tell_connection(meeting, learnt, grant_version=claim.grant_version, now=now)
        if isinstance(learnt, NotSent):
            spending.give_back(meeting, step, spent_at=asked_at)
        held = Meeting.objects.select_for_update(no_key=True).filter(pk=meeting.pk, claim=claim.key).first()
        MeetingAttempt.objects.create(
            account_id=meeting.account_id, meeting=meeting, at=now, step=step, outcome=_outcome(learnt)
        )
        if held is None:
            log.warning("claim lost", meeting=meeting.pk, step=step.value)
            _keep_strays(meeting, _facts(learnt), now=now)
            return
        _write(held, _conclude(meeting, step, learnt, now=now), asked=meeting, now=now)
        if places and held.wanted == Meeting.Wanted.PRESENT and held.observed == Meeting.Observed.PRESENT:
            owe_link(held, places, now=now)
            notify_due.enqueue()


def _outcome(learnt: Learnt) -> str:
    return "done" if learnt is None else type(learnt).__name__


def _facts(learnt: Learnt) -> tuple[MeetingFacts, ...]:
    if isinstance(learnt, MeetingFacts):
        return (learnt,)
    return learnt.meetings if isinstance(learnt, Found) else ()


def _write(held: Meeting, columns: Columns, *, asked: Meeting, now: datetime) -> None:
    """Save the observed columns and the next due instant; the claim ends here.

    Without another instant among the columns the next step is due as this one was. What was withdrawn while we asked is
    due when its undo window has passed, whatever the answer was.
    """
    withdrawn_until = held.due_at if held.wanted != asked.wanted else None
    for name, value in columns.items():
        setattr(held, name, value)
    if NEXT_STEP[Wanted(held.wanted), observed_of(held)] is Step.REST:
        held.due_at = None
    elif withdrawn_until is not None:
        held.due_at = withdrawn_until
    elif held.due_at is None:
        held.due_at = now
    held.claim = held.lease_until = None
    held.save(update_fields=[*columns, "due_at", "claim", "lease_until"])


def _conclude(asked: Meeting, step: Step, learnt: Learnt, *, now: datetime) -> Columns:
    """Return the columns that follow from the answer to `step`, as it was asked for."""
    match learnt:
        case MeetingFacts() | Found():
            return _present(asked, _facts(learnt), now=now)
        case Absent():
            return _absent(asked, now=now)
        case CannotTell():
            return _retry(asked, now=now)
        case None if step is Step.DELETE:
            return _erased()
        case None:
            return _settled() | {"sent_revision": asked.wanted_revision}
        case OutcomeLost():
            return _lost(asked, now=now) if step is Step.CREATE else _retry(asked, now=now)
        case Gone():
            return _settled() | {"observed": Meeting.Observed.GONE}
        case Rejected() if step is Step.DELETE:
            return _settled() | {"observed": Meeting.Observed.DETACHED, "reason": learnt.reason[:300]}
        case _:
            return _nothing_happened(asked, step) | _refused(asked, learnt, now=now)


def _nothing_happened(asked: Meeting, step: Step) -> Columns:
    """Take back what was said before the call."""
    return {"observed": asked.observed, "sent_revision": asked.sent_revision} if step is Step.CREATE else {}


def _refused(asked: Meeting, error: ProviderError, *, now: datetime) -> Columns:
    match error:
        case Rejected(reason):
            return {"blocked": Meeting.Blocked.REJECTED, "reason": reason[:300]}
        case Misconfigured(reason):
            return {"blocked": Meeting.Blocked.MISCONFIGURED, "reason": reason[:300]}
        case QuotaExhausted(until):
            return {"waiting": Meeting.Waiting.QUOTA, "due_at": until or next_utc_midnight(now)}
        case NotAuthorized() | TokenExpired() | Throttled():
            # The connection knows how long to wait; this meeting is due as soon as it may.
            return {"waiting": Meeting.Waiting.RETRY}
        case _:
            return _retry(asked, now=now)


def _settled() -> Columns:
    return {"attempts": 0, "waiting": Meeting.Waiting.NOTHING, "reason": "", "look_again_at": None}


def _present(asked: Meeting, facts: tuple[MeetingFacts, ...], *, now: datetime) -> Columns:
    """Adopt the first meeting that no other row holds; what the vendor made beside it is to be deleted."""
    held_elsewhere = set(
        Meeting.objects.filter(slot_id=asked.slot_id).exclude(pk=asked.pk).values_list("remote_id", flat=True)
    )
    ours = [each for each in facts if each.remote_id not in held_elsewhere or not each.remote_id]
    if not ours:
        return _absent(asked, now=now)
    first, *others = ours
    _keep_strays(asked, tuple(others), now=now)
    return _settled() | {
        "observed": Meeting.Observed.PRESENT,
        "remote_id": first.remote_id,
        "link": Sealed.seal(first.link),
        "passcode": Sealed.seal(first.passcode),
        "ready_at": now,
    }


def _absent(asked: Meeting, *, now: datetime) -> Columns:
    """Believe the second look only: a vendor's list may lag behind its own creates."""
    if asked.look_again_at is None:
        return {"look_again_at": now + LOOK_AGAIN, "due_at": now + LOOK_AGAIN}
    if now < asked.look_again_at:
        return {"due_at": asked.look_again_at}
    if asked.wanted == Meeting.Wanted.ABSENT:
        return _erased()
    # A vendor that swallows creates is asked less and less often.
    return _erased() | _wait(asked.attempts, now=now)


def _lost(asked: Meeting, *, now: datetime) -> Columns:
    return {"attempts": asked.attempts + 1, "due_at": now + LOOK_SOON}


def _erased() -> Columns:
    return _settled() | {
        "observed": Meeting.Observed.NOTHING,
        "remote_id": "",
        "link": Sealed(),
        "passcode": Sealed(),
        "ready_at": None,
    }


def _retry(asked: Meeting, *, now: datetime) -> Columns:
    return _wait(asked.attempts + 1, now=now)


def _wait(attempts: int, *, now: datetime) -> Columns:
    wait = back_off(attempts, jitter=random.random())
    return {"attempts": attempts, "waiting": Meeting.Waiting.RETRY, "due_at": now + wait}


def _keep_strays(asked: Meeting, facts: tuple[MeetingFacts, ...], *, now: datetime) -> None:
    """Insert retired rows for meetings of ours at the vendor that no row holds.

    They are to be deleted there, if we still have the access that it takes.
    """
    deletable = asked.connection_id is None or Connection.objects.filter(
        pk=asked.connection_id, grant__isnull=False
    ).exists()  # fmt: skip
    known = set(Meeting.objects.filter(slot_id=asked.slot_id).values_list("remote_id", flat=True))
    for each in facts:
        if not each.remote_id or each.remote_id in known:
            continue
        Meeting.objects.create(
            account_id=asked.account_id,
            slot_id=asked.slot_id,
            generation=next_generation(asked.slot),
            provider=asked.provider,
            connection_id=asked.connection_id,
            wanted=Meeting.Wanted.ABSENT,
            wanted_at=now,
            observed=Meeting.Observed.PRESENT if deletable else Meeting.Observed.DETACHED,
            remote_id=each.remote_id,
            due_at=(asked.due_at or now) if deletable else None,
        )


def _tell_connection(asked: Meeting, learnt: Learnt, *, grant_version: int, now: datetime) -> None:
    """Write what the answer says about the connection as a whole."""
    connection = asked.connection
    if connection is None:
        return
    match learnt:
        case TokenExpired():
            granting.expire(connection, version=grant_version, now=now)
        case NotAuthorized(reason, missing):
            granting.need_owner(connection, reason=" ".join([reason, *sorted(missing)]).strip(), now=now)
        case Throttled():
            granting.pause(connection, until=granting.end_of_pause(learnt, now=now))
        case QuotaExhausted():
            limit = provider_by_id(asked.provider).capabilities.daily_writes
            spending.use_up(connection, limit=limit or 0, now=now)
        case ProviderError() | OutcomeLost():
            return
        case _:
            granting.praise(connection, now=now)
