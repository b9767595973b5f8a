"""A vendor's daily allowance and its reserve for meetings that start soon (M12, B3, T32)."""

from datetime import UTC, date, datetime, timedelta, timezone

from convoca.core.quota import Share, allowance, forecast, next_utc_midnight, try_again_at, utc_day

NOON = datetime(2030, 3, 31, 12, 0, tzinfo=UTC)
MIDNIGHT = datetime(2030, 4, 1, tzinfo=UTC)


def test_a_meeting_that_starts_within_a_day_may_use_the_whole_allowance() -> None:
    assert allowance(100, starts_at=NOON + timedelta(minutes=10), now=NOON) == 100
    assert allowance(100, starts_at=NOON + timedelta(hours=24), now=NOON) == 100


def test_a_later_meeting_leaves_twenty_of_a_hundred_in_reserve() -> None:
    assert allowance(100, starts_at=NOON + timedelta(hours=24, seconds=1), now=NOON) == 80


def test_a_meeting_that_has_begun_may_use_the_whole_allowance() -> None:
    assert allowance(100, starts_at=NOON - timedelta(minutes=5), now=NOON) == 100


def test_a_small_allowance_keeps_a_fifth_too() -> None:
    assert allowance(5, starts_at=NOON + timedelta(days=9), now=NOON) == 4


def test_days_are_counted_in_utc_wherever_the_clock_stands() -> None:
    in_auckland = datetime(2030, 4, 1, 2, 0, tzinfo=timezone(timedelta(hours=13)))

    assert utc_day(in_auckland) == date(2030, 3, 31)
    assert next_utc_midnight(in_auckland) == MIDNIGHT


def test_the_day_ends_a_day_later_if_it_begins_now() -> None:
    assert next_utc_midnight(MIDNIGHT) == MIDNIGHT + timedelta(days=1)


def test_a_far_meeting_asks_again_at_utc_midnight() -> None:
    assert try_again_at(starts_at=NOON + timedelta(days=9), now=NOON) == MIDNIGHT


def test_a_meeting_whose_reserve_opens_today_asks_again_then() -> None:
    assert try_again_at(starts_at=NOON + timedelta(hours=26), now=NOON) == NOON + timedelta(hours=2)


def test_a_meeting_that_found_even_the_reserve_used_up_asks_again_at_utc_midnight() -> None:
    assert try_again_at(starts_at=NOON + timedelta(hours=3), now=NOON) == MIDNIGHT


TODAY, TOMORROW, THEN = date(2030, 3, 31), date(2030, 4, 1), date(2030, 4, 2)
FAR = NOON + timedelta(days=30)


def starts(number: int, first: datetime = FAR) -> list[datetime]:
    return [first + timedelta(hours=each) for each in range(number)]


def test_a_hundred_and_forty_at_once_are_eighty_today_and_sixty_tomorrow() -> None:
    """B3: twenty a day are kept for what starts within a day."""
    assert forecast(starts(140), used=0, limit=100, now=NOON) == (Share(TODAY, 80), Share(TOMORROW, 60))


def test_what_is_spent_today_and_what_waits_already_comes_first() -> None:
    waiting = starts(30, FAR - timedelta(days=9))

    shares = forecast(starts(140), queued=waiting, used=20, limit=100, now=NOON)

    assert shares == (Share(TODAY, 30), Share(TOMORROW, 80), Share(THEN, 30))


def test_what_starts_soon_may_use_the_reserve() -> None:
    assert forecast(starts(90, NOON + timedelta(minutes=5))[:20], used=80, limit=100, now=NOON) == (Share(TODAY, 20),)


def test_what_becomes_soon_in_the_course_of_the_day_may_use_the_reserve_then() -> None:
    """At midnight everything that starts on the next day until noon is near."""
    assert forecast([NOON + timedelta(hours=30)], used=80, limit=100, now=NOON) == (Share(TODAY, 1),)
    assert forecast([NOON + timedelta(hours=37)], used=80, limit=100, now=NOON) == (Share(TOMORROW, 1),)


def test_a_day_that_is_used_up_is_left_out() -> None:
    assert forecast(starts(3), used=100, limit=100, now=NOON) == (Share(TOMORROW, 3),)


def test_nothing_gets_nothing_and_a_vendor_without_an_allowance_has_no_days() -> None:
    assert forecast([], queued=starts(3), used=0, limit=100, now=NOON) == ()
    assert forecast(starts(3), used=0, limit=0, now=NOON) == ()
