"""The list of providers, and links typed by hand."""

import pytest

from convoca.providers import CONNECTED_PROVIDERS, PROVIDERS, connected_provider_by_id, provider_by_id
from convoca.providers.contract import Rejected
from convoca.providers.manual import Manual
from tests.providers.recorded import ALL, APPLICATION, SPEC
from tests.providers.replay import replay


def test_providers_stand_in_the_order_of_the_page() -> None:
    assert [provider.id for provider in PROVIDERS] == ["jitsi", "zoom", "google_meet", "manual"]
    assert [provider.id for provider in CONNECTED_PROVIDERS] == ["zoom"]


def test_a_provider_is_found_by_its_id() -> None:
    assert provider_by_id("jitsi") is PROVIDERS[0]
    assert connected_provider_by_id("zoom") is provider_by_id("zoom")
    with pytest.raises(LookupError):
        provider_by_id("pigeon")
    with pytest.raises(LookupError):
        connected_provider_by_id("jitsi")


def test_what_providers_can_do_is_said_by_their_capabilities() -> None:
    assert [provider.capabilities.computed for provider in PROVIDERS] == [True, False, False, False]
    assert [provider.capabilities.connects for provider in PROVIDERS] == [False, True, False, False]
    assert [provider.capabilities.automatic for provider in PROVIDERS] == [True, True, True, False]
    assert (provider_by_id("zoom").capabilities.daily_writes, provider_by_id("jitsi").capabilities.daily_writes) == (
        100,
        None,
    )
    assert provider_by_id("zoom").capabilities.basic_plan_minutes == 40


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://teams.microsoft.com/l/meetup-join/19%3a", True),
        ("http://meet.example.org/room", True),
        ("https://[2001:db8::1]/room", True),
        ("", False),
        ("meet.example.org/room", False),
        ("ftp://example.org/", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://example.org:port/", False),
        ("https://user@example.org/", False),
        ("https://example.org\\@zoom.us/", False),
        ("https://example.org/ room", False),
        ("https://example.org/\nroom", False),
        ("data:text/html,hello", False),
    ],
)
def test_by_hand_any_web_address_may_be_given_and_nothing_else(url: str, is_link: bool) -> None:
    assert Manual().owns_link(url, application=APPLICATION) is is_link


def test_nothing_is_ever_made_or_changed_for_a_link_typed_by_hand() -> None:
    manual = Manual()
    for exchange in (
        manual.create(SPEC, application=APPLICATION, token=""),
        manual.look(SPEC, application=APPLICATION, token=""),
        manual.update("1", SPEC, changed=ALL, application=APPLICATION, token=""),
        manual.delete("1", application=APPLICATION, token=""),
    ):
        with pytest.raises(Rejected):
            replay(exchange)
