"""A vendor's limits per second, kept by all processes together: each call is written down before it is made.

So are mails, where the operator says how many the mail server takes in a second.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from convoca.booking.models import CallPace, Connection
from convoca.providers import provider_by_id
from convoca.providers.contract import Request, Throttled

SECOND = 1.0
# How long somebody who has pressed a button is kept waiting for room.
OF_A_PERSON = 5.0
# Instants further ahead than this come from a clock that was set back; they count for nothing.
AHEAD_AT_MOST = 5.0


class Paced(Throttled):
    """Our own pace forbids the call now: nothing was sent. `until` is when there is room."""


def pacer(connection: Connection | None, *, now: datetime, patience: float = 0.0) -> Callable[[Request], None] | None:
    """Return what lets each request of an exchange go when the vendor's limit per second has room for it.

    The first request finds room or raises Paced, after so many seconds of `patience`: a worker has other things to do
    meanwhile, a person who has pressed a button has not. Whoever has begun an exchange waits for the rest of it, a
    second at most for each request. None if nobody counts.
    """
    if connection is None:
        return None
    begun, going = time.monotonic(), False

    def before(request: Request) -> None:
        nonlocal going
        while wait := take(connection, request.weight, now=now + timedelta(seconds=time.monotonic() - begun)):
            if not going and time.monotonic() - begun + wait > patience:
                raise Paced(until=now + timedelta(seconds=time.monotonic() - begun + wait))
            time.sleep(wait)
        going = True

    return before


def take(connection: Connection, weight: str, *, now: datetime) -> float:
    """Write a call down and return 0, or write nothing and return how many seconds there is no room.

    Exact: in no span of a second are more calls written down than the plan allows, whoever makes them.
    """
    most = provider_by_id(connection.provider).calls_per_second(weight, plan=connection.plan)
    if most is None:
        return 0.0
    return _write_down(_pace(connection, weight), most, now=now)


def wait_for_room_for_a_mail() -> None:
    """Wait until one more mail may leave, and count it. Nothing to wait for where the operator has set no limit."""
    if not settings.MAILS_PER_SECOND:
        return
    pace, _ = CallPace.objects.get_or_create(
        provider="mail", external_account="", weight="send", defaults={"recent": []}
    )
    while wait := _write_down(pace, settings.MAILS_PER_SECOND, now=timezone.now()):
        time.sleep(wait)


def _write_down(pace: CallPace, most: int, *, now: datetime) -> float:
    """Write one more down and return 0, or write nothing and return how many seconds there is no room."""
    with transaction.atomic():
        held = CallPace.objects.select_for_update(no_key=True).get(pk=pace.pk)
        at = now.timestamp()
        recent = sorted(moment for moment in held.recent if at - SECOND < moment < at + AHEAD_AT_MOST)
        if len(recent) >= most:
            return float(recent[-most] + SECOND - at)
        held.recent = [*recent, at]
        held.save(update_fields=["recent"])
    return 0.0


def _pace(connection: Connection, weight: str) -> CallPace:
    """Return the row of the vendor's account; a user whose account is not known counts alone."""
    account = connection.external_account or connection.external_user
    pace, _ = CallPace.objects.get_or_create(
        provider=connection.provider, external_account=account, weight=weight, defaults={"recent": []}
    )
    return pace
