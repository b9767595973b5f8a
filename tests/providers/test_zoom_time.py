"""The start that we want is the start that Zoom understands."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.providers.contract import Request
from convoca.providers.zoom import Zoom
from sandbox.zoom.times import read_start
from tests.providers.recorded import APPLICATION, MEETING, SPEC, TOKEN
from tests.providers.replay import answer, replay

ZONES = ["Europe/Madrid", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
WHOLE_SECONDS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant.replace(microsecond=0)
)


def start_as_zoom_understands_it(starts_at: datetime, time_zone: str) -> datetime:
    """Return what stands in Zoom after we created a meeting."""
    sent: list[Request] = []
    spec = replace(SPEC, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), time_zone=time_zone)
    replay(Zoom().create(spec, application=APPLICATION, token=TOKEN), answer(201, MEETING), sent=sent)
    body = sent[0].json or {}
    return read_start(str(body["start_time"]), str(body["timezone"]))


@given(starts_at=WHOLE_SECONDS, time_zone=st.sampled_from(ZONES))
def test_any_start_survives_the_way_to_zoom_and_back(starts_at: datetime, time_zone: str) -> None:
    """T36"""
    assert start_as_zoom_understands_it(starts_at, time_zone) == starts_at


@pytest.mark.parametrize("time_zone", ZONES)
@pytest.mark.parametrize("day", [date(2030, 3, 31), date(2030, 10, 27), date(2030, 3, 10), date(2030, 4, 7)], ids=str)
def test_every_quarter_of_an_hour_of_a_day_on_which_clocks_change_survives(day: date, time_zone: str) -> None:
    """T36: both two o'clocks of October are told apart, and none of March's is moved."""
    first = datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)
    quarters = [first + timedelta(minutes=15 * quarter) for quarter in range(26 * 4)]

    assert [start_as_zoom_understands_it(start, time_zone) for start in quarters] == quarters
