"""Why a booking is refused: each rule by its own name, with the values that a sentence about it needs."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.admission import (
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
    TooSoon,
    WrongLength,
    admit,
    admit_cancellation,
    admit_change,
    admit_every,
    admit_person,
    admit_place,
)
from convoca.core.availability import UNLIMITED, FixedLength, Limits, Per, Rules, StartGrid, WholeDays
from convoca.core.time import Interval, local_day, localize
from tests.core.oracle import DAY, MINUTE
from tests.core.profile import examples

ZONE = "Europe/Madrid"
HOUR = timedelta(hours=1)
NOW = datetime(2026, 6, 1, 6, tzinfo=UTC)  # A Monday, 08:00 in Madrid.
MONDAY = date(2026, 6, 1)
RULES = Rules(grid=StartGrid(every=60), length=FixedLength(HOUR))


def at(day: date, opens: int, closes: int) -> Interval:
    return Interval(localize(day, opens, ZONE), localize(day, closes, ZONE))


TEN = at(MONDAY, 600, 660)
OPEN = at(MONDAY, 540, 1080)


def refusal_of(act: Callable[[], None]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def refused(wanted: Interval, *, rules: Rules = RULES, busy: Sequence[Interval] = (), now: datetime = NOW) -> Refusal:
    return refusal_of(
        lambda: admit(wanted, open_intervals=[OPEN], busy=busy, rules=rules, time_zone=ZONE, now=now),
    )


def test_a_free_time_within_all_rules_is_admitted() -> None:
    admit(TEN, open_intervals=[OPEN], busy=[at(MONDAY, 540, 600)], rules=RULES, time_zone=ZONE, now=NOW)


def test_nothing_starts_in_the_past() -> None:
    assert type(refused(TEN, now=TEN.starts_at + MINUTE)) is InThePast


def test_a_booking_needs_its_notice() -> None:
    rules = Rules(grid=RULES.grid, length=RULES.length, notice=2 * HOUR)

    admit(TEN, open_intervals=[OPEN], busy=[], rules=rules, time_zone=ZONE, now=NOW)  # Just two hours before.

    refusal = refused(TEN, rules=rules, now=NOW + MINUTE)
    assert isinstance(refusal, TooSoon)
    assert refusal.notice == 2 * HOUR


def test_a_booking_is_not_made_beyond_the_horizon() -> None:
    rules = Rules(grid=RULES.grid, length=RULES.length, horizon=2 * HOUR)

    admit(TEN, open_intervals=[OPEN], busy=[], rules=rules, time_zone=ZONE, now=NOW)  # Just two hours before.

    refusal = refused(TEN, rules=rules, now=NOW - MINUTE)
    assert isinstance(refusal, TooFar)
    assert refusal.horizon == 2 * HOUR


def test_a_booking_has_a_length_that_is_allowed() -> None:
    refusal = refused(at(MONDAY, 600, 690))

    assert isinstance(refusal, WrongLength)
    assert refusal.allowed == RULES.length


def test_a_rental_ends_at_check_out() -> None:
    rules = Rules(grid=RULES.grid, length=WholeDays(maximum=3))

    assert isinstance(refused(at(MONDAY, 600, 1380), rules=rules), WrongLength)
    assert isinstance(refused(at(MONDAY, 600, 4 * 1440), rules=rules), WrongLength)
    assert isinstance(refused(at(MONDAY, 600, 600), rules=rules), WrongLength)
    admit(at(MONDAY, 600, 1440), open_intervals=[OPEN], busy=[], rules=rules, time_zone=ZONE, now=NOW)


def test_a_booking_starts_on_the_grid() -> None:
    assert type(refused(at(MONDAY, 630, 690))) is NotOnGrid


def test_a_booking_lies_within_opening_hours() -> None:
    assert type(refused(at(MONDAY, 1080, 1140))) is OutsideOpeningHours
    assert type(refused(at(MONDAY, 480, 540), now=NOW - HOUR)) is OutsideOpeningHours


def test_a_resource_is_taken_once() -> None:
    assert type(refused(TEN, busy=[at(MONDAY, 659, 700)])) is ResourceTaken


def test_a_class_takes_as_many_as_it_has_places() -> None:
    def enrol(quantity: int, *, capacity: int | None = 8, taken: int = 6) -> None:
        rules = Rules(grid=RULES.grid, length=RULES.length, places_per_person=None)
        admit_place(capacity=capacity, taken=taken, quantity=quantity, slot=TEN, rules=rules, now=NOW)

    enrol(2)
    enrol(1000, capacity=None)
    full = refusal_of(lambda: enrol(3))
    lowered = refusal_of(lambda: enrol(1, capacity=5))

    assert isinstance(full, SlotFull)
    assert (full.capacity, full.left) == (8, 2)
    assert isinstance(lowered, SlotFull)
    assert (lowered.capacity, lowered.left) == (5, 0)
    with pytest.raises(ValueError, match="one place or more"):
        enrol(0)


def test_one_person_holds_as_many_places_of_a_class_as_the_rules_say() -> None:
    rules = Rules(grid=RULES.grid, length=RULES.length, places_per_person=3)

    admit_place(capacity=8, taken=2, quantity=1, slot=TEN, rules=rules, now=NOW, own_places=2)
    refusal = refusal_of(
        lambda: admit_place(capacity=8, taken=2, quantity=2, slot=TEN, rules=rules, now=NOW, own_places=2)
    )

    assert isinstance(refusal, LimitReached)
    assert (refusal.per, refusal.limit) == (Per.SLOT, 3)


def test_a_class_that_has_begun_or_ended_takes_nobody_but_by_whoever_may_ignore_limits() -> None:
    def enrol(now: datetime, rules: Rules = RULES) -> None:
        admit_place(capacity=8, taken=0, quantity=1, slot=TEN, rules=rules, now=now)

    assert type(refusal_of(lambda: enrol(TEN.starts_at + MINUTE))) is InThePast
    assert type(refusal_of(lambda: enrol(TEN.ends_at))) is SlotOver
    enrol(TEN.ends_at, UNLIMITED)


@pytest.mark.parametrize(
    ("limits", "per"),
    [
        (Limits(day=2), Per.DAY),
        (Limits(week=3), Per.WEEK),
        (Limits(month=4), Per.MONTH),
        (Limits(total=6), Per.TOTAL),
        (Limits(future=3), Per.FUTURE),
    ],
)
def test_one_person_holds_so_many_bookings_a_day_a_week_a_month_in_total_and_in_the_future(
    limits: Limits, per: Per
) -> None:
    own = [
        at(MONDAY, 420, 450),  # earlier today
        at(MONDAY, 720, 780),  # later today
        at(MONDAY + 6 * DAY, 600, 660),  # Sunday, the same week
        at(MONDAY + 7 * DAY, 600, 660),  # Monday, the same month
        at(date(2026, 5, 31), 600, 660),  # Sunday, last week, last month
        at(date(2026, 5, 30), 600, 660),
    ]

    refusal = refusal_of(lambda: admit_person(TEN, own=own, limits=limits, now=NOW, time_zone=ZONE))

    assert isinstance(refusal, LimitReached)
    assert refusal.per is per
    spared = [each for each in own if each != own[1]]  # It counts for every limit here.
    admit_person(TEN, own=spared, limits=limits, now=NOW, time_zone=ZONE)


def test_what_is_written_down_after_it_happened_does_not_count_as_future() -> None:
    limits = Limits(future=1)

    admit_person(TEN, own=[TEN], limits=limits, now=TEN.ends_at, time_zone=ZONE)
    admit_person(TEN, own=[at(MONDAY, 900, 960)], limits=limits, now=TEN.ends_at, time_zone=ZONE)


def test_without_limits_a_person_may_book_as_often_as_they_like() -> None:
    admit_person(TEN, own=[TEN] * 1000, limits=Limits(), now=NOW, time_zone=ZONE)


def test_a_week_begins_on_the_day_the_account_says() -> None:
    sunday = at(MONDAY + 6 * DAY, 600, 660)

    assert not Limits(first_weekday=6).period(Per.WEEK, TEN.starts_at, time_zone=ZONE).overlaps(sunday)
    assert Limits(first_weekday=0).period(Per.WEEK, TEN.starts_at, time_zone=ZONE).overlaps(sunday)


@examples(25)
@given(start=st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)), first_weekday=st.integers(0, 6))  # noqa: DTZ001
def test_days_weeks_and_months_are_those_of_the_calendar_on_the_wall(start: datetime, first_weekday: int) -> None:
    instant = start.replace(tzinfo=UTC)
    for time_zone in ("Europe/Madrid", "Pacific/Apia", "America/Sao_Paulo"):
        day = local_day(instant, time_zone)
        limits = Limits(first_weekday=first_weekday)

        for per, same in (
            (Per.DAY, lambda other, day=day: other == day),
            (Per.MONTH, lambda other, day=day: (other.year, other.month) == (day.year, day.month)),
        ):
            period = limits.period(per, instant, time_zone=time_zone)
            for hours in (-30 * 24, -25, -1, 0, 1, 25, 30 * 24):
                other = instant + hours * HOUR
                assert period.holds(other) == same(local_day(other, time_zone))
        week = limits.period(Per.WEEK, instant, time_zone=time_zone)
        assert local_day(week.starts_at, time_zone).weekday() == first_weekday or time_zone == "Pacific/Apia"
        assert week.holds(instant)


def test_a_person_who_may_not_overlap_is_never_in_two_places() -> None:
    limits = Limits(no_overlap=True)
    own = [at(MONDAY, 540, 600), at(MONDAY, 655, 700)]

    refusal = refusal_of(lambda: admit_person(TEN, own=own, limits=limits, now=NOW, time_zone=ZONE))

    assert isinstance(refusal, OverlapsOwn)
    assert refusal.own == own[1]
    admit_person(TEN, own=own[:1], limits=limits, now=NOW, time_zone=ZONE)


@pytest.mark.parametrize(
    ("ask", "late"), [(admit_cancellation, TooLateToCancel), (admit_change, TooLateToChange)], ids=["cancel", "change"]
)
def test_a_booking_is_changed_and_cancelled_until_its_limit_before_the_start(
    ask: Callable[..., None], late: type[TooLateToCancel | TooLateToChange]
) -> None:
    rules = Rules(grid=RULES.grid, length=RULES.length, change_limit=2 * HOUR, cancel_limit=2 * HOUR)

    ask(TEN, rules=rules, now=TEN.starts_at - 2 * HOUR)
    refusal = refusal_of(lambda: ask(TEN, rules=rules, now=TEN.starts_at - 2 * HOUR + MINUTE))

    assert isinstance(refusal, late)
    assert refusal.limit == 2 * HOUR
    ask(TEN, rules=RULES, now=TEN.starts_at)
    assert isinstance(refusal_of(lambda: ask(TEN, rules=RULES, now=TEN.starts_at + MINUTE)), late)
    assert type(refusal_of(lambda: ask(TEN, rules=RULES, now=TEN.ends_at))) is SlotOver
    ask(TEN, rules=UNLIMITED, now=TEN.ends_at + DAY)


def test_a_series_is_booked_in_whole_or_refused_with_every_clash_named() -> None:
    week = [at(MONDAY + number * 7 * DAY, 600, 660) for number in range(4)]
    opened = [at(MONDAY + number * 7 * DAY, 540, 1080) for number in range(3)]

    def admit_one(occurrence: Interval, earlier: Sequence[Interval]) -> None:
        admit(occurrence, open_intervals=opened, busy=[week[1], *earlier], rules=RULES, time_zone=ZONE, now=NOW)

    refusal = refusal_of(lambda: admit_every(week, admit_one=admit_one))

    assert isinstance(refusal, SeriesClash)
    assert [(clash.interval, type(clash.refusal)) for clash in refusal.clashes] == [
        (week[1], ResourceTaken),
        (week[3], OutsideOpeningHours),
    ]
    admit_every([week[0], week[2]], admit_one=admit_one)


def test_the_occurrences_of_a_series_count_against_each_other() -> None:
    def admit_one(occurrence: Interval, earlier: Sequence[Interval]) -> None:
        admit_person(occurrence, own=earlier, limits=Limits(total=2), now=NOW, time_zone=ZONE)

    refusal = refusal_of(
        lambda: admit_every([at(MONDAY + number * DAY, 600, 660) for number in range(3)], admit_one=admit_one)
    )

    assert isinstance(refusal, SeriesClash)
    assert [clash.interval for clash in refusal.clashes] == [at(MONDAY + 2 * DAY, 600, 660)]
