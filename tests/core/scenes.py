"""Schedules, bookings and rules around nights of every sort, for the properties to be tried on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import strategies as st

from convoca.core.availability import (
    ChosenLength,
    DayKind,
    FixedLength,
    Hours,
    LengthRule,
    OpeningPeriod,
    Rules,
    SpecialDay,
    StartGrid,
    WholeDays,
)
from convoca.core.time import Interval
from tests.core.oracle import DAY, MINUTE, Clock, clock_around, ends, is_start

# All clocks here show a quarter at every quarter, so that a table in quarters misses nothing.
QUARTER = 15 * MINUTE

NIGHTS = [
    ("Europe/Madrid", date(2026, 3, 29)),  # forward at 02:00
    ("Europe/Madrid", date(2026, 10, 25)),  # back at 03:00
    ("Europe/Madrid", date(2026, 6, 3)),  # an ordinary night
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # back by half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # forward by half an hour
    ("Antarctica/Troll", date(2026, 3, 29)),  # by two hours
    ("America/Sao_Paulo", date(2018, 11, 4)),  # no midnight
    ("America/Sao_Paulo", date(2019, 2, 17)),  # back from midnight
    ("Pacific/Apia", date(2011, 12, 30)),  # no such day
    ("Asia/Kathmandu", date(2026, 6, 3)),  # 05:45 from UTC, never moved
]


@dataclass(frozen=True)
class Scene:
    """A schedule, its bookings and a window in which somebody looks for a time."""

    hours: Hours
    busy: list[Interval]
    rules: Rules
    length: timedelta
    window: Interval
    now: datetime
    clock: Clock


def lengths(chance: Random, least: int, most: int) -> timedelta:
    """A length, in quarters."""
    return chance.randint(least // 15, most // 15) * QUARTER


def clocks_of_a_period(chance: Random) -> tuple[int, int]:
    """When a period opens and closes: often all day."""
    if chance.random() < 0.3:
        return 0, 1440
    opens = chance.randrange(0, 1440, 15)
    return opens, chance.randrange(opens + 15, min(opens + 1500, 2881), 15)


def hours_around(chance: Random, time_zone: str, day: date) -> Hours:
    """Opening hours and special days that matter on the days next to `day`."""
    near = [day + n * DAY for n in range(-2, 3)]
    periods = [
        OpeningPeriod(each.weekday(), *clocks_of_a_period(chance))
        for each in near
        for _ in range(chance.choice([0, 1, 1, 2]))
    ]
    special = [
        SpecialDay(
            chance.choice(near),
            tuple(clocks_of_a_period(chance) for _ in range(chance.choice([0, 1, 1, 2]))),
            chance.choice(list(DayKind)),
        )
        for _ in range(chance.choice([0, 0, 1, 2]))
    ]
    return Hours(
        time_zone=time_zone,
        periods=tuple(periods),
        special_days=tuple(special),
        first_day=day if chance.random() < 0.1 else None,
        last_day=day if chance.random() < 0.1 else None,
    )


def plain_grid(chance: Random) -> StartGrid:
    """Regular starts, named ones, or both."""
    named = tuple(chance.randrange(0, 1440, 15) for _ in range(6))
    return chance.choice(
        [
            StartGrid(every=chance.choice([15, 30, 45, 60, 90]), counted_from=chance.randrange(0, 120, 15)),
            StartGrid(at=named),
            StartGrid(every=300, at=named[:3]),
        ]
    )


def grid(chance: Random, day: date) -> StartGrid:
    """A grid, perhaps with another one on the weekday of `day`."""
    usual = plain_grid(chance)
    if chance.random() < 0.7:
        return usual
    by_weekday = {day.weekday(): plain_grid(chance)}
    return StartGrid(every=usual.every, counted_from=usual.counted_from, at=usual.at, by_weekday=by_weekday)


def length_rule(chance: Random) -> tuple[LengthRule, timedelta]:
    """A rule and one of its lengths."""
    length, step, days = lengths(chance, 15, 300), lengths(chance, 15, 60), chance.randint(1, 2)
    return chance.choice(
        [
            (FixedLength(length), length),
            (ChosenLength(minimum=length, maximum=length + 3 * step, step=step), length + chance.randint(0, 3) * step),
            (WholeDays(minimum=days, maximum=2, check_out=chance.randrange(600, 2881, 15)), days * DAY),
        ]
    )


def scene(seed: int) -> Scene:
    """Everything at once, around one of the nights; the same for the same seed."""
    chance = Random(seed)
    time_zone, day = chance.choice(NIGHTS)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    begins = noon + chance.randrange(-1440, 15, 15) * MINUTE
    busy = []
    for _ in range(chance.randint(0, 5)):
        taken_from = noon + chance.randrange(-2 * 1440, 3 * 1440, 15) * MINUTE
        busy.append(Interval(taken_from, taken_from + lengths(chance, 15, 180)))
    rule, length = length_rule(chance)
    return Scene(
        hours=hours_around(chance, time_zone, day),
        busy=busy,
        rules=Rules(
            grid=grid(chance, day),
            length=rule,
            buffer_before=lengths(chance, 0, 30),
            buffer_after=lengths(chance, 0, 30),
            notice=chance.choice([None, 0 * MINUTE, 90 * MINUTE]),
            horizon=chance.choice([None, None, 12 * 60 * MINUTE, DAY]),
        ),
        length=length,
        window=Interval(begins, begins + lengths(chance, 0, 2160)),
        now=begins + chance.choice([-600, -60, 0, 7, 300]) * MINUTE,
        clock=clock_around(time_zone, day, days=7, minutes=15),
    )


# A seed and not a strategy for each part: hypothesis would spend a hundred times longer on drawing than we on checking.
scenes = st.builds(scene, st.integers(0, 2**64))


def grid_starts(scene: Scene) -> list[Interval]:
    """What might be booked if it depended on grid and length alone."""
    return [
        Interval(start, max(start, ends(scene.rules.length, start, scene.length, scene.clock)))
        for start in sorted(scene.clock.moments(scene.window))
        if is_start(scene.rules.grid, scene.clock.shown[start])
    ]
