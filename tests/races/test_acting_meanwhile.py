"""Two who act on one schedule at the same moment, each of whom needs rows that the other one may hold."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from convoca.booking.models import Connection, Schedule, Slot
from convoca.booking.operations.configuring import Process, set_process
from convoca.booking.operations.connecting import disconnect_schedule
from convoca.booking.operations.taking import lock_slot
from tests.booking.building import NOW, at, connect_zoom, make_account, make_capacity_schedule, make_class
from tests.installation import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN_SECONDS = 20
APPLYING = Process(source="jitsi", applies=True)


@pytest.fixture
def slots() -> list[Slot]:
    """Return two classes that have no meetings, on a schedule that is connected by now."""
    schedule = make_capacity_schedule(make_account())
    made = [make_class(schedule, starts_at=at("18:00") + timedelta(days=each)) for each in range(2)]
    connect_zoom(schedule)
    return made


@pytest.fixture
def start() -> Iterator[Callable[[Callable[[], None]], "Future[None]"]]:
    """Start acts in threads of their own, each on a database connection of its own."""

    def and_close(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as pool:
        yield lambda act: pool.submit(and_close, act)


def wait_until_waiting(number: int) -> None:
    """Wait until so many wait for rows of others. On SQLite there is one writer: they wait before they have any."""

    def are_waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            return bool(cursor.fetchone()[0] == number)

    if connection.vendor == "postgresql":
        wait_for(are_waiting, WITHIN_SECONDS)


def as_read(slots: list[Slot]) -> Schedule:
    return Schedule.objects.select_related("account", "connection").get(pk=slots[0].schedule_id)


def test_disconnecting_and_applying_another_source_waited_for_each_other_for_ever(
    slots: list[Slot], start: Callable[[Callable[[], None]], "Future[None]"]
) -> None:
    with transaction.atomic():
        lock_slot(slots[1])
        disconnecting = start(lambda: disconnect_schedule(as_read(slots), delete_meetings=True, now=NOW))
        wait_until_waiting(1)
        applying = start(lambda: set_process(as_read(slots), APPLYING, now=NOW))
        wait_until_waiting(2)

    disconnecting.result(WITHIN_SECONDS)
    applying.result(WITHIN_SECONDS)

    # Whoever came second has the last word, on PostgreSQL as on SQLite.
    assert Connection.objects.get().state == Connection.State.CLOSING
    assert as_read(slots).connection is None


def test_applying_another_source_and_a_worker_that_records_an_answer_waited_for_each_other_for_ever(
    slots: list[Slot], start: Callable[[Callable[[], None]], "Future[None]"]
) -> None:
    """A worker holds the slot, then says how the connection does."""
    with transaction.atomic():
        lock_slot(slots[0])
        applying = start(lambda: set_process(as_read(slots), APPLYING, now=NOW))
        wait_until_waiting(1)
        Connection.objects.update(last_ok_at=NOW)

    applying.result(WITHIN_SECONDS)

    assert set(Slot.objects.values_list("link_source", flat=True)) == {"jitsi"}
    assert Connection.objects.get().last_ok_at == NOW
