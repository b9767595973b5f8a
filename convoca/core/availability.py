"""What can be booked: the free starts of a resource, of several, and of what needs several at once.

Everything here is a sweep over sorted time: it costs what the window holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from convoca.core.hours import DayKind, Hours, OpeningPeriod, SpecialDay, open_intervals
from convoca.core.lengths import AnyLength, ChosenLength, FixedLength, LengthRule, WholeDays
from convoca.core.rules import UNLIMITED, Limits, Per, Rules, StartGrid
from convoca.core.time import Interval, intersect, merge, subtract

__all__ = [
    "UNLIMITED",
    "AnyLength",
    "ChosenLength",
    "DayKind",
    "FixedLength",
    "Hours",
    "LengthRule",
    "Limits",
    "OpeningPeriod",
    "Per",
    "PoolStart",
    "ResourceTime",
    "Rules",
    "SpecialDay",
    "StartGrid",
    "WholeDays",
    "free_starts",
    "free_starts_in_pool",
    "open_intervals",
]


@dataclass(frozen=True, slots=True)
class ResourceTime:
    """When one resource is open and when it is taken, without buffers; both in any order."""

    open_intervals: Sequence[Interval]
    busy: Sequence[Interval]


@dataclass(frozen=True, slots=True)
class PoolStart:
    """A bookable interval, and the resources that are free for it, in the order they were given."""

    interval: Interval
    resources: tuple[int, ...]


def free_starts(
    *,
    open_intervals: Iterable[Interval],
    busy: Iterable[Interval],
    rules: Rules,
    length: timedelta,
    window: Interval,
    time_zone: str,
    now: datetime,
) -> list[Interval]:
    """Return the bookings of `length` that one resource can take now and that start in `window`, in order.

    Exactly those that `admission.admit` admits; none if the rules do not allow the length. `open_intervals` and `busy`
    are known for all of `rules.needed_for_starts(window)`; `busy` is what bookings take themselves, without buffers.
    """
    if not rules.length.allows(length):
        return []
    hours = merge(open_intervals)
    free = subtract(rules.length.bookable(hours, time_zone), rules.taken_for_new(busy))
    spans = intersect(intersect(hours, free), [rules.on_offer(window, now=now)])
    bookable: list[Interval] = []
    position = 0
    for span in spans:
        while free[position].ends_at <= span.starts_at:
            position += 1
        free_until = free[position].ends_at
        for start in rules.grid.starts_in(span, time_zone):
            end = rules.length.end_of(start, length, time_zone)
            if start < end <= free_until:
                bookable.append(Interval(start, end))
    return bookable


def free_starts_in_pool(
    resources: Mapping[int, ResourceTime],
    *,
    rules: Rules,
    length: timedelta,
    window: Interval,
    time_zone: str,
    now: datetime,
) -> list[PoolStart]:
    """Return what at least one of the resources can take, as `free_starts` does, each start once."""
    # With one length, the start says which interval it is; intervals themselves are slow keys.
    free: dict[datetime, tuple[Interval, list[int]]] = {}
    for resource, its in resources.items():
        starts = free_starts(
            open_intervals=its.open_intervals,
            busy=its.busy,
            rules=rules,
            length=length,
            window=window,
            time_zone=time_zone,
            now=now,
        )
        if len(resources) == 1:
            return [PoolStart(interval, (resource,)) for interval in starts]
        for interval in starts:
            free.setdefault(interval.starts_at, (interval, []))[1].append(resource)
    return [PoolStart(interval, tuple(able)) for _, (interval, able) in sorted(free.items())]
