"""The engine against the simulated Google: one clock for both, real consent, a worker that works when it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pytest_django import Settings

from convoca.booking.models import Account, Connection, Publication, Schedule, Slot
from convoca.booking.operations.connecting import finish_consent
from convoca.booking.operations.publishing import copy_next, publish
from convoca.booking.operations.vendors import application_for
from convoca.config.env import ApplicationKeys
from convoca.providers import calendar_provider_by_id, oauth
from convoca.providers.calendars import CalendarFacts
from sandbox.google import Google
from sandbox.google.state import ANA, WORK, Event, User
from tests.booking.building import NOW
from tests.booking.workers import GOOGLE
from tests.booking.zooming import Simulated
from tests.vendors import VERIFIER, VISITOR, SetClock, running_sandbox

# What a person may leave unticked on the consent page.
BOXES = ("box-events", "box-calendarlist", "box-freebusy", "box-created")


@dataclass
class SimulatedGoogle(Simulated):
    """Google, its calendars and its Meet."""

    @property
    def vendor(self) -> Google:
        vendor = self.sandbox.vendor("google")
        assert isinstance(vendor, Google)
        return vendor

    def consent(self, account: Account, user: User = ANA, *, boxes: tuple[str, ...] = BOXES) -> Connection:
        code = code_from_consent(user, boxes=boxes)
        return finish_consent(account, "google", code, code_verifier=VERIFIER, now=self.clock())

    def publish(self, schedule: Schedule, user: User = ANA, *, calendar: str = "", meets: bool = True) -> Connection:
        """Let the owner consent as `user`, choose a calendar (their own, if none is named) and have all copied."""
        connection = self.consent(schedule.account, user)
        facts = CalendarFacts(
            id=calendar or user.email, name="Work", may_write=True, makes_meetings=meets and user.makes_meet
        )
        publish(schedule, connection, facts, now=self.clock())
        self.copy()
        return connection

    def copy(self) -> None:
        while copy_next(now=self.clock()):
            continue

    def events(self, calendar: str = "") -> list[Event]:
        """Return the events that stand in a calendar (anybody's, if none is named), in order of their start."""
        events = [each for each in self.vendor.state.events.values() if each.status != "cancelled"]
        found = [each for each in events if calendar in ("", each.calendar_id)]
        return sorted(found, key=lambda each: str(each.written["start"]))

    def event(self) -> dict[str, Any]:
        """Return what the only event says."""
        (event,) = self.events()
        return event.written

    def by_hand(self, act: str, event: Event, **more: Any) -> None:
        """Let the calendar's owner do something with an event."""
        self.sandbox.host_acts(
            {"vendor": "google", "act": act, "calendar": event.calendar_id, "event": event.id, **more}
        )


def code_from_consent(user: User = ANA, *, boxes: tuple[str, ...] = BOXES) -> str:
    """Tick the boxes, press Allow as `user`, and return the code that comes back."""
    challenge = oauth.challenge_of(VERIFIER)
    provider = calendar_provider_by_id("google")
    url = provider.consent_url(application=application_for("google"), state="state", code_challenge=challenge)
    form = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    ticked = dict.fromkeys(boxes, "yes")
    answer = VISITOR.post(url.partition("?")[0], data=form | ticked | {"decision": "allow", "user": user.id})
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


@contextmanager
def simulated_google(settings: Settings) -> Iterator[SimulatedGoogle]:
    """Play Google on a free port and point this installation at it."""
    clock = SetClock(NOW)
    with running_sandbox(clock=clock) as sandbox:
        keys = ApplicationKeys(client_id="client", client_secret="client-secret")
        settings.VENDORS = {**settings.VENDORS, "google": keys}
        addresses = {f"google_{each}": f"{sandbox.url}{path}" for each, path in GOOGLE.items()}
        settings.VENDOR_ENDPOINTS = {**settings.VENDOR_ENDPOINTS, **addresses}
        yield SimulatedGoogle(sandbox, clock)


def publication_of(slot: Slot) -> Publication:
    """Return the slot's wanted event as the database has it now."""
    return Publication.objects.select_related("calendar").get(slot=slot, wanted=Publication.Wanted.PRESENT)


__all__ = ["ANA", "WORK", "SimulatedGoogle", "publication_of", "simulated_google"]
