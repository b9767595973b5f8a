"""A vendor's limit per second, kept by all processes together, exactly (T34)."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection as database

from convoca.booking.models import CallPace, Connection, Meeting, MeetingAttempt, QuotaDay
from convoca.booking.operations.pacing import Paced, pacer, take
from convoca.providers.contract import Request
from sandbox.zoom.state import BRUNO
from tests.booking.building import NOW, connect_zoom, make_account, make_capacity_schedule, make_class
from tests.booking.zooming import SimulatedZoom, meeting_of

MEDIUM = Request(method="GET", url="https://api.zoom.us/v2/users/me/meetings", weight="medium")


def connection_of(plan: str = "basic", *, account: str = "", user: str = "user-1") -> Connection:
    connection = connect_zoom(make_capacity_schedule(make_account(f"of{user}{account}")), external_user=user)
    connection.plan, connection.external_account = plan, account
    connection.save()
    return connection


def spans(instants: list[float], limit: int) -> list[float]:
    """Return how long each run of `limit` calls and the next one took."""
    return [later - sooner for sooner, later in zip(instants, instants[limit:], strict=False)]


@pytest.mark.django_db
def test_in_no_span_of_a_second_are_more_calls_made_than_the_plan_allows() -> None:
    """A sliding second, not one of the clock's: of two windows that meet, neither is filled twice."""
    connection, made = connection_of("basic"), []
    for step in range(400):
        now = NOW + timedelta(milliseconds=step * 10)
        if take(connection, "medium", now=now) == 0:
            made.append(now.timestamp())

    assert len(made) == 8
    assert min(spans(made, 2)) >= 1


@pytest.mark.django_db
def test_the_plan_decides_and_each_weight_counts_alone() -> None:
    basic, licensed = connection_of("basic", user="a"), connection_of("licensed", user="b")

    def room(connection: Connection, weight: str) -> int:
        return sum(take(connection, weight, now=NOW) == 0 for _ in range(50))

    assert (room(basic, "medium"), room(basic, "light")) == (2, 4)
    assert (room(licensed, "medium"), room(licensed, "light")) == (20, 30)
    assert take(basic, "", now=NOW) == 0


@pytest.mark.django_db
def test_connections_of_one_zoom_account_share_its_limit() -> None:
    one, other = connection_of(account="shared", user="a"), connection_of(account="shared", user="b")

    assert [take(each, "medium", now=NOW) == 0 for each in (one, other, one, other)] == [True, True, False, False]
    assert CallPace.objects.count() == 1


@pytest.mark.django_db
def test_there_is_room_again_exactly_a_second_after_the_oldest_call() -> None:
    connection = connection_of()
    take(connection, "medium", now=NOW)
    take(connection, "medium", now=NOW + timedelta(milliseconds=400))

    wait = take(connection, "medium", now=NOW + timedelta(milliseconds=600))

    assert wait == pytest.approx(0.4)
    assert take(connection, "medium", now=NOW + timedelta(milliseconds=1001)) == 0


@pytest.mark.django_db
def test_a_clock_that_was_set_back_blocks_nobody() -> None:
    connection = connection_of()
    for _ in range(2):
        take(connection, "medium", now=NOW + timedelta(hours=1))

    assert take(connection, "medium", now=NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_threads_that_call_at_once_are_let_through_one_by_one() -> None:
    """As processes are: what counts is the row."""
    connection, start = connection_of("licensed"), threading.Barrier(8)
    let_through: list[bool] = []

    def call() -> None:
        start.wait(20)
        try:
            let_through.extend(take(connection, "medium", now=NOW) == 0 for _ in range(5))
        finally:
            database.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (sum(let_through), len(let_through)) == (20, 40)


@pytest.mark.django_db
def test_the_first_request_is_refused_and_a_later_one_of_the_same_exchange_waits() -> None:
    """A look of many pages is finished once it has begun."""
    connection = connection_of()
    going = pacer(connection, now=NOW)
    refused = pacer(connection, now=NOW)
    assert going is not None
    assert refused is not None
    going(MEDIUM)
    take(connection, "medium", now=NOW)

    with pytest.raises(Paced) as error:
        refused(MEDIUM)
    begun = time.monotonic()
    going(MEDIUM)

    assert error.value.until is not None
    assert error.value.until > NOW
    assert 0.5 < time.monotonic() - begun < 10


@pytest.mark.django_db
def test_what_our_own_pace_holds_back_costs_nothing_and_goes_a_second_later(zoom: SimulatedZoom) -> None:
    yoga = make_capacity_schedule(make_account())
    zoom.connect(yoga, BRUNO)
    slots = [make_class(yoga, starts_at=NOW + timedelta(hours=3, minutes=each)) for each in range(4)]

    zoom.work()
    held_back = [meeting_of(slot) for slot in slots[2:]]
    assert zoom.calls("create") == 2
    assert {(each.observed, each.blocked, each.sent_revision) for each in held_back} == {("nothing", "", 0)}
    assert (QuotaDay.objects.get().used, MeetingAttempt.objects.count()) == (2, 2)
    zoom.work_later(seconds=1.1)

    assert {meeting_of(slot).observed for slot in slots} == {Meeting.Observed.PRESENT}


@pytest.mark.django_db
def test_an_owner_who_pressed_a_button_was_told_to_come_back_because_a_worker_was_calling() -> None:
    """Room comes within a second: a person waits for it, a worker does something else."""
    connection = connection_of("basic")
    while not take(connection, "medium", now=NOW):
        pass
    hurried, patient = (pacer(connection, now=NOW, patience=patience) for patience in (0.0, 5.0))
    assert hurried is not None
    assert patient is not None

    with pytest.raises(Paced):
        hurried(MEDIUM)
    patient(MEDIUM)
