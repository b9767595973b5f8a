"""Supervise > Synchronize: whose busy times count, how far they are known, and what if they are not (T30)."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from convoca.booking.models import Account, BusyCalendar, Connection, Schedule
from convoca.booking.operations.busy import ask_next
from convoca.booking.operations.calendars import read_calendars
from sandbox.google.state import WORK
from tests.booking.building import make_account, make_capacity_schedule, make_member, make_resource_schedule
from tests.booking.googling import BOXES, SimulatedGoogle, simulated_google
from tests.manage.conftest import LogIn
from tests.manage.reading import said, words


@pytest.fixture
def google(settings: Settings) -> Iterator[SimulatedGoogle]:
    with simulated_google(settings) as google:
        yield google


@pytest.fixture
def schedule(account: Account) -> Schedule:
    return make_resource_schedule(account)


def page_of(schedule: Schedule) -> str:
    return f"/manage/{schedule.account.name}/schedules/{schedule.slug}/synchronize"


def connected(google: SimulatedGoogle, account: Account, *, boxes: tuple[str, ...] = BOXES) -> Connection:
    connection = google.consent(account, boxes=boxes)
    read_calendars(connection, now=google.clock())
    return connection


def choice_of(schedule: Schedule, connection: Connection) -> str:
    return f"{page_of(schedule)}/calendars/{connection.pk}"


def test_busy_times_are_chosen_shown_and_removed(owner: Client, schedule: Schedule, google: SimulatedGoogle) -> None:
    choice = choice_of(schedule, connected(google, schedule.account))
    resource = schedule.resources.get()

    answer = owner.post(f"{choice}/busy", {"calendar": WORK, "for": str(resource.pk)})

    assert said(answer) == ["Busy times of “Work” count from now on."]
    assert f"For {resource.name} Not read yet" in words(owner.get(page_of(schedule)))
    while ask_next(now=google.clock()):
        continue
    assert "Read " in words(owner.get(page_of(schedule)))
    owner.post(f"{page_of(schedule)}/busy/{BusyCalendar.objects.get().pk}/remove")
    assert not BusyCalendar.objects.exists()


def test_t30_the_owner_chooses_what_happens_while_nobody_knows(
    owner: Client, schedule: Schedule, google: SimulatedGoogle
) -> None:
    choice = choice_of(schedule, connected(google, schedule.account))
    owner.post(f"{choice}/busy", {"calendar": WORK, "for": ""})

    owner.post(f"{page_of(schedule)}/unknown", {"when_unknown": "accept"})

    assert Schedule.objects.get().when_unknown == "accept"
    assert "For the whole schedule" in words(owner.get(page_of(schedule)))


def test_calendars_that_can_only_be_read_may_count_too(
    owner: Client, schedule: Schedule, google: SimulatedGoogle
) -> None:
    page = owner.get(choice_of(schedule, connected(google, schedule.account)))

    to_write, _, to_read = words(page).partition("Whose busy times shall count?")
    assert ("Festivos" in to_write, "Festivos" in to_read) == (False, True)


def test_without_the_box_for_busy_times_and_for_classes_they_are_not_offered(
    owner: Client, schedule: Schedule, google: SimulatedGoogle
) -> None:
    without = connected(google, schedule.account, boxes=tuple(box for box in BOXES if box != "box-freebusy"))
    assert "Whose busy times shall count?" not in words(owner.get(choice_of(schedule, without)))

    whole = connected(google, schedule.account)
    yoga = make_capacity_schedule(schedule.account)

    assert "Whose busy times shall count?" in words(owner.get(choice_of(schedule, whole)))
    assert "Whose busy times shall count?" not in words(owner.get(choice_of(yoga, whole)))


def test_nobody_reaches_another_account_s_access(schedule: Schedule, google: SimulatedGoogle, log_in: LogIn) -> None:
    connection = connected(google, schedule.account)
    stranger = make_account("Other")
    elsewhere = make_resource_schedule(stranger)
    other = log_in(make_member(stranger, "owner"))

    assert other.get(choice_of(elsewhere, connection)).status_code == 404
    assert other.post(f"{choice_of(elsewhere, connection)}/busy", {"calendar": WORK}).status_code == 404
    assert other.get(page_of(schedule)).status_code == 404
