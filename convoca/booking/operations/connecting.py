"""Connecting schedules to a vendor's account, and letting go of it again.

Consent is asked once per external user; further schedules of the account use the same connection. Closing a
connection is wanted state too: what is owed at the vendor is done first, then the access is withdrawn there, then the
credentials are deleted here. They never stay longer than WIPE_AT_LATEST, whatever the vendor answers.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from django.db import transaction

from convoca.booking.models import Account, Connection, Grant, Meeting, Schedule, Slot
from convoca.booking.operations.auditing import SYSTEM, Actor, Verb, note_connection
from convoca.booking.operations.closing import close_due
from convoca.booking.operations.granting import grant_values
from convoca.booking.operations.keeping import CHECK_EVERY
from convoca.booking.operations.leasing import CALL_SECONDS
from convoca.booking.operations.mending import resume
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.taking import lock_schedule
from convoca.booking.operations.vendors import application_for
from convoca.booking.operations.wishing import withdraw
from convoca.booking.questions.publishing import is_in_use
from convoca.providers import connected_provider_by_id
from convoca.providers.contract import Exchange, ExternalUser, Tokens
from convoca.providers.wire import carry_out

log = structlog.get_logger(__name__)


class LinkSourceUnavailable(Exception):
    """This source of links must first be made possible: by connecting, or by enabling the supervisor field."""


def finish_consent(account: Account, provider_id: str, code: str, *, code_verifier: str, now: datetime) -> Connection:
    """Redeem the vendor's code, prove the access by reading who gave it, and keep both.

    Connecting the same external user again mends the connection in place. Raises the provider's errors, OutcomeLost
    included; then nothing has changed here.
    """
    provider, application = connected_provider_by_id(provider_id), application_for(provider_id)
    exchange = provider.redeem_code(code, application=application, code_verifier=code_verifier)
    return _prove_and_keep(account, provider_id, exchange, kind=Grant.Kind.USER, now=now)


def connect_installation(account: Account, provider_id: str, *, now: datetime) -> Connection:
    """Connect to the installation's own account at the vendor, for which nobody need consent.

    For installations whose application there is a server-to-server one. Raises the provider's errors, OutcomeLost
    included; then nothing has changed here.
    """
    exchange = connected_provider_by_id(provider_id).token_for_account(application=application_for(provider_id))
    return _prove_and_keep(account, provider_id, exchange, kind=Grant.Kind.SERVER, now=now)


def _prove_and_keep(
    account: Account, provider_id: str, exchange: Exchange[Tokens], *, kind: Grant.Kind, now: datetime
) -> Connection:
    provider, application = connected_provider_by_id(provider_id), application_for(provider_id)
    tokens = carry_out(exchange, seconds=CALL_SECONDS)
    user = carry_out(provider.who_am_i(application=application, token=tokens.access_token), seconds=CALL_SECONDS)
    with transaction.atomic():
        connection = _keep(account, provider_id, tokens, user, kind=kind, now=now)
        provision_due.enqueue()
    log.info("connected", provider=provider_id, account=account.pk, connection=connection.pk)
    return connection


def _keep(
    account: Account, provider_id: str, tokens: Tokens, user: ExternalUser, *, kind: Grant.Kind, now: datetime
) -> Connection:
    connection = _lock_connection(account, provider_id, user)
    grant = _keep_grant(provider_id, user, tokens, kind=kind, now=now)
    missing = connected_provider_by_id(provider_id).missing_scopes(tokens.scopes)
    connection.grant = grant
    connection.external_account, connection.email, connection.plan = user.account_id, user.email, user.plan
    connection.state = Connection.State.NEEDS_OWNER if missing else Connection.State.OPEN
    connection.reason = " ".join(sorted(missing))[:300]
    connection.connected_at = connection.last_ok_at = now
    connection.blocked_until = connection.closing_at = connection.wiped_at = connection.withdrawn_at = None
    connection.due_at = connection.claim = connection.lease_until = None
    connection.failures, connection.probe, connection.check_at = 0, False, now + CHECK_EVERY
    connection.was_revoked, connection.replaced_by = False, None
    connection.save()
    if not missing:
        Connection.objects.filter(grant=grant, state=Connection.State.NEEDS_OWNER).update(
            state=Connection.State.OPEN, reason="", blocked_until=None
        )
        resume(connection, now=now)
    return connection


def _lock_connection(account: Account, provider_id: str, user: ExternalUser) -> Connection:
    """Hold the account's connection, made if need be, and all others of this external user, in order."""
    made, _ = Connection.objects.get_or_create(account=account, provider=provider_id, external_user=user.id)
    same_user = Connection.objects.select_for_update(no_key=True).filter(provider=provider_id, external_user=user.id)
    return next(each for each in same_user.order_by("pk") if each.pk == made.pk)


def _keep_grant(provider_id: str, user: ExternalUser, tokens: Tokens, *, kind: Grant.Kind, now: datetime) -> Grant:
    """Overwrite the external user's one grant; a refresh that is under way loses its claim and changes nothing."""
    values = grant_values(tokens, now=now) | {"kind": kind}
    grant, made = Grant.objects.select_for_update(no_key=True).get_or_create(
        provider=provider_id, external_user=user.id, defaults=values
    )
    if not made:
        for name, value in values.items():
            setattr(grant, name, value)
        grant.version += 1
        grant.refresh_claim = grant.refresh_lease_until = None
        grant.save()
    return grant


def usable_connection(account: Account, provider_id: str) -> Connection | None:
    """Return the account's connection that a further schedule can use without asking for consent, or None."""
    return (
        Connection.objects.filter(
            account=account, provider=provider_id, state=Connection.State.OPEN, grant__isnull=False
        )
        .order_by("-connected_at")
        .first()
    )


def connect_schedule(schedule: Schedule, connection: Connection, *, by: Actor = SYSTEM, now: datetime) -> None:
    """Make `connection` the source of links of everything that is born in `schedule` from now on."""
    with transaction.atomic():
        set_link_source(schedule, connection.provider, connection=connection, now=now)
        note_connection(Verb.CONNECTED, by=by, connection=connection, now=now)


def disconnect_schedule(
    schedule: Schedule, *, delete_meetings: bool = False, by: Actor = SYSTEM, now: datetime
) -> None:
    """Stop making links for `schedule`. If no schedule uses the connection any more, its credentials go.

    With `delete_meetings` the links that it has made stop working, too: what of them a closing connection does not
    get to delete within its minute stays at the vendor.
    """
    connection = schedule.connection
    with transaction.atomic():
        slots = _hold_slots(schedule, now=now) if delete_meetings else []
        set_link_source(schedule, Schedule.NO_LINK, connection=None, now=now)
        if connection is None:
            return
        note_connection(Verb.DISCONNECTED, by=by, connection=connection, now=now)
        if slots:
            _give_up_meetings(slots, connection, now=now)


def _hold_slots(schedule: Schedule, *, now: datetime) -> list[int]:
    """Lock the schedule and its occasions to come, and return the ids of these."""
    lock_schedule(schedule)
    slots = Slot.objects.select_for_update(no_key=True).filter(account_id=schedule.account_id, schedule=schedule)
    return list(slots.filter(ends_at__gt=now).order_by("pk").values_list("pk", flat=True))


def _give_up_meetings(slots: Sequence[int], connection: Connection, *, now: datetime) -> None:
    """Want the meetings of these occasions no more, and have them deleted at the vendor at once."""
    wanted = Meeting.objects.filter(connection=connection, slot__in=slots, wanted=Meeting.Wanted.PRESENT)
    for meeting in wanted.order_by("pk"):
        withdraw(meeting, now=now, due_at=now)
    provision_due.enqueue()


def set_link_source(schedule: Schedule, source: str, *, connection: Connection | None, now: datetime) -> None:
    """Change where the links of future slots come from; slots that exist keep what they were born with.

    An earlier source that was just being applied to these is not applied any further.

    Raises LinkSourceUnavailable if the connection is another account's, or was let go of meanwhile.
    """
    with transaction.atomic():
        held = Schedule.objects.select_for_update(no_key=True).get(account_id=schedule.account_id, pk=schedule.pk)
        before = held.connection_id
        _hold_connections(held, [pk for pk in (before, connection.pk if connection else None) if pk is not None])
        if connection is not None and not _is_usable(connection, account_id=schedule.account_id):
            raise LinkSourceUnavailable(source)
        held.link_source, held.connection = source, connection
        held.applying = schedule.applying = Schedule.Applying.NOTHING
        held.save(update_fields=["link_source", "connection", "applying"])
        if before is not None and held.connection_id != before:
            close_if_unused(before, now=now)
    schedule.link_source, schedule.connection = source, connection


def _hold_connections(schedule: Schedule, connections: Iterable[int]) -> None:
    """Lock what is let go of and what is taken up, so that nobody closes the one while a schedule takes it up."""
    held = Connection.objects.select_for_update(no_key=True).filter(account_id=schedule.account_id, pk__in=connections)
    list(held.order_by("pk").values_list("pk", flat=True))


def _is_usable(connection: Connection, *, account_id: int) -> bool:
    held = Connection.objects.filter(pk=connection.pk, account_id=account_id, grant__isnull=False)
    return held.filter(state__in=[Connection.State.OPEN, Connection.State.NEEDS_OWNER]).exists()


def close_if_unused(connection_id: int, *, now: datetime) -> None:
    """Let go of an access that nothing needs any more. The caller's transaction is open."""
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
    if connection.schedules.exists() or is_in_use(connection, now=now):
        return
    connection.state, connection.closing_at, connection.due_at = Connection.State.CLOSING, now, now
    # Credentials that went when the vendor withdrew the access are gone; what is left is to let go of the meetings.
    connection.was_revoked = connection.withdrawn_at is not None
    connection.blocked_until = connection.wiped_at = None
    connection.save(update_fields=["state", "closing_at", "due_at", "was_revoked", "blocked_until", "wiped_at"])
    # The undo window of a cancelled booking ends here: afterwards nobody could delete its meeting any more.
    connection.meetings.filter(wanted="absent", due_at__gt=now).update(due_at=now)
    connection.publications.filter(wanted="absent", due_at__gt=now).update(due_at=now)
    provision_due.enqueue()
    close_due.enqueue()


def give_up_unused(connection: Connection, *, by: Actor = SYSTEM, now: datetime) -> bool:
    """Let go of an access that its owner wants no more. False if something needs it, or it was let go of already."""
    with transaction.atomic():
        held = Connection.objects.select_for_update(no_key=True).get(account_id=connection.account_id, pk=connection.pk)
        if held.state not in (Connection.State.OPEN, Connection.State.NEEDS_OWNER):
            return False
        close_if_unused(held.pk, now=now)
        held.refresh_from_db()
        if held.state != Connection.State.CLOSING:
            return False
        note_connection(Verb.DISCONNECTED, by=by, connection=held, now=now)
    return True


def is_shown_as_connected(schedule: Schedule, provider_id: str) -> bool:
    """Say whether the provider's page offers Disconnect for this schedule."""
    return schedule.link_source == provider_id and schedule.connection_id is not None
