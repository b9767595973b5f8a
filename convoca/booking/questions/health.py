"""How the installation is doing, and how each account stands with its vendors: what is wrong, and what mends it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from convoca.booking.models import Account, Connection, Meeting, Notification, QuotaDay
from convoca.booking.questions.links import PROMISED_WITHIN
from convoca.core.quota import utc_day
from convoca.providers import provider_by_id

NOT_OVERDUE = timedelta(0)

# What waits for its owner, or for a vendor that asked for peace, does not wait for us.
NOT_OURS_TO_DO = Q(connection__state__in=[Connection.State.NEEDS_OWNER, Connection.State.CLOSED])


def oldest_overdue(*, now: datetime) -> timedelta:
    """Return how long the longest-waiting row of any queue has been due and free to be worked on; zero if none is."""
    oldest = [
        queue.filter(due_at__lte=now).order_by("due_at").values_list("due_at", flat=True).first()
        for queue in queues(now=now)
    ]
    return max((now - due_at for due_at in oldest if due_at is not None), default=NOT_OVERDUE)


def queues(*, now: datetime) -> tuple[QuerySet[Meeting], QuerySet[Notification], QuerySet[Connection]]:
    """Return everything that may be ours to do; what is due among it waits for a worker."""
    return (
        Meeting.objects.exclude(NOT_OURS_TO_DO).exclude(connection__blocked_until__gt=now),
        Notification.objects.all(),
        Connection.objects.all(),
    )


class Condition(StrEnum):
    """How a connection is doing. Each of the first three needs somebody, the others pass by themselves."""

    NEEDS_OWNER = "needs_owner"
    CLOSING = "closing"
    RESTING = "resting"
    WORKING = "working"


class Remedy(StrEnum):
    """The one thing that mends a meeting that is not ready, and who does it."""

    RECONNECT = "reconnect"
    RETRY = "retry"
    OPERATOR = "operator"
    WAIT = "wait"
    TYPE_LINK = "type_link"


@dataclass(frozen=True, kw_only=True)
class ConnectionHealth:
    """One connection of an account: how it is doing, what it was used for last, and what waits for it.

    `reason` is the vendor's words or the scopes that are missing; `again_at` is when a resting one is tried again;
    `spent` of `allowance` writes are used today (None: nobody counts).
    """

    connection: Connection
    condition: Condition
    schedules: tuple[str, ...]
    reason: str
    again_at: datetime | None
    last_ok_at: datetime | None
    spent: int
    allowance: int | None
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Unready:
    """A meeting that people wait for: why it is not ready, what mends it, and when it is tried again by itself."""

    meeting: Meeting
    remedy: Remedy
    reason: str
    again_at: datetime | None


def connections_health(account: Account, *, now: datetime) -> list[ConnectionHealth]:
    """Return how each connection of the account is doing, those that need somebody first."""
    connections = Connection.objects.filter(account=account).exclude(state=Connection.State.CLOSED)
    found = [_health(each, now=now) for each in connections.prefetch_related("schedules").order_by("provider", "pk")]
    return sorted(found, key=lambda each: list(Condition).index(each.condition))


def _health(connection: Connection, *, now: datetime) -> ConnectionHealth:
    spent = QuotaDay.objects.filter(
        provider=connection.provider, external_user=connection.external_user, day=utc_day(now)
    ).values_list("used", flat=True)
    return ConnectionHealth(
        connection=connection,
        condition=_condition(connection, now=now),
        schedules=tuple(schedule.name for schedule in connection.schedules.all()),
        reason=connection.reason,
        again_at=connection.blocked_until if _rests(connection, now=now) else None,
        last_ok_at=connection.last_ok_at,
        spent=next(iter(spent), 0),
        allowance=provider_by_id(connection.provider).capabilities.daily_writes,
        waiting=_unready(connection.account_id, now=now).filter(connection=connection).count(),
    )


def _condition(connection: Connection, *, now: datetime) -> Condition:
    if connection.state == Connection.State.NEEDS_OWNER:
        return Condition.NEEDS_OWNER
    if connection.state == Connection.State.CLOSING:
        return Condition.CLOSING
    return Condition.RESTING if _rests(connection, now=now) else Condition.WORKING


def _rests(connection: Connection, *, now: datetime) -> bool:
    return connection.blocked_until is not None and connection.blocked_until > now


def unready_meetings(account: Account, *, now: datetime) -> list[Unready]:
    """Return every meeting that is wanted and has no link although it was promised by now, the soonest first."""
    late = _unready(account.pk, now=now).filter(Q(wanted_at__lte=now - PROMISED_WITHIN) | ~Q(blocked=""))
    found = late.select_related("connection", "slot__schedule").order_by("slot__starts_at", "pk")
    return [_explained(each, now=now) for each in found]


def _unready(account_id: int, *, now: datetime) -> QuerySet[Meeting]:
    not_made = [Meeting.Observed.NOTHING, Meeting.Observed.UNKNOWN, Meeting.Observed.GONE]
    return Meeting.objects.filter(
        account_id=account_id, wanted=Meeting.Wanted.PRESENT, observed__in=not_made, slot__ends_at__gt=now
    )


def _explained(meeting: Meeting, *, now: datetime) -> Unready:
    connection = meeting.connection
    if meeting.blocked:
        refused = meeting.blocked == Meeting.Blocked.REJECTED
        return _unready_by(meeting, Remedy.RETRY if refused else Remedy.OPERATOR, meeting.reason)
    if connection is not None and connection.state == Connection.State.NEEDS_OWNER:
        return _unready_by(meeting, Remedy.RECONNECT, connection.reason)
    if connection is not None and connection.state != Connection.State.OPEN:
        return _unready_by(meeting, Remedy.TYPE_LINK, "")
    if connection is not None and _rests(connection, now=now):
        return _unready_by(meeting, Remedy.WAIT, connection.reason, again_at=connection.blocked_until)
    return _unready_by(meeting, Remedy.WAIT, meeting.reason, again_at=meeting.due_at)


def _unready_by(meeting: Meeting, remedy: Remedy, reason: str, *, again_at: datetime | None = None) -> Unready:
    return Unready(meeting=meeting, remedy=remedy, reason=reason, again_at=again_at)


def changed_at_vendor(account: Account, *, now: datetime) -> list[Meeting]:
    """Return what the owner is asked about: upcoming meetings that the vendor has otherwise than we asked.

    A host has changed them there, or the vendor's settings are stronger than our wishes. `differences` names what.
    """
    meetings = Meeting.objects.filter(account=account, wanted=Meeting.Wanted.PRESENT, slot__ends_at__gt=now)
    differing = meetings.filter(observed=Meeting.Observed.PRESENT).exclude(differences="")
    return list(differing.select_related("slot__schedule").order_by("slot__starts_at", "pk"))


def deleted_at_vendor(account: Account, *, now: datetime) -> list[Meeting]:
    """Return what the owner is asked about: meetings that somebody deleted at the vendor, of occasions still to come.

    They have been replaced, and the guests told; whether the occasion takes place is the owner's to say.
    """
    gone = Meeting.objects.filter(account=account, observed=Meeting.Observed.GONE, slot__ends_at__gt=now)
    live = gone.filter(slot__cancelled_at__isnull=True)
    return list(live.select_related("slot__schedule").order_by("slot__starts_at", "pk"))
