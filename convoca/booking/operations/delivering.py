"""The worker's way with what programs are owed: claim, say what is true now, record what they answered.

A program that has taken something and whose answer was lost is told again, under the same number: at least once, and
known to be the same. An address that fails is left in peace longer each time, whatever else it is owed; what is older
than a day is given up, and an address that has failed for days is called no more.
"""

import json
import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Delivery, Webhook
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.faults import place_of
from convoca.booking.operations.leasing import LEASE, unleased
from convoca.booking.questions.programs import said_in
from convoca.core.reconcile import back_off
from convoca.providers.contract import OutcomeLost, Unreachable
from convoca.providers.public_only import NotPublic
from convoca.providers.telling import is_taken, tell
from convoca.providers.wire import carry_out

log = structlog.get_logger(__name__)

# Programs that hang keep so many of the worker's threads and no more; each of them one.
IN_FLIGHT = 4
CALL_SECONDS = 10.0
# Sent only while its answer can still come within the lease.
SEND_WITHIN_SECONDS = LEASE.total_seconds() - CALL_SECONDS - 1
GIVEN_UP_AFTER = timedelta(days=1)
SWITCHED_OFF_AFTER = timedelta(days=5)
# These say that the address is right and this one body is not wanted; others may be.
OF_THIS_ONE = range(400, 500)
NOT_OF_THIS_ONE = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.GONE})


@dataclass(frozen=True)
class Answer:
    """What became of one sending: the status that was answered, or why there was none."""

    status: int | None
    reason: str
    took_ms: int

    @property
    def is_taken(self) -> bool:
        return self.status is not None and is_taken(self.status)

    @property
    def concerns_the_address(self) -> bool:
        """Whether whatever else the address is owed would fare the same."""
        return self.status not in OF_THIS_ONE or self.status in NOT_OF_THIS_ONE


@task()
def deliver_due() -> None:
    """Tell programs what they are owed until nothing is due or enough calls are under way."""
    while goes_on() and deliver_next(now=timezone.now()):
        continue


def due_deliveries(*, now: datetime) -> QuerySet[Delivery]:
    """Return what may be sent now, in order. One webhook is told one thing after the other."""
    sending = Delivery.objects.filter(webhook=OuterRef("webhook"), lease_until__gte=Now()).exclude(pk=OuterRef("pk"))
    free = Q(webhook__blocked_until__isnull=True) | Q(webhook__blocked_until__lte=now)
    is_on = Q(webhook__paused_at__isnull=True, webhook__switched_off_at__isnull=True)
    return Delivery.objects.filter(unleased(), free, is_on, ~Exists(sending), due_at__lte=now).order_by("due_at", "pk")


def deliver_next(*, now: datetime) -> bool:
    """Send what is due first and record what became of it. Return whether to go on with the next."""
    delivery = due_deliveries(now=now).first()
    if delivery is None or Delivery.objects.filter(lease_until__gte=Now()).count() >= IN_FLIGHT:
        return False
    deliver_one(delivery, now=now)
    return True


def deliver_one(delivery: Delivery, *, now: datetime) -> Answer | None:
    """Send this one unless somebody else does, and record and return what became of it."""
    key, deadline = uuid.uuid4(), time.monotonic() + SEND_WITHIN_SECONDS
    mine = Delivery.objects.filter(unleased(), pk=delivery.pk, due_at=delivery.due_at)
    if not mine.update(claim=key, lease_until=Now() + LEASE, attempts=F("attempts") + 1, tried_at=now):
        return None
    whole = Delivery.objects.select_related("webhook", "account").get(pk=delivery.pk)
    answer = _send(whole, deadline, now=now)
    if answer is not None:
        record(whole, key, answer, now=now)
    return answer


def _send(delivery: Delivery, deadline: float, *, now: datetime) -> Answer | None:
    """Say it and return the answer; None if our time for it has passed: the lease ends by itself."""
    webhook, began = delivery.webhook, time.monotonic()
    try:
        body = json.dumps(said_in(delivery, now=now), ensure_ascii=False, separators=(",", ":")).encode()
    except Exception as error:
        # What we fail to write must stand in nobody's way; it waits for somebody to read this.
        log.error("delivery not written", delivery=delivery.pk, error=type(error).__name__, at=place_of(error))
        return Answer(None, "unwritten", 0)
    if time.monotonic() > deadline:
        return None
    exchange = tell(webhook.url.open(), str(delivery.number), body, secrets=secrets_of(webhook, now=now), now=now)
    try:
        status = carry_out(exchange, seconds=CALL_SECONDS, only_public=not settings.WEBHOOKS_WITHIN)
    except (Unreachable, OutcomeLost) as failure:
        return Answer(None, _reason(failure), _ms_since(began))
    return Answer(status, "" if is_taken(status) else "status", _ms_since(began))


def _reason(failure: Exception) -> str:
    if isinstance(failure.__cause__, NotPublic):
        return "not_public"
    return "no_answer" if isinstance(failure, OutcomeLost) else "unreachable"


def secrets_of(webhook: Webhook, *, now: datetime) -> list[str]:
    """Return what signs now: the secret, and for a while the one that it has replaced."""
    until = webhook.previous_until
    previous = [webhook.previous_secret.open()] if webhook.previous_secret and until and now < until else []
    return [webhook.secret.open(), *previous]


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def record(delivery: Delivery, key: uuid.UUID, answer: Answer, *, now: datetime) -> None:
    """Write what became of a sending, if the claim is still ours, and what follows for its webhook."""
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)
        told = {"status": answer.status, "reason": answer.reason, "took_ms": answer.took_ms}
        held = Delivery.objects.filter(pk=delivery.pk, claim=key)
        if answer.is_taken:
            done = held.update(**told, delivered_at=now, due_at=None, claim=None, lease_until=None)
        else:
            again_at = now + back_off(delivery.attempts, jitter=random.random())
            done = held.update(**told, due_at=again_at, claim=None, lease_until=None)
        if not done:
            log.warning("claim lost", delivery=delivery.pk)
            return
        _conclude(webhook, delivery, answer, now=now)
    log.info("told", webhook=webhook.pk, delivery=delivery.pk, status=answer.status, reason=answer.reason)


def _conclude(webhook: Webhook, delivery: Delivery, answer: Answer, *, now: datetime) -> None:
    if answer.is_taken:
        webhook.failures, webhook.failing_since, webhook.blocked_until = 0, None, None
    elif answer.concerns_the_address:
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or now
        webhook.blocked_until = now + back_off(webhook.failures, jitter=random.random())
        if answer.status == HTTPStatus.GONE or webhook.failing_since <= now - SWITCHED_OFF_AFTER:
            webhook.switched_off_at = now
            log.warning("webhook switched off", webhook=webhook.pk, failures=webhook.failures)
    webhook.save(update_fields=["failures", "failing_since", "blocked_until", "switched_off_at"])
    _give_up(webhook, now=now)


def _give_up(webhook: Webhook, *, now: datetime) -> None:
    """Send no more what was tried for a day, or is owed to an address that is called no more."""
    owed = Delivery.objects.filter(webhook=webhook, due_at__isnull=False)
    if webhook.is_on:
        owed = owed.filter(unleased(), happened_at__lte=now - GIVEN_UP_AFTER)
    owed.update(dropped_at=now, due_at=None)
