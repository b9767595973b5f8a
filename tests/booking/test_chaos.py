"""Killed anywhere, hundreds of times, by a vendor that misbehaves: every meeting is there, once, and none is left over
(B1, M12, T1, T24, T27, T28, T32).

TEST_KILLS says how many workers are killed, TEST_BOOKINGS how many appointments four workers share; without them as
many as take about a minute.
"""

import json
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db.models import F
from django.db.models.functions import Now

from convoca.booking.models import Booking, Connection, Grant, Meeting, QuotaDay, Resource, Schedule
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.moving import move_appointment
from convoca.core.admission import Refusal
from sandbox.faults import Kind
from sandbox.zoom import Zoom
from tests.booking import workers
from tests.booking.building import at, make_account, make_client, make_resource_schedule
from tests.booking.zooming import SimulatedZoom

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("TEST_KILLS", "150"))
BOOKINGS = int(os.environ.get("TEST_BOOKINGS", "0"))
# About as many lines as a worker runs for two meetings.
LINES = 900
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
    {"kind": Kind.EXPIRED_TOKEN},
    {"kind": Kind.REVOKED_TOKEN},
]
VERBS = ("create", "create", "create", "look", "get", "update", "delete", "token")


class Breeder:
    """Breeds workers and kills them; between two orders nobody is at work and no request is under way."""

    def __init__(self, zoom: SimulatedZoom, process: "subprocess.Popen[bytes]") -> None:
        self.zoom = zoom
        self.process = process
        self.places: set[str] = set()
        self.killed = 0

    def work(self, **order: Any) -> None:
        known = self.zoom.sandbox.callers()
        answer = self._ask({"now": self.zoom.clock().isoformat(), **order})
        self.places |= set(answer["killed_at"])
        self.killed += sum(status == -signal.SIGKILL for status in answer["statuses"])
        assert set(answer["statuses"]) <= {0, -signal.SIGKILL}
        self.zoom.sandbox.holding.release()
        assert self.zoom.sandbox.wait_until_left_by_all_but(known), "somebody's request hangs at Zoom for ever"
        end_leases()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def breeder(zoom: SimulatedZoom, **environment: str) -> Iterator[Breeder]:
    process = workers.start(zoom, module="tests.booking.chaos", piped=True, **environment)
    try:
        yield Breeder(zoom, process)
    finally:
        workers.kill(process)


def end_leases() -> None:
    """Do what twenty seconds do."""
    past = Now() - timedelta(seconds=1)
    Meeting.objects.filter(lease_until__isnull=False).update(lease_until=past)
    Grant.objects.filter(refresh_lease_until__isnull=False).update(refresh_lease_until=past)


class Business:
    """An owner and her clients, who book, move and cancel as they please."""

    def __init__(self, zoom: SimulatedZoom, *, resources: int, dice: random.Random) -> None:
        self.zoom = zoom
        self.dice = dice
        self.schedule: Schedule = make_resource_schedule(make_account(), resources=resources)
        self.resources: list[Resource] = list(self.schedule.resources.all())
        zoom.connect(self.schedule)

    def book(self, days_ahead: int) -> None:
        hour, minute = self.dice.randrange(9, 17), self.dice.choice((0, 30))
        day = (self.zoom.clock() + timedelta(days=days_ahead)).date()
        starts_at = at(f"{hour:02}:{minute:02}", day)
        client = make_client(email=f"client-{self.dice.randrange(10**9)}@example.org")
        self._try(book_resource, self.schedule, self.dice.choice(self.resources), starts_at, client=client)

    def act(self) -> None:
        """Book, move or cancel something."""
        live = list(Booking.objects.select_related("slot__schedule").filter(status=Booking.Status.CONFIRMED))
        what = self.dice.random()
        if what < 0.5 or not live:
            self.book(self.dice.randrange(3, 6))
        elif what < 0.75:
            booking = self.dice.choice(live)
            self._try(move_appointment, booking, booking.slot.starts_at + timedelta(minutes=30))
        else:
            self._try(cancel, self.dice.choice(live))

    def _try(self, act: Any, *arguments: Any, **more: Any) -> None:
        """What is taken is taken: a refusal is an answer like any other."""
        try:
            act(*arguments, now=self.zoom.clock(), **more)
        except Refusal:
            return

    def mend(self) -> None:
        """Press Reconnect if it is asked for, and let no refusal of a whole day end the test's day."""
        QuotaDay.objects.update(used=0)
        Meeting.objects.filter(waiting=Meeting.Waiting.QUOTA).update(due_at=self.zoom.clock())
        if Connection.objects.filter(state=Connection.State.NEEDS_OWNER).exists():
            self.zoom.sandbox.faults.clear()
            self.zoom.consent(self.schedule)


def assert_exactly_what_is_wanted(zoom: SimulatedZoom) -> None:
    """One meeting for each appointment, at its time; none for what was cancelled; none that nobody knows."""
    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    there = {str(number): meeting.starts_at for number, meeting in vendor.state.meetings.items()}
    live = Meeting.objects.filter(wanted="present", slot__bookings__status="confirmed").select_related("slot")
    assert {each.remote_id: each.slot.starts_at for each in live} == there
    assert {each.observed for each in live} <= {Meeting.Observed.PRESENT}
    assert Booking.objects.filter(status="confirmed").count() == len(there)
    assert not Meeting.objects.filter(due_at__isnull=False).exists()
    assert not Meeting.objects.filter(sent_revision__lt=F("wanted_revision"), wanted="present").exists()


def test_killed_anywhere_among_faults_exactly_the_meetings_wanted_are_there(zoom: SimulatedZoom) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    zoom.sandbox.configure({"zoom": {"daily_writes": 1_000_000}})
    business = Business(zoom, resources=3, dice=dice)
    with breeder(zoom, TEST_PLENTY="yes") as breeds:
        while breeds.killed < KILLS:
            for _ in range(dice.randrange(3)):
                business.act()
            if dice.random() < 0.6:
                zoom.spoil(dice.choice(VERBS), **dice.choice(MISBEHAVIOUR))
            way = {"line": dice.randrange(1, LINES)} if dice.random() < 0.8 else {"after": dice.random() / 10}
            breeds.work(**way)
            business.mend()
            zoom.pass_time(seconds=dice.choice((1, 6, 15, 60, 400)))
        zoom.sandbox.faults.clear()
        for _ in range(14):
            zoom.pass_time(minutes=70)
            breeds.work()
            business.mend()

    assert_exactly_what_is_wanted(zoom)
    assert len(breeds.places) > KILLS // 5, "the lines at which they died were not very different"


def test_four_workers_make_each_meeting_once_with_one_refresh_and_within_the_day_s_allowance(
    zoom: SimulatedZoom,
) -> None:
    """T1, T32: five hundred appointments on PostgreSQL, with moves and cancels among them."""
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
    assert max(QuotaDay.objects.values_list("used", flat=True)) <= 100
    assert not Connection.objects.filter(state=Connection.State.NEEDS_OWNER).exists()
