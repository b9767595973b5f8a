"""A vendor's daily allowance: who may spend of it, and when there is more."""

from datetime import UTC, date, datetime, time, timedelta

# Of a hundred, twenty are kept for meetings that start within a day: a term entered at once never starves tonight's.
RESERVE_SHARE = 5
SOON = timedelta(hours=24)


def allowance(limit: int, *, starts_at: datetime, now: datetime) -> int:
    """Return how many of `limit` daily writes may be used once this meeting's is counted."""
    return limit if starts_at - now <= SOON else limit - limit // RESERVE_SHARE


def utc_day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def next_utc_midnight(now: datetime) -> datetime:
    return datetime.combine(utc_day(now) + timedelta(days=1), time(0), tzinfo=UTC)


def try_again_at(*, starts_at: datetime, now: datetime) -> datetime:
    """Return when a meeting that found no allowance asks again: the next UTC day, or when the reserve opens to it."""
    reserve_opens = starts_at - SOON
    midnight = next_utc_midnight(now)
    return reserve_opens if now < reserve_opens < midnight else midnight
