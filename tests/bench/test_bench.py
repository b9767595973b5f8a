"""The benchmark measures something: tiny sizes, no limits on the numbers, which are the machine's of the moment."""

import re
from pathlib import Path

import bench
from bench import availability, booking, reminders
from bench.table import Row
from tests.plugins.database import KIND

BARE = Path(bench.__file__).with_name("bare.py")


def _numbers(rows: list[Row]) -> dict[str, float]:
    found = {row.what: re.match(r"[\d.]+", row.measured) for row in rows}
    return {what: float(number[0]) for what, number in found.items() if number}


def test_a_month_is_measured_as_json_and_as_pages() -> None:
    measured = _numbers(availability.measure(sizes=[200], rounds=1, database=KIND))

    assert measured["JSON, 200 bookings, CPU"] > 0
    assert measured["page, 200 bookings, CPU"] > 0
    assert measured["JSON, queries"] <= 6
    assert measured["page, queries"] <= 6
    assert measured["page, first view with styles and scripts, gzipped"] <= 60


def test_a_booking_is_measured_and_everything_owed_is_written() -> None:
    rows = booking.measure(rounds=1, seconds=0.5, database=KIND)

    assert _numbers(rows)["ours / bare"] > 0
    assert _numbers(rows)["a booking, queries"] <= 20
    assert [row.met for row in rows if row.what == "written for them"] == [True]


def test_the_bare_program_has_less_than_forty_lines() -> None:
    assert len(BARE.read_text().splitlines()) < 40


def test_reminders_that_are_due_at_once_all_come_in_order_and_bookings_are_served_meanwhile() -> None:
    rows = {row.what: row for row in reminders.measure(reminders=20, database=KIND)}

    assert rows["reminders that came, once each"].met
    assert rows["… furthest from its place in the order of the starts"].met
    assert rows["reminders and other mails still owed"].met
