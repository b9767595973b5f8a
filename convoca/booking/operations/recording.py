"""What a vendor's answer means for a row, written by the holder of the claim and by nobody else."""

from datetime import datetime

import structlog
from django.db import transaction

from convoca.booking.models import Remote, Slot
from convoca.booking.operations import granting, spending
from convoca.booking.operations.claiming import Claim, Columns, Facts, Learnt, is_doubted, observed_of
from convoca.booking.operations.concluding import (
    look_once_more,
    lost,
    named,
    nothing_happened,
    refused,
    retry,
    settled,
    spent,
    wait,
)
from convoca.booking.operations.crafts import craft_of
from convoca.booking.operations.making_meetings import keep_strays
from convoca.booking.operations.owing import lock_places
from convoca.booking.operations.pacing import Paced
from convoca.core.reconcile import NEXT_STEP, Observed, Step, Wanted
from convoca.providers import provider_by_id
from convoca.providers.calendars import EventFacts
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
    Throttled,
    TokenExpired,
    Unreachable,
)

__all__ = ["keep_strays", "lock_slot", "record"]

log = structlog.get_logger(__name__)


def lock_slot(slot: Slot) -> Slot:
    """Hold the slot until the transaction ends, and return it as it is now."""
    held = Slot.objects.select_for_update(no_key=True, of=("self",)).select_related("schedule__connection")
    return held.get(account_id=slot.account_id, pk=slot.pk)


def record(claim: Claim, learnt: Learnt, *, request_id: str = "", asked_at: datetime, now: datetime) -> None:
    """Write what was learnt under `claim`, asked at `asked_at`. Nothing is changed if the claim was lost.

    What the vendor made under a lost claim is kept as a retired row, so that it is deleted there.
    """
    row, step, craft, facts = claim.row, claim.step, craft_of(claim.row), _facts(learnt)
    with transaction.atomic():
        row.slot = lock_slot(row.slot)
        places = lock_places(row.slot) if facts else []
        _tell_connection(row, learnt, grant_version=claim.grant_version, now=now)
        if isinstance(learnt, NotSent | Paced):
            spending.give_back(row, step, spent_at=asked_at)
        held = craft.hold(claim)
        _log_attempt(row, step, learnt, request_id=request_id, now=now)
        if held is None:
            log.warning("claim lost", kind=craft.name, row=row.pk, step=step.value)
            craft.keep_strays(row, facts, now=now)
            return
        _write(held, _conclude(claim, learnt, now=now), asked=row, now=now)
        craft.tell_others(row, held, facts, places, now=now)


def _log_attempt(row: Remote, step: Step, learnt: Learnt, *, request_id: str, now: datetime) -> None:
    """Add a line to the log; what our own pace held back was not attempted."""
    if isinstance(learnt, Paced):
        return
    attempt = craft_of(row).attempt(row)
    attempt.at, attempt.step, attempt.outcome, attempt.request_id = now, step, _outcome(learnt), request_id
    attempt.save(force_insert=True)


def _outcome(learnt: Learnt) -> str:
    return "done" if learnt is None else type(learnt).__name__


def _facts(learnt: Learnt) -> tuple[Facts, ...]:
    if isinstance(learnt, MeetingFacts | EventFacts):
        return (learnt,)
    return learnt.meetings if isinstance(learnt, Found) else ()


def _write(held: Remote, columns: Columns, *, asked: Remote, now: datetime) -> None:
    """Save the observed columns and the next due instant; the claim ends here.

    Without another instant among the columns the next step is due as this one was. What was withdrawn while we asked is
    due when its undo window has passed, whatever the answer was.
    """
    withdrawn_until = held.due_at if held.wanted != asked.wanted else None
    if held.wanted != asked.wanted and asked.wanted == Remote.Wanted.PRESENT:
        # What was refused was still wanted when it was asked for; it may be deleted all the same.
        columns = {name: value for name, value in columns.items() if name != "blocked"}
    if held.doubted_at != asked.doubted_at:
        # Doubted again while we asked: what we have just read may be older than that word.
        columns = {name: value for name, value in columns.items() if name != "doubted_at"}
    for name, value in columns.items():
        setattr(held, name, value)
    at_rest = NEXT_STEP[Wanted(held.wanted), observed_of(held)] is Step.REST and not is_doubted(held)
    if at_rest or (held.is_kept and observed_of(held) is not Observed.STALE):
        held.due_at = None
    elif withdrawn_until is not None:
        held.due_at = withdrawn_until
    elif held.due_at is None:
        held.due_at = now
    held.claim = held.lease_until = None
    held.save(update_fields=[*columns, "due_at", "claim", "lease_until"])


def _conclude(claim: Claim, learnt: Learnt, *, now: datetime) -> Columns:
    """Return the columns that follow from the answer to the claim's step, as it was asked for."""
    asked, step, craft = claim.row, claim.step, craft_of(claim.row)
    if step is Step.LOOK and asked.observed == Remote.Observed.PRESENT:
        return _read_again(claim, learnt, now=now)
    match learnt:
        case MeetingFacts() | EventFacts() | Found():
            present = craft.present(claim, _facts(learnt), now=now)
            told = {} if isinstance(learnt, Found) else {"sent": claim.spec.told()}
            return _absent(asked, now=now) if present is None else told | present
        case Absent():
            return _absent(asked, now=now)
        case CannotTell():
            return retry(asked, now=now)
        case None if step is Step.DELETE:
            return craft.erased()
        case None:
            return settled() | {
                "sent_revision": asked.wanted_revision,
                "sent": claim.spec.told(),
                "differences": _still_different(claim),
            }
        case OutcomeLost():
            return lost(asked, now=now) if step is Step.CREATE else retry(asked, now=now)
        case Paced():
            return nothing_happened(asked, step)
        case Gone() if step is Step.CREATE:
            return spent(asked)
        case Gone():
            return settled() | {"observed": Remote.Observed.GONE}
        case Rejected() if step is Step.DELETE:
            return settled() | {"observed": Remote.Observed.DETACHED, "reason": learnt.reason[:300]}
        case _:
            return nothing_happened(asked, step) | refused(asked, learnt, now=now)


def _read_again(claim: Claim, learnt: Learnt, *, now: datetime) -> Columns:
    """Conclude from a look at what stands: it counts until the vendor has denied it twice.

    A fault of the vendor's says nothing about it.
    """
    asked = claim.row
    match learnt:
        case MeetingFacts() | EventFacts():
            return craft_of(asked).still_stands(claim, learnt, now=now)
        case Gone():
            again = look_once_more(asked, now=now)
            return again or settled() | {"observed": Remote.Observed.GONE, "doubted_at": None}
        case Rejected() | Misconfigured():
            return settled() | {"doubted_at": None}
        case Paced():
            return {}
        case ProviderError():
            return refused(asked, learnt, now=now)
        case _:
            return retry(asked, now=now)


def _still_different(claim: Claim) -> str:
    """Return what differed before and was not among what the vendor has just been told."""
    asked = claim.row
    told = {name for name, value in claim.spec.told().items() if asked.sent.get(name) != value}
    return named(set(asked.differences.split()) - told)


def _absent(asked: Remote, *, now: datetime) -> Columns:
    """Believe the second look only: a vendor's list may lag behind its own creates."""
    if again := look_once_more(asked, now=now):
        return again
    erased = craft_of(asked).erased()
    if asked.wanted == Remote.Wanted.ABSENT:
        return erased
    # A vendor that swallows creates is asked less and less often.
    return erased | wait(asked.attempts, now=now)


def _tell_connection(asked: Remote, learnt: Learnt, *, grant_version: int, now: datetime) -> None:
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
        case Unreachable() | OutcomeLost():
            granting.complain(connection, now=now)
        case ProviderError():
            return
        case _:
            granting.praise(connection, now=now)
