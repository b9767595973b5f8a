"""Watching over what owners must know: trouble becomes an incident, once, and its end is told, once.

Nothing here hears of an event. Each round compares what is wrong now with the incidents that are open, so a round that
was lost, or made by a worker that died, costs nothing; and two workers that make it at once open one incident.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from convoca.booking.models import Alert, Connection, Incident
from convoca.booking.questions.troubles import Trouble, is_being_mended, suffering, trouble_of, troubles

log = structlog.get_logger(__name__)

# A cause that comes back within this time never went.
CALM = timedelta(minutes=1)

# Who has not acted is reminded once, so long before somebody would sit there without a link.
REMINDED_BEFORE = timedelta(hours=24)

# How long an owner who asks for it hears no more.
QUIET_FOR = timedelta(days=7)

GIVEN_UP = frozenset({Connection.State.CLOSING, Connection.State.CLOSED})

Kind = Incident.Kind


def watch(*, now: datetime) -> None:
    """Open what is new, owe the mails, and close what has been gone for a while."""
    seen = troubles(now=now)
    held = Incident.objects.filter(closed_at__isnull=True).select_related("connection")
    opened = {trouble_of(incident): incident for incident in held}
    for trouble in seen - opened.keys():
        _open(trouble, now=now)
    for trouble, incident in opened.items():
        if trouble in seen or is_being_mended(incident, now=now):
            _go_on(incident, now=now)
        else:
            _heal(incident, now=now)


def _open(trouble: Trouble, *, now: datetime) -> None:
    """Open an incident and owe its mail, unless another worker was first."""
    values = {
        "account_id": trouble.account_id,
        "kind": trouble.kind,
        "provider": trouble.provider,
        "connection_id": trouble.connection_id,
    }
    with transaction.atomic():
        Incident.objects.bulk_create([Incident(**values, opened_at=now)], ignore_conflicts=True)
        incident = Incident.objects.filter(**values, closed_at__isnull=True).first()
        if incident is not None:
            _owe(incident, Alert.Kind.OPENED, now=now)
    log.info("incident", account=trouble.account_id, kind=trouble.kind.value, provider=trouble.provider)


def _owe(incident: Incident, kind: Alert.Kind, *, now: datetime) -> None:
    """Owe a mail about the incident; what is owed already is owed once."""
    alert = Alert(account_id=incident.account_id, incident=incident, kind=kind, due_at=now)
    Alert.objects.bulk_create([alert], ignore_conflicts=True)


def _go_on(incident: Incident, *, now: datetime) -> None:
    """Note that the trouble is still there, and remind its owner a day before somebody would sit there without a link.

    Whoever was told only within that day has been told enough.
    """
    if incident.healed_at is not None:
        Incident.objects.filter(pk=incident.pk, closed_at__isnull=True).update(healed_at=None)
    if incident.quiet_until is not None and incident.quiet_until > now:
        return
    if incident.alerts.filter(kind=Alert.Kind.STILL_OPEN).exists():
        return
    first = suffering(trouble_of(incident), now=now).first()
    if first is not None and incident.opened_at < first.starts_at - REMINDED_BEFORE <= now:
        _owe(incident, Alert.Kind.STILL_OPEN, now=now)


def _heal(incident: Incident, *, now: datetime) -> None:
    """Note since when the cause has been gone; close the incident once that has lasted, and owe the all-clear.

    What the owner has answered or given up by themselves needs none.
    """
    mine = Incident.objects.filter(pk=incident.pk, closed_at__isnull=True, healed_at=incident.healed_at)
    if incident.healed_at is None:
        mine.update(healed_at=now)
        return
    if now - incident.healed_at < CALM:
        return
    with transaction.atomic():
        if mine.update(closed_at=now) and not _is_known(incident):
            _owe(incident, Alert.Kind.ALL_CLEAR, now=now)


def _is_known(incident: Incident) -> bool:
    given_up = incident.connection is not None and incident.connection.state in GIVEN_UP
    return given_up or incident.kind == Kind.DELETED


def keep_quiet(incident: Incident, *, now: datetime) -> bool:
    """Remind nobody of this incident for a week; return whether it is open."""
    mine = Incident.objects.filter(account_id=incident.account_id, pk=incident.pk, closed_at__isnull=True)
    return bool(mine.update(quiet_until=now + QUIET_FOR))
