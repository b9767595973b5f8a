"""What one person may hold, and when they may still change it: by the calendar on the wall, in every sort of night."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from convoca.core.admission import (
    Refusal,
    admit_cancellation,
    admit_change,
    admit_person,
    admit_place,
)
from convoca.core.availability import FixedLength, Limits, Rules, StartGrid
from convoca.core.time import Interval
from tests.core.oracle import DAY, MINUTE, clock_around, may_hold
from tests.core.profile import examples
from tests.core.scenes import NIGHTS, QUARTER, lengths

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = 60 * MINUTE


def appointment(chance: Random, noon: datetime) -> Interval:
    start = noon + chance.randrange(-5 * 96, 5 * 96) * QUARTER
    return Interval(start, start + lengths(chance, 15, 240))


def limit(chance: Random) -> int | None:
    return chance.choice([None, None, 1, 2, 3])


def limits(chance: Random) -> Limits:
    return Limits(
        day=limit(chance),
        week=limit(chance),
        month=limit(chance),
        total=chance.choice([None, None, 4]),
        future=limit(chance),
        no_overlap=chance.random() < 0.5,
        first_weekday=chance.randrange(7),
    )


@examples(120)
@given(seed=st.integers(0, 2**64))
def test_limits_per_day_week_month_total_and_future_and_no_overlap_are_those_of_the_calendar(seed: int) -> None:
    chance = Random(seed)
    time_zone, day = chance.choice(NIGHTS)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    wanted, own = appointment(chance, noon), [appointment(chance, noon) for _ in range(chance.randrange(5))]
    allowed, now = limits(chance), noon + chance.randrange(-5 * 96, 5 * 96) * QUARTER

    try:
        admit_person(wanted, own=own, limits=allowed, now=now, time_zone=time_zone)
    except Refusal:
        admitted = False
    else:
        admitted = True

    clock = clock_around(time_zone, day, days=7, minutes=15)
    assert admitted == may_hold(wanted, own, allowed, now=now, clock=clock)


@examples(60)
@given(
    capacity=st.none() | st.integers(0, 6),
    holders=st.lists(st.integers(0, 2), max_size=8),
    quantity=st.integers(1, 4),
    most=st.none() | st.integers(1, 4),
)
def test_a_class_takes_somebody_exactly_if_there_is_a_seat_for_each_place_and_they_may_have_so_many(
    capacity: int | None, holders: list[int], quantity: int, most: int | None
) -> None:
    """`holders` are the people who sit there already, one seat each; number 0 is who asks for `quantity` more."""
    rules = Rules(grid=StartGrid(every=60), length=FixedLength(HOUR), places_per_person=most)
    seats = None if capacity is None else range(capacity)
    seated = [*holders, *[0] * quantity]
    expected = (seats is None or all(place in seats for place in range(len(holders), len(seated)))) and (
        most is None or seated.count(0) <= most
    )

    try:
        admit_place(
            capacity=capacity,
            taken=len(holders),
            quantity=quantity,
            slot=Interval(NOON, NOON + HOUR),
            rules=rules,
            now=NOON - DAY,
            own_places=holders.count(0),
        )
    except Refusal:
        assert not expected
    else:
        assert expected


@examples(60)
@given(minutes=st.integers(-300, 120), least=st.none() | st.integers(0, 240))
def test_a_booking_is_changed_and_cancelled_while_at_least_so_many_minutes_pass_before_it(
    minutes: int, least: int | None
) -> None:
    rules = Rules(
        grid=StartGrid(every=60),
        length=FixedLength(HOUR),
        change_limit=None if least is None else timedelta(minutes=least),
        cancel_limit=None if least is None else timedelta(minutes=least),
    )
    slot = Interval(NOON, NOON + HOUR)
    passing = range(minutes, 0)  # The minutes from now to the start.
    expected = least is None or (len(passing) >= least and minutes <= 0)

    for ask in (admit_cancellation, admit_change):
        try:
            ask(slot, rules=rules, now=NOON + minutes * MINUTE)
        except Refusal:
            assert not expected
        else:
            assert expected
