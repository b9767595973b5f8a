"""When a reminder is due."""

from datetime import datetime, timedelta


def reminder_due(*, starts_at: datetime, before: timedelta, now: datetime) -> datetime | None:
    """Return the instant of a reminder `before` the start, or None if that has passed: the booking reminds enough."""
    due = starts_at - before
    return due if due > now else None
