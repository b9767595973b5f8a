"""Google Meet: calls that are born with an event, and whose links are known by sight."""

import pytest

from convoca.providers import (
    CALENDAR_PROVIDERS,
    calendar_provider_by_id,
    connected_provider_by_id,
    provider_by_id,
)
from convoca.providers.contract import KnownLink, Rejected
from convoca.providers.google.meet import GoogleMeet
from tests.providers.recorded import ALL, APPLICATION, SPEC
from tests.providers.replay import replay

MEET = GoogleMeet()


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://meet.google.com/abc-defg-hij", True),
        ("https://meet.google.com/abc-defg-hij?authuser=0", True),
        ("http://meet.google.com/abc-defg-hij", False),
        ("https://google.com/abc-defg-hij", False),
        ("https://meet.google.com.evil.example/abc-defg-hij", False),
        ("https://evil.example/meet.google.com", False),
    ],
)
def test_a_link_of_google_meet_is_known_by_its_host(url: str, is_ours: bool) -> None:
    assert MEET.owns_link(url, application=APPLICATION) is is_ours


def test_a_link_says_its_code_and_is_the_same_for_host_and_guests() -> None:
    assert MEET.read_link("https://meet.google.com/abc-defg-hij?authuser=0") == KnownLink(number="abc-defg-hij")
    assert MEET.read_link("https://meet.google.com/landing") == KnownLink()


def test_google_meet_makes_no_call_of_its_own() -> None:
    """M5, M6: the event's publication does the work."""
    for provider in (MEET, provider_by_id("google")):
        for exchange in (
            provider.create(SPEC, application=APPLICATION, token=""),
            provider.look(SPEC, application=APPLICATION, token=""),
            provider.read("1", application=APPLICATION, token=""),
            provider.update("1", SPEC, changed=ALL, application=APPLICATION, token=""),
            provider.delete("1", application=APPLICATION, token=""),
            provider.host_url("1", application=APPLICATION, token=""),
        ):
            with pytest.raises(Rejected, match="event"):
                replay(exchange)


def test_google_is_found_by_its_ids() -> None:
    assert calendar_provider_by_id("google") is connected_provider_by_id("google") is CALENDAR_PROVIDERS[0]
    assert provider_by_id("google_meet").capabilities.born_with_event
    assert not provider_by_id("google").capabilities.automatic
    with pytest.raises(LookupError):
        calendar_provider_by_id("zoom")
    with pytest.raises(LookupError):
        connected_provider_by_id("google_meet")
