"""Whole conversations about events with the simulated Google, over real sockets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from convoca.providers.calendars import ChangedMeanwhile, Conference, EventSpec
from convoca.providers.contract import (
    Application,
    Gone,
    OutcomeLost,
    Throttled,
    TokenExpired,
    Unreachable,
)
from sandbox.faults import Fault, Kind
from sandbox.google.state import BRUNO
from sandbox.server import Sandbox
from tests.googling import (
    GOOGLE,
    NINE,
    TEN,
    Caller,
    an_event,
    by_hand,
    connect_google,
    google_settings,
    run,
)
from tests.vendors import VISITOR


def verbs(sandbox: Sandbox, spec: EventSpec) -> list[str]:
    return [entry.verb for entry in sandbox.ledger.entries if entry.marker == str(spec.reference)]


def test_an_event_is_made_found_moved_and_deleted(sandbox: Sandbox, ana: Caller) -> None:
    """M4: bookings appear, move and vanish."""
    spec = an_event(description="Booked", location="Room 2")
    facts = ana.insert(spec)
    assert facts.differences(spec) == set()
    assert run(GOOGLE.look_up(spec.key, **ana.access)) == facts

    later = replace(spec, starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    assert ana.read(spec.key).differences(later) == {"starts_at", "ends_at"}
    moved = ana.patch(later, "starts_at", "ends_at")
    assert (moved.starts_at, moved.location, moved.ical_uid) == (TEN, "Room 2", facts.ical_uid)

    run(GOOGLE.remove(spec.key, **ana.access))
    run(GOOGLE.remove(spec.key, **ana.access))
    with pytest.raises(Gone):
        ana.read(spec.key)
    with pytest.raises(Gone):
        ana.patch(later, "title")
    with pytest.raises(Gone):
        ana.insert(spec)
    assert verbs(sandbox, spec) == ["create", "update", "delete", "update"]


@pytest.mark.parametrize("kind", [Kind.RESET_AFTER, Kind.EMPTY, Kind.HTML, Kind.MALFORMED])
def test_an_insert_whose_answer_is_lost_is_adopted_by_the_next(sandbox: Sandbox, ana: Caller, kind: Kind) -> None:
    """T28"""
    spec = an_event()
    sandbox.fault(Fault(verb="event.insert", kind=kind))

    with pytest.raises(OutcomeLost):
        ana.insert(spec)
    assert run(GOOGLE.look_up(spec.key, **ana.access)) is not None
    assert ana.insert(spec).reference == spec.reference

    assert verbs(sandbox, spec) == ["create"]


def test_an_insert_that_never_arrived_is_seen_to_be_absent(sandbox: Sandbox, ana: Caller) -> None:
    spec = an_event()
    sandbox.fault(Fault(verb="event.insert", kind=Kind.RESET_BEFORE))

    with pytest.raises(OutcomeLost):
        ana.insert(spec)

    assert run(GOOGLE.look_up(spec.key, **ana.access)) is None


def test_the_link_that_is_handed_out_opens_the_call_until_its_event_goes(ana: Caller) -> None:
    """M6, M8"""
    spec = an_event(conference_request="first")

    link = ana.insert(spec).link

    assert VISITOR.get(link).status_code == 200
    run(GOOGLE.remove(spec.key, **ana.access))
    assert VISITOR.get(link).status_code == 404


def test_the_call_stays_when_its_event_moves_and_when_the_same_is_asked_again(ana: Caller) -> None:
    """T13"""
    spec = an_event(conference_request="first")
    link = ana.insert(spec).link

    assert ana.patch(replace(spec, starts_at=NINE - timedelta(hours=1)), "starts_at").link == link
    assert ana.patch(spec, "conference").link == link
    assert ana.patch(replace(spec, conference_request="second"), "conference").link not in ("", link)
    assert ana.patch(replace(spec, conference_request=""), "conference").conference is Conference.NONE


def test_a_call_that_google_makes_later_is_told_by_a_reading(sandbox: Sandbox, ana: Caller) -> None:
    """M6: Google may make it asynchronously; we wait for it."""
    google_settings(sandbox, meet_polls=3)
    spec = an_event(conference_request="first")

    states = [ana.insert(spec).conference, *(ana.read(spec.key).conference for _ in range(3))]

    assert states == [Conference.PENDING, Conference.PENDING, Conference.PENDING, Conference.SUCCESS]
    assert ana.read(spec.key).link


def test_a_call_that_never_comes_stays_pending(sandbox: Sandbox, ana: Caller) -> None:
    google_settings(sandbox, meet_polls=-1)
    spec = an_event(conference_request="first")
    ana.insert(spec)

    assert {ana.read(spec.key).conference for _ in range(5)} == {Conference.PENDING}


def test_a_call_that_fails_is_asked_for_anew(sandbox: Sandbox, ana: Caller) -> None:
    google_settings(sandbox, meet_failures=1)
    spec = an_event(conference_request="first")

    assert ana.insert(spec).conference is Conference.FAILURE
    assert ana.patch(replace(spec, conference_request="second"), "conference").conference is Conference.SUCCESS


def test_who_has_no_google_meet_gets_the_event_and_is_told(google_application: Application) -> None:
    """J7: "This Google account cannot create Meet links." """
    bruno = Caller(google_application, connect_google(google_application, user=BRUNO).access_token)
    listed = run(GOOGLE.calendars(**bruno.access))

    facts = bruno.insert(an_event(BRUNO.email, conference_request="first"))

    assert [each.makes_meetings for each in listed] == [False, False]
    assert (facts.conference, facts.link) == (Conference.FAILURE, "")
    assert bruno.read(facts.key).conference is Conference.NONE


def test_google_mails_those_invited_only_if_it_is_told_to(sandbox: Sandbox, ana: Caller) -> None:
    silent, told = an_event(attendees=("one@example.org",)), an_event(attendees=("two@example.org",))
    told = replace(told, tells_attendees=True)

    for spec in (silent, told):
        ana.insert(spec)
        run(GOOGLE.remove(spec.key, tells_attendees=spec.tells_attendees, **ana.access))

    mails = [(entry.user, entry.marker) for entry in sandbox.ledger.entries if entry.verb == "mail"]
    assert mails == [("two@example.org", str(told.reference))] * 2


def test_somebody_s_change_between_our_reading_and_our_writing_is_noticed(sandbox: Sandbox, ana: Caller) -> None:
    spec = an_event()
    etag = ana.insert(spec).etag
    by_hand(sandbox, "change", spec, changes={"summary": "Lunch"})

    with pytest.raises(ChangedMeanwhile):
        ana.patch(spec, "title", etag=etag)

    assert ana.patch(spec, "title", etag=ana.read(spec.key).etag).title == "Class"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.RATE_LIMIT, Throttled),
        (Kind.DAILY_LIMIT, Throttled),
        (Kind.EXPIRED_TOKEN, TokenExpired),
        (Kind.REVOKED_TOKEN, TokenExpired),
        (Kind.ERROR_500, OutcomeLost),
        (Kind.ERROR_503, OutcomeLost),
    ],
)
def test_faults_speak_google_s_words(sandbox: Sandbox, ana: Caller, kind: Kind, expected: type[Exception]) -> None:
    spec = an_event()
    sandbox.fault(Fault(verb="event.insert", kind=kind))

    with pytest.raises(expected):
        ana.insert(spec)

    assert verbs(sandbox, spec) == []


def test_reads_that_are_not_answered_may_be_repeated(sandbox: Sandbox, ana: Caller) -> None:
    spec = an_event()
    ana.insert(spec)
    for kind in (Kind.RESET_AFTER, Kind.HTML, Kind.MALFORMED, Kind.EMPTY, Kind.ERROR_503):
        sandbox.fault(Fault(verb="event.get", kind=kind))
        with pytest.raises(Unreachable):
            ana.read(spec.key)

    assert ana.read(spec.key).title == "Class"
