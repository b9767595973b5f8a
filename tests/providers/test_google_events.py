"""Insert, read, patch and delete in Google Calendar: what we send, and what each answer means."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from convoca.providers.calendars import ChangedMeanwhile, Conference, EventFacts, EventKey
from convoca.providers.contract import Exchange, Gone, OutcomeLost, Request, Response, Unreachable
from tests.providers.recorded import APPLICATION, TOKEN, UNREADABLE
from tests.providers.recorded_google import (
    ALL,
    CALENDAR,
    DELETED,
    DUPLICATE,
    EVENT,
    EVENT_ID,
    EVENTS_URL,
    FACTS,
    GOOGLE,
    KEY,
    MEET_LINK,
    NO_MEET,
    NOT_FOUND,
    REFERENCE,
    SPEC,
    conference,
)
from tests.providers.replay import answer, page, replay

WITH_MEET = replace(SPEC, conference_request="first")


def insert(spec: object = SPEC) -> Exchange[EventFacts]:
    assert isinstance(spec, type(SPEC))
    return GOOGLE.insert(spec, application=APPLICATION, token=TOKEN)


def patch(*changed: str, spec: object = SPEC, etag: str = "") -> Exchange[EventFacts]:
    assert isinstance(spec, type(SPEC))
    return GOOGLE.patch(spec, changed=frozenset(changed), etag=etag, application=APPLICATION, token=TOKEN)


def read() -> Exchange[EventFacts]:
    return GOOGLE.read_event(KEY, application=APPLICATION, token=TOKEN)


def test_an_event_has_an_id_of_ours_made_of_the_letters_that_google_allows() -> None:
    assert GOOGLE.event_id(REFERENCE) == EVENT_ID
    assert all(set(GOOGLE.event_id(uuid4())) <= set("0123456789abcdefghijklmnopqrstuv") for _ in range(100))


def test_an_event_is_made_in_utc_under_our_id_with_our_reference_and_mails_nobody() -> None:
    sent: list[Request] = []

    facts = replay(insert(), answer(200, EVENT), sent=sent)

    assert facts == FACTS
    assert (sent[0].method, sent[0].url) == ("POST", EVENTS_URL)
    assert sent[0].headers == {"authorization": "Bearer an-access-token"}
    assert sent[0].query == {"conferenceDataVersion": "1", "sendUpdates": "none"}
    assert sent[0].weight == "calendar"
    assert sent[0].json == {
        "id": EVENT_ID,
        "summary": "Consultation",
        "description": "Booked with Convoca",
        "location": "Room 2",
        "start": {"dateTime": "2030-03-31T08:00:00Z", "timeZone": "Europe/Madrid"},
        "end": {"dateTime": "2030-03-31T08:45:00Z", "timeZone": "Europe/Madrid"},
        "attendees": [],
        "extendedProperties": {"private": {"convocaRef": str(REFERENCE)}},
        "reminders": {"useDefault": False},
        "guestsCanInviteOthers": False,
    }


def test_google_mails_attendees_only_where_the_owner_wants_it_in_insert_patch_and_delete_alike() -> None:
    sent: list[Request] = []
    invited = replace(SPEC, attendees=("client@example.org",), tells_attendees=True)

    replay(insert(invited), answer(200, EVENT), sent=sent)
    replay(patch("attendees", spec=invited), answer(200, EVENT), sent=sent)
    remove = GOOGLE.remove(KEY, tells_attendees=True, application=APPLICATION, token=TOKEN)
    replay(remove, answer(204), sent=sent)

    assert [request.query["sendUpdates"] for request in sent] == ["all", "all", "all"]
    assert sent[1].json == {"attendees": [{"email": "client@example.org"}]}


def test_a_meet_call_is_asked_for_with_the_event_and_its_link_may_come_at_once() -> None:
    """M6"""
    sent: list[Request] = []

    facts = replay(insert(WITH_MEET), answer(200, EVENT | conference("success")), sent=sent)

    assert (facts.conference, facts.link) == (Conference.SUCCESS, MEET_LINK)
    assert sent[0].query["conferenceDataVersion"] == "1"
    assert sent[0].json is not None
    assert sent[0].json["conferenceData"] == {
        "createRequest": {"requestId": "first", "conferenceSolutionKey": {"type": "hangoutsMeet"}}
    }


def test_a_meet_call_that_is_pending_has_no_link_and_is_told_by_a_later_reading() -> None:
    """M6: Google may make the call asynchronously."""
    facts = replay(insert(WITH_MEET), answer(200, EVENT | conference("pending")))
    assert (facts.conference, facts.link) == (Conference.PENDING, "")

    facts = replay(read(), answer(200, EVENT | conference("success")))
    assert (facts.conference, facts.link) == (Conference.SUCCESS, MEET_LINK)


def test_a_success_whose_link_is_missing_is_still_pending() -> None:
    half = conference("success")
    del half["hangoutLink"], half["conferenceData"]["entryPoints"]

    assert replay(read(), answer(200, EVENT | half)).conference is Conference.PENDING


def test_the_link_is_found_among_the_entries_where_it_stands_nowhere_else() -> None:
    told = conference("success")
    del told["hangoutLink"]

    assert replay(read(), answer(200, EVENT | told)).link == MEET_LINK


@pytest.mark.parametrize(
    "link", ["https://evil.example/abc-defg-hij", "http://meet.google.com/abc", "https://meet.google.com@evil.example/"]
)
def test_a_link_that_does_not_lead_to_google_meet_is_none(link: str) -> None:
    told = EVENT | {"hangoutLink": link}

    facts = replay(read(), answer(200, told))

    assert (facts.conference, facts.link) == (Conference.NONE, "")


def test_a_meet_call_that_failed_is_told_and_asked_for_anew_by_another_request() -> None:
    sent: list[Request] = []
    again = replace(SPEC, conference_request="second")

    facts = replay(insert(WITH_MEET), answer(200, EVENT | conference("failure")))
    assert (facts.conference, facts.link) == (Conference.FAILURE, "")
    facts = replay(
        patch("conference", spec=again), answer(200, EVENT | conference("success", request_id="second")), sent=sent
    )

    assert facts.link == MEET_LINK
    assert (sent[0].method, sent[0].query["conferenceDataVersion"]) == ("PATCH", "1")
    assert sent[0].json == {
        "conferenceData": {"createRequest": {"requestId": "second", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}
    }


def test_where_google_makes_no_meet_calls_the_event_is_made_without_and_the_failure_is_told() -> None:
    sent: list[Request] = []

    facts = replay(insert(WITH_MEET), NO_MEET, answer(200, EVENT), sent=sent)

    assert facts == replace(FACTS, conference=Conference.FAILURE)
    assert sent[1].json is not None
    assert "conferenceData" not in sent[1].json


def test_a_wish_that_google_left_out_in_silence_is_a_failure() -> None:
    assert replay(insert(WITH_MEET), answer(200, EVENT)).conference is Conference.FAILURE
    assert replay(insert(), answer(200, EVENT)).conference is Conference.NONE
    assert replay(patch("conference", spec=WITH_MEET), answer(200, EVENT)).conference is Conference.FAILURE


def test_a_patch_that_google_makes_no_meet_call_for_changes_all_else() -> None:
    sent: list[Request] = []

    facts = replay(patch("title", "conference", spec=WITH_MEET), NO_MEET, answer(200, EVENT), sent=sent)

    assert facts.conference is Conference.FAILURE
    assert sent[1].json == {"summary": "Consultation"}


def test_an_event_that_is_there_already_is_adopted_as_it_is() -> None:
    """The insert may be repeated: its id is ours."""
    sent: list[Request] = []

    facts = replay(insert(), DUPLICATE, answer(200, EVENT), sent=sent)

    assert facts == FACTS
    assert (sent[1].method, sent[1].url) == ("GET", f"{EVENTS_URL}/{EVENT_ID}")


@pytest.mark.parametrize(
    "holder",
    [
        answer(200, EVENT | {"status": "cancelled"}),
        answer(200, EVENT | {"extendedProperties": {"private": {"convocaRef": str(uuid4())}}}),
        answer(200, {name: value for name, value in EVENT.items() if name != "extendedProperties"}),
        NOT_FOUND,
    ],
    ids=["a deleted event", "another reference", "no reference", "nothing"],
)
def test_an_id_that_is_spent_is_gone_and_the_next_generation_needs_a_new_one(holder: Response) -> None:
    """A deleted id stays taken for ever."""
    with pytest.raises(Gone):
        replay(insert(), DUPLICATE, holder)


def test_an_event_that_exists_and_cannot_be_read_is_unknown() -> None:
    """It may be ours: whoever believed that nothing was made would leave it there for ever."""
    with pytest.raises(OutcomeLost):
        replay(insert(), DUPLICATE, page(503))


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_insert_that_succeeded_and_cannot_be_read_is_unknown(body: bytes) -> None:
    with pytest.raises(OutcomeLost):
        replay(insert(), Response(status=200, body=body))


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 302])
def test_an_insert_that_was_not_definitely_refused_is_unknown(status: int) -> None:
    with pytest.raises(OutcomeLost):
        replay(insert(), page(status))


def test_an_insert_into_a_calendar_that_is_gone_is_gone() -> None:
    with pytest.raises(Gone):
        replay(insert(), NOT_FOUND)


def test_a_look_by_our_own_id_is_definite() -> None:
    def look(response: Response) -> EventFacts | None:
        return replay(GOOGLE.look_up(KEY, application=APPLICATION, token=TOKEN), response)

    assert look(answer(200, EVENT)) == FACTS
    assert look(NOT_FOUND) is None
    deleted = look(answer(200, EVENT | {"status": "cancelled"}))
    assert deleted is not None
    assert deleted.is_cancelled
    with pytest.raises(Unreachable):
        look(page(503))


def test_reading_an_event_that_was_deleted_is_gone_whether_google_remembers_it_or_not() -> None:
    for response in (NOT_FOUND, DELETED, answer(200, EVENT | {"status": "cancelled"})):
        with pytest.raises(Gone):
            replay(read(), response)


def test_a_move_sends_start_end_and_zone_together_and_leaves_the_meet_call_as_it_is() -> None:
    sent: list[Request] = []

    replay(patch("starts_at"), answer(200, EVENT), sent=sent)

    assert (sent[0].method, sent[0].url) == ("PATCH", f"{EVENTS_URL}/{EVENT_ID}")
    assert sent[0].json == {
        "start": {"dateTime": "2030-03-31T08:00:00Z", "timeZone": "Europe/Madrid"},
        "end": {"dateTime": "2030-03-31T08:45:00Z", "timeZone": "Europe/Madrid"},
    }


def test_a_patch_says_what_changed_and_nothing_else() -> None:
    for name, body in {
        "title": {"summary": "Consultation"},
        "description": {"description": "Booked with Convoca"},
        "location": {"location": "Room 2"},
        "attendees": {"attendees": []},
        "conference": {"conferenceData": None},
    }.items():
        sent: list[Request] = []
        replay(patch(name), answer(200, EVENT), sent=sent)
        assert sent[0].json == body
    assert set(SPEC.told()) == ALL


def test_a_patch_of_an_event_that_changed_meanwhile_is_refused_if_its_etag_is_named() -> None:
    sent: list[Request] = []

    with pytest.raises(ChangedMeanwhile):
        replay(patch("title", etag='"1"'), answer(412, {"error": {"code": 412, "message": "Precondition Failed"}}))
    replay(patch("title", etag='"1"'), answer(200, EVENT), sent=sent)

    assert sent[0].headers["if-match"] == '"1"'


def test_a_patch_of_an_event_that_was_deleted_is_gone() -> None:
    for response in (NOT_FOUND, DELETED, answer(200, EVENT | {"status": "cancelled"})):
        with pytest.raises(Gone):
            replay(patch("title"), response)


@pytest.mark.parametrize("response", [answer(204), NOT_FOUND, DELETED], ids=["deleted", "unknown", "again"])
def test_deleting_an_event_that_is_gone_is_a_success(response: Response) -> None:
    sent: list[Request] = []

    replay(GOOGLE.remove(KEY, application=APPLICATION, token=TOKEN), response, sent=sent)

    assert (sent[0].method, sent[0].url, sent[0].query) == (
        "DELETE",
        f"{EVENTS_URL}/{EVENT_ID}",
        {"sendUpdates": "none"},
    )


def test_a_deletion_that_google_does_not_answer_is_repeated() -> None:
    for status in (404, 503):
        with pytest.raises(Unreachable):
            replay(GOOGLE.remove(KEY, application=APPLICATION, token=TOKEN), page(status))


def test_what_a_hand_changed_in_google_is_named() -> None:
    """J7: an event moved or renamed by hand is noticed."""
    moved = EVENT | {
        "summary": "Lunch",
        "start": {"dateTime": "2030-03-31T12:00:00+02:00", "timeZone": "Europe/Madrid"},
        "end": {"dateTime": "2030-03-31T12:45:00+02:00", "timeZone": "Europe/Madrid"},
    }

    assert replay(read(), answer(200, EVENT)).differences(SPEC) == set()
    assert replay(read(), answer(200, moved)).differences(SPEC) == {"title", "starts_at", "ends_at"}


def test_a_day_long_event_begins_at_midnight_where_it_is() -> None:
    day = EVENT | {"start": {"date": "2030-03-31", "timeZone": "Europe/Madrid"}, "end": {"date": "2030-04-01"}}

    facts = replay(read(), answer(200, day))

    assert facts.starts_at == datetime(2030, 3, 30, 23, 0, tzinfo=UTC)
    assert facts.ends_at == datetime(2030, 4, 1, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "start", [None, {}, {"dateTime": "soon"}, {"dateTime": "2030-03-31T10:00:00", "timeZone": "Mars"}, "10:00"]
)
def test_a_time_that_cannot_be_read_is_not_said(start: object) -> None:
    facts = replay(read(), answer(200, EVENT | {"start": start}))

    assert facts.starts_at is None
    assert facts.differences(SPEC) == set()


def test_instants_that_are_not_in_utc_and_ids_that_are_none_are_never_sent() -> None:
    with pytest.raises(ValueError, match="UTC"):
        replay(insert(replace(SPEC, starts_at=datetime(2030, 3, 31, 8, 0))))  # noqa: DTZ001
    for event_id in ("", "x", "AAAAAA", "aaaaa/../b", "wxyz1"):
        key = EventKey(calendar_id=CALENDAR, event_id=event_id)
        with pytest.raises(ValueError, match="base32hex"):
            replay(GOOGLE.read_event(key, application=APPLICATION, token=TOKEN))


def test_no_repr_shows_a_link() -> None:
    facts = replay(read(), answer(200, EVENT | conference("success")))

    assert facts.link == MEET_LINK
    assert "meet.google.com" not in repr(facts)
    assert "eid=" not in repr(facts)
