"""The engine against the simulated Zoom: one clock for both, real consent, and a worker that works when it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pytest_django import Settings

from convoca.booking.models import Connection, Meeting, Schedule, Slot
from convoca.booking.operations.closing import close_next
from convoca.booking.operations.connecting import connect_schedule, finish_consent
from convoca.booking.operations.provisioning import EDITS_SETTLE, provision_next
from convoca.booking.operations.vendors import application_for
from convoca.config.env import ApplicationKeys
from sandbox.faults import Fault, Kind
from sandbox.ledger import Entry
from sandbox.server import Sandbox
from sandbox.zoom.state import ANA, User
from tests.booking.building import NOW
from tests.vendors import VERIFIER, SetClock, code_from_consent, running_sandbox

# More steps than any test's work takes: a row that is picked again and again without progress fails the test.
STEPS_AT_MOST = 400


@dataclass
class Simulated:
    """Vendors at the other end of a socket, and the hands of their clock, which is the engine's too."""

    sandbox: Sandbox
    clock: SetClock

    def work(self) -> int:
        """Do all that is due now, as a worker would, and return how many steps that took."""
        return _drain(lambda: provision_next(now=self.clock()))

    def close(self) -> int:
        """Take connections that are being closed as far as they get now."""
        return _drain(lambda: close_next(now=self.clock()))

    def pass_time(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    def work_later(self, **time: float) -> int:
        self.pass_time(**time)
        return self.work()

    def work_off_edits(self) -> int:
        """Do all that is due now, and what edits are owed once they have settled."""
        return self.work() + self.work_later(seconds=EDITS_SETTLE.total_seconds())

    def spoil(self, verb: str, kind: Kind, **more: Any) -> None:
        """Order a fault for the next call of `verb`."""
        self.sandbox.fault(Fault(verb=verb, kind=kind, **more))

    def calls(self, verb: str) -> int:
        return self.sandbox.ledger.calls[verb]

    def made(self) -> list[Entry]:
        return [entry for entry in self.sandbox.ledger.entries if entry.verb == "create"]

    def standing(self) -> list[str]:
        """Return the numbers of what exists at the vendor now, oldest first."""
        deleted = {entry.remote_id for entry in self.sandbox.ledger.entries if entry.verb == "delete"}
        return [entry.remote_id for entry in self.made() if entry.remote_id not in deleted]


@dataclass
class SimulatedZoom(Simulated):
    """Zoom."""

    def connect(self, schedule: Schedule, user: User = ANA) -> Connection:
        """Let the owner consent as `user` and choose Zoom for the schedule."""
        connection = self.consent(schedule, user)
        connect_schedule(schedule, connection, now=self.clock())
        return connection

    def consent(self, schedule: Schedule, user: User = ANA) -> Connection:
        code = code_from_consent(application_for("zoom"), user=user)
        return finish_consent(schedule.account, "zoom", code, code_verifier=VERIFIER, now=self.clock())


def _drain(step: Any) -> int:
    steps = 0
    while step():
        steps += 1
        assert steps <= STEPS_AT_MOST, "the same work is taken again and again without progress"
    return steps


@contextmanager
def simulated_zoom(settings: Settings) -> Iterator[SimulatedZoom]:
    """Play Zoom on a free port and point this installation at it."""
    clock = SetClock(NOW)
    with running_sandbox(clock=clock) as sandbox:
        settings.VENDORS = {
            **settings.VENDORS,
            "zoom": ApplicationKeys(client_id="client", client_secret="client-secret"),
        }
        settings.VENDOR_ENDPOINTS = {
            **settings.VENDOR_ENDPOINTS,
            "zoom_oauth": f"{sandbox.url}/zoom/oauth",
            "zoom_api": f"{sandbox.url}/zoom/v2",
        }
        yield SimulatedZoom(sandbox, clock)


def meeting_of(slot: Slot) -> Meeting:
    """Return the slot's wanted meeting as the database has it now."""
    return Meeting.objects.select_related("connection").get(slot=slot, wanted=Meeting.Wanted.PRESENT)
