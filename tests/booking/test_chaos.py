"""Killed anywhere, hundreds of times, by a vendor that misbehaves: every meeting is there, once, and none is left over
(B1, M12, T1, T4, T24, T27, T28, T32, T34).

TEST_KILLS says how many workers are killed, TEST_BOOKINGS how many appointments four workers share; without them as
many as take about a minute.
"""

import os
import random
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.db import connection as database

from convoca.booking.models import Connection, MeetingAttempt, QuotaDay
from sandbox.faults import Kind
from tests.booking.breeding import Breeder, Business, assert_exactly_what_is_wanted, breeder
from tests.booking.building import NOW, make_class
from tests.booking.zooming import SimulatedZoom

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("TEST_KILLS", "150"))
BOOKINGS = int(os.environ.get("TEST_BOOKINGS", "0"))
# About as many lines as a worker runs for two meetings.
LINES = 900
SOON = NOW + timedelta(minutes=40)
MISBEHAVIOUR: list[dict[str, Any]] = [
    {"kind": Kind.LATENCY, "seconds": 0.05},
    {"kind": Kind.HANG},
    {"kind": Kind.RESET_BEFORE},
    {"kind": Kind.RESET_AFTER},
    {"kind": Kind.EMPTY},
    {"kind": Kind.HTML},
    {"kind": Kind.MALFORMED},
    {"kind": Kind.ERROR_500},
    {"kind": Kind.ERROR_500, "acts": True},
    {"kind": Kind.ERROR_503},
    {"kind": Kind.DAILY_LIMIT},
    {"kind": Kind.RATE_LIMIT},
    {"kind": Kind.RATE_LIMIT, "headers": {"Retry-After": "2"}},
    {"kind": Kind.RATE_LIMIT, "headers": {"Retry-After": format_datetime(SOON, usegmt=True)}},
    {"kind": Kind.RATE_LIMIT, "headers": {"Retry-After": f"{SOON:%Y-%m-%dT%H:%M:%SZ}"}},
    {"kind": Kind.RATE_LIMIT, "headers": {"Retry-After": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}},
    {"kind": Kind.EXPIRED_TOKEN},
    {"kind": Kind.REVOKED_TOKEN},
]
VERBS = ("create", "create", "create", "look", "get", "update", "delete", "token")


def suffer_if_not_yet(fault: dict[str, Any], zoom: SimulatedZoom, business: Business, breeds: Breeder) -> None:
    """Let the next call, whatever it is, suffer what chance has left out."""
    if fault["kind"] not in {kind for kind, _ in zoom.sandbox.faults.suffered}:
        zoom.sandbox.faults.clear()
        zoom.pass_time(minutes=70)
        business.mend()
        make_class(business.classes)
        zoom.spoil("*", **fault)
        breeds.work()


def test_killed_anywhere_among_faults_exactly_the_meetings_wanted_are_there(zoom: SimulatedZoom) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    zoom.sandbox.configure({"zoom": {"daily_writes": 1_000_000}})
    business = Business(zoom, resources=3, dice=dice)
    kinds: list[dict[str, Any]] = []
    with breeder(zoom, TEST_PLENTY="yes") as breeds:
        while breeds.killed < KILLS:
            for _ in range(dice.randrange(3)):
                business.act()
            if dice.random() < 0.6:
                kinds = kinds or dice.sample(MISBEHAVIOUR, len(MISBEHAVIOUR))
                zoom.spoil(dice.choice(VERBS), **kinds.pop())
            way = {"line": dice.randrange(1, LINES)} if dice.random() < 0.8 else {"after": dice.random() / 10}
            breeds.work(**way)
            business.mend()
            zoom.pass_time(seconds=dice.choice((1, 6, 15, 60, 400)))
        for fault in MISBEHAVIOUR:
            suffer_if_not_yet(fault, zoom, business, breeds)
        zoom.sandbox.faults.clear()
        for _ in range(14):
            zoom.pass_time(minutes=70)
            breeds.work()
            business.mend()

    assert_exactly_what_is_wanted(zoom)
    assert {kind for kind, _ in zoom.sandbox.faults.suffered} == {each["kind"] for each in MISBEHAVIOUR}
    assert len(breeds.places) > KILLS // 5, "the lines at which they died were not very different"


def test_four_workers_make_each_meeting_once_with_one_refresh_and_within_the_day_s_allowance(
    zoom: SimulatedZoom,
) -> None:
    """T1, T32: five hundred appointments on PostgreSQL, with moves, renames and cancels among them."""
    many = BOOKINGS or (500 if database.vendor == "postgresql" else 120)
    dice = random.Random(4)
    business = Business(zoom, resources=6, dice=dice)
    with breeder(zoom) as breeds:
        for _ in range(many):
            business.book(dice.randrange(12, 20))
        for _day in range(many // 80 + 4):
            for _ in range(5):
                business.act()
            posts = zoom.calls("token")
            for _ in range(3):
                breeds.work(workers=4)
                zoom.pass_time(minutes=6)
            assert zoom.calls("token") - posts <= 1, "each hour costs one refresh, whoever needs it"
            zoom.pass_time(hours=24)

    assert_exactly_what_is_wanted(zoom)
    markers = [entry.marker for entry in zoom.made()]
    assert len(markers) == len(set(markers))
    assert not MeetingAttempt.objects.filter(outcome="QuotaExhausted").exists(), "Zoom never had to refuse"
    assert max(QuotaDay.objects.values_list("used", flat=True)) <= 100
    assert not Connection.objects.filter(state=Connection.State.NEEDS_OWNER).exists()
