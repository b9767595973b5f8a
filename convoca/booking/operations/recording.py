"""What a vendor's answer means for a meeting, written by the holder of the claim and by nobody else."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from convoca.booking.models import Booking, Connection, Meeting, MeetingAttempt, Sealed, Slot
from convoca.booking.operations import granting, spending
from convoca.booking.operations.claiming import Claim, Columns, Learnt, is_doubted, observed_of
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import lock_places, owe_link, owe_link_mails
from convoca.booking.operations.pacing import Paced
from convoca.booking.operations.wishing import let_go_of_stand_ins, next_generation
from convoca.booking.questions.differences import asked_for_passcode
from convoca.core.quota import next_utc_midnight
from convoca.core.reconcile import LOOK_AGAIN, NEXT_STEP, Observed, Step, Wanted, back_off
from convoca.providers import provider_by_id
from convoca.providers.contract import (
    Absent,
    CannotTell,
    Found,
    Gone,
    MeetingFacts,
    MeetingSpec,
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

log = structlog.get_logger(__name__)

# A lost answer is looked up soon: the client is waiting for the link.
LOOK_SOON = timedelta(seconds=1)


def lock_slot(slot: Slot) -> Slot:
    """Hold the slot until the transaction ends, and return it as it is now."""
    held = Slot.objects.select_for_update(no_key=True, of=("self",)).select_related("schedule__connection")
    return held.get(account_id=slot.account_id, pk=slot.pk)


def record(claim: Claim, learnt: Learnt, *, request_id: str = "", asked_at: datetime, now: datetime) -> None:
    """Write what was learnt under `claim`, asked at `asked_at`. Nothing is changed if the claim was lost.

    What the vendor made under a lost claim is kept as a retired row, so that it is deleted there.
    """
    meeting, step = claim.meeting, claim.step
    with transaction.atomic():
        lock_slot(meeting.slot)
        places = lock_places(meeting.slot) if _facts(learnt) else []
        _tell_connection(meeting, learnt, grant_version=claim.grant_version, now=now)
        if isinstance(learnt, NotSent | Paced):
            spending.give_back(meeting, step, spent_at=asked_at)
        held = Meeting.objects.select_for_update(no_key=True).filter(pk=meeting.pk, claim=claim.key).first()
        _log_attempt(meeting, step, learnt, request_id=request_id, now=now)
        if held is None:
            log.warning("claim lost", meeting=meeting.pk, step=step.value)
            keep_strays(meeting, _facts(learnt), now=now)
            return
        _write(held, _conclude(claim, learnt, now=now), asked=meeting, now=now)
        if _facts(learnt) and held.wanted == Meeting.Wanted.PRESENT and held.observed == Meeting.Observed.PRESENT:
            let_go_of_stand_ins([held.slot_id], due_at=now)
            if places:
                _owe(meeting, held, places, now=now)
                notify_due.enqueue()


def _owe(asked: Meeting, held: Meeting, places: list[Booking], *, now: datetime) -> None:
    """Owe those who have a place the link of a meeting just made, or its new one to those who were mailed the old."""
    if asked.observed != Meeting.Observed.PRESENT:
        owe_link(held, places, now=now)
    elif _entrance(asked) != _entrance(held):
        told = [each for each in places if each.mailed_meeting_id == held.pk]
        owe_link_mails(told, held, now=now)
        Booking.objects.filter(pk__in=[each.pk for each in told]).update(mailed_meeting=None)


def _entrance(meeting: Meeting) -> tuple[str, str]:
    return meeting.link.open(), meeting.passcode.open()


def _log_attempt(meeting: Meeting, step: Step, learnt: Learnt, *, request_id: str, now: datetime) -> None:
    """Add a line to the log; what our own pace held back was not attempted."""
    if isinstance(learnt, Paced):
        return
    MeetingAttempt.objects.create(
        account_id=meeting.account_id,
        meeting=meeting,
        at=now,
        step=step,
        outcome=_outcome(learnt),
        request_id=request_id,
    )


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
    if held.wanted != asked.wanted and asked.wanted == Meeting.Wanted.PRESENT:
        # What was refused was still wanted when it was asked for; it may be deleted all the same.
        columns = {name: value for name, value in columns.items() if name != "blocked"}
    if held.doubted_at != asked.doubted_at:
        # Doubted again while we asked: what we have just read may be older than that word.
        columns = {name: value for name, value in columns.items() if name != "doubted_at"}
    for name, value in columns.items():
        setattr(held, name, value)
    at_rest = NEXT_STEP[Wanted(held.wanted), observed_of(held)] is Step.REST and not is_doubted(held)
    if at_rest or (held.stands_in and observed_of(held) is not Observed.STALE):
        held.due_at = None
    elif withdrawn_until is not None:
        held.due_at = withdrawn_until
    elif held.due_at is None:
        held.due_at = now
    held.claim = held.lease_until = None
    held.save(update_fields=[*columns, "due_at", "claim", "lease_until"])


def _conclude(claim: Claim, learnt: Learnt, *, now: datetime) -> Columns:
    """Return the columns that follow from the answer to the claim's step, as it was asked for."""
    asked, step = claim.meeting, claim.step
    if step is Step.LOOK and asked.observed == Meeting.Observed.PRESENT:
        return _read_again(claim, learnt, now=now)
    match learnt:
        case MeetingFacts():
            return _present(claim, _facts(learnt), now=now) | {"sent": claim.spec.told()}
        case Found():
            return _present(claim, _facts(learnt), now=now)
        case Absent():
            return _absent(asked, now=now)
        case CannotTell():
            return _retry(asked, now=now)
        case None if step is Step.DELETE:
            return _erased()
        case None:
            return _settled() | {
                "sent_revision": asked.wanted_revision,
                "sent": claim.spec.told(),
                "differences": _still_different(asked, claim.spec),
            }
        case OutcomeLost():
            return _lost(asked, now=now) if step is Step.CREATE else _retry(asked, now=now)
        case Paced():
            return _nothing_happened(asked, step)
        case Gone():
            return _settled() | {"observed": Meeting.Observed.GONE}
        case Rejected() if step is Step.DELETE:
            return _settled() | {"observed": Meeting.Observed.DETACHED, "reason": learnt.reason[:300]}
        case _:
            return _nothing_happened(asked, step) | _refused(asked, learnt, now=now)


def _nothing_happened(asked: Meeting, step: Step) -> Columns:
    """Take back what was said before the call."""
    if step is Step.UPDATE:
        return {"sent": asked.sent}
    if step is Step.CREATE:
        return {"observed": asked.observed, "sent_revision": asked.sent_revision}
    return {}


def _read_again(claim: Claim, learnt: Learnt, *, now: datetime) -> Columns:
    """Conclude from a look at a meeting that stands: its link counts until the vendor has denied it twice.

    The vendor owns the link and the passcode: they are taken over. We own the time and the topic: if the host changed
    them there, the difference is kept, to be shown. A fault of the vendor's says nothing about the meeting.
    """
    asked = claim.meeting
    match learnt:
        case MeetingFacts():
            return _settled() | {
                "link": Sealed.seal(learnt.link),
                "passcode": Sealed.seal(learnt.passcode),
                "differences": _named(learnt.differences(_as_asked(claim))),
                "doubted_at": None,
            }
        case Gone() if asked.look_again_at is None:
            return {"look_again_at": now + LOOK_AGAIN, "due_at": now + LOOK_AGAIN}
        case Gone() if asked.look_again_at is not None and now < asked.look_again_at:
            return {"due_at": asked.look_again_at}
        case Gone():
            return _settled() | {"observed": Meeting.Observed.GONE, "doubted_at": None}
        case Rejected() | Misconfigured():
            return _settled() | {"doubted_at": None}
        case Paced():
            return {}
        case ProviderError():
            return _refused(asked, learnt, now=now)
        case _:
            return _retry(asked, now=now)


def _as_asked(claim: Claim) -> MeetingSpec:
    """Return what the vendor was asked for: how guests come in may be wanted otherwise by now, for other meetings."""
    asked, spec = claim.meeting, claim.spec
    waiting_room = bool(asked.sent.get("waiting_room", spec.waiting_room))
    return replace(spec, waiting_room=waiting_room, passcode=asked_for_passcode(asked))


def _named(names: Iterable[str]) -> str:
    return " ".join(sorted(names))


def _still_different(asked: Meeting, spec: MeetingSpec) -> str:
    """Return what differed before and was not among what the vendor has just been told."""
    told = {name for name, value in spec.told().items() if asked.sent.get(name) != value}
    return _named(set(asked.differences.split()) - told)


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


def _present(claim: Claim, facts: tuple[MeetingFacts, ...], *, now: datetime) -> Columns:
    """Adopt the first meeting that no other row holds; what the vendor made beside it is to be deleted."""
    asked = claim.meeting
    held_elsewhere = set(
        Meeting.objects.filter(slot_id=asked.slot_id).exclude(pk=asked.pk).values_list("remote_id", flat=True)
    )
    ours = [each for each in facts if each.remote_id not in held_elsewhere or not each.remote_id]
    if not ours:
        return _absent(asked, now=now)
    first, *others = ours
    keep_strays(asked, tuple(others), now=now)
    return _settled() | {
        "observed": Meeting.Observed.PRESENT,
        "remote_id": first.remote_id,
        "link": Sealed.seal(first.link),
        "passcode": Sealed.seal(first.passcode),
        "ready_at": now,
        "differences": _named(first.differences(claim.spec)),
        "doubted_at": None,
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
        "sent": {},
        "differences": "",
        "doubted_at": None,
    }


def _retry(asked: Meeting, *, now: datetime) -> Columns:
    return _wait(asked.attempts + 1, now=now)


def _wait(attempts: int, *, now: datetime) -> Columns:
    wait = back_off(attempts, jitter=random.random())
    return {"attempts": attempts, "waiting": Meeting.Waiting.RETRY, "due_at": now + wait}


def keep_strays(asked: Meeting, facts: tuple[MeetingFacts, ...], *, now: datetime) -> int:
    """Insert retired rows for meetings of ours at the vendor that no row holds; return how many.

    They are to be deleted there, if we still have the access that it takes.
    """
    deletable = asked.connection_id is None or Connection.objects.filter(
        pk=asked.connection_id, grant__isnull=False
    ).exists()  # fmt: skip
    known = set(Meeting.objects.filter(slot_id=asked.slot_id).values_list("remote_id", flat=True))
    strays = [each for each in facts if each.remote_id and each.remote_id not in known]
    for each in strays:
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
    return len(strays)


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
        case Unreachable() | OutcomeLost():
            granting.complain(connection, now=now)
        case ProviderError():
            return
        case _:
            granting.praise(connection, now=now)
