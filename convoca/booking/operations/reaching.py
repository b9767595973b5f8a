"""One call in a connection's name beside the machine that works off rows: its token, its pace, and what it tells."""

from collections.abc import Callable
from datetime import datetime

from convoca.booking.models import Connection
from convoca.booking.operations import granting
from convoca.booking.operations.leasing import CALL_SECONDS
from convoca.booking.operations.pacing import pacer
from convoca.providers.contract import (
    Exchange,
    NotAuthorized,
    OutcomeLost,
    Throttled,
    TokenExpired,
    Unreachable,
)
from convoca.providers.wire import carry_out


def reach[T](
    connection: Connection, calling: Callable[[str], Exchange[T]], *, now: datetime, patience: float = 0.0
) -> T:
    """Make the call that `calling` builds of a token, and note on the connection what the answer says of that.

    A token that the vendor takes no more is replaced once. `patience` is for room in our own pace, in seconds. Raises
    the provider's errors, OutcomeLost and NoTokenNow.
    """
    token = granting.usable_token(connection, now=now)
    try:
        try:
            answer = _call(connection, calling(token), now=now, patience=patience)
        except TokenExpired:
            token = granting.renewed_token(connection, now=now)
            answer = _call(connection, calling(token), now=now, patience=patience)
    except NotAuthorized as refused:
        granting.need_owner(connection, reason=" ".join([refused.reason, *sorted(refused.missing_scopes)]), now=now)
        raise
    except Throttled as told:
        granting.pause(connection, until=granting.end_of_pause(told, now=now))
        raise
    except (Unreachable, OutcomeLost):
        granting.complain(connection, now=now)
        raise
    granting.praise(connection, now=now)
    return answer


def _call[T](connection: Connection, exchange: Exchange[T], *, now: datetime, patience: float) -> T:
    return carry_out(exchange, seconds=CALL_SECONDS, before=pacer(connection, now=now, patience=patience))
