"""Access tokens: refreshed by one process at a time, saved before they are used.

Zoom's refresh token dies at its first use, so two refreshes at once, or one whose answer is not saved, cost the
connection. A refresh is a committed lease on the grant, then the call, then a save that only the leaseholder can make.
"""

import random
import uuid
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from convoca.booking.models import Connection, Grant, Sealed
from convoca.booking.operations.leasing import CALL_SECONDS, LEASE, unleased
from convoca.booking.operations.pacing import Paced
from convoca.booking.operations.turns import out_of_turn
from convoca.booking.operations.vendors import application_for
from convoca.core.reconcile import back_off
from convoca.providers import connected_provider_by_id
from convoca.providers.contract import (
    Exchange,
    Misconfigured,
    NotAuthorized,
    OutcomeLost,
    ProviderError,
    Throttled,
    Tokens,
)
from convoca.providers.wire import carry_out

log = structlog.get_logger(__name__)

# A token that expires while our call is under way is refused by the vendor.
LEEWAY = timedelta(seconds=60)

# A token that is in use is renewed when this share of its life is over, before a call has to wait for it.
RENEW_AFTER = 0.8

# A vendor that is not reached so often in a row is left in peace, and then asked by one call at a time.
BREAK_AFTER = 5
# The later pauses of the card; a single meeting waits as long by itself.
BREAK_BEGINS_AT = 2

# A vendor that refuses a token younger than this has not seen it expire: the access was withdrawn.
FRESH = timedelta(minutes=5)

# Nobody mends the access of a connection that is being closed; its credentials are gone long before this has passed.
NO_USE_ANY_MORE = timedelta(hours=1)


class NoTokenNow(Exception):
    """There is no usable token at the moment; what stands in the way is recorded on the grant or its connections."""


class AccessLost(NoTokenNow):
    """The vendor no longer knows the grant: there will be no token before the owner consents again."""


def usable_token(connection: Connection, *, now: datetime) -> str:
    """Return an access token that lives for at least a minute, refreshed if need be. Raises NoTokenNow.

    Afterwards `connection.grant.version` is that of the token returned.
    """
    grant = connection.grant
    if grant is None:
        raise NoTokenNow
    if grant.expires_at - LEEWAY > now:
        return grant.access_token.open()
    return _refresh(grant, now=now)


def _refresh(grant: Grant, *, now: datetime) -> str:
    claim = uuid.uuid4()
    held = (
        Grant.objects.filter(unleased(column="refresh_lease_until"), pk=grant.pk, version=grant.version)
        .update(refresh_claim=claim, refresh_lease_until=Now() + LEASE)
    )  # fmt: skip
    if not held:
        raise NoTokenNow
    try:
        with out_of_turn():
            tokens = carry_out(_new_tokens(grant), seconds=CALL_SECONDS)
    except (ProviderError, OutcomeLost) as error:
        _give_up(grant, claim, error, now=now)
        raise (AccessLost if isinstance(error, NotAuthorized) else NoTokenNow) from error
    if not _save(grant, claim, tokens, now=now):
        raise NoTokenNow
    grant.version += 1
    return tokens.access_token


def _new_tokens(grant: Grant) -> Exchange[Tokens]:
    """Return the exchange that fits the grant's kind: the refresh token, or the application's own secret."""
    provider, application = connected_provider_by_id(grant.provider), application_for(grant.provider)
    if grant.kind == Grant.Kind.SERVER:
        return provider.token_for_account(application=application)
    return provider.refresh(grant.refresh_token.open(), application=application)


def renewed_token(connection: Connection, *, now: datetime) -> str:
    """Return an access token got just now, whatever is left of the one that we hold. Raises NoTokenNow."""
    if connection.grant is None:
        raise NoTokenNow
    return _refresh(connection.grant, now=now)


def _save(grant: Grant, claim: uuid.UUID, tokens: Tokens, *, now: datetime) -> bool:
    """Keep the new pair if the lease is still ours. What the answer leaves out is as before."""
    values = {name: value for name, value in grant_values(tokens, now=now).items() if value}
    saved = Grant.objects.filter(pk=grant.pk, refresh_claim=claim).update(
        **values, version=F("version") + 1, refresh_claim=None, refresh_lease_until=None
    )
    if saved:
        # What the operator had to mend is mended.
        Connection.objects.filter(grant=grant, state=Connection.State.OPEN).exclude(reason="").update(reason="")
    return bool(saved)


def grant_values(tokens: Tokens, *, now: datetime) -> dict[str, object]:
    """Return the columns of a grant that an answer of the token endpoint fills."""
    return {
        "access_token": Sealed.seal(tokens.access_token),
        "refresh_token": Sealed.seal(tokens.refresh_token),
        "expires_at": now + timedelta(seconds=tokens.expires_in),
        "scopes": " ".join(sorted(tokens.scopes)),
        "api_url": tokens.api_url,
        "refreshed_at": now,
        "renew_at": now + timedelta(seconds=tokens.expires_in) * RENEW_AFTER,
        "ends_at": now + timedelta(seconds=ends_in) if (ends_in := tokens.refresh_expires_in) else None,
    }


def _give_up(grant: Grant, claim: uuid.UUID, error: ProviderError | OutcomeLost, *, now: datetime) -> None:
    """Free the lease and tell the connections; credentials are never deleted because a vendor is down or busy."""
    if not Grant.objects.filter(pk=grant.pk, refresh_claim=claim).update(refresh_claim=None, refresh_lease_until=None):
        return
    log.warning("refresh refused", provider=grant.provider, grant=grant.pk, error=type(error).__name__)
    users = Connection.objects.filter(grant=grant)
    if isinstance(error, NotAuthorized):
        _lose_access(users, reason=error.reason, now=now)
    elif isinstance(error, Misconfigured):
        users.update(blocked_until=now + timedelta(minutes=15), reason=error.reason[:300])
    else:
        _pause(users, until=end_of_pause(error, now=now))


def end_of_pause(error: ProviderError | OutcomeLost, *, now: datetime) -> datetime:
    """Return when a vendor that is down or wants peace may be called again: its own word, or ours if that is later."""
    if isinstance(error, Paced) and error.until is not None:
        return error.until
    ours = now + back_off(3, jitter=random.random())
    if not isinstance(error, Throttled):
        return ours
    # All who were told to wait come back one after the other.
    crowd = timedelta(seconds=random.random())
    return max(ours, (error.until or ours) + crowd, now + (error.after or timedelta(0)) + crowd)


def expire(connection: Connection, *, version: int, now: datetime) -> None:
    """Act on a vendor's word that the token of `version` is expired: refresh at the next use, or ask the owner.

    A word about an older token than the one that we hold changes nothing.
    """
    grant = Grant.objects.filter(connections=connection, version=version).first()
    if grant is None:
        return
    if grant.refreshed_at and now - grant.refreshed_at < FRESH:
        need_owner(connection, reason="access token refused", now=now)
    else:
        Grant.objects.filter(pk=grant.pk, version=version).update(expires_at=now)


def need_owner(connection: Connection, *, reason: str, now: datetime) -> None:
    """Mark a connection as one that only its owner can mend. Its meetings wait, and go on once it is mended."""
    _lose_access(Connection.objects.filter(pk=connection.pk), reason=reason, now=now)


def _lose_access(connections: QuerySet[Connection], *, reason: str, now: datetime) -> None:
    """Ask the owner of each; one that is being closed has nobody to ask, and no worker may go on trying with it."""
    connections.filter(state=Connection.State.OPEN).update(state=Connection.State.NEEDS_OWNER, reason=reason[:300])
    _pause(connections.filter(state=Connection.State.CLOSING), until=now + NO_USE_ANY_MORE)


def pause(connection: Connection, *, until: datetime) -> None:
    """Let no worker touch the connection before `until`, or before the end of a longer pause."""
    _pause(Connection.objects.filter(pk=connection.pk), until=until)


def _pause(connections: QuerySet[Connection], *, until: datetime) -> None:
    shorter = Q(blocked_until__isnull=True) | Q(blocked_until__lt=until)
    connections.filter(shorter).update(blocked_until=until)


def praise(connection: Connection, *, now: datetime) -> None:
    """Note that the vendor has just answered as it should.

    A pause is left as it is: the call that is praised may be older than the one that was told to wait.
    """
    Connection.objects.filter(pk=connection.pk).update(last_ok_at=now, failures=0)


def complain(connection: Connection, *, now: datetime) -> None:
    """Note that the vendor did not answer; from the fifth time in a row on it is left in peace, longer each time.

    Calls that were already under way when a pause began say nothing new.
    """
    with transaction.atomic():
        held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        if held.blocked_until is not None and held.blocked_until > now:
            return
        held.failures += 1
        if held.failures >= BREAK_AFTER:
            held.blocked_until = now + back_off(held.failures - BREAK_AFTER + 1 + BREAK_BEGINS_AT, jitter=0)
        held.save(update_fields=["failures", "blocked_until"])
