"""Finding what is due. Wake-ups are enqueued with the work itself; this finds what a lost one left behind."""

from datetime import datetime

from django.db.models import DateTimeField, F, Q
from django.db.models.functions import Coalesce, Greatest

from convoca.booking.models import Connection, Meeting, Notification
from convoca.booking.operations.closing import close_due, closing_connections
from convoca.booking.operations.notifying import due_notifications, notify_due
from convoca.booking.operations.provisioning import due_meetings, provision_due


def wake_due(now: datetime) -> datetime | None:
    """Enqueue one wake-up for each kind of work that is due and free to be taken.

    Return when the next work becomes due, later than `now`, or None. What is due but cannot be taken yet counts from
    the instant at which it can, if that is known; what somebody is at work on does not count: whoever works, goes on
    until nothing is left.
    """
    if due_meetings(now=now).exists():
        provision_due.enqueue()
    if due_notifications(now=now).exists():
        notify_due.enqueue()
    if closing_connections(now=now).exists():
        close_due.enqueue()
    return min(filter(None, [_next_meeting(now), _next_notification(now), _next_closing(now)]), default=None)


def _next_meeting(now: datetime) -> datetime | None:
    """Return the next instant at which some meeting can be acted on; a throttled connection's wait for its pause."""
    able = [Connection.State.OPEN, Connection.State.CLOSING]
    workable = Q(connection__isnull=True) | Q(connection__state__in=able)
    free_at = Greatest(F("due_at"), Coalesce(F("connection__blocked_until"), F("due_at")), output_field=DateTimeField())
    waiting = Meeting.objects.filter(workable, due_at__isnull=False).annotate(free_at=free_at).filter(free_at__gt=now)
    return waiting.order_by("free_at").values_list("free_at", flat=True).first()


def _next_notification(now: datetime) -> datetime | None:
    return Notification.objects.filter(due_at__gt=now).order_by("due_at").values_list("due_at", flat=True).first()


def _next_closing(now: datetime) -> datetime | None:
    closing = Connection.objects.filter(state=Connection.State.CLOSING, due_at__gt=now)
    return closing.order_by("due_at").values_list("due_at", flat=True).first()
