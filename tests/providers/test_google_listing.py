"""A user's calendars, a calendar's changes, and busy times at Google."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from convoca.core.time import Interval
from convoca.providers.calendars import Busy, CalendarFacts, Changes, SyncLost
from convoca.providers.contract import (
    Exchange,
    Gone,
    NotAuthorized,
    OutcomeLost,
    Rejected,
    Request,
    Response,
    Unreachable,
)
from convoca.providers.google.account import CALENDAR_LIST, FREE_BUSY, NEW_CALENDARS
from tests.providers.recorded import APPLICATION, TOKEN
from tests.providers.recorded_google import CALENDAR, EVENT, FACTS, GOOGLE, NOT_FOUND, error
from tests.providers.replay import answer, page, replay

BASE = "https://www.googleapis.com/calendar/v3"
PRIMARY: dict[str, Any] = {
    "kind": "calendar#calendarListEntry",
    "id": "ana@example.org",
    "summary": "ana@example.org",
    "summaryOverride": "Ana",
    "timeZone": "Europe/Madrid",
    "accessRole": "owner",
    "primary": True,
    "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
}
SHARED = {
    "id": "holidays",
    "summary": "Holidays",
    "accessRole": "reader",
    "conferenceProperties": {"allowedConferenceSolutionTypes": ["eventHangout"]},
}
WORK = {"id": CALENDAR, "summary": "Work", "accessRole": "writer", "timeZone": "Europe/Madrid"}
NINE, TEN, NOON = (datetime(2030, 3, 4, hour, tzinfo=UTC) for hour in (9, 10, 12))
DAY = Interval(datetime(2030, 3, 4, tzinfo=UTC), datetime(2030, 3, 5, tzinfo=UTC))


def calendars() -> Exchange[tuple[CalendarFacts, ...]]:
    return GOOGLE.calendars(application=APPLICATION, token=TOKEN)


def changes(sync_token: str = "", since: datetime | None = None) -> Exchange[Changes]:
    return GOOGLE.changes(CALENDAR, sync_token=sync_token, since=since, application=APPLICATION, token=TOKEN)


def busy(*calendar_ids: str, during: Interval = DAY) -> Exchange[tuple[Busy, ...]]:
    return GOOGLE.busy(calendar_ids, during, application=APPLICATION, token=TOKEN)


def listed(*events: dict[str, Any], page_token: str = "", sync_token: str = "") -> Response:
    tokens = {"nextPageToken": page_token} if page_token else {"nextSyncToken": sync_token}
    return answer(200, {"items": list(events), **tokens})


def test_calendars_are_listed_the_primary_one_first_and_say_what_they_allow() -> None:
    """M4, M6: which can be written, and which make Meet calls."""
    sent: list[Request] = []

    found = replay(
        calendars(),
        answer(200, {"items": [SHARED, WORK], "nextPageToken": "more"}),
        answer(200, {"items": [PRIMARY, {"id": "old", "deleted": True}]}),
        sent=sent,
    )

    assert found == (
        CalendarFacts(
            id="ana@example.org",
            name="Ana",
            time_zone="Europe/Madrid",
            is_primary=True,
            may_write=True,
            makes_meetings=True,
        ),
        CalendarFacts(id=CALENDAR, name="Work", time_zone="Europe/Madrid", may_write=True),
        CalendarFacts(id="holidays", name="Holidays"),
    )
    assert sent[0].url == f"{BASE}/users/me/calendarList"
    assert [request.query.get("pageToken") for request in sent] == [None, "more"]


def test_a_list_that_never_ends_is_unreachable() -> None:
    endless = answer(200, {"items": [], "nextPageToken": "more"})

    with pytest.raises(Unreachable):
        replay(calendars(), endless, endless)


def test_a_page_that_fails_makes_the_whole_list_unknown() -> None:
    with pytest.raises(Unreachable):
        replay(calendars(), answer(200, {"items": [PRIMARY], "nextPageToken": "more"}), page(502))


def test_without_its_box_the_list_of_calendars_names_what_is_missing() -> None:
    with pytest.raises(NotAuthorized) as refused:
        replay(calendars(), error(403, "insufficientPermissions"))

    assert refused.value.missing_scopes == {CALENDAR_LIST}


def make(response: Response, sent: list[Request] | None = None) -> CalendarFacts:
    exchange = GOOGLE.make_calendar("Bookings", time_zone="Europe/Madrid", application=APPLICATION, token=TOKEN)
    return replay(exchange, response, sent=sent)


def test_a_calendar_is_made_for_a_schedule() -> None:
    """J7: "New calendar"."""
    sent: list[Request] = []
    made = {"id": "c_1@group.calendar.google.com", "summary": "Bookings", "timeZone": "Europe/Madrid"}

    facts = make(answer(200, made), sent)

    assert (facts.id, facts.name, facts.may_write) == ("c_1@group.calendar.google.com", "Bookings", True)
    assert (sent[0].method, sent[0].url) == ("POST", f"{BASE}/calendars")
    assert sent[0].json == {"summary": "Bookings", "timeZone": "Europe/Madrid"}


def test_whether_a_calendar_was_made_is_known_or_unknown_and_never_guessed() -> None:
    with pytest.raises(NotAuthorized) as refused:
        make(error(403, "insufficientPermissions"))
    assert refused.value.missing_scopes == {NEW_CALENDARS}
    for response in (page(503), Response(status=200), answer(200, {})):
        with pytest.raises(OutcomeLost):
            make(response)


def test_the_first_look_reads_our_own_events_from_a_day_on_and_ends_with_a_token() -> None:
    sent: list[Request] = []
    foreign = {"id": "theirs", "summary": "Lunch", "status": "confirmed"}

    found = replay(changes(since=NINE), listed(foreign, page_token="more"), listed(EVENT, sync_token="next"), sent=sent)

    assert found == Changes(events=(FACTS,), sync_token="next")
    assert [request.query.get("timeMin") for request in sent] == ["2030-03-04T09:00:00Z"] * 2
    assert [request.query.get("pageToken") for request in sent] == [None, "more"]


def test_later_looks_name_the_token_and_no_filter_and_tell_of_deleted_events() -> None:
    """The answer to a deleted event may hold nothing but its id."""
    sent: list[Request] = []

    found = replay(changes("next"), listed({"id": "gone1", "status": "cancelled"}, sync_token="later"), sent=sent)

    assert [(each.key.event_id, each.is_cancelled, each.title) for each in found.events] == [("gone1", True, None)]
    assert found.sync_token == "later"
    assert set(sent[0].query) == {"syncToken", "maxResults", "fields"}


def test_the_pages_members_and_size_are_the_same_with_a_token_as_without() -> None:
    sent: list[Request] = []
    replay(changes(), listed(sync_token="next"), sent=sent)
    replay(changes("next"), listed(sync_token="later"), sent=sent)

    first, second = (dict(request.query) for request in sent)
    del second["syncToken"]
    assert first == second


def test_a_token_that_is_too_old_asks_for_a_full_look_and_a_calendar_may_be_gone() -> None:
    with pytest.raises(SyncLost):
        replay(changes("old"), error(410, "fullSyncRequired"))
    with pytest.raises(Gone):
        replay(changes("next"), NOT_FOUND)


def test_busy_times_are_disjoint_in_order_and_told_calendar_by_calendar() -> None:
    sent: list[Request] = []
    told = {
        "calendars": {
            "a": {
                "busy": [
                    {"start": "2030-03-04T11:00:00Z", "end": "2030-03-04T12:00:00Z"},
                    {"start": "2030-03-04T10:00:00+01:00", "end": "2030-03-04T10:30:00Z"},
                    {"start": "2030-03-04T10:00:00Z", "end": "2030-03-04T11:00:00Z"},
                ]
            },
            "b": {"errors": [{"domain": "global", "reason": "notFound"}]},
            "d": {"busy": [{"start": "soon", "end": "later"}]},
            "e": {"busy": []},
        }
    }

    found = replay(busy("a", "b", "c", "d", "e"), answer(200, told), sent=sent)

    assert found == (
        Busy(calendar_id="a", intervals=(Interval(NINE, NOON),)),
        Busy(calendar_id="b", problem="notFound"),
        Busy(calendar_id="c", problem="not told"),
        Busy(calendar_id="d", problem="not told"),
        Busy(calendar_id="e"),
    )
    assert (sent[0].method, sent[0].url) == ("POST", f"{BASE}/freeBusy")
    assert sent[0].json == {
        "timeMin": "2030-03-04T00:00:00Z",
        "timeMax": "2030-03-05T00:00:00Z",
        "items": [{"id": each} for each in "abcde"],
    }


def test_many_calendars_and_long_spans_are_asked_for_in_parts() -> None:
    sent: list[Request] = []
    names = tuple(f"c{number}" for number in range(60))
    long = Interval(DAY.starts_at, DAY.starts_at + timedelta(days=100))

    def told(first: int, last: int, day: int) -> Response:
        start, end = f"2030-03-{day:02}T09:00:00Z", f"2030-03-{day:02}T10:00:00Z"
        return answer(200, {"calendars": {n: {"busy": [{"start": start, "end": end}]} for n in names[first:last]}})

    found = replay(
        busy(*names, during=long), told(0, 50, 4), told(50, 60, 4), told(0, 50, 5), told(50, 60, 5), sent=sent
    )

    assert [len(each.intervals) for each in found] == [2] * 60
    bodies = [request.json or {} for request in sent]
    assert [len(each["items"]) for each in bodies if isinstance(each["items"], list)] == [50, 10, 50, 10]
    spans = [(each["timeMin"], each["timeMax"]) for each in bodies]
    assert (
        spans
        == [("2030-03-04T00:00:00Z", "2030-05-03T00:00:00Z")] * 2
        + [("2030-05-03T00:00:00Z", "2030-06-12T00:00:00Z")] * 2
    )


def test_a_calendar_that_fails_in_one_part_is_unknown() -> None:
    long = Interval(DAY.starts_at, DAY.starts_at + timedelta(days=100))
    well: dict[str, Any] = {"calendars": {"a": {"busy": []}}}
    ill: dict[str, Any] = {"calendars": {"a": {"errors": [{"reason": "internalError"}]}}}

    for first, second in ((well, ill), (ill, well)):
        (found,) = replay(busy("a", during=long), answer(200, first), answer(200, second))
        assert found.problem == "internalError"


def test_busy_times_without_their_box_name_what_is_missing() -> None:
    with pytest.raises(NotAuthorized) as refused:
        replay(busy("a"), error(403, "insufficientPermissions"))
    assert refused.value.missing_scopes == {FREE_BUSY}
    with pytest.raises(Rejected):
        replay(busy("a"), error(400, "timeRangeTooLong"))
