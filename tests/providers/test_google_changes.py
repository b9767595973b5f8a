"""Calendars, what is changed in them by hand, channels and busy times at the simulated Google, over real sockets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from typing import Any
from uuid import uuid4

import pytest

from convoca.core.time import Interval
from convoca.providers.calendars import Busy, EventKey, SyncLost
from convoca.providers.contract import (
    Gone,
    Rejected,
)
from convoca.providers.google.push import is_genuine, read_notice
from sandbox.google.state import ANA, BRUNO, HOLIDAYS, WORK
from sandbox.server import Sandbox
from tests.googling import (
    GOOGLE,
    NINE,
    TEN,
    Caller,
    an_event,
    by_hand,
    google_in,
    run,
)
from tests.sandbox.receiver import receiving
from tests.vendors import SetClock, at


def test_what_a_person_deletes_or_moves_is_told_by_the_token_and_their_own_events_are_not(
    sandbox: Sandbox, ana: Caller
) -> None:
    """J7: an event deleted or moved by hand."""
    kept, gone, moved = (an_event() for _ in range(3))
    for spec in (kept, gone, moved):
        ana.insert(spec)
    first = run(GOOGLE.changes(WORK, since=at("2030-03-01 00:00"), **ana.access))
    assert {each.reference for each in first.events} == {spec.reference for spec in (kept, gone, moved)}

    by_hand(sandbox, "delete", gone)
    later = {name: {"dateTime": f"2030-03-31T1{hour}:00:00Z"} for name, hour in (("start", 5), ("end", 6))}
    by_hand(sandbox, "change", moved, changes=later)
    by_hand(sandbox, "add", replace(kept, key=EventKey(calendar_id=WORK, event_id="lunch")), **later)
    second = run(GOOGLE.changes(WORK, sync_token=first.sync_token, **ana.access))

    assert [(each.key, each.is_cancelled) for each in second.events] == [(gone.key, True), (moved.key, False)]
    assert second.events[1].differences(moved) == {"starts_at", "ends_at"}
    assert run(GOOGLE.changes(WORK, sync_token=second.sync_token, **ana.access)).events == ()


def test_a_token_that_google_forgot_leads_to_a_full_look(sandbox: Sandbox, ana: Caller) -> None:
    spec = an_event()
    token = run(GOOGLE.changes(WORK, **ana.access)).sync_token
    ana.insert(spec)
    sandbox.host_acts({"vendor": "google", "act": "forget_sync"})

    with pytest.raises(SyncLost):
        run(GOOGLE.changes(WORK, sync_token=token, **ana.access))

    assert [each.key for each in run(GOOGLE.changes(WORK, **ana.access)).events] == [spec.key]


def test_long_lists_come_in_pages(ana: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convoca.providers.google.listing.EVENTS_PAGE", 2)
    specs = [an_event() for _ in range(5)]
    for spec in specs:
        ana.insert(spec)

    found = run(GOOGLE.changes(WORK, **ana.access))

    assert [each.key for each in found.events] == [spec.key for spec in specs]
    assert run(GOOGLE.changes(WORK, sync_token=found.sync_token, **ana.access)).events == ()


def test_calendars_say_what_they_allow_and_a_new_one_is_the_schedule_s_own(ana: Caller) -> None:
    """M4: choice of a calendar, or a new one."""
    made = run(GOOGLE.make_calendar("Bookings", time_zone="Europe/Madrid", **ana.access))

    listed = run(GOOGLE.calendars(**ana.access))

    assert [(each.id, each.is_primary, each.may_write, each.makes_meetings) for each in listed] == [
        (ANA.email, True, True, True),
        (WORK, False, True, True),
        (made.id, False, True, True),
        (HOLIDAYS, False, False, False),
    ]
    assert ana.insert(an_event(made.id)).key.calendar_id == made.id


def test_a_calendar_that_can_only_be_read_is_refused_in_google_s_words(ana: Caller) -> None:
    with pytest.raises(Rejected, match="writer access"):
        ana.insert(an_event(HOLIDAYS))
    with pytest.raises(Gone):
        ana.insert(an_event("nobody@group.calendar.google.com"))


def test_busy_times_are_those_of_what_counts_and_a_calendar_that_is_not_shared_is_unknown(
    sandbox: Sandbox, ana: Caller
) -> None:
    ana.insert(an_event())
    whole = {"start": {"dateTime": "2030-03-31T12:00:00Z"}, "end": {"dateTime": "2030-03-31T13:00:00Z"}}
    for name, more in (("lunch", {}), ("reminder", {"transparency": "transparent"})):
        act = {"vendor": "google", "act": "add", "calendar": ANA.email, "event": name, **whole, **more}
        sandbox.host_acts(act)

    day = Interval(at("2030-03-31 00:00"), at("2030-04-01 00:00"))
    found = run(GOOGLE.busy((WORK, ANA.email, BRUNO.email), day, **ana.access))

    assert found == (
        Busy(calendar_id=WORK, intervals=(Interval(NINE, TEN),)),
        Busy(calendar_id=ANA.email, intervals=(Interval(at("2030-03-31 12:00"), at("2030-03-31 13:00")),)),
        Busy(calendar_id=BRUNO.email, problem="notFound"),
    )
    whole_year = Interval(day.starts_at, day.starts_at + timedelta(days=365))
    assert [each.problem for each in run(GOOGLE.busy((WORK,), whole_year, **ana.access))] == [""]


def test_a_channel_calls_our_address_whenever_its_calendar_changes(sandbox: Sandbox, ana: Caller) -> None:
    with receiving() as receiver:
        address = receiver.url.replace("zoom", "google")
        channel = run(GOOGLE.watch(WORK, channel_id=str(uuid4()), address=address, **ana.access))
        wait_for(lambda: len(receiver.notices) == 1)
        spec = an_event()
        ana.insert(spec)
        wait_for(lambda: len(receiver.notices) == 2)
        ana.insert(an_event(ANA.email))
        by_hand(sandbox, "delete", spec)
        wait_for(lambda: len(receiver.notices) == 3)
        run(GOOGLE.stop(channel, **ana.access))
        ana.insert(an_event())

    headers = [told for told, _ in receiver.notices]
    assert [read_notice(told) is not None for told in headers] == [False, True, True]
    assert all(is_genuine(told, application=ana.application) for told in headers)
    assert {body for _, body in receiver.notices} == {b""}
    run(GOOGLE.stop(channel, **ana.access))


def wait_for(is_true: Any) -> None:
    for _ in range(500):
        if is_true():
            return
        Signal().wait(0.01)
    raise AssertionError("It did not come true.")


def test_a_channel_lives_for_a_week_and_calls_only_https(clock: SetClock, ana: Caller) -> None:
    channel = run(GOOGLE.watch(WORK, channel_id="one", address="https://book.example/hooks/google", **ana.access))

    assert channel.expires_at == clock() + timedelta(days=7)
    with pytest.raises(Rejected, match="HTTPS"):
        run(GOOGLE.watch(WORK, channel_id="two", address="http://book.example/hooks/google", **ana.access))


def test_a_calendar_that_its_owner_deletes_is_gone(sandbox: Sandbox, ana: Caller) -> None:
    spec = an_event()
    ana.insert(spec)
    sandbox.host_acts({"vendor": "google", "act": "delete_calendar", "calendar": WORK})

    with pytest.raises(Gone):
        ana.read(spec.key)
    with pytest.raises(Gone):
        ana.insert(an_event())
    assert google_in(sandbox).event(WORK, spec.key.event_id).created_at == datetime(2030, 3, 1, 9, tzinfo=UTC)
