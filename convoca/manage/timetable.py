"""A day or a week drawn as a grid: hour lines, a column for each resource or day, a block for each occasion.

Where a block stands is a class name, because the pages allow no inline styles: `timetable.css` has a rule for each
quarter of an hour, each length and each part of a column's width.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from convoca.booking.models import Resource, Schedule
from convoca.core.time import local_day
from convoca.manage.agenda import Row
from convoca.manage.phrases import Words
from convoca.manage.supervise_phrases import block_state

QUARTERS_AN_HOUR = 4
QUARTERS_A_DAY = 24 * QUARTERS_AN_HOUR

# Drawn shorter, a block could be neither read nor touched; what follows it at once stands beside it.
SHORTEST = 2

# What ends at midnight belongs to the day before.
INSTANT = timedelta.resolution

# These hours are there even if nobody comes.
USUAL_HOURS = range(9, 18)

# So many blocks fit beside each other; more of them stand in the list only.
MOST_LANES = 4

# What lasts so long and over midnight stands above the hours of a week, or it would take room from all who come.
STAY = timedelta(hours=12)

# So many stays are drawn above each other.
MOST_STAYS = 4

# A grid with more blocks than this is no picture any more.
MOST_BLOCKS = 300

# Resources that are free all day are drawn while there are few.
FEW_COLUMNS = 6


@dataclass(frozen=True, kw_only=True)
class Block:
    """One occasion in one column. `row` is its first quarter in the grid, from 1; `lane` of `lanes` is its width."""

    occasion: Row
    state: Words
    row: int
    span: int
    lane: int = 1
    lanes: int = 1

    @property
    def end(self) -> int:
        return self.row + self.span


@dataclass(frozen=True, kw_only=True)
class Stay:
    """The part of one day of what lasts for days. `lane` is its line above the hours, from 1."""

    occasion: Row
    state: Words
    lane: int
    begins: bool
    ends: bool


@dataclass(frozen=True, kw_only=True)
class Column:
    """A resource, a capacity schedule, or a day. `left_out` occasions found no room; they are in the list."""

    name: str
    blocks: Sequence[Block]
    stays: Sequence[Stay] = ()
    left_out: int = 0
    day: date | None = None
    is_today: bool = False

    @property
    def lanes(self) -> int:
        """How many blocks stand side by side where most do; none in an idle column."""
        return max((block.lanes for block in self.blocks), default=0)


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """The grid. `now_row` is the quarter of an hour that passes now, if it is drawn.

    `stays` is how many lines there are above the hours.
    """

    columns: Sequence[Column]
    hours: Sequence[str]
    now_row: int | None
    stays: int = 0

    @property
    def quarters(self) -> int:
        return len(self.hours) * QUARTERS_AN_HOUR


def of_day(
    rows: Sequence[Row],
    day: date,
    *,
    resources: Sequence[Resource],
    schedules: Sequence[Schedule],
    time_zone: str,
    now: datetime,
) -> Timetable:
    """Draw one day: a column for each resource that somebody comes to, and for each schedule of classes."""
    frame = _Frame.around(rows, [day], time_zone)
    found: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
    names = {("r", each.pk): each.name for each in resources}
    for row in rows:
        for taken in row.resources:
            names.setdefault(("r", taken.resource_id), taken.name)
            found["r", taken.resource_id].append(row)
        if not row.resources:
            found["s", row.schedule_id].append(row)
    names |= {("s", each.pk): each.name for each in schedules}
    idle = [key for key in names if key[0] == "r" and key not in found][: max(FEW_COLUMNS - len(found), 0)]
    keys = [key for key in names if key in found or key in idle]
    columns = [frame.column(names[key], day, found.get(key, [])) for key in keys]
    return frame.timetable(columns, now=now)


def of_week(rows: Sequence[Row], days: Sequence[tuple[date, str]], *, time_zone: str, now: datetime) -> Timetable:
    """Draw some days, each with the name that stands above it; what lasts for days above their hours."""
    frame = _Frame.around(rows, [day for day, _ in days], time_zone)
    today = local_day(now, time_zone)
    lanes = _lanes_of_stays([row for row in rows if _is_stay(row, time_zone)], time_zone)
    hourly = [row for row in rows if row.slot_id not in lanes]
    columns = []
    for day, name in days:
        column = frame.column(name, day, [row for row in hourly if _touches(row, day, time_zone)])
        here = [row for row in rows if row.slot_id in lanes and _touches(row, day, time_zone)]
        stays = [_stay(row, day, lanes[row.slot_id], time_zone) for row in here if lanes[row.slot_id] <= MOST_STAYS]
        left_out = column.left_out + len(here) - len(stays)
        columns.append(replace(column, stays=stays, left_out=left_out, is_today=day == today))
    drawn = max((stay.lane for column in columns for stay in column.stays), default=0)
    return replace(frame.timetable(columns, now=now), stays=drawn)


@dataclass(frozen=True)
class _Frame:
    """The hours that are drawn, on the clocks of one zone."""

    hours: range
    days: Sequence[date]
    time_zone: str

    @classmethod
    def around(cls, rows: Iterable[Row], days: Sequence[date], time_zone: str) -> Self:
        """Draw the usual hours, and more if somebody comes earlier or stays later; nights of stays do not count."""
        first, last = USUAL_HOURS.start, USUAL_HOURS.stop
        for row in rows:
            if local_day(row.ends_at - INSTANT, time_zone) == row.day:
                starts, ends = _quarters(row, row.day, time_zone)
                first, last = min(first, starts // QUARTERS_AN_HOUR), max(last, -(-ends // QUARTERS_AN_HOUR))
        return cls(range(first, last), days, time_zone)

    def timetable(self, columns: Sequence[Column], *, now: datetime) -> Timetable:
        local = now.astimezone(ZoneInfo(self.time_zone))
        is_drawn = local.date() in self.days and local.hour in self.hours
        quarter = (local.hour * 60 + local.minute) // 15 - self.hours.start * QUARTERS_AN_HOUR + 1
        labels = [f"{hour:02}:00" for hour in self.hours]
        return Timetable(columns=columns, hours=labels, now_row=quarter if is_drawn else None)

    def column(self, name: str, day: date, rows: Iterable[Row]) -> Column:
        blocks = sorted((self._block(row, day) for row in rows), key=lambda each: (each.row, each.occasion.slot_id))
        placed = [block for together in _at_once(blocks) for block in _side_by_side(together)]
        return Column(name=name, day=day, blocks=placed, left_out=len(blocks) - len(placed))

    def _block(self, row: Row, day: date) -> Block:
        first, last = _quarters(row, day, self.time_zone)
        top, bottom = self.hours.start * QUARTERS_AN_HOUR, self.hours.stop * QUARTERS_AN_HOUR
        first = min(max(first, top), bottom - SHORTEST)
        last = max(min(last, bottom), first + SHORTEST)
        return Block(occasion=row, state=block_state(row), row=first - top + 1, span=last - first)


def _touches(row: Row, day: date, time_zone: str) -> bool:
    return row.day <= day <= local_day(row.ends_at - INSTANT, time_zone)


def _is_stay(row: Row, time_zone: str) -> bool:
    return row.ends_at - row.starts_at >= STAY and local_day(row.ends_at - INSTANT, time_zone) > row.day


def _lanes_of_stays(stays: Iterable[Row], time_zone: str) -> dict[int, int]:
    """Give each stay, in order, the first line that is free from its first day to its last; by the slot's id."""
    lanes: dict[int, int] = {}
    last_days: list[date] = []
    for row in stays:
        lane = next((lane for lane, last in enumerate(last_days) if last < row.day), len(last_days))
        last_days[lane:] = [local_day(row.ends_at - INSTANT, time_zone), *last_days[lane + 1 :]]
        lanes[row.slot_id] = lane + 1
    return lanes


def _stay(row: Row, day: date, lane: int, time_zone: str) -> Stay:
    last = local_day(row.ends_at - INSTANT, time_zone)
    return Stay(occasion=row, state=block_state(row), lane=lane, begins=row.day == day, ends=last == day)


def _quarters(row: Row, day: date, time_zone: str) -> tuple[int, int]:
    """Return the quarters of the day, on its clocks, in which an occasion begins and at which it ends."""
    starts, ends = row.starts_at.astimezone(ZoneInfo(time_zone)), row.ends_at.astimezone(ZoneInfo(time_zone))
    first = 0 if starts.date() < day else min((starts.hour * 60 + starts.minute) // 15, QUARTERS_A_DAY - SHORTEST)
    last = QUARTERS_A_DAY if ends.date() > day else -(-(ends.hour * 60 + ends.minute) // 15)
    # In the night in which the clocks go back, an hour may end before it began.
    return first, max(last, first + SHORTEST)


def _at_once(blocks: Iterable[Block]) -> list[list[Block]]:
    """Part the blocks, in order, into groups that do not meet in time."""
    groups: list[list[Block]] = []
    end = 0
    for block in blocks:
        if not groups or block.row >= end:
            groups.append([])
        groups[-1].append(block)
        end = max(end, block.end)
    return groups


def _side_by_side(blocks: Sequence[Block]) -> list[Block]:
    """Give each block the first lane that is free; what would need one lane too many is left out."""
    ends: list[int] = []
    placed: list[Block] = []
    for block in blocks:
        lane = next((lane for lane, end in enumerate(ends) if end <= block.row), len(ends))
        if lane >= MOST_LANES:
            continue
        ends[lane:] = [block.end, *ends[lane + 1 :]]
        placed.append(replace(block, lane=lane + 1))
    return [replace(block, lanes=len(ends)) for block in placed]
