"""The worker's way with meetings and events: take the most urgent, claim it, call the vendor, record what was learnt.

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

from convoca.booking.models import Connection, Remote
from convoca.booking.operations.claiming import Claim, Learnt, Spec, is_doubted, observed_of, settle, unchanged
from convoca.booking.operations.crafts import CRAFTS, craft_of
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.faults import place_of
from convoca.booking.operations.granting import NoTokenNow, usable_token
from convoca.booking.operations.leasing import CALL_SECONDS, LEASE
from convoca.booking.operations.pacing import pacer
from convoca.booking.operations.picking import next_in_hand, note_jostle
from convoca.booking.operations.recording import lock_slot, record
from convoca.booking.operations.spending import spend
from convoca.booking.operations.turns import ask_nobody, in_turn, out_of_turn
from convoca.core.quota import try_again_at
from convoca.core.reconcile import NEXT_STEP, Observed, Step, Wanted, back_off
from convoca.providers.answers import request_id
from convoca.providers.contract import NotSent, OutcomeLost, ProviderError, Response
from convoca.providers.wire import carry_out

log = structlog.get_logger(__name__)

# Whoever edits seldom edits once: what changes within this time travels as one call. The link is the same meanwhile.
EDITS_SETTLE = timedelta(seconds=5)

# A call that gets less time than this is not worth its risk of an unknown outcome.
SHORTEST_CALL_SECONDS = 5.0


@task()
def provision_due() -> None:
    """Bring everything that is due one step closer to what is wanted, the soonest first, until nothing is left.

    Meetings and events take turns. Whoever finds more than one calls another hand. A whole term is owed by one wake-up,
    and so is what a Reconnect or midnight sets free; one worker alone would make it one by one.
    """
    called = False
    while goes_on():
        worked = False
        for kind in CRAFTS:
            with in_turn(), next_in_hand(now=timezone.now(), model=kind) as picked:
                if picked.number is None:
                    continue
                if picked.is_near:
                    ask_nobody()
                if picked.more and not called:
                    provision_due.enqueue()
                    called = True
                _bring_forward(kind, picked.number, now=picked.at)
                worked = True
        if not worked:
            return


def provision_next(*, now: datetime) -> bool:
    """Act on the most urgent due meeting, or event if there is none. Return whether there was one."""
    for kind in CRAFTS:
        with next_in_hand(now=now, model=kind) as picked:
            if picked.number is not None:
                _bring_forward(kind, picked.number, now=now)
                return True
    return False


def _bring_forward(kind: type[Remote], number: int, *, now: datetime) -> None:
    row: Remote | None = CRAFTS[kind].rows().filter(pk=number).first()
    if row is None:
        return
    try:
        _take_step(row, now=now)
    except Exception as error:
        # Whatever is wrong with this row (a key that is lost, a provider that is no longer there), others are due too.
        log.error("row set aside", kind=craft_of(row).name, row=row.pk, error=type(error).__name__, at=place_of(error))
        _set_aside(row, now=now)


def _take_step(row: Remote, *, now: datetime) -> None:
    step = next_step(row, now=now)
    if step is Step.REST:
        settle(row)
    elif step is Step.REPLACE:
        _replace(row, now=now)
    elif step is Step.UPDATE and not _changes(row, craft_of(row).spec_of(row)):
        # What was edited came back to what the vendor has: a call would cost of the day's allowance, and say nothing.
        unchanged(row).update(sent_revision=row.wanted_revision)
    elif step is Step.UPDATE and row.settling_revision != row.wanted_revision:
        unchanged(row).update(settling_revision=row.wanted_revision, due_at=now + EDITS_SETTLE)
    else:
        _act(row, step, now=now)


def _set_aside(row: Remote, *, now: datetime) -> None:
    """Let a row that cannot be worked on wait, longer each time, unless something changed since it was read."""
    attempts = row.attempts + 1
    wait = back_off(attempts, jitter=random.random())
    unchanged(row).update(attempts=attempts, waiting=Remote.Waiting.RETRY, due_at=now + wait)


def next_step(row: Remote, *, now: datetime) -> Step:
    """Read the card for this row.

    A slot that has ended rests, but an unfinished deletion is finished, and so is the look for what is to be deleted; a
    connection that is being closed starts nothing new. What is as we want it, but is said to have changed at the
    vendor, is looked at.
    """
    if craft_of(row).rests(row):
        return Step.REST
    if row.is_kept and row.slot.ends_at > now:
        # Its link is in use: it moves with its slot, and is deleted when the wanted one has its link.
        return Step.UPDATE if observed_of(row) is Observed.STALE and not _is_closing(row) else Step.REST
    step = NEXT_STEP[Wanted(row.wanted), observed_of(row)]
    if step is Step.REST and is_doubted(row):
        step = Step.LOOK
    if row.slot.ends_at <= now and row.wanted == Remote.Wanted.PRESENT:
        return Step.REST
    return Step.REST if _is_closing(row) and step in {Step.CREATE, Step.UPDATE, Step.REPLACE} else step


def _is_closing(row: Remote) -> bool:
    return row.connection is not None and row.connection.state == Connection.State.CLOSING


def _replace(row: Remote, *, now: datetime) -> None:
    """Retire what is gone at the vendor and want the next generation in its place.

    A slot that was cancelled meanwhile wants none.
    """
    with transaction.atomic():
        slot = lock_slot(row.slot)
        if unchanged(row).update(wanted=Remote.Wanted.ABSENT, wanted_at=now, due_at=None):
            craft_of(row).bear_next(row, slot, now=now)


def _act(row: Remote, step: Step, *, now: datetime) -> None:
    token = ""
    if row.connection is not None:
        try:
            token = usable_token(row.connection, now=now)
        except NoTokenNow:
            log.info("no token now", connection=row.connection_id)
            return
    claim = _claim(row, step, token, now=now)
    if claim is None:
        return
    heard: list[Response] = []
    learnt = _perform(claim, heard, now=now)
    named = request_id(heard[-1]) if heard else ""
    record(claim, learnt, request_id=named, asked_at=now, now=now + claim.age)


def _claim(row: Remote, step: Step, token: str, *, now: datetime) -> Claim | None:
    """Take the lease and pay for the call in one transaction; None if another worker was first or nothing is left."""
    spec = craft_of(row).spec_of(row)
    key, deadline = uuid.uuid4(), time.monotonic() + LEASE.total_seconds()
    with transaction.atomic():
        if not spend(row, step, now=now):
            again = try_again_at(starts_at=row.slot.starts_at, now=now)
            unchanged(row).update(due_at=again, waiting=Remote.Waiting.QUOTA)
            return None
        taken = unchanged(row).update(claim=key, lease_until=Now() + LEASE, **_said_before(row, step, spec))
        if not taken:
            note_jostle()
            transaction.set_rollback(True)
            return None
    grant = row.connection.grant if row.connection else None
    version = grant.version if grant else 0
    return Claim(row=row, spec=spec, step=step, token=token, key=key, grant_version=version, deadline=deadline)


def _said_before(row: Remote, step: Step, spec: Spec) -> dict[str, object]:
    """Return what must be committed before the call, so that a crash after it leaves no wrong belief."""
    if step is Step.CREATE:
        return {
            "observed": Remote.Observed.UNKNOWN,
            "sent_revision": row.wanted_revision,
            "look_again_at": None,
            "sent": {},
        }
    if step is Step.UPDATE:
        changed = _changes(row, spec)
        return {"sent": {name: told for name, told in row.sent.items() if name not in changed}}
    return {}


def _changes(row: Remote, spec: Spec) -> frozenset[str]:
    """Return the names of what we want otherwise than it was last sent, or do not know to have arrived."""
    told = spec.told()
    return frozenset(name for name in told if name not in row.sent or row.sent[name] != told[name])


def _perform(claim: Claim, heard: list[Response], *, now: datetime) -> Learnt:
    """Make the call; whatever happens becomes a value.

    What nobody foresaw may have happened after the request had left: it counts as an outcome that was not learnt.
    """
    seconds = min(CALL_SECONDS, claim.seconds_left - 1)
    if seconds < SHORTEST_CALL_SECONDS:
        return NotSent("the lease was nearly over")
    craft = craft_of(claim.row)
    try:
        before = pacer(claim.row.connection, now=now)
        exchange = craft.exchange(claim, _changes(claim.row, claim.spec))
        with out_of_turn():
            return carry_out(exchange, seconds=seconds, before=before, heard=heard.append)
    except (ProviderError, OutcomeLost) as error:
        return error
    except Exception as error:
        kind, at = craft.name, place_of(error)
        log.error("call not foreseen", kind=kind, row=claim.row.pk, error=type(error).__name__, at=at)
        return OutcomeLost("the call failed in an unforeseen way")
