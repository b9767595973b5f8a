"""A vendor's daily allowance: who may spend of it, and when there is more."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Share:
    """How many of some meetings get their link on one UTC day."""

    day: date
    meetings: int


def forecast(
    starts: Sequence[datetime], *, queued: Sequence[datetime] = (), used: int, limit: int, now: datetime
) -> tuple[Share, ...]:
    """Say on which days meetings that start at `starts` get their links: the soonest first, the reserve kept.

    `queued` are the starts of those that wait already, which are served among them; `used` is spent of today's limit.
    A day on which none of `starts` gets its link is left out.
    """
    waiting = sorted([(start, True) for start in starts] + [(start, False) for start in queued])
    shares: list[Share] = []
    moment = now
    while any(ours for _, ours in waiting) and limit > 0:
        served = _served([start for start, _ in waiting], used=used, limit=limit, now=moment)
        made = sum(ours for (_, ours), now_served in zip(waiting, served, strict=True) if now_served)
        waiting = [each for each, now_served in zip(waiting, served, strict=True) if not now_served]
        shares += [Share(utc_day(moment), made)] if made else []
        moment, used = next_utc_midnight(moment), 0
    return tuple(shares)


def _served(starts: Sequence[datetime], *, used: int, limit: int, now: datetime) -> list[bool]:
    """Say of each of `starts`, in order, whether the day that `now` lies in has something left for it.

    Whatever becomes near in the course of the day may use the reserve then.
    """
    end = next_utc_midnight(now)
    served = []
    for start in starts:
        may = used < allowance(limit, starts_at=start, now=min(end, max(now, start - SOON)))
        used += may
        served.append(may)
    return served
