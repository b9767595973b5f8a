"""Opening hours: several periods a day, past midnight, and the days that differ."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.availability import DayKind, Hours, OpeningPeriod, SpecialDay, open_intervals
from convoca.core.time import Interval, day_bounds, localize, merge
from tests.core.oracle import DAY, MINUTE, clock_around, open_moments
from tests.core.profile import examples
from tests.core.scenes import NIGHTS, QUARTER, hours_around

ZONE = "Europe/Madrid"
MONDAY = date(2026, 6, 1)
WEEK = Interval(localize(MONDAY, 0, ZONE), localize(MONDAY + 7 * DAY, 0, ZONE))
ALL_DAY = tuple(OpeningPeriod(weekday, 0, 1440) for weekday in range(7))


def at(day: date, opens: int, closes: int) -> Interval:
    return Interval(localize(day, opens, ZONE), localize(day, closes, ZONE, closing=True))


@examples(120)
@given(seed=st.integers(0, 2**64))
def test_open_is_what_the_clock_on_the_wall_says_minute_by_minute(seed: int) -> None:
    chance = Random(seed)
    time_zone, day = chance.choice(NIGHTS)
    hours = hours_around(chance, time_zone, day)
    begins = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + chance.randrange(-2880, 1440, 15) * MINUTE
    window = Interval(begins, begins + chance.randrange(0, 3 * 1440, 15) * MINUTE)
    clock = clock_around(time_zone, day, days=7, minutes=15)

    found = open_intervals(hours, window)

    assert found == merge(found)
    assert {moment for each in found for moment in clock.moments(each)} == open_moments(hours, clock) & clock.moments(
        window
    )
    assert all((each.starts_at - begins) % QUARTER == (each.ends_at - begins) % QUARTER == 0 * MINUTE for each in found)


def test_a_day_may_have_several_periods() -> None:
    hours = Hours(time_zone=ZONE, periods=(OpeningPeriod(0, 960, 1200), OpeningPeriod(0, 540, 840)))

    assert open_intervals(hours, WEEK) == [at(MONDAY, 540, 840), at(MONDAY, 960, 1200)]


def test_a_period_may_last_past_midnight() -> None:
    hours = Hours(time_zone=ZONE, periods=(OpeningPeriod(6, 1200, 1560),))

    assert open_intervals(hours, WEEK) == [
        at(MONDAY, 0, 120),
        Interval(localize(MONDAY + 6 * DAY, 1200, ZONE), WEEK.ends_at),
    ]


def test_open_all_day_every_day_is_one_interval_on_every_night() -> None:
    window = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

    for time_zone in ("Europe/Madrid", "Australia/Lord_Howe", "America/Havana", "Africa/Casablanca"):
        assert open_intervals(Hours(time_zone=time_zone, periods=ALL_DAY), window) == [window]


def test_a_closed_date_has_neither_the_end_of_last_night_nor_the_night_that_would_begin() -> None:
    nights = tuple(OpeningPeriod(weekday, 1200, 1560) for weekday in range(7))
    tuesday = MONDAY + DAY
    hours = Hours(time_zone=ZONE, periods=nights, special_days=(SpecialDay(tuesday),))

    open_until_thursday = open_intervals(hours, Interval(WEEK.starts_at, localize(tuesday + 2 * DAY, 0, ZONE)))

    assert open_until_thursday == [
        at(MONDAY, 0, 120),
        at(MONDAY, 1200, 1440),
        at(tuesday + DAY, 1200, 1440),
    ]


def test_a_special_day_may_close_some_hours_add_some_or_replace_all() -> None:
    days = (OpeningPeriod(0, 540, 1020), OpeningPeriod(1, 540, 1020), OpeningPeriod(2, 540, 1020))
    special = (
        SpecialDay(MONDAY, ((720, 780),), DayKind.CLOSED),
        SpecialDay(MONDAY + DAY, ((1080, 1200),), DayKind.EXTRA),
        SpecialDay(MONDAY + 2 * DAY, ((600, 660),), DayKind.REPLACE),
    )

    assert open_intervals(Hours(time_zone=ZONE, periods=days, special_days=special), WEEK) == [
        at(MONDAY, 540, 720),
        at(MONDAY, 780, 1020),
        at(MONDAY + DAY, 540, 1020),
        at(MONDAY + DAY, 1080, 1200),
        at(MONDAY + 2 * DAY, 600, 660),
    ]


def test_nothing_is_open_before_the_first_day_or_after_the_last() -> None:
    hours = Hours(time_zone=ZONE, periods=ALL_DAY, first_day=MONDAY + DAY, last_day=MONDAY + 2 * DAY)

    assert open_intervals(hours, WEEK) == [
        Interval(day_bounds(MONDAY + DAY, ZONE).starts_at, day_bounds(MONDAY + 2 * DAY, ZONE).ends_at)
    ]


def test_a_bar_open_until_half_past_two_closes_at_the_second_half_past_two() -> None:
    night = date(2026, 10, 24)
    hours = Hours(time_zone=ZONE, periods=(OpeningPeriod(night.weekday(), 1320, 1440 + 150),))
    around = Interval(localize(night, 720, ZONE), localize(night + DAY, 720, ZONE))

    (opened,) = open_intervals(hours, around)

    assert opened.duration == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize(("opens", "closes"), [(600, 600), (600, 540), (-1, 60), (1440, 1500), (0, 2881)])
def test_a_period_opens_during_its_day_and_closes_later(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="closes later"):
        OpeningPeriod(0, opens, closes)
    with pytest.raises(ValueError, match="closes later"):
        SpecialDay(MONDAY, ((opens, closes),))


def test_weekdays_go_from_monday_to_sunday() -> None:
    for weekday in (-1, 7):
        with pytest.raises(ValueError, match="Weekdays"):
            OpeningPeriod(weekday, 0, 60)
