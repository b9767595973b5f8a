"""When a reminder is due, and when something is still worth saying afterwards."""

from datetime import datetime, timedelta

# Whoever hears of it later than this has forgotten it.
WORTH_FOLLOWING_UP = timedelta(days=3)


def reminder_due(*, starts_at: datetime, before: timedelta, now: datetime) -> datetime | None:
    """Return the instant of a reminder `before` the start, or None if that has passed: the booking reminds enough."""
    due = starts_at - before
    return due if due > now else None


def follow_up_due(*, ends_at: datetime, after: timedelta, now: datetime) -> datetime | None:
    """Return the instant of a follow-up `after` the end, or None if that has passed: it was booked afterwards."""
    due = ends_at + after
    return due if due > now else None


def is_late_to_follow_up(*, ends_at: datetime, after: timedelta, now: datetime) -> bool:
    """Say whether a follow-up that was due `after` the end makes no sense any more."""
    return now > ends_at + after + WORTH_FOLLOWING_UP
