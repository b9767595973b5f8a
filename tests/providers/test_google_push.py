"""Channels: how Google is asked to call us, how its calls are known, and how little they say."""

from datetime import UTC, datetime

import pytest

from convoca.providers.calendars import Channel
from convoca.providers.contract import (
    Application,
    Change,
    Notice,
    OutcomeLost,
    Rejected,
    Request,
    Response,
    Unreachable,
)
from convoca.providers.google.push import channel_secret, is_genuine, read_notice
from tests.providers.recorded import APPLICATION, TOKEN
from tests.providers.recorded_google import CALENDAR, EVENTS_URL, GOOGLE, NOT_FOUND, error
from tests.providers.replay import answer, page, replay

NAME = "0190d5b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"
ADDRESS = "https://book.example/hooks/google"
CHANNEL = Channel(id=NAME, resource_id="resource", expires_at=datetime(2030, 3, 8, 9, tzinfo=UTC))
OPENED = {
    "kind": "api#channel",
    "id": NAME,
    "resourceId": "resource",
    "resourceUri": f"{EVENTS_URL}?alt=json",
    "expiration": str(int(CHANNEL.expires_at.timestamp() * 1000)),
}
SECRET = channel_secret(NAME, application=APPLICATION)
HEADERS = {
    "x-goog-channel-id": NAME,
    "x-goog-channel-token": SECRET,
    "x-goog-message-number": "7",
    "x-goog-resource-id": "resource",
    "x-goog-resource-state": "exists",
}


def watch(response: Response, sent: list[Request] | None = None) -> Channel:
    exchange = GOOGLE.watch(CALENDAR, channel_id=NAME, address=ADDRESS, application=APPLICATION, token=TOKEN)
    return replay(exchange, response, sent=sent)


def test_a_channel_is_opened_with_a_secret_that_is_kept_nowhere() -> None:
    sent: list[Request] = []

    assert watch(answer(200, OPENED), sent) == CHANNEL

    assert (sent[0].method, sent[0].url) == ("POST", f"{EVENTS_URL}/watch")
    assert sent[0].json == {"id": NAME, "type": "web_hook", "address": ADDRESS, "token": SECRET}


def test_an_address_that_google_will_not_call_is_refused_in_its_words() -> None:
    for refused in (
        error(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS"),
        error(401, "push.webhookUrlUnauthorized", "Unauthorized WebHook callback channel"),
    ):
        with pytest.raises(Rejected, match="WebHook"):
            watch(refused)


def test_a_channel_without_an_end_is_unknown() -> None:
    for told in ({}, OPENED | {"expiration": "soon"}, OPENED | {"resourceId": ""}):
        with pytest.raises(OutcomeLost):
            watch(answer(200, told))


def test_a_channel_is_stopped_and_one_that_has_ended_is_a_success() -> None:
    sent: list[Request] = []
    for response in (answer(204), NOT_FOUND):
        replay(GOOGLE.stop(CHANNEL, application=APPLICATION, token=TOKEN), response, sent=sent)

    assert sent[0].url == "https://www.googleapis.com/calendar/v3/channels/stop"
    assert sent[0].json == {"id": NAME, "resourceId": "resource"}
    with pytest.raises(Unreachable):
        replay(GOOGLE.stop(CHANNEL, application=APPLICATION, token=TOKEN), page(503))


def test_a_notice_is_known_by_its_channel_s_secret() -> None:
    assert is_genuine(HEADERS, application=APPLICATION)


@pytest.mark.parametrize(
    "change",
    [
        {"x-goog-channel-token": ""},
        {"x-goog-channel-token": SECRET[:-1] + "x"},
        {"x-goog-channel-token": "é"},
        {"x-goog-channel-id": ""},
        {"x-goog-channel-id": "another"},
    ],
)
def test_whoever_does_not_know_the_secret_is_nobody(change: dict[str, str]) -> None:
    assert not is_genuine(HEADERS | change, application=APPLICATION)
    assert not is_genuine({}, application=APPLICATION)
    assert not is_genuine(HEADERS, application=Application(secret="another installation's"))
    assert not is_genuine(HEADERS, application=Application())


def test_a_notice_says_under_which_channel_to_look_and_nothing_else() -> None:
    assert read_notice(HEADERS) == Notice(
        change=Change.CALENDAR_CHANGED, identity=f"calendar changed {NAME} 7", channel=NAME
    )
    assert read_notice(HEADERS | {"x-goog-resource-state": "not_exists"}) is not None


def test_the_notice_that_a_channel_is_open_is_no_news() -> None:
    assert read_notice(HEADERS | {"x-goog-resource-state": "sync"}) is None
    assert read_notice({}) is None
