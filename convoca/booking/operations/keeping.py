"""Keeping access alive: tokens renewed before they are missed, and every access proven once a day.

A refresh token that is never used dies unseen, and scopes are taken away without a word: both are noticed here, before
a client is waiting for a link.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Connection, Grant
from convoca.booking.operations import granting
from convoca.booking.operations.closing import delete_if_unused, scrub
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.granting import AccessLost, NoTokenNow, renewed_token, usable_token
from convoca.booking.operations.leasing import CALL_SECONDS, unleased
from convoca.booking.operations.mending import resume
from convoca.booking.operations.pacing import pacer
from convoca.booking.operations.sweeping import sweep
from convoca.booking.operations.vendors import application_for
from convoca.providers import connected_provider_by_id
from convoca.providers.contract import ExternalUser, NotAuthorized, OutcomeLost, ProviderError, TokenExpired
from convoca.providers.wire import carry_out

log = structlog.get_logger(__name__)

CHECK_EVERY = timedelta(days=1)

# A check that could not be made, or whose worker died, is made again.
CHECK_AGAIN = timedelta(minutes=10)

# How long an unused refresh token lives is not told by all who give them; a week is well within what is.
IDLE_AT_MOST = timedelta(days=7)


@task()
def renew_due() -> None:
    """Renew every token that is due for it, until none is left."""
    while goes_on() and renew_next(now=timezone.now()):
        continue


@task()
def check_due() -> None:
    """Prove every access that is due for it, until none is left."""
    while goes_on() and check_next(now=timezone.now()):
        continue


def grants_to_renew(*, now: datetime) -> QuerySet[Grant]:
    """Return the grants whose token was used and has lived most of its life, or that nobody has used for a week."""
    in_use = Q(renew_at__lte=now, connections__last_ok_at__gt=F("refreshed_at"))
    idle = Q(kind=Grant.Kind.USER, refreshed_at__lte=now - IDLE_AT_MOST)
    usable = Q(connections__blocked_until__isnull=True) | Q(connections__blocked_until__lte=now)
    due = Grant.objects.filter(usable, in_use | idle, unleased(column="refresh_lease_until"))
    return due.filter(connections__state=Connection.State.OPEN).order_by("refreshed_at").distinct()


def renew_next(*, now: datetime) -> bool:
    """Renew one token. Return whether there was one to renew and going on makes sense."""
    grant = grants_to_renew(now=now).first()
    if grant is None:
        return False
    connection = grant.connections.filter(state=Connection.State.OPEN).select_related("grant").first()
    if connection is None:
        return True
    try:
        renewed_token(connection, now=now)
    except NoTokenNow:
        # What stands in the way is written on the grant's connections, which are not due any more.
        log.info("token not renewed", grant=grant.pk)
        return not grants_to_renew(now=now).filter(pk=grant.pk).exists()
    return True


def connections_to_check(*, now: datetime) -> QuerySet[Connection]:
    """Return the connections whose access is to be proven now."""
    usable = Q(blocked_until__isnull=True) | Q(blocked_until__lte=now)
    due = Connection.objects.filter(usable, check_at__lte=now, grant__isnull=False)
    return due.filter(state__in=[Connection.State.OPEN, Connection.State.NEEDS_OWNER]).order_by("check_at", "pk")


def check_next(*, now: datetime) -> bool:
    """Prove the access of one connection and compare its scopes with what we need. Return whether there was one."""
    connection = connections_to_check(now=now).select_related("grant").first()
    if connection is None:
        return False
    mine = Connection.objects.filter(pk=connection.pk, check_at=connection.check_at)
    if mine.update(check_at=now + CHECK_AGAIN):
        _check(connection, now=now)
    return True


def _check(connection: Connection, *, now: datetime) -> None:
    try:
        user, token = _prove(connection, now=now)
    except AccessLost:
        _believe_loss(connection, now=now)
    except NotAuthorized as refused:
        granting.need_owner(connection, reason=" ".join([refused.reason, *sorted(refused.missing_scopes)]), now=now)
        Connection.objects.filter(pk=connection.pk).update(probe=False, check_at=now + CHECK_EVERY)
    except (NoTokenNow, ProviderError, OutcomeLost) as error:
        log.info("access not proven", connection=connection.pk, error=type(error).__name__)
    else:
        if _note_proof(connection, user, now=now):
            _sweep(connection, token, now=now)


def _prove(connection: Connection, *, now: datetime) -> tuple[ExternalUser, str]:
    """Ask the vendor whose access it is, and by which token. One that it does not take is replaced once."""
    token = usable_token(connection, now=now)
    try:
        return _ask(connection, token, now=now), token
    except TokenExpired:
        token = renewed_token(connection, now=now)
        return _ask(connection, token, now=now), token


def _ask(connection: Connection, token: str, *, now: datetime) -> ExternalUser:
    provider = connected_provider_by_id(connection.provider)
    application = application_for(connection.provider)
    exchange = provider.who_am_i(application=application, token=token)
    return carry_out(exchange, seconds=CALL_SECONDS, before=pacer(connection, now=now))


def _sweep(connection: Connection, token: str, *, now: datetime) -> None:
    """Look at what the vendor holds in our name; what does not succeed tonight succeeds tomorrow."""
    try:
        sweep(connection, token, now=now)
    except (ProviderError, OutcomeLost) as error:
        log.info("not swept", connection=connection.pk, error=type(error).__name__)


def _note_proof(connection: Connection, user: ExternalUser, *, now: datetime) -> bool:
    """Write down who it is and what is missing, and return whether all is well.

    What was wrong only because of missing scopes is well again.
    """
    held = Connection.objects.select_related("grant").get(pk=connection.pk)
    granted = frozenset(held.grant.scopes.split()) if held.grant else frozenset[str]()
    missing = connected_provider_by_id(held.provider).missing_scopes(granted) if granted else frozenset[str]()
    Connection.objects.filter(pk=held.pk).update(
        email=user.email, plan=user.plan, probe=False, last_ok_at=now, failures=0, check_at=now + CHECK_EVERY
    )
    if missing:
        granting.need_owner(held, reason=" ".join(sorted(missing)), now=now)
        return False
    if held.state == Connection.State.NEEDS_OWNER:
        Connection.objects.filter(pk=held.pk, state=Connection.State.NEEDS_OWNER).update(
            state=Connection.State.OPEN, reason=""
        )
        resume(held, now=now)
    return True


def _believe_loss(connection: Connection, *, now: datetime) -> None:
    """The vendor knows the grant no more. If it told us so itself, the credentials and the person's data go at once."""
    if connection.probe:
        _forget_user(connection.provider, connection.external_user, now=now)
    else:
        Connection.objects.filter(pk=connection.pk).update(check_at=None)


def _forget_user(provider_id: str, external_user: str, *, now: datetime) -> None:
    """Delete the credentials and the address of somebody who removed us at the vendor. Links that exist stay valid."""
    with transaction.atomic():
        connections = Connection.objects.select_for_update(no_key=True).filter(
            provider=provider_id, external_user=external_user
        )
        grants = [each.grant for each in connections.order_by("pk") if each.grant is not None]
        connections.update(grant=None, email="", plan="", probe=False, check_at=None, wiped_at=now, withdrawn_at=now)
        for grant in grants:
            delete_if_unused(grant)
    scrub()
    log.info("access withdrawn at the vendor", provider=provider_id, connections=len(grants))
