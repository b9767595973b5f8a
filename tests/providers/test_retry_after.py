"""When a vendor asks us to wait."""

from datetime import UTC, datetime, timedelta

import pytest

from convoca.providers.answers import throttled
from convoca.providers.contract import QuotaExhausted, Throttled
from convoca.providers.zoom.errors import refusal
from tests.providers.replay import answer

DATE = "Sun, 22 Nov 2026 10:00:00 GMT"
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
IN_A_MINUTE = NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("wanted", "until"),
    [
        ("60", IN_A_MINUTE),
        ("Sun, 22 Nov 2026 10:01:00 GMT", IN_A_MINUTE),
        ("2026-11-22T10:01:00Z", IN_A_MINUTE),
        ("2026-11-22T11:01:00+01:00", IN_A_MINUTE),
        ("2026-11-22T10:01:00", IN_A_MINUTE),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("Sun, 22 Nov 2026 09:59:00 GMT", None),
        ("2026-11-22T09:59:00Z", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("864000", NOW + timedelta(days=1)),
        ("999999999999999999", NOW + timedelta(days=1)),
        ("2036-11-22T10:01:00Z", NOW + timedelta(days=1)),
    ],
)
def test_a_wait_is_told_in_seconds_or_as_a_date_or_not_at_all(wanted: str, until: datetime | None) -> None:
    """T34: seconds, HTTP date, ISO date, absent, past; and nobody waits for longer than a day."""
    assert throttled(answer(429, date=DATE, retry_after=wanted)) == Throttled(until=until)


def test_seconds_stay_relative_where_the_vendor_does_not_tell_its_time() -> None:
    """T34"""
    assert throttled(answer(429, retry_after="60")) == Throttled(after=timedelta(minutes=1))
    assert throttled(answer(429)) == Throttled()


@pytest.mark.parametrize("status", [403, 429])
def test_too_many_calls_in_a_second_are_throttled(status: int) -> None:
    """T34: Zoom has used 403 for it as well."""
    body = {
        "code": status,
        "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
    }

    assert refusal(answer(status, body, x_ratelimit_type="QPS", date=DATE, retry_after="1")) == Throttled(
        until=NOW + timedelta(seconds=1)
    )


def test_a_used_up_day_is_known_by_its_words_or_by_its_type() -> None:
    """T34: until the instant named, else until the vendor's next midnight (None)."""
    words = (
        "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this user."
    )
    midnight = "2026-11-23T00:00:00Z"

    by_words = refusal(answer(429, {"code": 429, "message": words}, date=DATE))
    by_type = refusal(answer(429, None, x_ratelimit_type="Daily-limit", date=DATE, retry_after=midnight))

    assert by_words == QuotaExhausted(until=None)
    assert by_type == QuotaExhausted(until=datetime(2026, 11, 23, tzinfo=UTC))
