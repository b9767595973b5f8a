"""What can be booked: what is listed is what would be admitted, and both are what the clock on the wall allows."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.admission import Refusal, admit
from convoca.core.availability import (
    UNLIMITED,
    AnyLength,
    ChosenLength,
    FixedLength,
    Hours,
    OpeningPeriod,
    PoolStart,
    ResourceTime,
    Rules,
    StartGrid,
    WholeDays,
    free_starts,
    free_starts_in_pool,
    open_intervals,
)
from convoca.core.time import Interval, localize
from tests.core.oracle import DAY, MINUTE, is_bookable, open_moments
from tests.core.profile import examples
from tests.core.scenes import Scene, grid_starts, scenes

ZONE = "Europe/Madrid"
MONDAY = date(2026, 6, 1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(day: date, opens: int, closes: int) -> Interval:
    return Interval(localize(day, opens, ZONE), localize(day, closes, ZONE, closing=True))


def clocks(found: list[Interval]) -> list[str]:
    return [f"{interval.starts_at + timedelta(hours=2):%H:%M}" for interval in found]  # Madrid, in summer


def listed(scene: Scene) -> list[Interval]:
    zone = scene.hours.time_zone
    needed = scene.rules.needed_for_starts(scene.window, length=scene.length, time_zone=zone)
    return free_starts(
        open_intervals=open_intervals(scene.hours, needed),
        busy=[taken for taken in scene.busy if taken.overlaps(needed)],
        rules=scene.rules,
        length=scene.length,
        window=scene.window,
        time_zone=zone,
        now=scene.now,
    )


def is_admitted(wanted: Interval, scene: Scene) -> bool:
    zone = scene.hours.time_zone
    needed = scene.rules.needed_for(wanted, time_zone=zone)
    try:
        admit(
            wanted,
            open_intervals=open_intervals(scene.hours, needed),
            busy=[taken for taken in scene.busy if taken.overlaps(needed)],
            rules=scene.rules,
            time_zone=zone,
            now=scene.now,
        )
    except Refusal:
        return False
    return True


def monday_morning(rules: Rules, *, busy: tuple[Interval, ...] = (), length: timedelta | None = None) -> list[str]:
    """The starts on a Monday that is open from 9 to 12."""
    window = at(MONDAY, 0, 1440)
    found = free_starts(
        open_intervals=[at(MONDAY, 540, 720)],
        busy=busy,
        rules=rules,
        length=length or rules.length.longest or DAY,
        window=window,
        time_zone=ZONE,
        now=LONG_AGO,
    )
    return clocks(found)


HOURLY = Rules(grid=StartGrid(every=60), length=FixedLength(timedelta(hours=1)))


@examples(200)
@given(scene=scenes)
def test_what_is_listed_is_what_the_clock_on_the_wall_allows_minute_by_minute(scene: Scene) -> None:
    opened = open_moments(scene.hours, scene.clock)
    busy = {moment for taken in scene.busy for moment in scene.clock.moments(taken)}

    assert listed(scene) == [
        wanted
        for wanted in grid_starts(scene)
        if is_bookable(wanted, opened=opened, busy=busy, rules=scene.rules, clock=scene.clock, now=scene.now)
    ]


@examples(80)
@given(scene=scenes)
def test_what_is_listed_is_admitted_and_what_is_admitted_is_listed(scene: Scene) -> None:
    assert listed(scene) == [wanted for wanted in grid_starts(scene) if is_admitted(wanted, scene)]


@examples(80)
@given(scene=scenes, seed=st.integers(0, 2**64))
def test_any_start_and_end_is_admitted_if_the_clock_on_the_wall_allows_it(scene: Scene, seed: int) -> None:
    chance = Random(seed)
    near = chance.choice(listed(scene) or grid_starts(scene) or [scene.window])
    start = near.starts_at + chance.choice([0, 0, 15, -15, 60]) * MINUTE
    wanted = Interval(start, max(start, near.ends_at + chance.choice([0, 0, 15, -15, 60]) * MINUTE))
    opened = open_moments(scene.hours, scene.clock)
    busy = {moment for taken in scene.busy for moment in scene.clock.moments(taken)}

    assert is_admitted(wanted, scene) == is_bookable(
        wanted, opened=opened, busy=busy, rules=scene.rules, clock=scene.clock, now=scene.now
    )


@examples(40)
@given(scene=scenes)
def test_a_window_in_two_parts_lists_what_the_whole_lists(scene: Scene) -> None:
    middle = scene.window.starts_at + scene.window.duration / 2
    halves = [Interval(scene.window.starts_at, middle), Interval(middle, scene.window.ends_at)]
    parts = [listed(Scene(**{**vars(scene), "window": half})) for half in halves]

    assert listed(scene) == parts[0] + parts[1]


@examples(40)
@given(scene=scenes, seed=st.integers(0, 2**64))
def test_a_pool_lists_what_each_of_its_resources_lists(scene: Scene, seed: int) -> None:
    chance = Random(seed)
    needed = scene.rules.needed_for_starts(scene.window, length=scene.length, time_zone=scene.hours.time_zone)
    opened = open_intervals(scene.hours, needed)
    asked: dict[str, Any] = {"rules": scene.rules, "length": scene.length, "window": scene.window, "now": scene.now}
    pool = {
        resource: ResourceTime(opened, chance.sample(scene.busy, chance.randint(0, len(scene.busy))))
        for resource in chance.sample(range(9), chance.randint(1, 3))
    }

    found = free_starts_in_pool(pool, time_zone=scene.hours.time_zone, **asked)

    each = {
        resource: free_starts(
            open_intervals=its.open_intervals, busy=its.busy, time_zone=scene.hours.time_zone, **asked
        )
        for resource, its in pool.items()
    }
    assert found == [
        PoolStart(interval, tuple(resource for resource in pool if interval in each[resource]))
        for interval in sorted(set().union(*each.values()))
    ]


def test_starts_come_every_so_many_minutes_in_step_with_a_clock() -> None:
    half_past = Rules(grid=StartGrid(every=60, counted_from=30), length=HOURLY.length)

    assert monday_morning(HOURLY) == ["09:00", "10:00", "11:00"]
    assert monday_morning(half_past) == ["09:30", "10:30"]


def test_starts_may_be_named_and_a_weekday_may_have_its_own() -> None:
    named = StartGrid(at=(555, 630))
    but_on_monday = StartGrid(every=60, by_weekday={0: named})

    assert monday_morning(Rules(grid=named, length=HOURLY.length)) == ["09:15", "10:30"]
    assert monday_morning(Rules(grid=but_on_monday, length=HOURLY.length)) == ["09:15", "10:30"]


def test_a_start_in_the_hour_that_happens_twice_is_offered_twice_and_one_that_never_happens_is_not() -> None:
    grid = StartGrid(every=60)
    autumn = Interval(datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC))
    spring = Interval(datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC))

    assert [f"{start:%H}" for start in grid.starts_in(autumn, ZONE)] == [
        "23",
        "00",
        "01",
        "02",
    ]  # 1, 2, 2 and 3 o'clock
    assert [f"{start:%H}" for start in grid.starts_in(spring, ZONE)] == ["23", "00", "01"]  # 0, 1 and 3 o'clock
    assert list(StartGrid(at=(150,)).starts_in(spring, ZONE)) == []


def test_the_length_may_be_chosen_in_steps() -> None:
    rules = Rules(
        grid=StartGrid(every=60),
        length=ChosenLength(minimum=timedelta(hours=1), maximum=timedelta(hours=3), step=timedelta(hours=1)),
    )

    assert monday_morning(rules, length=timedelta(hours=2)) == ["09:00", "10:00"]
    assert monday_morning(rules, length=timedelta(minutes=90)) == []
    assert monday_morning(rules, length=timedelta(hours=4)) == []


def test_between_two_bookings_there_is_time_to_clear_up_and_to_prepare() -> None:
    rules = Rules(
        grid=StartGrid(every=15), length=FixedLength(30 * MINUTE), buffer_before=10 * MINUTE, buffer_after=20 * MINUTE
    )

    assert monday_morning(rules, busy=(at(MONDAY, 600, 660),)) == ["09:00", "11:30"]


def test_a_rental_takes_whole_days_across_closed_nights_but_not_a_closed_day() -> None:
    hours = Hours(time_zone=ZONE, periods=tuple(OpeningPeriod(weekday, 540, 1080) for weekday in range(6)))
    rules = Rules(grid=StartGrid(at=(540,)), length=WholeDays(maximum=14, check_out=1080))
    window = Interval(localize(MONDAY + 3 * DAY, 0, ZONE), localize(MONDAY + 7 * DAY, 0, ZONE))
    needed = rules.needed_for_starts(window, length=2 * DAY, time_zone=ZONE)

    found = free_starts(
        open_intervals=open_intervals(hours, needed),
        busy=[],
        rules=rules,
        length=2 * DAY,
        window=window,
        time_zone=ZONE,
        now=LONG_AGO,
    )

    thursday, friday = (
        Interval(localize(day, 540, ZONE), localize(day + DAY, 1080, ZONE))
        for day in (MONDAY + 3 * DAY, MONDAY + 4 * DAY)
    )
    assert found == [thursday, friday]  # On Saturday there is no second day: the shop is closed on Sunday.


def test_a_hotel_counts_nights_and_its_guests_leave_in_the_morning_after() -> None:
    rules = Rules(grid=StartGrid(at=(900,)), length=WholeDays(maximum=30, check_out=1440 + 660))
    window = at(date(2026, 10, 24), 0, 1440)

    (night,) = free_starts(
        open_intervals=[Interval(window.starts_at, window.ends_at + 2 * DAY)],
        busy=[],
        rules=rules,
        length=DAY,
        window=window,
        time_zone=ZONE,
        now=LONG_AGO,
    )

    assert night.duration == timedelta(hours=21)  # From 15:00 to 11:00, and one hour twice.


def test_check_out_in_the_repeated_hour_is_when_the_clock_shows_it_for_the_second_time() -> None:
    night = WholeDays(maximum=1, check_out=1440 + 150)

    end = night.end_of(localize(date(2026, 10, 24), 900, ZONE), DAY, ZONE)

    assert end == localize(date(2026, 10, 25), 150, ZONE) + timedelta(hours=1)


def test_a_pool_lists_each_start_once_with_the_resources_free_then() -> None:
    morning = [at(MONDAY, 540, 720)]
    pool = {
        7: ResourceTime(morning, [at(MONDAY, 540, 600)]),
        3: ResourceTime(morning, []),
        5: ResourceTime(morning, [at(MONDAY, 540, 720)]),
    }

    found = free_starts_in_pool(
        pool, rules=HOURLY, length=timedelta(hours=1), window=at(MONDAY, 0, 1440), time_zone=ZONE, now=LONG_AGO
    )

    assert found == [
        PoolStart(at(MONDAY, 540, 600), (3,)),
        PoolStart(at(MONDAY, 600, 660), (7, 3)),
        PoolStart(at(MONDAY, 660, 720), (7, 3)),
    ]


def test_who_may_ignore_hours_and_limits_may_book_any_minute_that_is_not_taken() -> None:
    at_night = at(MONDAY, 187, 200)
    everything = [UNLIMITED.needed_for(at_night, time_zone=ZONE)]
    next_year = LONG_AGO + 3000 * DAY

    admit(at_night, open_intervals=everything, busy=[], rules=UNLIMITED, time_zone=ZONE, now=next_year)

    with pytest.raises(Refusal):
        admit(at_night, open_intervals=everything, busy=[at_night], rules=UNLIMITED, time_zone=ZONE, now=next_year)


def calls_made(act: Callable[[], object]) -> int:
    """How many functions are called: a cost that no other process on the machine can change."""
    count = 0

    def tally(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(tally)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def test_twice_the_window_and_twice_the_bookings_cost_twice() -> None:
    hours = Hours(time_zone=ZONE, periods=tuple(OpeningPeriod(weekday, 540, 1080) for weekday in range(7)))
    rules = Rules(grid=StartGrid(every=30), length=FixedLength(30 * MINUTE), buffer_after=10 * MINUTE)

    def cost(days: int) -> int:
        window = Interval(localize(MONDAY, 0, ZONE), localize(MONDAY + days * DAY, 0, ZONE))
        busy = [at(MONDAY + day * DAY, clock, clock + 30) for day in range(days) for clock in (600, 720, 900)]
        return calls_made(
            lambda: free_starts(
                open_intervals=open_intervals(hours, window),
                busy=busy,
                rules=rules,
                length=30 * MINUTE,
                window=window,
                time_zone=ZONE,
                now=LONG_AGO,
            )
        )

    assert cost(120) < 2.2 * cost(60)


def test_rules_that_make_no_sense_are_not_made() -> None:
    nonsense: list[Callable[[], object]] = [
        lambda: FixedLength(0 * MINUTE),
        lambda: ChosenLength(minimum=0 * MINUTE, maximum=DAY, step=MINUTE),
        lambda: ChosenLength(minimum=DAY, maximum=MINUTE, step=MINUTE),
        lambda: ChosenLength(minimum=MINUTE, maximum=DAY, step=0 * MINUTE),
        lambda: WholeDays(minimum=0, maximum=2),
        lambda: WholeDays(maximum=2, check_out=0),
        lambda: StartGrid(every=0),
        lambda: StartGrid(at=(1440,)),
        lambda: StartGrid(every=30, by_weekday={7: StartGrid()}),
        lambda: Rules(grid=StartGrid(), length=AnyLength(), notice=-MINUTE),
        lambda: Rules(grid=StartGrid(), length=AnyLength(), buffer_before=-MINUTE),
    ]
    for make in nonsense:
        with pytest.raises(ValueError, match="not"):
            make()
