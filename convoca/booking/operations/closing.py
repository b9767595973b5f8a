"""Closing a connection: drain what is owed at the vendor, withdraw the access there, delete the credentials here."""

import uuid
from datetime import datetime, timedelta

import structlog
from django.db import connection as database
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Alert, Connection, Grant, Meeting, Publication, Remote, Schedule, Sealed
from convoca.booking.operations.auditing import SYSTEM, Verb, note_connection
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.granting import AccessLost, NoTokenNow, usable_token
from convoca.booking.operations.leasing import CALL_SECONDS, LEASE, unleased
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.vendors import application_for
from convoca.providers import connected_provider_by_id
from convoca.providers.contract import NotAuthorized, OutcomeLost, ProviderError, TokenExpired
from convoca.providers.wire import carry_out

log = structlog.get_logger(__name__)

# Owed deletions get this long before the access is withdrawn under them.
DRAIN_AT_MOST = timedelta(minutes=1)

# A vendor that does not answer never keeps credentials here for more than ten minutes; the last call takes its time.
WIPE_AT_LATEST = timedelta(minutes=9)

ASK_AGAIN = timedelta(seconds=2)

# A reader that stands in the way of the write-ahead log's end must not keep writers waiting.
SCRUB_WAITS_MILLISECONDS = 500


@task()
def close_due() -> None:
    """Take every connection that is being closed as far as it gets now."""
    while goes_on() and close_next(now=timezone.now()):
        continue


def closing_connections(*, now: datetime) -> QuerySet[Connection]:
    return Connection.objects.filter(unleased(), state=Connection.State.CLOSING, due_at__lte=now).order_by("due_at")


def close_next(*, now: datetime) -> bool:
    """Take one connection one step closer to closed. Return whether there was one."""
    connection = closing_connections(now=now).select_related("grant").first()
    if connection is None:
        return False
    key = uuid.uuid4()
    held = Connection.objects.filter(
        unleased(), pk=connection.pk, state=Connection.State.CLOSING, due_at=connection.due_at
    ).update(claim=key, lease_until=Now() + LEASE)
    if held:
        _close(connection, key, now=now)
    return True


def _close(connection: Connection, key: uuid.UUID, *, now: datetime) -> None:
    since = now - (connection.closing_at or now)
    if since < DRAIN_AT_MOST and (_owed(connection).exists() or _owed_events(connection).exists()):
        _hurry(connection, now=now)
        _come_back(connection, key, at=now + ASK_AGAIN)
        return
    wiped = connection.wiped_at is not None
    withdrawn = connection.withdrawn_at is not None if wiped else _withdraw(connection, now=now)
    if not wiped and not withdrawn and since < WIPE_AT_LATEST:
        _come_back(connection, key, at=now + ASK_AGAIN * 5)
        return
    if not wiped and not _wipe(connection, key, withdrawn=withdrawn, now=now):
        return
    if scrub():
        Connection.objects.filter(pk=connection.pk, claim=key, state=Connection.State.CLOSING).update(
            state=Connection.State.CLOSED, due_at=None, claim=None, lease_until=None
        )
        log.info("connection closed", connection=connection.pk, withdrawn=withdrawn)
    else:
        _come_back(connection, key, at=now + ASK_AGAIN)


def _owed(connection: Connection) -> QuerySet[Meeting]:
    """Return what must still be done with this access: deletions, and calls whose outcome is not known yet."""
    return Meeting.objects.filter(connection=connection, publication__isnull=True).filter(
        Q(wanted=Meeting.Wanted.ABSENT, observed__in=[Meeting.Observed.PRESENT, Meeting.Observed.UNKNOWN])
        | Q(observed=Meeting.Observed.UNKNOWN)
        # What is about to be replaced by another source's will be deleted, too.
        | (Q(wanted=Meeting.Wanted.PRESENT) & ~Q(slot__schedule__applying=Schedule.Applying.NOTHING))
        | Q(lease_until__gte=Now())
    )


def _owed_events(connection: Connection) -> QuerySet[Publication]:
    may_exist = [Publication.Observed.PRESENT, Publication.Observed.UNKNOWN]
    return Publication.objects.filter(connection=connection).filter(
        Q(wanted=Publication.Wanted.ABSENT, observed__in=may_exist)
        | Q(observed=Publication.Observed.UNKNOWN)
        | Q(lease_until__gte=Now())
    )


def _hurry(connection: Connection, *, now: datetime) -> None:
    """Have deleted now what was cancelled since: when its undo window has passed nobody could delete it any more.

    What the vendor did not take keeps its pauses.
    """
    hurried = 0
    for kind in (connection.meetings, connection.publications):
        cancelled = kind.filter(unleased(), wanted=Remote.Wanted.ABSENT, attempts=0)
        hurried += cancelled.filter(due_at__gt=now).update(due_at=now)
    if hurried:
        provision_due.enqueue()


def _come_back(connection: Connection, key: uuid.UUID, *, at: datetime) -> None:
    Connection.objects.filter(pk=connection.pk, claim=key).update(due_at=at, claim=None, lease_until=None)


def _withdraw(connection: Connection, *, now: datetime) -> bool:
    """Revoke the grant at the vendor unless another account uses it. Return whether that needs no further attempt."""
    grant = connection.grant
    if grant is None or _is_used_beside(connection):
        return True
    provider = connected_provider_by_id(grant.provider)
    try:
        token = usable_token(connection, now=now)
        carry_out(provider.revoke(token, application=application_for(grant.provider)), seconds=CALL_SECONDS)
    except (NotAuthorized, TokenExpired, AccessLost):
        Connection.objects.filter(pk=connection.pk).update(was_revoked=True)
        return True
    except (NoTokenNow, ProviderError, OutcomeLost) as error:
        log.warning("access not withdrawn", connection=connection.pk, error=type(error).__name__)
        return False
    return True


def _is_used_beside(connection: Connection) -> bool:
    """Say whether another connection uses the grant and outlives this one: of those being closed, the last revokes."""
    others = Connection.objects.filter(grant=connection.grant_id).exclude(pk=connection.pk)
    closing_before = Q(state=Connection.State.CLOSING) & (
        Q(closing_at__lt=connection.closing_at) | Q(closing_at=connection.closing_at, pk__lt=connection.pk)
    )
    return others.exclude(closing_before).exists()


def _wipe(connection: Connection, key: uuid.UUID, *, withdrawn: bool, now: datetime) -> bool:
    """Delete the credentials, let go of the meetings, and owe the owner a receipt.

    Return False if the owner has connected again meanwhile.
    """
    with transaction.atomic():
        held = (
            Connection.objects.select_for_update(no_key=True)
            .filter(pk=connection.pk, claim=key, state=Connection.State.CLOSING)
            .first()
        )
        if held is None:
            return False
        grant = held.grant
        held.grant, held.wiped_at = None, now
        # Who had taken it back at the vendor did so earlier.
        held.withdrawn_at = (held.withdrawn_at or now) if withdrawn else None
        held.save(update_fields=["grant", "wiped_at", "withdrawn_at"])
        _detach(held)
        _tell(held, now=now)
        if grant is not None:
            delete_if_unused(grant)
    return True


def _tell(connection: Connection, *, now: datetime) -> None:
    """Write into the trail what has become of the access, and owe its owner the receipt."""
    if connection.withdrawn_at == now and not connection.was_revoked:
        note_connection(Verb.WITHDRAWN, by=SYSTEM, connection=connection, now=now)
    note_connection(Verb.WIPED, by=SYSTEM, connection=connection, now=now)
    Alert.objects.create(account_id=connection.account_id, connection=connection, kind=Alert.Kind.RECEIPT, due_at=now)


def delete_if_unused(grant: Grant) -> None:
    """Delete the credentials unless a connection uses them; whoever is about to use them holds the lock or waits."""
    held = Grant.objects.select_for_update(no_key=True).filter(pk=grant.pk).first()
    if held is not None and not held.connections.exists():
        # Overwritten first, so that the row's next version does not hold them either.
        Grant.objects.filter(pk=held.pk).update(access_token=Sealed(), refresh_token=Sealed())
        held.delete()


def _detach(connection: Connection) -> None:
    """What exists at the vendor stays valid there; we can neither change nor delete it any more."""
    for model in (Meeting, Publication):
        rows = model._default_manager.filter(connection=connection)
        rows.filter(observed__in=[Remote.Observed.PRESENT, Remote.Observed.UNKNOWN]).update(
            observed=Remote.Observed.DETACHED, due_at=None, claim=None, lease_until=None
        )
        rows.update(due_at=None)


def scrub() -> bool:
    """Take the deleted ciphertext out of SQLite's write-ahead log, too. Return False if a reader stood in the way."""
    if database.vendor != "sqlite":
        return True
    with database.cursor() as cursor:
        (usual_wait,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {SCRUB_WAITS_MILLISECONDS}")
        try:
            (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual_wait}")
    return not busy
