"""Heeding what a vendor tells us by itself. A notice is never believed: it marks what the worker looks at again."""

from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from django.db import transaction
from django.db.models import QuerySet

from convoca.booking.models import Connection, Meeting, VendorEvent
from convoca.booking.operations.busy import ask_due
from convoca.booking.operations.keeping import check_due
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.reading import heed_calendar, read_due
from convoca.providers.contract import Change, Notice

log = structlog.get_logger(__name__)

# Zoom repeats what was not answered after 5, 20 and 60 minutes.
REMEMBERED_FOR = timedelta(days=2)


def heed(notice: Notice, provider_id: str, *, now: datetime) -> bool:
    """Mark what `notice` is about, to be looked at; return whether it was news to us.

    What is repeated, comes late or out of order, is about something unknown, or tells us of our own acts has no effect.
    """
    with transaction.atomic():
        if not _is_new(notice, provider_id, now=now):
            return False
        if notice.change is Change.ACCESS_WITHDRAWN:
            marked = _doubt_access(notice, provider_id, now=now)
        elif notice.change is Change.CALENDAR_CHANGED:
            marked = heed_calendar(notice.channel, now=now)
            read_due.enqueue()
            ask_due.enqueue()
        else:
            marked = _doubt_meetings(notice, provider_id, now=now)
    log.info("notice", provider=provider_id, change=notice.change.value, marked=marked)
    return marked > 0


def _is_new(notice: Notice, provider_id: str, *, now: datetime) -> bool:
    digest = sha256(notice.identity.encode()).hexdigest()
    _, made = VendorEvent.objects.get_or_create(provider=provider_id, digest=digest, defaults={"received_at": now})
    return made


def _doubt_meetings(notice: Notice, provider_id: str, *, now: datetime) -> int:
    marked = _standing(notice, provider_id).update(doubted_at=now, due_at=now)
    if marked:
        provision_due.enqueue()
    return marked


def _standing(notice: Notice, provider_id: str) -> QuerySet[Meeting]:
    """Return the meeting that the notice is about, if it stands as far as we know; ours to delete are none of these."""
    if not notice.remote_id:
        return Meeting.objects.none()
    meetings = Meeting.objects.filter(
        provider=provider_id,
        remote_id=notice.remote_id,
        wanted=Meeting.Wanted.PRESENT,
        observed=Meeting.Observed.PRESENT,
    )
    return meetings.filter(connection__external_user=notice.external_user) if notice.external_user else meetings


def _doubt_access(notice: Notice, provider_id: str, *, now: datetime) -> int:
    """Have the access of this user proven at once. Forged or not, the word alone costs nobody anything."""
    if not notice.external_user:
        return 0
    connections = Connection.objects.filter(
        provider=provider_id,
        external_user=notice.external_user,
        grant__isnull=False,
        state__in=[Connection.State.OPEN, Connection.State.NEEDS_OWNER],
    )
    marked = connections.update(probe=True, check_at=now)
    if marked:
        check_due.enqueue()
    return marked


def forget_old_notices(*, now: datetime) -> None:
    """Delete the memory of notices that no vendor repeats any more."""
    VendorEvent.objects.filter(received_at__lt=now - REMEMBERED_FOR).delete()
