"""How the installation is doing."""

from datetime import datetime, timedelta

from django.db.models import Q

from convoca.booking.models import Connection, Meeting, Notification

NOT_OVERDUE = timedelta(0)

# What waits for its owner, or for a vendor that asked for peace, does not wait for us.
NOT_OURS_TO_DO = Q(connection__state__in=[Connection.State.NEEDS_OWNER, Connection.State.CLOSED])


def oldest_overdue(*, now: datetime) -> timedelta:
    """Return how long the longest-waiting row of any queue has been due and free to be worked on; zero if none is."""
    queues = (
        Meeting.objects.exclude(NOT_OURS_TO_DO).exclude(connection__blocked_until__gt=now),
        Notification.objects.all(),
        Connection.objects.all(),
    )
    oldest = [
        queue.filter(due_at__lte=now).order_by("due_at").values_list("due_at", flat=True).first() for queue in queues
    ]
    return max((now - due_at for due_at in oldest if due_at is not None), default=NOT_OVERDUE)
