"""Killed at every line between claim and record, in turn: each meeting is there once, as wanted (B1, T27, T28).

Where chance kills many amid faults (`test_chaos`), here every line has its turn: with TEST_KILLS each one, without it
one in LINE_STEP, another one each time that the tests run.
"""

import os
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from convoca.booking.models import Grant, Meeting, Slot
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.editing import SlotChanges, edit_slot
from convoca.booking.operations.provisioning import EDITS_SETTLE
from tests.booking.breeding import Breeder, Business, assert_exactly_what_is_wanted, breeder
from tests.booking.building import make_class
from tests.booking.zooming import SimulatedZoom

pytestmark = pytest.mark.django_db(transaction=True)

LINE_STEP = 1 if "TEST_KILLS" in os.environ else 12
# What a killed worker leaves is put off until all have died, so that the next one is killed at the same work.
PUT_OFF = timedelta(hours=5)
# More than there are lines that change or delete a meeting.
PREPARED = 900


@pytest.fixture
def business(zoom: SimulatedZoom) -> Business:
    zoom.sandbox.configure({"zoom": {"daily_writes": 1_000_000}})
    return Business(zoom, resources=1, dice=random.Random())


def die_at_every_line(business: Business, breeds: Breeder, owe: Callable[[], object]) -> int:
    """Owe something and kill who works on it, later each time, until one outlives its work; return how many died."""
    line, before, died = random.randrange(1, LINE_STEP + 1), 0, 0
    while True:
        owe()
        before = breeds.killed
        breeds.work(line=line)
        if breeds.killed == before:
            return died
        died += 1
        put_off(business.zoom)
        line += LINE_STEP


def put_off(zoom: SimulatedZoom) -> None:
    Meeting.objects.filter(due_at__isnull=False).update(due_at=zoom.clock() + PUT_OFF)


def finish(business: Business, breeds: Breeder) -> None:
    business.mend()
    business.zoom.pass_time(hours=PUT_OFF.total_seconds() / 3600)
    for _ in range(4):
        business.zoom.pass_time(minutes=2)
        breeds.work()


def prepare(business: Business, breeds: Breeder) -> list[Slot]:
    """Make enough classes that have their meetings."""
    slots = [make_class(business.classes) for _ in range(PREPARED // LINE_STEP)]
    breeds.work(workers=2)
    return slots


def rename(slot: Slot, zoom: SimulatedZoom) -> None:
    """Give a class another title, and let the edit settle."""
    changes = SlotChanges(
        title=f"Renamed {slot.pk}",
        description=slot.description,
        location=slot.location,
        capacity=slot.capacity,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )
    edit_slot(slot, changes, following=False, by=SYSTEM, now=zoom.clock())
    zoom.work()
    zoom.pass_time(seconds=EDITS_SETTLE.total_seconds())


def call_off(slot: Slot, zoom: SimulatedZoom) -> None:
    """Call a class off, and do what the undo window does."""
    cancel_slot(slot, following=False, message="", by=SYSTEM, now=zoom.clock())
    Meeting.objects.filter(slot=slot).update(due_at=zoom.clock())


def test_killed_at_every_line_that_makes_a_meeting(zoom: SimulatedZoom, business: Business) -> None:
    with breeder(zoom, TEST_PLENTY="yes") as breeds:
        died = die_at_every_line(business, breeds, lambda: make_class(business.classes))
        finish(business, breeds)

    assert_exactly_what_is_wanted(zoom)
    assert died * LINE_STEP > 200, "there is more between claim and record than that"


def test_killed_at_every_line_that_renews_a_token_and_makes_a_meeting(zoom: SimulatedZoom, business: Business) -> None:
    """T1: an answer that is lost with the worker costs a Reconnect and no meeting."""

    def owe() -> None:
        zoom.consent(business.schedule)
        put_off(zoom)
        Grant.objects.update(expires_at=zoom.clock())
        make_class(business.classes)

    with breeder(zoom, TEST_PLENTY="yes") as breeds:
        died = die_at_every_line(business, breeds, owe)
        zoom.consent(business.schedule)
        finish(business, breeds)

    assert_exactly_what_is_wanted(zoom)
    assert died * LINE_STEP > 300, "to renew a token takes more lines than that"


def test_killed_at_every_line_that_changes_a_meeting(zoom: SimulatedZoom, business: Business) -> None:
    with breeder(zoom, TEST_PLENTY="yes") as breeds:
        slots = prepare(business, breeds)
        died = die_at_every_line(business, breeds, lambda: rename(slots.pop(), zoom))
        finish(business, breeds)

    assert_exactly_what_is_wanted(zoom)
    assert died * LINE_STEP > 100


def test_killed_at_every_line_that_deletes_a_meeting(zoom: SimulatedZoom, business: Business) -> None:
    with breeder(zoom, TEST_PLENTY="yes") as breeds:
        slots = prepare(business, breeds)
        died = die_at_every_line(business, breeds, lambda: call_off(slots.pop(), zoom))
        finish(business, breeds)

    assert_exactly_what_is_wanted(zoom)
    assert died * LINE_STEP > 100
