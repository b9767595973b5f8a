"""What becomes of the meetings of a connection that is given up: whose link works on, who waits, what is left there."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from convoca.booking.models import Connection, Meeting, Schedule, Sealed
from convoca.booking.questions.health import JOINABLE
from convoca.booking.questions.links import IN_USE
from convoca.booking.questions.unready import unready


def working_links(schedule: Schedule, provider_id: str, *, now: datetime) -> int:
    """Count the occasions of the schedule that have this vendor's link, or another's until theirs is there."""
    meetings = Meeting.objects.filter(
        IN_USE,
        Q(provider=provider_id) | Q(stands_in=True),
        account_id=schedule.account_id,
        slot__schedule=schedule,
        slot__ends_at__gt=now,
    )
    return meetings.exclude(link=Sealed()).values("slot").distinct().count()


def links_left(connection: Connection, *, now: datetime) -> QuerySet[Meeting]:
    """Return the connection's meetings whose links people still use, the soonest first."""
    return _of(connection, now=now).filter(IN_USE, observed__in=JOINABLE)


def left_waiting(connection: Connection, *, now: datetime) -> QuerySet[Meeting]:
    """Return the connection's meetings that were not made, and whose people have no other's link instead."""
    stand_ins = Meeting.objects.filter(slot=OuterRef("slot"), stands_in=True)
    waiting = unready(now=now).filter(~Exists(stand_ins), account=connection.account_id, connection=connection)
    return waiting.order_by("slot__starts_at", "pk")


def left_behind(connection: Connection, *, now: datetime) -> QuerySet[Meeting]:
    """Return what nobody needs any more and is still at the vendor, because it could not be deleted in time."""
    unwanted = _of(connection, now=now).filter(wanted=Meeting.Wanted.ABSENT, stands_in=False)
    return unwanted.filter(observed=Meeting.Observed.DETACHED)


def _of(connection: Connection, *, now: datetime) -> QuerySet[Meeting]:
    own = Meeting.objects.filter(account=connection.account_id, connection=connection, slot__ends_at__gt=now)
    return own.order_by("slot__starts_at", "pk")
