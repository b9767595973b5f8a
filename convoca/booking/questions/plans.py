"""What a vendor's plan and its daily allowance mean for what is booked: warnings and forecasts, never refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Max

from convoca.booking.models import Connection, Meeting, QuotaDay, Schedule, Slot
from convoca.core.quota import Share, forecast, utc_day
from convoca.providers import provider_by_id

BASIC = "basic"
# How many meetings of one host may run at the same time: one on the free plan, two with a licence.
AT_ONCE = {BASIC: 1}
AT_ONCE_LICENSED = 2
# Meetings begin early and end late.
PADDING = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Occasions that run at the same moment in the name of one host, who can start only `at_once` of them."""

    slots: tuple[Slot, ...]
    at_once: int


@dataclass(frozen=True, kw_only=True)
class Warnings:
    """What the plan of one connection's host means for the occasions to come."""

    too_long: Sequence[Slot]
    overlaps: Sequence[Overlap]


@dataclass(frozen=True, kw_only=True)
class TooLong:
    """What may be booked lasts `minutes`, and the host's plan ends meetings after `limit`."""

    minutes: int
    limit: int


def too_long(connection: Connection, *, now: datetime) -> list[Slot]:
    """Return the upcoming occasions that the host's plan ends before they are over; booking them is never refused."""
    return _too_long(connection, _upcoming([connection], now=now).get(connection.pk, []))


def longer_than_plan(schedule: Schedule, *, now: datetime) -> TooLong | None:
    """Return what may be booked on the schedule that its host's plan ends too early; None if nothing can be.

    One query at most, and none unless the plan has an end.
    """
    connection = schedule.connection
    if connection is None or schedule.link_source != connection.provider or connection.plan != BASIC:
        return None
    limit = provider_by_id(connection.provider).capabilities.basic_plan_minutes
    longest = longest_minutes(schedule, now=now) if limit is not None else 0
    return TooLong(minutes=longest, limit=limit) if limit is not None and longest > limit else None


def longest_minutes(schedule: Schedule, *, now: datetime) -> int:
    """Return the longest that can be booked on the schedule, or of a capacity schedule what is open; 0 if nothing is.

    Services, lengths that whoever books chooses, and rentals by the day included.
    """
    if schedule.is_capacity:
        to_come = Slot.objects.filter(account_id=schedule.account_id, schedule=schedule, cancelled_at__isnull=True)
        length = to_come.filter(ends_at__gt=now).aggregate(longest=Max(F("ends_at") - F("starts_at")))["longest"]
        return int(length / MINUTE) if length else 0
    if schedule.kind == Schedule.Kind.SERVICE:
        return schedule.services.aggregate(longest=Max("minutes"))["longest"] or 0
    match schedule.length_kind:
        case Schedule.LengthKind.CHOSEN:
            return schedule.longest_minutes
        case Schedule.LengthKind.DAYS:
            return schedule.most_days * MINUTES_A_DAY
        case _:
            return schedule.length_minutes


def overlaps(connection: Connection, *, now: datetime) -> list[Overlap]:
    """Return the upcoming occasions of one host of which more run at once than the plan allows, with some padding.

    The host is a user of the vendor, whichever accounts use that user here; only this account's are told.
    """
    return _overlaps(connection, _upcoming([connection], now=now).get(connection.pk, []))


def plan_warnings(connections: Sequence[Connection], *, within: timedelta, now: datetime) -> dict[int, Warnings]:
    """Return what is to be warned of within that time, by the connection's id. One query, two if there is anything."""
    upcoming = _upcoming(connections, before=now + within, now=now)
    return {
        each.pk: Warnings(too_long=_too_long(each, slots), overlaps=_overlaps(each, slots))
        for each in connections
        if (slots := upcoming.get(each.pk))
    }


def _too_long(connection: Connection, slots: Sequence[Slot]) -> list[Slot]:
    minutes = provider_by_id(connection.provider).capabilities.basic_plan_minutes
    if connection.plan != BASIC or minutes is None:
        return []
    return [slot for slot in slots if slot.ends_at - slot.starts_at > timedelta(minutes=minutes)]


def _overlaps(connection: Connection, slots: Sequence[Slot]) -> list[Overlap]:
    at_once = AT_ONCE.get(connection.plan, AT_ONCE_LICENSED)
    found: list[Overlap] = []
    running: list[Slot] = []
    for slot in slots:
        running = [other for other in running if other.ends_at + PADDING > slot.starts_at]
        running.append(slot)
        if len(running) > at_once:
            found.append(Overlap(slots=tuple(running), at_once=at_once))
    return found


def _upcoming(
    connections: Sequence[Connection], *, before: datetime | None = None, now: datetime
) -> dict[int, list[Slot]]:
    """Return the occasions to come that have, or are to have, a meeting of each connection, the soonest first."""
    meetings = Meeting.objects.filter(
        connection__in=connections,
        wanted=Meeting.Wanted.PRESENT,
        slot__ends_at__gt=now,
        slot__cancelled_at__isnull=True,
    )
    if before is not None:
        meetings = meetings.filter(slot__starts_at__lt=before)
    found: dict[int, list[Slot]] = {}
    for meeting in meetings.select_related("slot__schedule").order_by("slot__starts_at", "slot_id"):
        if meeting.connection_id is not None:
            found.setdefault(meeting.connection_id, []).append(meeting.slot)
    return found


def forecast_for(schedule: Schedule, starts: Sequence[datetime], *, now: datetime) -> tuple[Share, ...]:
    """Say on which UTC days occasions to be opened at `starts` get their links; empty if all get theirs at once.

    What waits already for the same user of the vendor is served among them, the soonest first.
    """
    connection = schedule.connection
    limit = provider_by_id(connection.provider).capabilities.daily_writes if connection else None
    if connection is None or limit is None:
        return ()
    day = QuotaDay.objects.filter(
        provider=connection.provider, external_user=connection.external_user, day=utc_day(now)
    ).first()
    shares = forecast(starts, queued=_queued(connection), used=day.used if day else 0, limit=limit, now=now)
    return () if [share.day for share in shares] == [utc_day(now)] else shares


def _queued(connection: Connection) -> list[datetime]:
    """Return when the meetings start that still wait for this user of the vendor's, in whichever account."""
    waiting = Meeting.objects.filter(
        connection__provider=connection.provider,
        connection__external_user=connection.external_user,
        wanted=Meeting.Wanted.PRESENT,
        observed=Meeting.Observed.NOTHING,
        blocked=Meeting.Blocked.NONE,
    )
    return list(waiting.values_list("slot__starts_at", flat=True))
