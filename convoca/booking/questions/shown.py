"""How a connection's events stand: whose they are, and which are not in the calendar as they should be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q

from convoca.booking.models import Connection, Publication, Schedule
from convoca.providers import CALENDAR_PROVIDERS

KEEPERS = frozenset(provider.id for provider in CALENDAR_PROVIDERS)


@dataclass(frozen=True, kw_only=True)
class EventsHealth:
    """Of the events to come of one connection, how many are on their way, refused (for what), or changed by hand."""

    schedules: tuple[str, ...] = ()
    coming: int = 0
    refused: int = 0
    refusal: str = ""
    changed: int = 0


NO_EVENTS = EventsHealth()


def events_health(connections: Sequence[Connection], *, now: datetime) -> dict[int, EventsHealth]:
    """Return how the events of each connection to calendars stand, by its id. Two queries, or none if none is."""
    keepers = [each.pk for each in connections if each.provider in KEEPERS]
    if not keepers:
        return {}
    names: dict[int, list[str]] = {pk: [] for pk in keepers}
    published = Schedule.objects.filter(calendar__connection__in=keepers, closing_at__isnull=True)
    for pk, name in published.values_list("calendar__connection", "name"):
        names[pk].append(name)
    refused, free = ~Q(blocked=Publication.Blocked.NONE), Q(blocked=Publication.Blocked.NONE)
    not_made = Q(observed__in=[Publication.Observed.NOTHING, Publication.Observed.UNKNOWN])
    gone = Q(observed=Publication.Observed.GONE) & ~Q(accepted=Publication.Observed.GONE)
    rows = (
        Publication.objects.filter(connection__in=keepers, wanted=Publication.Wanted.PRESENT, slot__ends_at__gt=now)
        .order_by()
        .values("connection")
        .annotate(
            coming=Count("pk", filter=free & not_made),
            refused=Count("pk", filter=refused),
            refusal=Min("reason", filter=refused),
            changed=Count("pk", filter=gone | (~Q(differences="") & ~Q(differences=F("accepted")))),
        )
    )
    counts = {row["connection"]: row for row in rows}
    return {pk: _of(counts.get(pk, {}), names[pk]) for pk in keepers}


def _of(row: Mapping[str, Any], schedules: Sequence[str]) -> EventsHealth:
    return EventsHealth(
        schedules=tuple(schedules),
        coming=row.get("coming", 0),
        refused=row.get("refused", 0),
        refusal=row.get("refusal") or "",
        changed=row.get("changed", 0),
    )
