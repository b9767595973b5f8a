"""Credentials that nobody needs any more are withdrawn at Zoom and wiped here within ten minutes (M14)."""

from pathlib import Path

import pytest
from django.db import connection as database

from convoca.booking.models import Connection, Grant, Meeting, Schedule
from convoca.booking.operations.connecting import disconnect_schedule
from sandbox.faults import Kind
from tests.booking.building import book, make_account, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

# The end of a disconnection empties SQLite's write-ahead log, which no transaction may be open for.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


def test_a_vendor_that_is_unreachable_keeps_the_credentials_here_for_ten_minutes_at_most(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    disconnect_schedule(schedule, now=zoom.clock())
    zoom.spoil("revoke", Kind.ERROR_503, count=None)

    zoom.close()
    zoom.pass_time(minutes=5)
    zoom.close()
    assert Grant.objects.exists()
    zoom.pass_time(minutes=4, seconds=30)
    zoom.close()

    connection = Connection.objects.get()
    assert (Grant.objects.count(), connection.state) == (0, Connection.State.CLOSED)
    assert connection.wiped_at is not None
    assert connection.withdrawn_at is None


@pytest.fixture
def other(zoom: SimulatedZoom, schedule: Schedule) -> Schedule:
    """Another account's schedule with the same Zoom user."""
    other = make_resource_schedule(make_account("Sol"))
    zoom.connect(other)
    return other


def test_a_grant_that_another_account_uses_outlives_the_disconnection(
    zoom: SimulatedZoom, schedule: Schedule, other: Schedule
) -> None:
    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()
    theirs = book(other)
    zoom.work()

    assert (zoom.calls("revoke"), Grant.objects.count()) == (0, 1)
    assert Connection.objects.get(account=schedule.account).state == Connection.State.CLOSED
    assert meeting_of(theirs.slot).observed == Meeting.Observed.PRESENT

    disconnect_schedule(other, now=zoom.clock())
    zoom.close()
    assert (zoom.calls("revoke"), Grant.objects.count()) == (1, 0)


def test_of_two_accounts_that_disconnect_at_once_the_last_withdraws_the_grant(
    zoom: SimulatedZoom, schedule: Schedule, other: Schedule
) -> None:
    for each in (schedule, other):
        disconnect_schedule(each, now=zoom.clock())

    zoom.close()

    assert (zoom.calls("revoke"), Grant.objects.count()) == (1, 0)


def test_after_the_last_disconnection_the_token_s_ciphertext_is_nowhere_any_more(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """M14: first found, then gone, from the database's file and its log, or from every row of every table."""
    tokens = list(Grant.objects.values_list("access_token", "refresh_token").get())
    ciphertexts = [token.ciphertext for token in tokens]
    assert [is_stored(each) for each in ciphertexts] == [True, True]
    book(schedule)
    zoom.work()

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()

    assert Connection.objects.get().state == Connection.State.CLOSED
    assert [is_stored(each) for each in ciphertexts] == [False, False]


def is_stored(text: str) -> bool:
    if database.vendor == "sqlite":
        file = Path(str(database.settings_dict["NAME"]))
        return any(text.encode() in each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    with database.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
        tables = [table for (table,) in cursor.fetchall()]
        return any(_rows_with(table, text) for table in tables)


def _rows_with(table: str, text: str) -> int:
    with database.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE strpos(row::text, %s) > 0', [text])  # noqa: S608
        (count,) = cursor.fetchone()
    return int(count)


def test_a_reader_that_stands_in_the_way_of_the_log_s_end_only_delays_it(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """SQLite cannot empty its log under a reader; the credentials are gone for everybody else at once."""
    reader = database.copy()
    with reader.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM booking_grant")
        cursor.fetchall()

    disconnect_schedule(schedule, now=zoom.clock())
    zoom.close()
    delayed = Connection.State.CLOSING if database.vendor == "sqlite" else Connection.State.CLOSED
    assert (Connection.objects.get().state, Grant.objects.count()) == (delayed, 0)
    reader.close()
    zoom.pass_time(seconds=5)
    zoom.close()

    assert Connection.objects.get().state == Connection.State.CLOSED
