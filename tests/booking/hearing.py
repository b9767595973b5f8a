"""A webhook of an account's that leads to another program on loopback, and a worker that tells it."""

from datetime import timedelta
from typing import Any

from convoca.booking.models import Account, Webhook
from convoca.booking.operations.delivering import deliver_next
from convoca.booking.operations.hooking import CHOOSABLE, Telling, make_webhook
from tests.booking.building import NOW
from tests.receiving import Program


def listen(account: Account, other: Program, **more: Any) -> Webhook:
    return make_webhook(account, Telling(url=other.url, happenings=CHOOSABLE, **more), now=NOW)


def deliver(**later: float) -> None:
    """Let a worker do all that is due then."""
    while deliver_next(now=NOW + timedelta(**later)):
        continue


def types(other: Program) -> list[str]:
    return [each["type"] for each in other.said]
