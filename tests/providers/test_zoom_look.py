"""Finding a meeting again after a call whose outcome was lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from convoca.providers.contract import Absent, CannotTell, Found, Rejected, Request, Sighting, Unreachable
from convoca.providers.zoom import Zoom
from tests.providers.recorded import APPLICATION, FACTS, MARKER, MEETING, NUMBER, SPEC, TOKEN, error, listed
from tests.providers.replay import answer, page, replay

FOREIGN = MEETING | {"id": 81111111111, "agenda": "Team lunch", "start_time": "2030-03-31T09:00:00Z"}


def look(*responses: Any, sent: list[Request] | None = None) -> Sighting:
    return replay(Zoom().look(SPEC, application=APPLICATION, token=TOKEN), *responses, sent=sent)


def test_a_meeting_with_our_marker_is_found_near_its_start_and_read_whole() -> None:
    sent: list[Request] = []

    sighting = look(listed(FOREIGN, MEETING), answer(200, MEETING), sent=sent)

    assert sighting == Found(meetings=(FACTS,))
    assert [(request.method, request.url) for request in sent] == [
        ("GET", "https://api.zoom.us/v2/users/me/meetings"),
        ("GET", f"https://api.zoom.us/v2/meetings/{NUMBER}"),
    ]
    assert sent[0].query == {
        "type": "upcoming",
        "page_size": "300",
        "from": "2030-03-30",
        "to": "2030-04-01",
        "timezone": "UTC",
    }


def test_a_meeting_that_still_stands_at_another_day_is_found_in_the_whole_list() -> None:
    """After a lost update it may stand at its old start; making another would change the guests' link."""
    moved = MEETING | {"start_time": "2030-03-10T08:00:00Z"}

    assert isinstance(look(listed(), listed(moved), answer(200, moved)), Found)


def test_two_meetings_with_our_marker_come_oldest_first() -> None:
    elder = MEETING | {
        "id": 89999999999,
        "created_at": "2030-03-01T08:59:58Z",
        "join_url": "https://zoom.us/j/89999999999",
    }

    sighting = look(listed(MEETING, elder), answer(200, elder), answer(200, MEETING))

    assert isinstance(sighting, Found)
    assert [facts.remote_id for facts in sighting.meetings] == ["89999999999", str(NUMBER)]


def test_absence_is_believed_only_from_every_page_of_the_whole_list() -> None:
    sent: list[Request] = []

    sighting = look(listed(FOREIGN), listed(FOREIGN, token="page-2"), listed(FOREIGN), sent=sent)

    assert isinstance(sighting, Absent)
    assert [request.query.get("next_page_token", "") for request in sent] == ["", "", "page-2"]


def test_a_page_that_zoom_refuses_tells_nothing() -> None:
    void = error(400, 300, "The next page token is invalid or expired.")

    assert isinstance(look(listed(), listed(token="page-2"), void), CannotTell)


def test_a_page_token_given_twice_tells_nothing() -> None:
    assert isinstance(look(listed(), listed(token="page-2"), listed(token="page-2")), CannotTell)


@pytest.mark.parametrize("body", [{}, {"meetings": None}, {"meetings": ["odd"]}, {"meetings": [{"id": None}]}])
def test_a_list_with_holes_tells_nothing(body: dict[str, Any]) -> None:
    holes = answer(200, body, date="Fri, 01 Mar 2030 10:00:00 GMT")

    assert isinstance(look(holes, holes), CannotTell)


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 31 Mar 2030 08:00:00 GMT",  # the start has come
        "Tue, 31 Mar 2031 08:00:00 GMT",
        "Mon, 01 Jan 2029 08:00:00 GMT",  # further than Zoom's list reaches
        "yesterday",
        "",
    ],
)
def test_absence_from_a_list_that_does_not_cover_the_start_tells_nothing(date: str) -> None:
    assert isinstance(look(listed(date=date), listed(date=date)), CannotTell)


def test_presence_is_believed_whatever_the_list_covers() -> None:
    assert isinstance(look(listed(MEETING, date=""), answer(200, MEETING)), Found)


def test_the_list_reaches_six_months_ahead() -> None:
    start = SPEC.starts_at.replace(month=8, day=28)
    spec = replace(SPEC, starts_at=start, ends_at=start + timedelta(minutes=45))

    sighting = replay(Zoom().look(spec, application=APPLICATION, token=TOKEN), listed(), listed())

    assert isinstance(sighting, Absent)


def test_a_listed_meeting_without_agenda_at_our_start_is_opened() -> None:
    """Which fields a list carries is nowhere promised: a meeting of ours must not be overlooked for that."""
    bare = {name: value for name, value in MEETING.items() if name != "agenda"}

    assert isinstance(look(listed(bare), answer(200, MEETING)), Found)


def test_somebody_elses_meeting_at_our_start_is_not_ours() -> None:
    bare = {name: value for name, value in FOREIGN.items() if name != "agenda"} | {"start_time": "2030-03-31T08:00:00Z"}

    assert isinstance(look(listed(bare), answer(200, FOREIGN), listed(bare), answer(200, FOREIGN)), Absent)


def test_a_meeting_that_is_listed_and_not_known_is_looked_for_again() -> None:
    """T41: lists and meetings of a vendor may disagree for a while; neither "gone" nor "absent" follows from that."""
    with pytest.raises(Unreachable):
        look(listed(MEETING), error(404, 3001, f"Meeting does not exist: {NUMBER}."))


def test_a_found_meeting_whose_link_leads_elsewhere_is_refused_in_words() -> None:
    """T20"""
    with pytest.raises(Rejected, match="does not lead to Zoom"):
        look(listed(MEETING), answer(200, MEETING | {"join_url": "https://example.org/j/1"}))


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"meetings": [', b"[]"])
def test_a_list_that_cannot_be_read_is_asked_for_again(body: bytes) -> None:
    """T4"""
    with pytest.raises(Unreachable):
        look(page(200, body))
    with pytest.raises(Unreachable):
        look(listed(MEETING), page(200, body))


def test_the_marker_stands_within_what_a_list_shows_of_an_agenda() -> None:
    sent: list[Request] = []

    replay(Zoom().create(SPEC, application=APPLICATION, token=TOKEN), answer(201, MEETING), sent=sent)

    assert sent[0].json is not None
    assert f"[ref:{MARKER}]" in str(sent[0].json["agenda"])[:250]


def test_everything_that_carries_a_marker_is_listed_and_nothing_else() -> None:
    """For the nightly sweep; two meetings with one marker are two."""
    twice = MEETING | {"id": NUMBER + 1}
    pages = (listed(MEETING, FOREIGN, token="next"), listed(twice))

    found = replay(Zoom().marked(application=APPLICATION, token=TOKEN), *pages)

    assert [(each.marker, each.remote_id) for each in found] == [(MARKER, str(NUMBER)), (MARKER, str(NUMBER + 1))]
