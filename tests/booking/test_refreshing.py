"""A refresh is one process's, whoever else wants a token at the same moment (T1)."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection as database

from convoca.booking.models import Connection, Grant, Meeting, Schedule
from convoca.booking.operations import granting
from convoca.booking.operations.granting import NoTokenNow, usable_token
from convoca.booking.operations.provisioning import provision_next
from sandbox.faults import Kind
from tests.booking.building import NOW, book, make_account, make_capacity_schedule, make_class, make_resource_schedule
from tests.booking.zooming import SimulatedZoom, meeting_of

DEADLINE_SECONDS = 20


@pytest.fixture
def schedule(zoom: SimulatedZoom) -> Schedule:
    schedule = make_resource_schedule(make_account())
    zoom.connect(schedule)
    return schedule


def expire() -> None:
    Grant.objects.update(expires_at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_request_that_refresh_at_once_send_one_token_post(zoom: SimulatedZoom) -> None:
    """T1: the losers come back, and everybody uses the winner's token."""
    yoga = make_capacity_schedule(make_account())
    connection = zoom.connect(yoga)
    slots = [make_class(yoga, starts_at=NOW + timedelta(hours=hours)) for hours in (30, 31, 32)]
    posts = zoom.calls("token")
    expire()
    zoom.spoil("token", Kind.HOLD)
    refused: list[str] = []

    def request() -> None:
        try:
            usable_token(Connection.objects.select_related("grant").get(pk=connection.pk), now=zoom.clock())
        except NoTokenNow:
            refused.append("came too late")

    first = in_thread(lambda: provision_next(now=zoom.clock()))
    assert zoom.sandbox.holding.wait_until_held(1) == 1
    losers = [in_thread(request), in_thread(lambda: provision_next(now=zoom.clock()))]
    join(*losers)
    zoom.sandbox.holding.release()
    join(first)
    zoom.work()

    assert refused == ["came too late"]
    assert zoom.calls("token") == posts + 1
    assert {meeting_of(slot).observed for slot in slots} == {Meeting.Observed.PRESENT}
    grant = Grant.objects.get()
    assert (grant.version, grant.refresh_claim, grant.refresh_lease_until) == (1, None, None)


@pytest.mark.django_db(transaction=True)
def test_all_who_start_together_send_one_token_post(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """T1, without an order: whoever wins, there is one."""
    book(schedule)
    posts, start = zoom.calls("token"), threading.Barrier(8)
    expire()

    def work() -> None:
        start.wait(DEADLINE_SECONDS)
        provision_next(now=zoom.clock())

    join(*[in_thread(work) for _ in range(8)])
    zoom.work()

    assert zoom.calls("token") == posts + 1
    assert len(zoom.made()) == 1


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            database.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def join(*threads: threading.Thread) -> None:
    for thread in threads:
        thread.join(DEADLINE_SECONDS)
        assert not thread.is_alive()


@pytest.mark.django_db
def test_a_word_about_an_older_token_changes_nothing(zoom: SimulatedZoom, schedule: Schedule) -> None:
    """Several calls under way with the old token each hear that it has expired; one refresh answers them all."""
    connection = Connection.objects.get()
    expire()
    usable_token(Connection.objects.select_related("grant").get(), now=zoom.clock())

    granting.expire(connection, version=0, now=zoom.clock())

    assert Grant.objects.get().expires_at > zoom.clock() + timedelta(minutes=50)
    assert Connection.objects.get().state == Connection.State.OPEN


@pytest.mark.django_db
def test_a_refresh_under_way_while_the_owner_reconnects_overwrites_nothing(
    zoom: SimulatedZoom, schedule: Schedule
) -> None:
    """T1: a stale answer never replaces a newer pair."""
    stale = Connection.objects.select_related("grant").get()
    zoom.consent(schedule)
    newer = Grant.objects.get().refresh_token.ciphertext

    with pytest.raises(NoTokenNow):
        usable_token(stale, now=NOW + timedelta(hours=2))

    assert Grant.objects.get().refresh_token.ciphertext == newer
    assert Connection.objects.get().state == Connection.State.OPEN
