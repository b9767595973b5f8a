"""Intervals, and days and clocks that become instants, in every zone whose clock is moved."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.time import (
    Interval,
    day_bounds,
    intersect,
    local_day,
    localize,
    merge,
    straight_stretches,
    subtract,
)
from tests.core.oracle import DAY, MINUTE, clock_around, clock_changes
from tests.core.profile import THOROUGH, examples

EPOCH = datetime(2026, 1, 5, tzinfo=UTC)

# What the clocks of this year, and of the years that went strangest, have done to people.
THIS_YEAR = clock_changes(date(2026, 1, 1), date(2027, 1, 1))
STRANGEST = [
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # no 30 December
    ("Pacific/Kwajalein", datetime(1993, 8, 21, 12, tzinfo=UTC)),  # no 21 August
    ("Pacific/Kiritimati", datetime(1994, 12, 31, 10, tzinfo=UTC)),  # no 31 December
    ("America/Goose_Bay", datetime(2010, 11, 7, 3, 1, tzinfo=UTC)),  # back over midnight, at 00:01
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),  # a day without midnight
    ("America/Sao_Paulo", datetime(2019, 2, 17, 2, tzinfo=UTC)),  # back from midnight
    ("America/Caracas", datetime(2016, 5, 1, 7, tzinfo=UTC)),  # half an hour, for good
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),  # half an hour, before midnight
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # half an hour, each autumn
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),  # and each spring
    ("Antarctica/Troll", datetime(2026, 3, 29, 1, tzinfo=UTC)),  # two hours
    ("Europe/Dublin", datetime(2026, 3, 29, 1, tzinfo=UTC)),  # summer is the standard, winter the exception
]

CHANGES = [
    (
        time_zone,
        moment,
        clock_around(time_zone, moment.date(), days=3, minutes=1 if THOROUGH or moment.minute % 15 else 15),
    )
    for time_zone, moment in THIS_YEAR + STRANGEST
]


def stretch(begins: int, ends: int) -> Interval:
    return Interval(EPOCH + begins * MINUTE, EPOCH + ends * MINUTE)


def test_an_interval_accepts_utc_only() -> None:
    naive = EPOCH.replace(tzinfo=None)
    elsewhere = EPOCH.astimezone(ZoneInfo("Europe/London"))

    for instant in (naive, elsewhere, EPOCH.astimezone(timezone(timedelta(hours=1)))):
        with pytest.raises(ValueError, match="UTC"):
            Interval(instant, EPOCH + DAY)
        with pytest.raises(ValueError, match="UTC"):
            Interval(EPOCH - DAY, instant)


def test_an_interval_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        stretch(1, 0)


def test_an_interval_holds_its_start_and_not_its_end() -> None:
    hour = stretch(0, 60)

    assert hour.holds(hour.starts_at)
    assert not hour.holds(hour.ends_at)
    assert hour.duration == timedelta(hours=1)
    assert not hour.overlaps(stretch(60, 120))
    assert hour.overlaps(stretch(59, 120))
    assert hour.contains(stretch(0, 60))
    assert not hour.contains(stretch(0, 61))


def test_an_interval_without_time_overlaps_nothing() -> None:
    assert not stretch(5, 5).overlaps(stretch(0, 10))
    assert not stretch(0, 10).overlaps(stretch(5, 5))


def test_intervals_are_ordered_by_start_and_then_by_end() -> None:
    assert sorted([stretch(1, 3), stretch(0, 9), stretch(1, 2)]) == [stretch(0, 9), stretch(1, 2), stretch(1, 3)]


def test_a_clock_past_midnight_counts_on_into_the_next_day() -> None:
    assert localize(date(2026, 6, 1), 26 * 60, "Europe/Madrid") == datetime(2026, 6, 2, 0, tzinfo=UTC)


def test_what_begins_or_closes_in_the_missing_hour_does_so_at_its_end() -> None:
    gap_ends = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 in Madrid

    assert localize(date(2026, 3, 29), 150, "Europe/Madrid") == gap_ends
    assert localize(date(2026, 3, 29), 150, "Europe/Madrid", closing=True) == gap_ends


def test_in_the_repeated_hour_the_first_time_begins_and_the_second_closes() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Madrid, and once more an hour later

    assert localize(date(2026, 10, 25), 150, "Europe/Madrid") == first
    assert localize(date(2026, 10, 25), 150, "Europe/Madrid", closing=True) == first + timedelta(hours=1)


def test_what_closes_when_the_clock_is_put_back_to_that_time_is_closed_from_the_first() -> None:
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00 in Madrid; no earlier time is shown again

    assert localize(date(2026, 10, 25), 120, "Europe/Madrid", closing=True) == first


def test_lord_howe_moves_its_clock_by_half_an_hour() -> None:
    assert day_bounds(date(2026, 10, 4), "Australia/Lord_Howe").duration == timedelta(hours=23, minutes=30)
    assert day_bounds(date(2026, 4, 5), "Australia/Lord_Howe").duration == timedelta(hours=24, minutes=30)


def test_the_day_that_samoa_left_out_has_no_time_in_it() -> None:
    bounds = day_bounds(date(2011, 12, 30), "Pacific/Apia")

    assert bounds.duration == timedelta(0)
    assert day_bounds(date(2011, 12, 29), "Pacific/Apia").ends_at == bounds.starts_at
    assert day_bounds(date(2011, 12, 31), "Pacific/Apia").starts_at == bounds.ends_at
    assert local_day(bounds.starts_at, "Pacific/Apia") == date(2011, 12, 31)
    assert localize(date(2011, 12, 30), 720, "Pacific/Apia") == bounds.ends_at


def test_a_day_whose_midnight_is_skipped_begins_at_its_first_minute() -> None:
    bounds = day_bounds(date(2018, 11, 4), "America/Sao_Paulo")

    assert bounds == Interval(datetime(2018, 11, 4, 3, tzinfo=UTC), datetime(2018, 11, 5, 2, tzinfo=UTC))


def test_every_zone_that_moves_its_clock_this_year_is_tried() -> None:
    zones = {time_zone for time_zone, _ in THIS_YEAR}

    assert len(THIS_YEAR) > 30
    assert {"Australia/LHI", "Antarctica/Troll"} <= zones  # LHI is Lord Howe


def test_around_every_change_of_a_clock_times_are_what_the_clock_shows() -> None:
    for time_zone, moment, clock in CHANGES:
        near = sorted([clock.shown[moment - clock.step] + clock.step, clock.shown[moment]])
        first = near[0] - 30 * MINUTE
        for quarters in range((near[1] - first) // (15 * MINUTE) + 3):
            wall = first + quarters * 15 * MINUTE
            day, minutes = wall.date(), wall.hour * 60 + wall.minute
            assert localize(day, minutes, time_zone) == clock.begins(wall), (time_zone, wall)
            assert localize(day, minutes, time_zone, closing=True) == clock.closes(wall), (time_zone, wall)
            assert localize(day - DAY, minutes + 1440, time_zone) == clock.begins(wall), (time_zone, wall)


def test_around_every_change_of_a_clock_each_instant_lies_in_its_own_day() -> None:
    for time_zone, moment, clock in CHANGES:
        for instant in (moment + n * clock.step for n in range(-100, 101, 4)):
            day = local_day(instant, time_zone)
            assert day == clock.day[instant], (time_zone, instant)
            assert day_bounds(day, time_zone).holds(instant), (time_zone, instant)


def test_days_follow_each_other_without_gap_or_overlap() -> None:
    for time_zone, moment, _ in CHANGES:
        bounds = [day_bounds(moment.date() + n * DAY, time_zone) for n in range(-3, 4)]

        assert [each.ends_at for each in bounds[:-1]] == [each.starts_at for each in bounds[1:]], time_zone


def test_between_changes_the_clock_runs_straight() -> None:
    for time_zone, moment, _ in CHANGES:
        span = Interval(moment - timedelta(days=2, hours=3), moment + timedelta(days=2))
        zone = ZoneInfo(time_zone)

        pieces = list(straight_stretches(span, time_zone))

        assert merge(piece for piece, _ in pieces) == [span]
        assert moment in {piece.starts_at for piece, _ in pieces}
        for piece, offset in pieces:
            for instant in (
                piece.starts_at,
                piece.starts_at + piece.duration / 2,
                piece.ends_at - timedelta.resolution,
            ):
                assert instant.astimezone(zone).utcoffset() == offset, (time_zone, instant)


intervals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda pair: stretch(pair[0], pair[0] + pair[1])), max_size=8
)


def minutes_in(some: list[Interval]) -> set[int]:
    return {m for each in some for m in range((each.starts_at - EPOCH) // MINUTE, (each.ends_at - EPOCH) // MINUTE)}


def as_intervals(minutes: set[int]) -> list[Interval]:
    """The longest runs of minutes, in order: the one right form of a set."""
    starts = sorted(m for m in minutes if m - 1 not in minutes)
    ends = sorted(m + 1 for m in minutes if m + 1 not in minutes)
    return [stretch(start, end) for start, end in zip(starts, ends, strict=True)]


@examples(100)
@given(some=intervals, others=intervals)
def test_merging_subtracting_and_intersecting_are_those_of_sets_of_minutes(
    some: list[Interval], others: list[Interval]
) -> None:
    here, there = merge(some), merge(others)

    assert here == as_intervals(minutes_in(some))
    assert subtract(here, there) == as_intervals(minutes_in(some) - minutes_in(others))
    assert intersect(here, there) == as_intervals(minutes_in(some) & minutes_in(others))
