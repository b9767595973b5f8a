"""Supervise > Synchronize: publishing and choosing Google Meet with one button (O4)."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, Schedule
from sandbox.google.state import WORK
from tests.booking.building import book, make_resource_schedule
from tests.booking.googling import SimulatedGoogle, simulated_google
from tests.manage.desk import Desk
from tests.manage.reading import buttons, said


@pytest.fixture
def google(settings: Settings) -> Iterator[SimulatedGoogle]:
    with simulated_google(settings) as google:
        yield google


@pytest.fixture
def desk(owner: Client, account: Account, google: SimulatedGoogle) -> Desk:
    return Desk(owner, make_resource_schedule(account))


def test_o4_one_button_publishes_and_chooses_meet(desk: Desk, google: SimulatedGoogle) -> None:
    """Whoever came for Meet calls need not make the choice once more; what is booked already keeps its link."""
    before = book(desk.schedule)
    consented = desk.connect(for_meet="1")
    assert "Publish and create Google Meet calls" in buttons(desk.browser.get(consented.headers["Location"]))

    chosen = desk.choose(consented, WORK, for_meet="1", meet="1")

    assert said(chosen)[-1] == "Published. 1 booking is being copied. Meet is on for new bookings."
    assert Schedule.objects.get(pk=desk.schedule.pk).link_source == "google_meet"
    assert not before.slot.meetings.exists()
    assert "Publish and create Google Meet calls" not in buttons(desk.browser.get(consented.headers["Location"]))


def test_o4_a_calendar_without_calls_is_published_all_the_same(desk: Desk, google: SimulatedGoogle) -> None:
    google.sandbox.configure({"google": {"meet_allowed": False}})
    consented = desk.connect(for_meet="1")

    chosen = desk.choose(consented, WORK, for_meet="1", meet="1")

    assert said(chosen)[-1] == "Published. What is booked from now on appears there."
    assert Schedule.objects.get(pk=desk.schedule.pk).link_source == Schedule.NO_LINK
