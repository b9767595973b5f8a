"""Create, update and delete at Zoom: what we send, and what each answer means."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from convoca.providers.contract import (
    Application,
    Gone,
    MeetingFacts,
    NotAuthorized,
    OutcomeLost,
    QuotaExhausted,
    Rejected,
    Request,
    Response,
    Throttled,
    TokenExpired,
    Unreachable,
)
from convoca.providers.zoom import Zoom
from tests.providers.recorded import (
    ALL,
    APPLICATION,
    FACTS,
    LINK,
    MARKER,
    MEETING,
    NUMBER,
    SPEC,
    TOKEN,
    UNREADABLE,
    error,
)
from tests.providers.replay import answer, page, replay

ZOOM = Zoom()
WEIGHTS = ("light", "medium")


def test_a_meeting_is_scheduled_in_utc_with_our_marker_at_the_beginning_of_its_agenda() -> None:
    sent: list[Request] = []

    facts = replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), answer(201, MEETING), sent=sent)

    assert facts == FACTS
    assert (sent[0].method, sent[0].url) == ("POST", "https://api.zoom.us/v2/users/me/meetings")
    assert sent[0].headers == {"authorization": "Bearer an-access-token"}
    assert sent[0].json == {
        "topic": "Consultation with Ana",
        "type": 2,
        "start_time": "2030-03-31T08:00:00Z",
        "timezone": "Europe/Madrid",
        "duration": 45,
        "agenda": f"[ref:{MARKER}] Convoca",
        "default_password": True,
        "settings": {
            "join_before_host": True,
            "jbh_time": 10,
            "waiting_room": False,
            "use_pmi": False,
            "approval_type": 2,
            "meeting_authentication": False,
            "email_notification": False,
        },
    }


def test_a_topic_longer_than_zoom_allows_is_cut() -> None:
    sent: list[Request] = []

    replay(
        ZOOM.create(replace(SPEC, topic="x" * 201), application=APPLICATION, token=TOKEN),
        answer(201, MEETING),
        sent=sent,
    )

    assert sent[0].json is not None
    assert sent[0].json["topic"] == "x" * 200


@pytest.mark.parametrize(("length", "minutes"), [(30, 1), (60, 1), (61, 2), (45 * 60, 45), (90 * 60 + 1, 91)])
def test_a_part_of_a_minute_counts_as_one(length: int, minutes: int) -> None:
    sent: list[Request] = []
    spec = replace(SPEC, ends_at=SPEC.starts_at + timedelta(seconds=length))

    replay(ZOOM.create(spec, application=APPLICATION, token=TOKEN), answer(201, MEETING), sent=sent)

    assert sent[0].json is not None
    assert sent[0].json["duration"] == minutes


def test_a_start_that_is_not_in_utc_is_refused_before_anything_is_sent() -> None:
    spec = replace(SPEC, starts_at=datetime(2030, 3, 31, 10, 0))  # noqa: DTZ001

    with pytest.raises(ValueError, match="UTC"):
        replay(ZOOM.create(spec, application=APPLICATION, token=TOKEN))


def test_only_number_and_link_are_needed_in_the_answer() -> None:
    """T19: some accounts answer without a passcode, and the meeting exists all the same."""
    bare = {"id": NUMBER, "join_url": LINK, "password": None, "settings": "odd"}

    facts = replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), answer(201, bare))

    assert facts == MeetingFacts(remote_id=str(NUMBER), link=LINK, passcode="")


def test_a_meeting_number_written_as_text_is_the_same_number() -> None:
    answered = answer(201, MEETING | {"id": str(NUMBER)})

    facts = replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), answered)

    assert facts.remote_id == str(NUMBER)


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("status", [200, 201, 500, 502, 503])
def test_a_create_whose_answer_cannot_be_read_is_unknown_not_failed(status: int, body: bytes) -> None:
    """T4, T19: the meeting may exist, so nothing but a look may follow."""
    with pytest.raises(OutcomeLost):
        replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), page(status, body))


@pytest.mark.parametrize("status", [302, 408, 500, 503, 504])
def test_a_create_without_a_definite_answer_is_unknown(status: int) -> None:
    with pytest.raises(OutcomeLost):
        replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), answer(status, {"message": "later"}))


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_that_zoom_did_not_write_is_the_edge_of_its_network(status: int, body: bytes) -> None:
    """T4: nothing was made, nothing is said about the meeting, and it is worth another try."""
    for exchange in (
        ZOOM.create(SPEC, application=APPLICATION, token=TOKEN),
        ZOOM.update(str(NUMBER), SPEC, changed=ALL, application=APPLICATION, token=TOKEN),
        ZOOM.delete(str(NUMBER), application=APPLICATION, token=TOKEN),
    ):
        with pytest.raises(Unreachable):
            replay(exchange, page(status, body))


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://zoom.us/zoomconference",
        "https://zoom.us/u/abc123",
        f"https://us02web.zoom.us/s/{NUMBER}?zak=host",
        f"https://zoom.us.example.org/j/{NUMBER}",
        f"https://evilzoom.us/j/{NUMBER}",
        f"https://zoom.us@example.org/j/{NUMBER}",
        f"https://example.org\\@zoom.us/j/{NUMBER}",
        f"http://zoom.us/j/{NUMBER}",
        f"javascript:alert(1)//zoom.us/j/{NUMBER}",
        f"https://127.0.0.1:8090/zoom/j/{NUMBER}",
        "https://[zoom.us/j/1",
    ],
)
def test_t20_a_link_that_is_not_a_guests_link_at_zoom_is_never_handed_on(link: str) -> None:
    """T20: an answer once gave the page of dial-in numbers; a host's address would give away the host's rights."""
    with pytest.raises(OutcomeLost):
        replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), answer(201, MEETING | {"join_url": link}))


@pytest.mark.parametrize("host", ["zoom.us", "us05web.zoom.us", "school.zoom.us", "zoomgov.com", "www.zoomgov.com"])
def test_links_on_all_of_zooms_hosts_are_taken(host: str) -> None:
    link = f"https://{host}/j/{NUMBER}?pwd=abc.1"

    facts = replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), answer(201, MEETING | {"join_url": link}))

    assert facts.link == link


def test_a_configured_loopback_address_allows_its_own_links_and_no_others() -> None:
    application = Application(endpoints={"zoom_api": "http://127.0.0.1:8090/zoom/v2"})

    assert ZOOM.owns_link("http://127.0.0.1:8090/zoom/j/1", application=application)
    assert not ZOOM.owns_link("http://127.0.0.1:8091/zoom/j/1", application=application)
    assert not ZOOM.owns_link("http://127.0.0.1:8090/zoom/j/1", application=APPLICATION)


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({"topic"}, {"topic": "Consultation with Ana"}),
        ({"starts_at"}, {"start_time": "2030-03-31T08:00:00Z", "timezone": "Europe/Madrid"}),
        ({"time_zone"}, {"start_time": "2030-03-31T08:00:00Z", "timezone": "Europe/Madrid"}),
        ({"minutes"}, {"duration": 45}),
        ({"waiting_room"}, {"settings": {"join_before_host": True, "jbh_time": 10, "waiting_room": False}}),
    ],
)
def test_an_update_sends_what_has_changed_and_nothing_else(changed: set[str], body: dict[str, object]) -> None:
    sent: list[Request] = []
    exchange = ZOOM.update(str(NUMBER), SPEC, changed=frozenset(changed), application=APPLICATION, token=TOKEN)

    replay(exchange, answer(204), sent=sent)

    assert (sent[0].method, sent[0].url) == ("PATCH", f"https://api.zoom.us/v2/meetings/{NUMBER}")
    assert sent[0].json == body


def test_a_waiting_room_and_no_passcode_are_asked_for_where_the_owner_wants_it_so() -> None:
    """T40: both are wishes; what Zoom made of them is read from its answer."""
    sent: list[Request] = []
    spec = replace(SPEC, waiting_room=True, passcode=False)

    facts = replay(ZOOM.create(spec, application=APPLICATION, token=TOKEN), answer(201, MEETING), sent=sent)

    body = sent[0].json or {}
    settings = body["settings"]
    assert isinstance(settings, dict)
    assert (body["default_password"], settings["waiting_room"], settings["join_before_host"]) == (False, True, False)
    assert facts.differences(spec) == {"waiting_room", "passcode"}
    assert facts.differences(SPEC) == frozenset()


def test_the_host_s_address_is_read_when_it_is_needed() -> None:
    url = replay(ZOOM.host_url(str(NUMBER), application=APPLICATION, token=TOKEN), answer(200, MEETING))

    assert url == MEETING["start_url"]


@pytest.mark.parametrize("link", ["", LINK, "https://zoom.us.example.org/s/85746065432", "javascript:alert(1)"])
def test_what_does_not_start_a_meeting_at_zoom_is_no_host_s_address(link: str) -> None:
    """T20"""
    with pytest.raises(Unreachable):
        replay(
            ZOOM.host_url(str(NUMBER), application=APPLICATION, token=TOKEN),
            answer(200, MEETING | {"start_url": link}),
        )


def test_a_meeting_is_read_as_it_is_now() -> None:
    told = answer(200, MEETING | {"start_time": "2030-03-31T09:00:00Z", "topic": "Moved", "password": "654321"})

    facts = replay(ZOOM.read(str(NUMBER), application=APPLICATION, token=TOKEN), told)

    assert facts.passcode == "654321"
    assert facts.differences(SPEC) == {"topic", "starts_at"}


def test_calls_per_second_are_the_plan_s_and_the_smallest_where_it_is_not_known() -> None:
    told = [ZOOM.calls_per_second(weight, plan=plan) for plan in ("licensed", "basic", "") for weight in WEIGHTS]

    assert told == [30, 20, 4, 2, 4, 2]


def test_an_update_of_a_meeting_that_zoom_does_not_know_says_gone() -> None:
    with pytest.raises(Gone):
        replay(
            ZOOM.update(str(NUMBER), SPEC, changed=ALL, application=APPLICATION, token=TOKEN),
            error(404, 3001, f"Meeting does not exist: {NUMBER}."),
        )


def test_a_deletion_asks_zoom_to_send_no_mails() -> None:
    sent: list[Request] = []

    replay(ZOOM.delete(str(NUMBER), application=APPLICATION, token=TOKEN), answer(204), sent=sent)

    assert (sent[0].method, sent[0].url) == ("DELETE", f"https://api.zoom.us/v2/meetings/{NUMBER}")
    assert sent[0].query == {"schedule_for_reminder": "false", "cancel_meeting_reminder": "false"}


def test_deleting_what_is_already_gone_is_a_success() -> None:
    replay(
        ZOOM.delete(str(NUMBER), application=APPLICATION, token=TOKEN),
        error(404, 3001, f"Meeting does not exist: {NUMBER}."),
    )


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (error(400, 300, "Validation Failed."), Rejected),
        (error(400, 3000, "Not meeting host."), Rejected),
        (error(401, 124, "Access token is expired."), TokenExpired),
        (error(403, 3161, "Not allowed."), Rejected),
        (error(429, 429, "You have reached the maximum per-second rate limit for this API."), Throttled),
        (answer(500), Unreachable),
    ],
)
def test_every_other_answer_to_a_deletion_leads_to_its_own_state(answered: Response, expected: type[Exception]) -> None:
    """T8; T9 for a meeting whose host has changed: the vendor's words reach the owner."""
    with pytest.raises(expected):
        replay(ZOOM.delete(str(NUMBER), application=APPLICATION, token=TOKEN), answered)


@pytest.mark.parametrize("remote_id", ["", "abc", "1/../../users/me", "-1"])
def test_what_is_no_meeting_number_never_becomes_part_of_an_address(remote_id: str) -> None:
    with pytest.raises(ValueError, match="number"):
        replay(ZOOM.delete(remote_id, application=APPLICATION, token=TOKEN))


def test_a_token_that_is_not_accepted_asks_for_a_refresh() -> None:
    for refused in (
        error(401, 124, "Invalid access token."),
        error(400, 124, "Invalid access token."),
        page(401, b"<html>"),
    ):
        with pytest.raises(TokenExpired):
            replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), refused)


def test_a_missing_scope_is_named() -> None:
    """T6: the owner reads what to allow, not that something went wrong."""
    words = "Invalid access token, does not contain scopes:[meeting:delete:meeting, meeting:delete:meeting:admin]."

    with pytest.raises(NotAuthorized) as refused:
        replay(ZOOM.delete(str(NUMBER), application=APPLICATION, token=TOKEN), error(400, 4711, words))

    assert refused.value.missing_scopes == {"meeting:delete:meeting"}
    assert refused.value.reason == words


def test_the_days_allowance_is_told_from_too_many_calls_at_once_by_zooms_words() -> None:
    """T34: the answer about the day carries no header that says so."""
    words = (
        "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this user."
    )

    with pytest.raises(QuotaExhausted) as refused:
        replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), error(429, 429, words))

    assert refused.value.until is None


def test_zooms_own_words_are_kept_for_the_owner() -> None:
    answered = answer(
        400,
        {
            "code": 300,
            "message": "Validation Failed.",
            "errors": [{"field": "topic", "message": "Too\nlong."}, "odd", {"message": "And more."}],
        },
    )

    with pytest.raises(Rejected) as refused:
        replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), answered)

    assert refused.value.reason == "Validation Failed. topic: Too long. And more."


def test_words_without_end_are_cut() -> None:
    with pytest.raises(Rejected) as refused:
        replay(ZOOM.create(SPEC, application=APPLICATION, token=TOKEN), error(400, 300, "x" * 1000))

    assert refused.value.reason == "x" * 299 + "…"
