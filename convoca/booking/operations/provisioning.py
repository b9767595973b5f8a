"""The worker's way with meetings: take the most urgent, claim it, call the vendor, record what was learnt.

No transaction spans a call. A claim says what was asked before it is asked; a record is made only by the claim's
holder, with the revision that was sent. Killed between the two, the row says *unknown* and is looked up.
"""

import random
import time
import uuid
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Connection, Meeting
from convoca.booking.operations.claiming import Claim, Learnt, is_doubted, observed_of, settle, unchanged
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.faults import place_of
from convoca.booking.operations.granting import NoTokenNow, usable_token
from convoca.booking.operations.leasing import CALL_SECONDS, LEASE
from convoca.booking.operations.pacing import pacer
from convoca.booking.operations.picking import next_in_hand, note_jostle
from convoca.booking.operations.recording import lock_slot, record
from convoca.booking.operations.spending import spend
from convoca.booking.operations.turns import ask_nobody, in_turn, out_of_turn
from convoca.booking.operations.vendors import application_for
from convoca.booking.operations.wishing import bear_meeting
from convoca.core.quota import try_again_at
from convoca.core.reconcile import NEXT_STEP, Observed, Step, Wanted, back_off
from convoca.providers import provider_by_id
from convoca.providers.answers import request_id
from convoca.providers.contract import Exchange, MeetingSpec, NotSent, OutcomeLost, ProviderError, Response
from convoca.providers.wire import carry_out

log = structlog.get_logger(__name__)

# Whoever edits seldom edits once: what changes within this time travels as one call. The link is the same meanwhile.
EDITS_SETTLE = timedelta(seconds=5)

# A call that gets less time than this is not worth its risk of an unknown outcome.
SHORTEST_CALL_SECONDS = 5.0


@task()
def provision_due() -> None:
    """Bring every meeting that is due one step closer to what is wanted, the soonest first, until none is left.

    Whoever finds more than one calls another hand. A whole term is owed by one wake-up, and so is what a Reconnect or
    midnight sets free; one worker alone would make it one by one.
    """
    called = False
    while goes_on():
        with in_turn(), next_in_hand(now=timezone.now()) as picked:
            if picked.number is None:
                return
            if picked.is_near:
                ask_nobody()
            if picked.more and not called:
                provision_due.enqueue()
                called = True
            _bring_forward(picked.number, now=picked.at)


def provision_next(*, now: datetime) -> bool:
    """Act on the most urgent due meeting. Return whether there was one."""
    with next_in_hand(now=now) as picked:
        if picked.number is not None:
            _bring_forward(picked.number, now=now)
    return picked.number is not None


def _bring_forward(number: int, *, now: datetime) -> None:
    meetings = Meeting.objects.select_related("slot__schedule", "slot__service", "connection__grant")
    meeting = meetings.filter(pk=number).first()
    if meeting is None:
        return
    try:
        _take_step(meeting, now=now)
    except Exception as error:
        # Whatever is wrong with this row (a key that is lost, a provider that is no longer there), others are due too.
        log.error("meeting set aside", meeting=meeting.pk, error=type(error).__name__, at=place_of(error))
        _set_aside(meeting, now=now)


def _take_step(meeting: Meeting, *, now: datetime) -> None:
    step = next_step(meeting, now=now)
    if step is Step.REST:
        settle(meeting)
    elif step is Step.REPLACE:
        _replace(meeting, now=now)
    elif step is Step.UPDATE and not _changes(meeting):
        # What was edited came back to what the vendor has: a call would cost of the day's allowance, and say nothing.
        unchanged(meeting).update(sent_revision=meeting.wanted_revision)
    elif step is Step.UPDATE and meeting.settling_revision != meeting.wanted_revision:
        unchanged(meeting).update(settling_revision=meeting.wanted_revision, due_at=now + EDITS_SETTLE)
    else:
        _act(meeting, step, now=now)


def _set_aside(meeting: Meeting, *, now: datetime) -> None:
    """Let a meeting that cannot be worked on wait, longer each time, unless something changed since it was read."""
    attempts = meeting.attempts + 1
    wait = back_off(attempts, jitter=random.random())
    unchanged(meeting).update(attempts=attempts, waiting=Meeting.Waiting.RETRY, due_at=now + wait)


def next_step(meeting: Meeting, *, now: datetime) -> Step:
    """Read the card for this row.

    A slot that has ended rests, but an unfinished deletion is finished, and so is the look for what is to be deleted; a
    connection that is being closed starts nothing new. A meeting that is as we want it, but is said to have changed at
    the vendor, is looked at.
    """
    if meeting.stands_in and meeting.slot.ends_at > now:
        # Its link is in use: it moves with its slot, and is deleted when the wanted one has its link.
        return Step.UPDATE if observed_of(meeting) is Observed.STALE and not _is_closing(meeting) else Step.REST
    step = NEXT_STEP[Wanted(meeting.wanted), observed_of(meeting)]
    if step is Step.REST and is_doubted(meeting):
        step = Step.LOOK
    if meeting.slot.ends_at <= now and meeting.wanted == Meeting.Wanted.PRESENT:
        return Step.REST
    return Step.REST if _is_closing(meeting) and step in {Step.CREATE, Step.UPDATE, Step.REPLACE} else step


def _is_closing(meeting: Meeting) -> bool:
    return meeting.connection is not None and meeting.connection.state == Connection.State.CLOSING


def _replace(meeting: Meeting, *, now: datetime) -> None:
    """Retire a meeting that is gone at the vendor and want the next generation in its place.

    A slot that was cancelled meanwhile wants none.
    """
    with transaction.atomic():
        slot = lock_slot(meeting.slot)
        if unchanged(meeting).update(wanted=Meeting.Wanted.ABSENT, wanted_at=now, due_at=None):
            bear_meeting(slot, now=now)


def _act(meeting: Meeting, step: Step, *, now: datetime) -> None:
    token = ""
    if meeting.connection is not None:
        try:
            token = usable_token(meeting.connection, now=now)
        except NoTokenNow:
            log.info("no token now", connection=meeting.connection_id)
            return
    claim = _claim(meeting, step, token, now=now)
    if claim is None:
        return
    heard: list[Response] = []
    learnt = _perform(claim, heard, now=now)
    named = request_id(heard[-1]) if heard else ""
    record(claim, learnt, request_id=named, asked_at=now, now=now + claim.age)


def _claim(meeting: Meeting, step: Step, token: str, *, now: datetime) -> Claim | None:
    """Take the lease and pay for the call in one transaction; None if another worker was first or nothing is left."""
    key, deadline = uuid.uuid4(), time.monotonic() + LEASE.total_seconds()
    with transaction.atomic():
        if not spend(meeting, step, now=now):
            again = try_again_at(starts_at=meeting.slot.starts_at, now=now)
            unchanged(meeting).update(due_at=again, waiting=Meeting.Waiting.QUOTA)
            return None
        taken = unchanged(meeting).update(claim=key, lease_until=Now() + LEASE, **_said_before(meeting, step))
        if not taken:
            note_jostle()
            transaction.set_rollback(True)
            return None
    grant = meeting.connection.grant if meeting.connection else None
    version = grant.version if grant else 0
    return Claim(
        meeting=meeting,
        spec=spec_of(meeting),
        step=step,
        token=token,
        key=key,
        grant_version=version,
        deadline=deadline,
    )


def _said_before(meeting: Meeting, step: Step) -> dict[str, object]:
    """Return what must be committed before the call, so that a crash after it leaves no wrong belief."""
    if step is Step.CREATE:
        return {
            "observed": Meeting.Observed.UNKNOWN,
            "sent_revision": meeting.wanted_revision,
            "look_again_at": None,
            "sent": {},
        }
    if step is Step.UPDATE:
        changed = _changes(meeting)
        return {"sent": {name: told for name, told in meeting.sent.items() if name not in changed}}
    return {}


def _changes(meeting: Meeting) -> frozenset[str]:
    """Return the names of what we want otherwise than it was last sent, or do not know to have arrived."""
    told = spec_of(meeting).told()
    return frozenset(name for name in told if name not in meeting.sent or meeting.sent[name] != told[name])


def _perform(claim: Claim, heard: list[Response], *, now: datetime) -> Learnt:
    """Make the call; whatever happens becomes a value.

    What nobody foresaw may have happened after the request had left: it counts as an outcome that was not learnt.
    """
    seconds = min(CALL_SECONDS, claim.seconds_left - 1)
    if seconds < SHORTEST_CALL_SECONDS:
        return NotSent("the lease was nearly over")
    try:
        before = pacer(claim.meeting.connection, now=now)
        with out_of_turn():
            return carry_out(_exchange(claim), seconds=seconds, before=before, heard=heard.append)
    except (ProviderError, OutcomeLost) as error:
        return error
    except Exception as error:
        log.error("call not foreseen", meeting=claim.meeting.pk, error=type(error).__name__, at=place_of(error))
        return OutcomeLost("the call failed in an unforeseen way")


def _exchange(claim: Claim) -> Exchange[Learnt]:
    meeting, application = claim.meeting, application_for(claim.meeting.provider)
    provider = provider_by_id(meeting.provider)
    match claim.step:
        case Step.CREATE:
            return provider.create(claim.spec, application=application, token=claim.token)
        case Step.LOOK if meeting.observed == Meeting.Observed.PRESENT:
            return provider.read(meeting.remote_id, application=application, token=claim.token)
        case Step.LOOK:
            return provider.look(claim.spec, application=application, token=claim.token)
        case Step.UPDATE:
            return provider.update(
                meeting.remote_id,
                claim.spec,
                changed=_changes(meeting),
                application=application,
                token=claim.token,
            )
        case Step.DELETE:
            return provider.delete(meeting.remote_id, application=application, token=claim.token)
        case _:
            raise ValueError(f"{claim.step} makes no call")


def spec_of(meeting: Meeting) -> MeetingSpec:
    """Return the meeting that we want at the vendor. It names the occasion, never the client.

    How guests come in is asked only of a vendor that knows such a choice.
    """
    slot, able = meeting.slot, provider_by_id(meeting.provider).capabilities
    return MeetingSpec(
        marker=meeting.marker,
        topic=slot.title or (slot.service.name if slot.service else slot.schedule.name),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        time_zone=slot.schedule.time_zone,
        passcode=able.passcodes and slot.schedule.meeting_passcode,
        waiting_room=able.waiting_rooms and slot.schedule.waiting_room,
    )
