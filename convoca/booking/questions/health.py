"""How the installation is doing, and how each account stands with its vendors: what is wrong, and what mends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from convoca.booking.models import Account, Alert, Booking, Connection, Meeting, Notification, QuotaDay, Sealed
from convoca.booking.questions.links import PROMISED_WITHIN
from convoca.booking.questions.shown import NO_EVENTS, EventsHealth, events_health
from convoca.booking.questions.troubles import asked_of_gone
from convoca.booking.questions.unready import Remedy, Unready, late, rests, unready, unready_count, unready_meetings
from convoca.core.quota import utc_day
from convoca.core.time import day_bounds, local_day
from convoca.providers import provider_by_id

__all__ = ["Remedy", "Unready", "unready_count", "unready_meetings"]

NOT_OVERDUE = timedelta(0)

# What a vendor has made, ours to change or not.
JOINABLE = (Meeting.Observed.PRESENT, Meeting.Observed.DETACHED)

# What waits for its owner, or for a vendor that asked for peace, does not wait for us.
NOT_OURS_TO_DO = Q(connection__state__in=[Connection.State.NEEDS_OWNER, Connection.State.CLOSED])


def oldest_overdue(*, now: datetime) -> timedelta:
    """Return how long the longest-waiting row of any queue has been due and free to be worked on; zero if none is."""
    oldest = [
        queue.filter(due_at__lte=now).order_by("due_at").values_list("due_at", flat=True).first()
        for queue in queues(now=now)
    ]
    return max((now - due_at for due_at in oldest if due_at is not None), default=NOT_OVERDUE)


def queues(*, now: datetime) -> tuple[QuerySet[Meeting], QuerySet[Notification], QuerySet[Alert], QuerySet[Connection]]:
    """Return everything that may be ours to do; what is due among it waits for a worker."""
    return (
        Meeting.objects.exclude(NOT_OURS_TO_DO).exclude(connection__blocked_until__gt=now),
        Notification.objects.all(),
        Alert.objects.all(),
        Connection.objects.all(),
    )


class Condition(StrEnum):
    """How a connection is doing. The first two need somebody, the others pass by themselves."""

    NEEDS_OWNER = "needs_owner"
    MISCONFIGURED = "misconfigured"
    CLOSING = "closing"
    RESTING = "resting"
    WORKING = "working"


@dataclass(frozen=True, kw_only=True)
class Repair:
    """What has become of the links that waited when a connection was mended, and of the mails that carry them."""

    total: int
    made: int
    mailed: int
    is_moving: bool


@dataclass(frozen=True, kw_only=True)
class ConnectionHealth:
    """One connection of an account: how it is doing, what it was used for last, and what waits for it.

    `reason` is the vendor's words or the scopes that are missing; `again_at` is when a resting one is tried again;
    `spent` of `allowance` writes are used today (None: nobody counts). Of the `waiting` meetings the next starts at
    `next_at`; `refused` are refused for another reason, `for_quota` wait for the day's allowance until `quota_until`,
    `coming` of the others are not late yet. `slow` took longer than promised today. `repair` is None unless it was
    mended today. `belonging` links belong to it, and its owner is asked what becomes of them, if it was replaced.
    `events` is how those in its calendars stand.
    """

    connection: Connection
    condition: Condition
    schedules: tuple[str, ...]
    reason: str
    again_at: datetime | None
    last_ok_at: datetime | None
    last_made_at: datetime | None
    spent: int
    allowance: int | None
    waiting: int
    next_at: datetime | None
    refused: int
    refusal: str
    for_quota: int
    quota_until: datetime | None
    coming: int
    slow: int
    repair: Repair | None
    belonging: int
    events: EventsHealth

    @property
    def is_open(self) -> bool:
        """Whether it is used, at this moment or after a pause."""
        return self.condition in {Condition.WORKING, Condition.RESTING}

    @property
    def is_used_up(self) -> bool:
        return self.allowance is not None and (self.spent >= self.allowance or self.for_quota > 0)


def connections_health(account: Account, *, now: datetime) -> list[ConnectionHealth]:
    """Return how each connection of the account is doing, those that need somebody first.

    Eight queries at most, and two more where calendars are connected.
    """
    connections = list(_shown(account, now=now))
    if not connections:
        return []
    spent, counts, repairs = _spent(connections, now=now), _counts(account, now=now), _repairs(connections, now=now)
    belonging, events = _belonging(connections, now=now), events_health(connections, now=now)
    found = [
        _health(
            each,
            spent=spent.get((each.provider, each.external_user), 0),
            counts=counts.get(each.pk, {}),
            repair=repairs.get(each.pk),
            belonging=belonging.get(each.pk, 0),
            events=events.get(each.pk, NO_EVENTS),
            now=now,
        )
        for each in connections
    ]
    return sorted(found, key=lambda each: list(Condition).index(each.condition))


def _shown(account: Account, *, now: datetime) -> QuerySet[Connection]:
    """Return the connections that are used, and those of whose links the owner is asked."""
    made = Meeting.objects.filter(connection=OuterRef("pk"), ready_at__isnull=False)
    today = day_bounds(local_day(now, account.time_zone), account.time_zone)
    slow = made.filter(ready_at__gte=today.starts_at, ready_at__gt=F("wanted_at") + PROMISED_WITHIN)
    slow = slow.filter(wanted_at__gte=today.starts_at).filter(
        Q(connection__connected_at__isnull=True) | Q(wanted_at__gte=F("connection__connected_at"))
    )
    connections = Connection.objects.filter(account=account).filter(
        ~Q(state=Connection.State.CLOSED) | Q(replaced_by__isnull=False)
    )
    return (
        connections.annotate(
            last_made_at=Subquery(made.order_by("-ready_at").values("ready_at")[:1]),
            slow=Coalesce(Subquery(slow.order_by().values("connection").annotate(n=Count("pk")).values("n")), 0),
        )
        .select_related("replaced_by")
        .prefetch_related("schedules")
        .order_by("provider", "pk")
    )


def _spent(connections: Sequence[Connection], *, now: datetime) -> dict[tuple[str, str], int]:
    users = {each.external_user for each in connections}
    days = QuotaDay.objects.filter(external_user__in=users, day=utc_day(now))
    return {(day.provider, day.external_user): day.used for day in days}


def _counts(account: Account, *, now: datetime) -> dict[int, Mapping[str, Any]]:
    """Return what waits for each connection, by its id."""
    refused = Q(blocked=Meeting.Blocked.REJECTED)
    for_quota = Q(waiting=Meeting.Waiting.QUOTA, blocked=Meeting.Blocked.NONE)
    rows = (
        unready(now=now)
        .filter(account=account, connection__isnull=False)
        .order_by()
        .values("connection")
        .annotate(
            all=Count("pk"),
            next_at=Min("slot__starts_at"),
            refused=Count("pk", filter=refused),
            refusal=Min("reason", filter=refused),
            for_quota=Count("pk", filter=for_quota),
            quota_until=Min("due_at", filter=for_quota),
            coming=Count("pk", filter=~late(now=now) & ~for_quota),
        )
    )
    return {row["connection"]: row for row in rows}


def _health(
    connection: Connection,
    *,
    spent: int,
    counts: Mapping[str, Any],
    repair: Repair | None,
    belonging: int,
    events: EventsHealth,
    now: datetime,
) -> ConnectionHealth:
    return ConnectionHealth(
        connection=connection,
        condition=_condition(connection, now=now),
        schedules=(*(schedule.name for schedule in connection.schedules.all()), *events.schedules),
        reason=connection.reason,
        again_at=connection.blocked_until if rests(connection, now=now) else None,
        last_ok_at=connection.last_ok_at,
        last_made_at=getattr(connection, "last_made_at", None),
        spent=spent,
        allowance=provider_by_id(connection.provider).capabilities.daily_writes,
        waiting=counts.get("all", 0),
        next_at=counts.get("next_at"),
        refused=counts.get("refused", 0),
        refusal=counts.get("refusal") or "",
        for_quota=counts.get("for_quota", 0),
        quota_until=counts.get("quota_until"),
        coming=counts.get("coming", 0),
        slow=getattr(connection, "slow", 0),
        repair=repair,
        belonging=belonging,
        events=events,
    )


def connections_in_need(account: Account) -> int:
    """Count the connections of the account that somebody must mend: the first two conditions. One query."""
    mistaken = Q(state=Connection.State.OPEN) & ~Q(reason="")
    return Connection.objects.filter(Q(state=Connection.State.NEEDS_OWNER) | mistaken, account=account).count()


def _condition(connection: Connection, *, now: datetime) -> Condition:
    if connection.state == Connection.State.NEEDS_OWNER:
        return Condition.NEEDS_OWNER
    if connection.state != Connection.State.OPEN:
        return Condition.CLOSING
    if connection.reason:
        return Condition.MISCONFIGURED
    return Condition.RESTING if rests(connection, now=now) else Condition.WORKING


# --- what a reconnection has mended ---

# So long the page counts what a reconnection has mended.
COUNTED_FOR = timedelta(hours=24)

# Mails that carry a link to those who were waiting for it.
WITH_LINK = [Notification.Kind.LINK_READY, Notification.Kind.LINK_CHANGED, Notification.Kind.CONFIRMATION]


def _repairs(connections: Sequence[Connection], *, now: datetime) -> dict[int, Repair]:
    """Return what the latest reconnection of each of these has mended, by id; three queries at most."""
    open_now = [each for each in connections if each.state == Connection.State.OPEN and each.connected_at is not None]
    recent = [each.pk for each in open_now if each.connected_at and each.connected_at > now - COUNTED_FOR]
    if not recent:
        return {}
    mended = Q(ready_at__gte=F("connection__connected_at")) & ~Q(link=Sealed())
    waited = Meeting.objects.filter(connection__in=recent, wanted=Meeting.Wanted.PRESENT, slot__ends_at__gt=now)
    waited = waited.filter(mended | Q(ready_at__isnull=True), wanted_at__lt=F("connection__connected_at"))
    by_connection = waited.exclude(observed=Meeting.Observed.EXTERNAL).order_by().values("connection")
    rows = list(by_connection.annotate(total=Count("pk"), made=Count("pk", filter=mended)))
    if not rows:
        return {}
    carrying = Booking.objects.filter(mailed_meeting__in=waited.filter(mended))
    told = carrying.order_by().values_list("mailed_meeting__connection").annotate(people=Count("pk"))
    mailed: dict[int, int] = dict(told)
    # A confirmation gives a link some seconds: what is due within the minute is worth waiting for.
    soon = Notification.objects.filter(kind__in=WITH_LINK, due_at__lte=now + PROMISED_WITHIN)
    is_owed = soon.filter(booking__slot__meetings__in=waited).exists()
    return {
        row["connection"]: Repair(
            total=row["total"],
            made=row["made"],
            mailed=mailed.get(row["connection"], 0),
            is_moving=is_owed or row["made"] < row["total"],
        )
        for row in rows
    }


def _belonging(connections: Sequence[Connection], *, now: datetime) -> dict[int, int]:
    """Return how many links belong to each of those that were replaced, by id."""
    replaced = [each.pk for each in connections if each.replaced_by_id is not None]
    if not replaced:
        return {}
    links = living_links(now=now).filter(connection__in=replaced).order_by().values_list("connection")
    return dict(links.annotate(n=Count("pk")))


def living_links(*, now: datetime) -> QuerySet[Meeting]:
    """Return the meetings of occasions to come whose link is in use, ours to change or not."""
    return Meeting.objects.filter(wanted=Meeting.Wanted.PRESENT, observed__in=JOINABLE, slot__ends_at__gt=now)


# --- what the owner is asked, and what did not arrive ---


def changed_at_vendor(account: Account, *, now: datetime) -> list[Meeting]:
    """Return what the owner is asked about: upcoming meetings that the vendor has otherwise than we asked.

    A host has changed them there, or the vendor's settings are stronger than our wishes. `differences` names what.
    What the owner has said to leave as it is, is left.
    """
    meetings = Meeting.objects.filter(account=account, wanted=Meeting.Wanted.PRESENT, slot__ends_at__gt=now)
    # A link that we compute ourselves has no settings at a vendor.
    made = meetings.filter(observed=Meeting.Observed.PRESENT, connection__isnull=False)
    differing = made.exclude(differences="")
    asked = differing.exclude(accepted=F("differences"))
    return list(asked.select_related("slot__schedule", "slot__service").order_by("slot__starts_at", "pk"))


def deleted_at_vendor(account: Account, *, now: datetime) -> list[Meeting]:
    """Return what the owner is asked about: meetings that somebody deleted at the vendor, of occasions still to come.

    They have been replaced, and the guests told; whether the occasion takes place is the owner's to say.
    """
    gone = asked_of_gone(now=now).filter(account=account)
    return list(gone.select_related("slot__schedule").order_by("slot__starts_at", "pk"))


def undelivered(account: Account, *, now: datetime) -> QuerySet[Notification]:
    """Return the mails about occasions to come that were owed and could not be delivered."""
    failed = Notification.objects.filter(account=account, failed=True, booking__slot__ends_at__gt=now)
    return failed.select_related("booking__slot__schedule").order_by("booking__slot__starts_at", "pk")


def held_up(account: Account) -> QuerySet[Notification]:
    """Return the mails that the mail server does not take at the moment; they are tried again by themselves."""
    return Notification.objects.filter(account=account, due_at__isnull=False, attempts__gt=0)


def unheard(account: Account) -> QuerySet[Alert]:
    """Return the mails to the owner that could not be delivered and are about trouble that is still there."""
    return Alert.objects.filter(account=account, failed=True, membership=None, incident__closed_at__isnull=True)
