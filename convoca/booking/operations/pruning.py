"""Forgetting what has been over for long, a little at a time: no statement holds the tables for more than a moment.

Bookings and the audit trail stay; what leaves are the rows that were made to get work done.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import (
    Alert,
    Delivery,
    FoundingRequest,
    Incident,
    MeetingAttempt,
    Notification,
    Occupancy,
    PublicationAttempt,
)

log = structlog.get_logger(__name__)

# Long enough to answer "was that mail ever sent?" and "what did the vendor say?".
KEPT = timedelta(days=90)

# What programs were told is shown for so long.
TOLD_KEPT = timedelta(days=30)

# An occupancy that is over takes nothing, but says in the history who or what was booked: that of a year stays whole.
OCCUPANCIES_KEPT = timedelta(days=366)

# SQLite has one writer: so many rows are deleted in some tens of milliseconds.
BATCH = 500


@task()
def prune_past() -> None:
    """Delete everything that has been over for long. Can be cut off anywhere; the next night goes on."""
    prune(now=timezone.now())


def prune(*, now: datetime) -> int:
    """Delete old occupancies, mails, attempts, incidents, requests and sessions, in batches; return how many."""
    gone = sum(_delete(rows) for rows in _over(now))
    if gone:
        log.info("past pruned", rows=gone)
    return gone


def _over(now: datetime) -> Iterator[QuerySet[Model]]:
    settled = Q(sent_at__lt=now - KEPT) | Q(dropped_at__lt=now - KEPT)
    yield Occupancy.objects.filter(ends_at__lt=now - OCCUPANCIES_KEPT)
    # What is still ahead is asked about: whether it was mailed decides what is owed next.
    yield Notification.objects.filter(settled, due_at__isnull=True, booking__slot__ends_at__lt=now)
    yield MeetingAttempt.objects.filter(at__lt=now - KEPT)
    yield PublicationAttempt.objects.filter(at__lt=now - KEPT)
    yield Alert.objects.filter(settled, due_at__isnull=True, incident__isnull=True)
    yield Delivery.objects.filter(Q(delivered_at__lt=now - TOLD_KEPT) | Q(dropped_at__lt=now - TOLD_KEPT))
    yield Incident.objects.filter(closed_at__lt=now - KEPT)
    yield FoundingRequest.objects.filter(expires_at__lt=now)
    # Where somebody was logged in is told as long as they are.
    lasting = Session.objects.filter(expire_date__gte=now)
    yield UserSession.objects.exclude(session_key__in=lasting.values("session_key"))
    yield Session.objects.filter(expire_date__lt=now)


def _delete(rows: QuerySet[Model]) -> int:
    """Delete the rows in the order of their ids, each batch in a transaction of its own; return how many they were."""
    gone, last = 0, rows.model._meta.pk.to_python(0)
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        gone += rows.model._default_manager.filter(pk__in=batch).delete()[0]
        last = batch[-1]
    return gone
