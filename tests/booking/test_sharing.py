"""Twenty people at once, one meeting (T24)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database

from convoca.booking.models import Booking, Meeting
from convoca.booking.operations.booking import book_place
from convoca.booking.operations.provisioning import provision_next
from convoca.core.admission import SlotFull
from tests.booking.building import NOW, make_account, make_capacity_schedule, make_class, make_client
from tests.booking.zooming import SimulatedZoom

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, WORKERS, DEADLINE_SECONDS = 20, 4, 60


def test_twenty_parallel_sign_ups_on_an_empty_slot_make_one_meeting(zoom: SimulatedZoom) -> None:
    """T24: while four workers look for what is due."""
    schedule = make_capacity_schedule(make_account())
    zoom.connect(schedule)
    slot = make_class(schedule, capacity=PEOPLE - 5)
    start = threading.Barrier(PEOPLE + WORKERS)

    def sign_up(number: int) -> bool:
        start.wait(DEADLINE_SECONDS)
        try:
            book_place(slot, client=make_client(email=f"guest{number}@example.org"), now=NOW)
        except SlotFull:
            return False
        finally:
            database.close()
        return True

    def work() -> None:
        start.wait(DEADLINE_SECONDS)
        try:
            while provision_next(now=zoom.clock()):
                continue
        finally:
            database.close()

    with ThreadPoolExecutor(PEOPLE + WORKERS) as pool:
        workers = [pool.submit(work) for _ in range(WORKERS)]
        answers = [pool.submit(sign_up, number) for number in range(PEOPLE)]
        for worker in workers:
            worker.result(DEADLINE_SECONDS)
        booked = sum(answer.result(DEADLINE_SECONDS) for answer in answers)
    zoom.work()

    slot.refresh_from_db()
    assert (booked, slot.taken, Booking.objects.count()) == (15, 15, 15)
    assert (Meeting.objects.count(), len(zoom.made())) == (1, 1)
