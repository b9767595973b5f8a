"""When a reminder is due (M3)."""

from datetime import UTC, datetime, timedelta

from convoca.core.reminders import reminder_due

STARTS_AT = datetime(2030, 3, 31, 10, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def test_a_reminder_is_due_a_day_before_the_start() -> None:
    assert reminder_due(starts_at=STARTS_AT, before=DAY, now=STARTS_AT - timedelta(days=3)) == STARTS_AT - DAY


def test_a_booking_made_later_than_that_gets_none() -> None:
    assert reminder_due(starts_at=STARTS_AT, before=DAY, now=STARTS_AT - timedelta(hours=23)) is None


def test_a_booking_made_in_that_very_instant_gets_none() -> None:
    assert reminder_due(starts_at=STARTS_AT, before=DAY, now=STARTS_AT - DAY) is None


def test_the_hours_before_the_start_are_real_ones_across_a_change_of_the_clock() -> None:
    """On 2030-03-31 Madrid's clocks skip an hour: 24 real hours before 12:00 is 11:00 by the clock."""
    due_at = reminder_due(starts_at=STARTS_AT, before=DAY, now=STARTS_AT - 2 * DAY)

    assert due_at == datetime(2030, 3, 30, 10, 0, tzinfo=UTC)
