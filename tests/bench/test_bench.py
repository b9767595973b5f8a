"""The benchmark measures something: tiny sizes, no limits on the numbers, which are the machine's of the moment."""

import re
from pathlib import Path

import bench
from bench import availability, booking, delay, reminders, throughput, urgency
from bench.table import Row
from tests.plugins.database import KIND

# Each is served by four calls at once, and a worker keeps sixteen in flight.
FEW = 5
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


def test_from_a_booking_to_its_link_is_measured() -> None:
    measured = _numbers(delay.measure(bookings=2, users=FEW, database=KIND))

    assert measured["from the commit to the call at Zoom, idle worker, median"] > 0
    assert measured["from Zoom's answer to the link in the open page, p95"] > 0


def test_what_is_urgent_is_measured_with_and_without_a_queue() -> None:
    rows = urgency.measure(bookings=2, queued=60, users=FEW, database=KIND)

    assert _numbers(rows)["p95 with / without the queue"] > 0
    assert [row.measured for row in rows if row.what.startswith("until the link is there")] != []


def test_workers_are_measured_by_what_they_keep_in_flight_and_by_what_they_make() -> None:
    measured = _numbers(throughput.measure(meetings=30, processes=[1], users=FEW, database=KIND))

    assert measured["calls in flight of one worker"] >= 16
    assert measured["memory of that worker (PSS)"] > 0
    assert measured["meetings a second with 1 process"] > 0


def test_the_bare_program_has_less_than_forty_lines() -> None:
    assert len(BARE.read_text().splitlines()) < 40


def test_reminders_that_are_due_at_once_all_come_in_order_and_bookings_are_served_meanwhile() -> None:
    rows = {row.what: row for row in reminders.measure(reminders=20, database=KIND)}

    assert rows["reminders that came, once each"].met
    assert rows["… furthest from its place in the order of the starts"].met
    assert rows["reminders and other mails still owed"].met
