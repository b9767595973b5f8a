"""Yes, or one Refusal: may this booking be made, changed, cancelled?

`admit` says yes to exactly what `availability.free_starts` lists; both ask the same Rules.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from convoca.core.choosing import Choice, choose_resource, choose_resources
from convoca.core.refusals import (
    Clash,
    InThePast,
    LimitReached,
    NotOnGrid,
    OutsideOpeningHours,
    OverlapsOwn,
    Refusal,
    ResourceTaken,
    SeriesClash,
    SlotFull,
    SlotOver,
    TooFar,
    TooLateToCancel,
    TooLateToChange,
    TooManyRepeats,
    TooSoon,
    WrongLength,
)
from convoca.core.rules import Limits, Per, Rules
from convoca.core.time import Interval, merge

__all__ = [
    "Choice",
    "Clash",
    "InThePast",
    "LimitReached",
    "NotOnGrid",
    "OutsideOpeningHours",
    "OverlapsOwn",
    "Refusal",
    "ResourceTaken",
    "SeriesClash",
    "SlotFull",
    "SlotOver",
    "TooFar",
    "TooLateToCancel",
    "TooLateToChange",
    "TooManyRepeats",
    "TooSoon",
    "WrongLength",
    "admit",
    "admit_cancellation",
    "admit_change",
    "admit_every",
    "admit_person",
    "admit_place",
    "choose_resource",
    "choose_resources",
]


def admit(
    wanted: Interval,
    *,
    open_intervals: Iterable[Interval],
    busy: Iterable[Interval],
    rules: Rules,
    time_zone: str,
    now: datetime,
) -> None:
    """Return if one resource may be booked for `wanted`, else raise the Refusal that its booker can act on first.

    `open_intervals` and `busy`, in any order, are known for all of `rules.needed_for(wanted)`; `busy` is what bookings
    take themselves, without buffers, and not what the booking takes that is being moved.
    """
    _admit_start(wanted.starts_at, rules=rules, now=now)
    if rules.length.length_of(wanted, time_zone) is None:
        raise WrongLength(rules.length)
    if not rules.grid.has(wanted.starts_at, time_zone):
        raise NotOnGrid
    hours = merge(open_intervals)
    opens = any(interval.holds(wanted.starts_at) for interval in hours)
    if not opens or not any(stretch.contains(wanted) for stretch in rules.length.bookable(hours, time_zone)):
        raise OutsideOpeningHours
    if any(taken.overlaps(wanted) for taken in rules.taken_for_new(busy)):
        raise ResourceTaken


def admit_place(
    *, capacity: int | None, taken: int, quantity: int, slot: Interval, rules: Rules, now: datetime, own_places: int = 0
) -> None:
    """Return if `quantity` more places of a class may be booked by somebody who has `own_places` of it.

    A `capacity` of None is unlimited; one below `taken`, which was lowered after they booked, lets nobody in. Only
    notice, horizon and places per person bind: a class is where and when its owner put it. Raises ValueError for a
    quantity below 1.
    """
    if quantity < 1:
        raise ValueError(f"A booking is for one place or more, not {quantity}")
    if rules.notice is not None and slot.ends_at <= now:
        raise SlotOver
    _admit_start(slot.starts_at, rules=rules, now=now)
    if rules.places_per_person is not None and own_places + quantity > rules.places_per_person:
        raise LimitReached(Per.SLOT, rules.places_per_person)
    if capacity is not None and taken + quantity > capacity:
        raise SlotFull(capacity, max(capacity - taken, 0))


def admit_person(wanted: Interval, *, own: Iterable[Interval], limits: Limits, now: datetime, time_zone: str) -> None:
    """Return if somebody who already has the bookings `own` may have one more.

    `own` are live bookings, one interval each, as far back and ahead as the limits count (`Limits.period`), without the
    one that is being moved.
    """
    own = list(own)
    if limits.no_overlap:
        for interval in own:
            if interval.overlaps(wanted):
                raise OverlapsOwn(interval)
    for per, limit in ((Per.DAY, limits.day), (Per.WEEK, limits.week), (Per.MONTH, limits.month)):
        if limit is not None:
            period = limits.period(per, wanted.starts_at, time_zone=time_zone)
            _admit_count(sum(period.holds(interval.starts_at) for interval in own), per=per, limit=limit)
    if limits.future is not None and wanted.starts_at > now:
        _admit_count(sum(interval.starts_at > now for interval in own), per=Per.FUTURE, limit=limits.future)
    if limits.total is not None:
        _admit_count(len(own), per=Per.TOTAL, limit=limits.total)


def admit_cancellation(slot: Interval, *, rules: Rules, now: datetime) -> None:
    """Return if a booking of this slot may be cancelled now."""
    if rules.cancel_limit is not None:
        if slot.ends_at <= now:
            raise SlotOver
        if now > slot.starts_at - rules.cancel_limit:
            raise TooLateToCancel(rules.cancel_limit)


def admit_change(slot: Interval, *, rules: Rules, now: datetime) -> None:
    """Return if a booking of this slot may be changed or moved away now; where it goes is for `admit`."""
    if rules.change_limit is not None:
        if slot.ends_at <= now:
            raise SlotOver
        if now > slot.starts_at - rules.change_limit:
            raise TooLateToChange(rules.change_limit)


def admit_every(occurrences: Sequence[Interval], *, admit_one: Callable[[Interval, Sequence[Interval]], None]) -> None:
    """Return if all of a series may be booked.

    `admit_one(occurrence, earlier)` raises a Refusal or returns; `earlier` are the occurrences before it that were
    admitted, which by then are busy, and the booker's own. Raises SeriesClash with every clash.
    """
    admitted: list[Interval] = []
    clashes: list[Clash] = []
    for occurrence in occurrences:
        try:
            admit_one(occurrence, admitted)
        except Refusal as refusal:
            clashes.append(Clash(occurrence, refusal))
        else:
            admitted.append(occurrence)
    if clashes:
        raise SeriesClash(tuple(clashes))


def _admit_start(start: datetime, *, rules: Rules, now: datetime) -> None:
    if rules.notice is not None:
        if start < now:
            raise InThePast
        if start - now < rules.notice:
            raise TooSoon(rules.notice)
    if rules.horizon is not None and start - now > rules.horizon:
        raise TooFar(rules.horizon)


def _admit_count(count: int, *, per: Per, limit: int) -> None:
    if count >= limit:
        raise LimitReached(per, limit)
