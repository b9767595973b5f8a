"""Repeats: daily, weekly, two-weekly, monthly by date or by day, at most 52, at the same time on the wall."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.admission import TooManyRepeats, WrongLength
from convoca.core.availability import AnyLength, FixedLength, LengthRule, WholeDays
from convoca.core.recurrence import MOST_OCCURRENCES, Frequency, expand
from convoca.core.time import Interval, localize
from tests.core.oracle import DAY, clock_around, ends, repeats
from tests.core.profile import examples
from tests.core.scenes import NIGHTS, length_rule

ZONE = "Europe/Madrid"
HOUR = timedelta(hours=1)


def hour_at(day: date, clock: int, time_zone: str = ZONE) -> Interval:
    start = localize(day, clock, time_zone)
    return Interval(start, start + HOUR)


def days_of(
    first: date, frequency: Frequency, until: date | None, *, time_zone: str = ZONE, length: LengthRule | None = None
) -> list[date]:
    found = expand(
        hour_at(first, 1080, time_zone),
        frequency=frequency,
        until=until,
        length=length or AnyLength(),
        time_zone=time_zone,
    )
    return [each.starts_at.astimezone(ZoneInfo(time_zone)).date() for each in found]


def is_repeat(day: date, first: date, frequency: Frequency) -> bool:
    """The same said of one day alone."""
    match frequency:
        case Frequency.DAILY:
            return True
        case Frequency.WEEKLY:
            return day.weekday() == first.weekday()
        case Frequency.TWO_WEEKLY:
            return day.weekday() == first.weekday() and day.isocalendar().week % 2 == first.isocalendar().week % 2
        case Frequency.MONTHLY_BY_DATE:
            return day.day == first.day
        case Frequency.MONTHLY_BY_DAY:
            return day.weekday() == first.weekday() and (day.day + 6) // 7 == (first.day + 6) // 7


def days_between(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


@examples(60)
@given(
    first=st.dates(date(2026, 1, 1), date(2026, 12, 20)),
    days=st.integers(0, 360),
    frequency=st.sampled_from(Frequency),
)
def test_repeats_fall_on_the_days_that_answer_to_the_first(first: date, days: int, frequency: Frequency) -> None:
    # Years of 53 weeks (2026) would break the oracle's two-weekly count, so it stays within one.
    until = min(first + days * DAY, date(2026, 12, 31))
    expected = [day for day in days_between(first, until) if is_repeat(day, first, frequency)]

    if len(expected) > MOST_OCCURRENCES:
        with pytest.raises(TooManyRepeats):
            days_of(first, frequency, until)
    else:
        assert days_of(first, frequency, until) == expected


@examples(60)
@given(seed=st.integers(0, 2**64))
def test_a_repeat_starts_when_the_clock_shows_what_it_showed_at_first_and_is_as_long_by_the_rule(seed: int) -> None:
    chance = Random(seed)
    time_zone, night = chance.choice(NIGHTS)
    clock = clock_around(time_zone, night, days=14, minutes=15)
    rule, length = length_rule(chance)
    start = chance.choice(clock.moments_in_order[9 * 96 : 13 * 96])
    end = ends(rule, start, length, clock)
    if end <= start:
        return  # Check-out is before this start: there is no such booking.
    first, begun = Interval(start, end), clock.shown[start].date()
    frequency, step = chance.choice([(Frequency.DAILY, 1), (Frequency.WEEKLY, 7)])

    found = expand(first, frequency=frequency, until=begun + 8 * DAY, length=rule, time_zone=time_zone)

    days = [begun + n * DAY for n in range(step, 9, step)]
    assert found == repeats(first, rule, length, days, clock)


def test_without_an_end_there_are_52() -> None:
    for frequency in Frequency:
        assert len(days_of(date(2026, 1, 31), frequency, None)) == MOST_OCCURRENCES == 52


def test_more_than_52_are_refused_and_not_cut_short() -> None:
    first = date(2026, 1, 1)

    assert len(days_of(first, Frequency.DAILY, first + 51 * DAY)) == 52
    with pytest.raises(TooManyRepeats) as caught:
        days_of(first, Frequency.DAILY, first + 52 * DAY)
    assert caught.value.limit == 52


def test_months_without_the_date_or_the_day_are_skipped() -> None:
    until = date(2026, 7, 31)

    assert [day.month for day in days_of(date(2026, 1, 31), Frequency.MONTHLY_BY_DATE, until)] == [1, 3, 5, 7]
    fifth_friday = days_of(date(2026, 1, 30), Frequency.MONTHLY_BY_DAY, until)
    assert [day.month for day in fifth_friday] == [1, 5, 7]


def test_a_class_at_six_stays_at_six_when_the_clock_is_moved() -> None:
    first = hour_at(date(2026, 10, 18), 1080)

    found = expand(first, frequency=Frequency.WEEKLY, until=date(2026, 11, 1), length=FixedLength(HOUR), time_zone=ZONE)

    assert [each.starts_at.astimezone(ZoneInfo(ZONE)).hour for each in found] == [18, 18, 18]
    assert [each.starts_at.hour for each in found] == [16, 17, 17]
    assert {each.duration for each in found} == {HOUR}


def test_a_class_in_the_missing_hour_begins_after_it_and_in_the_repeated_hour_at_the_first() -> None:
    spring = expand(
        hour_at(date(2026, 3, 28), 150),
        frequency=Frequency.DAILY,
        until=date(2026, 3, 29),
        length=AnyLength(),
        time_zone=ZONE,
    )
    autumn = expand(
        hour_at(date(2026, 10, 24), 150),
        frequency=Frequency.DAILY,
        until=date(2026, 10, 25),
        length=AnyLength(),
        time_zone=ZONE,
    )

    assert spring[1] == Interval(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC))
    assert autumn[1] == Interval(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


def test_the_first_occurrence_stays_where_it_is_even_in_the_second_of_two_equal_hours() -> None:
    second = Interval(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC))

    found = expand(second, frequency=Frequency.DAILY, until=date(2026, 10, 26), length=AnyLength(), time_zone=ZONE)

    assert found == [second, hour_at(date(2026, 10, 26), 150)]


def test_the_day_that_samoa_left_out_has_no_class() -> None:
    days = days_of(date(2011, 12, 28), Frequency.DAILY, date(2012, 1, 1), time_zone="Pacific/Apia")

    assert [day.day for day in days] == [28, 29, 31, 1]


def test_a_rental_that_repeats_takes_whole_days_each_time() -> None:
    first = Interval(localize(date(2026, 10, 17), 0, ZONE), localize(date(2026, 10, 19), 0, ZONE))

    found = expand(
        first, frequency=Frequency.WEEKLY, until=date(2026, 10, 31), length=WholeDays(maximum=2), time_zone=ZONE
    )

    assert [each.duration for each in found] == [48 * HOUR, 49 * HOUR, 48 * HOUR]


def test_a_repeat_of_a_length_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(WrongLength):
        days_of(date(2026, 1, 1), Frequency.DAILY, None, length=FixedLength(2 * HOUR))
