"""Trouble of which an owner is told: what causes it, in which accounts, and which occasions suffer from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from convoca.booking.models import Connection, Incident, Meeting, Schedule, Slot
from convoca.booking.questions.unready import condition_of, unready

Kind = Incident.Kind

# What a meeting may suffer from, whoever causes it.
OF_MEETINGS = (Kind.MISCONFIGURED, Kind.REFUSED, Kind.UNREACHABLE, Kind.QUOTA)

# After a reconnection all links are made within seconds or minutes; what takes longer has another reason.
MENDED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Trouble:
    """One cause in one account. However many meetings suffer from it, it is one."""

    account_id: int
    kind: Incident.Kind
    provider: str
    connection_id: int | None


def trouble_of(incident: Incident) -> Trouble:
    return Trouble(incident.account_id, Kind(incident.kind), incident.provider, incident.connection_id)


def troubles(*, now: datetime) -> set[Trouble]:
    """Return all trouble there is now, in all accounts. Seven queries, however much there is."""
    return {*_of_connections(now=now), *_of_meetings(now=now), *_of_hosts(now=now)}


def _of_connections(*, now: datetime) -> Iterator[Trouble]:
    """Yield what is wrong with connections that somebody needs."""
    waiting = unready(now=now).filter(connection=OuterRef("pk"))
    linked = Schedule.objects.filter(connection=OuterRef("pk"))
    published = Schedule.objects.filter(calendar__connection=OuterRef("pk"))
    needed = Connection.objects.filter(Exists(linked) | Exists(published) | Exists(waiting))
    lost = needed.filter(state=Connection.State.NEEDS_OWNER)
    mistaken = needed.filter(state=Connection.State.OPEN).exclude(reason="")
    for kind, found in ((Kind.ACCESS, lost), (Kind.MISCONFIGURED, mistaken)):
        for pk, account_id, provider in found.values_list("pk", "account_id", "provider"):
            yield Trouble(account_id, kind, provider, pk)


def _of_meetings(*, now: datetime) -> Iterator[Trouble]:
    columns = ("account_id", "provider", "connection_id")
    for kind in OF_MEETINGS:
        suffering = unready(now=now).filter(condition_of(kind, now=now))
        for account_id, provider, connection_id in suffering.order_by().values_list(*columns).distinct():
            yield Trouble(account_id, kind, provider, connection_id)


def _of_hosts(*, now: datetime) -> Iterator[Trouble]:
    columns = ("account_id", "provider", "connection_id")
    for account_id, provider, connection_id in asked_of_gone(now=now).order_by().values_list(*columns).distinct():
        yield Trouble(account_id, Kind.DELETED, provider, connection_id)


def asked_of_gone(*, now: datetime) -> QuerySet[Meeting]:
    """Return the meetings that somebody deleted at the vendor, of occasions to come, unless the owner has answered."""
    gone = Meeting.objects.filter(observed=Meeting.Observed.GONE, slot__ends_at__gt=now)
    return gone.filter(slot__cancelled_at__isnull=True).exclude(accepted=Meeting.Observed.GONE)


def suffering(trouble: Trouble, *, now: datetime) -> QuerySet[Slot]:
    """Return the occasions that suffer from this trouble now, the soonest first."""
    if trouble.kind is Kind.DELETED:
        meetings = asked_of_gone(now=now)
    else:
        meetings = unready(now=now).filter(condition_of(trouble.kind, now=now))
    if trouble.connection_id is None:
        meetings = meetings.filter(connection__isnull=True)
    else:
        meetings = meetings.filter(connection=trouble.connection_id)
    of_it = meetings.filter(account=trouble.account_id, provider=trouble.provider)
    return Slot.objects.filter(pk__in=of_it.values("slot")).select_related("schedule").order_by("starts_at", "pk")


def is_present(incident: Incident, *, now: datetime) -> bool:
    """Say whether the incident's cause is there now, or its consequences are only just being mended."""
    trouble = trouble_of(incident)
    if suffering(trouble, now=now).exists():
        return True
    if incident.connection_id is None:
        return False
    connection = Connection.objects.filter(pk=incident.connection_id)
    if trouble.kind is Kind.ACCESS:
        return connection.filter(state=Connection.State.NEEDS_OWNER).exists() or is_being_mended(incident, now=now)
    mistaken = connection.filter(state=Connection.State.OPEN).exclude(reason="")
    return trouble.kind is Kind.MISCONFIGURED and mistaken.exists()


def is_being_mended(incident: Incident, *, now: datetime) -> bool:
    """Say whether access is there again, and links that waited for it are still being made."""
    if incident.kind != Kind.ACCESS or incident.connection_id is None:
        return False
    return unmended(incident.connection_id, now=now).exists()


def unmended(connection_id: int, *, now: datetime) -> QuerySet[Meeting]:
    """Return what waited when the connection was mended and is not made yet, if it was mended just now."""
    connection = Connection.objects.filter(
        pk=connection_id, state=Connection.State.OPEN, connected_at__gt=now - MENDED_WITHIN
    ).first()
    if connection is None or connection.connected_at is None:
        return Meeting.objects.none()
    coming = Q(blocked=Meeting.Blocked.NONE) & ~Q(waiting=Meeting.Waiting.QUOTA)
    return unready(now=now).filter(coming, connection=connection, wanted_at__lt=connection.connected_at)
