"""Work for workers that die: a business whose people do as they please, and what must be there afterwards."""

import json
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from convoca.booking.models import Booking, Connection, Grant, Meeting, QuotaDay, Resource, Schedule, Slot
from convoca.booking.operations.auditing import SYSTEM
from convoca.booking.operations.booking import book_resource
from convoca.booking.operations.calling_off import cancel_slot
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.editing import SlotChanges, edit_slot
from convoca.booking.operations.moving import move_appointment
from convoca.core.admission import Refusal
from sandbox.zoom import Zoom
from tests.booking import workers
from tests.booking.building import (
    at,
    make_account,
    make_capacity_schedule,
    make_class,
    make_client,
    make_resource_schedule,
)
from tests.booking.zooming import Simulated, SimulatedZoom


class Breeder:
    """Breeds workers and kills them; between two orders nobody is at work and no request is under way."""

    def __init__(self, zoom: Simulated, process: "subprocess.Popen[bytes]") -> None:
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
def breeder(zoom: Simulated, **environment: str) -> Iterator[Breeder]:
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
    """An owner with her classes and her clients, who book, move, rename and cancel as they please."""

    def __init__(self, zoom: SimulatedZoom, *, resources: int, dice: random.Random) -> None:
        self.zoom = zoom
        self.dice = dice
        self.schedule: Schedule = make_resource_schedule(make_account(), resources=resources)
        self.resources: list[Resource] = list(self.schedule.resources.all())
        self.classes: Schedule = make_capacity_schedule(self.schedule.account)
        zoom.connect(self.schedule)
        zoom.connect(self.classes)

    def book(self, days_ahead: int) -> None:
        hour, minute = self.dice.randrange(9, 17), self.dice.choice((0, 30))
        day = (self.zoom.clock() + timedelta(days=days_ahead)).date()
        starts_at = at(f"{hour:02}:{minute:02}", day)
        client = make_client(email=f"client-{self.dice.randrange(10**9)}@example.org")
        self._try(book_resource, self.schedule, self.dice.choice(self.resources), starts_at, client=client)

    def act(self) -> None:
        """Book, move or cancel something; or open a class, rename it, move it or call it off."""
        if self.dice.random() < 0.3:
            self._see_to_a_class()
            return
        live = list(Booking.objects.select_related("slot__schedule").filter(status=Booking.Status.CONFIRMED))
        what = self.dice.random()
        if what < 0.5 or not live:
            self.book(self.dice.randrange(3, 6))
        elif what < 0.75:
            booking = self.dice.choice(live)
            self._try(move_appointment, booking, booking.slot.starts_at + timedelta(minutes=30))
        else:
            self._try(cancel, self.dice.choice(live))

    def _see_to_a_class(self) -> None:
        live = list(Slot.objects.select_related("schedule").filter(schedule=self.classes, cancelled_at__isnull=True))
        what = self.dice.random()
        if what < 0.4 or not live:
            day = (self.zoom.clock() + timedelta(days=self.dice.randrange(3, 6))).date()
            make_class(self.classes, starts_at=at(f"{self.dice.randrange(9, 20):02}:00", day))
            return
        slot = self.dice.choice(live)
        if what > 0.85:
            self._try(cancel_slot, slot, following=False, message="", by=SYSTEM)
            return
        shift = timedelta(minutes=30 if what > 0.65 else 0)
        changes = SlotChanges(
            title=f"Yoga {self.dice.randrange(5)}",
            description=slot.description,
            location=slot.location,
            capacity=slot.capacity,
            starts_at=slot.starts_at + shift,
            ends_at=slot.ends_at + shift,
        )
        self._try(edit_slot, slot, changes, following=False, by=SYSTEM)

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
    """One meeting for each appointment and class, as it is now; none for what was cancelled; none that nobody knows."""
    vendor = zoom.sandbox.vendor("zoom")
    assert isinstance(vendor, Zoom)
    there = {str(number): (each.starts_at, each.topic) for number, each in vendor.state.meetings.items()}
    wanted = Meeting.objects.filter(wanted="present").select_related("slot__schedule")
    assert {
        each.remote_id: (each.slot.starts_at, each.slot.title or each.slot.schedule.name) for each in wanted
    } == there
    live = Slot.objects.filter(cancelled_at__isnull=True)
    assert {each.slot_id for each in wanted} == {each.pk for each in live}
    assert Booking.objects.filter(status="confirmed").count() == live.filter(schedule__kind="resource").count()
    assert len(wanted) == len(there)
    assert {each.observed for each in wanted} <= {Meeting.Observed.PRESENT}
    assert not Meeting.objects.filter(due_at__isnull=False).exists()
    assert not Meeting.objects.filter(sent_revision__lt=F("wanted_revision"), wanted="present").exists()
