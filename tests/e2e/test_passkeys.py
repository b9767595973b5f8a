"""J5, issue 6: passkeys, in a real browser with an authenticator of its own: added, used, renamed, removed."""

from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.e2e.browser import Visits, axe, overflow
from tests.e2e.conftest import Served
from tests.walk.viewers import Looker
from tests.walk.visiting import Visit

PASSWORD = "correct horse battery"


def with_authenticator(page: Page) -> None:
    """Give the browser a fingerprint reader that always recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def page(served: Served, visits: Visits, settings: Settings) -> Page:
    """The security page of the owner."""
    settings.BASE_URL = served.url
    page = served.open(visits, Looker.OWNER, Visit(path="/accounts/security/"))
    with_authenticator(page)
    return page


def add_passkey(page: Page, name: str = "") -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    if name:
        page.get_by_label("What do you call it?").fill(name)
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url(here(page) + "/accounts/security/")


def here(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


def log_out(page: Page) -> None:
    page.goto(here(page) + "/accounts/logout/")
    page.get_by_role("button", name="Log out").click()


def test_a_passkey_is_added_and_logs_in_without_a_password(page: Page) -> None:
    add_passkey(page, "My laptop")
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    expect(page.get_by_role("heading", name="My laptop")).to_be_visible()
    log_out(page)

    page.goto(here(page) + "/manage/Lumbre/schedules")
    page.get_by_role("button", name="Log in with a passkey").click()

    page.wait_for_url(here(page) + "/manage/Lumbre/schedules")
    page.goto(here(page) + "/accounts/security/")
    expect(page.get_by_text("Last used now")).to_be_visible()


def test_a_password_goes_on_working_beside_a_passkey(page: Page) -> None:
    add_passkey(page)
    log_out(page)

    page.goto(here(page) + "/accounts/login/")
    page.get_by_label("Email address").fill("owner@lumbre.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()

    page.wait_for_url(here(page) + "/manage/Lumbre/")


def test_a_passkey_is_renamed_proves_its_owner_and_is_removed(page: Page) -> None:
    add_passkey(page)
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("What do you call it?").fill("Telephone")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Telephone")).to_be_visible()

    page.goto(here(page) + "/accounts/security/prove/passkey/?next=/accounts/security/app/")
    page.get_by_role("button", name="Use my passkey").click()
    page.wait_for_url(here(page) + "/accounts/security/app/")
    assert axe(page) == []
    assert overflow(page) == 0

    page.goto(here(page) + "/accounts/security/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_a_passkey_that_nobody_touches_is_said_to_have_failed_and_nothing_changes(
    served: Served, visits: Visits, settings: Settings
) -> None:
    settings.BASE_URL = "http://elsewhere.localhost:1"
    page = served.open(visits, Looker.STRANGER, Visit(path="/accounts/login/"))
    with_authenticator(page)
    expect(page.get_by_role("button", name="Log in with a passkey")).to_have_count(0)
    settings.BASE_URL = served.url
    page.reload()

    # The authenticator knows nobody: there is no passkey to choose.
    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("That did not work, or it was cancelled.")
    page.get_by_label("Email address").fill("owner@lumbre.example")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "password/", "prove/"])
def test_the_pages_of_one_s_own_log_in_are_for_everybody(
    served: Served, visits: Visits, settings: Settings, path: str, scheme: str
) -> None:
    settings.BASE_URL = served.url
    page = served.open(visits, Looker.OWNER, Visit(path=f"/accounts/security/{path}"), width=360, scheme=scheme)

    assert axe(page) == []
    assert overflow(page) == 0


def test_without_scripts_the_log_in_page_offers_no_passkey_and_takes_a_password(
    served: Served, visits: Visits, settings: Settings
) -> None:
    settings.BASE_URL = served.url
    page = served.open(visits, Looker.STRANGER, Visit(path="/accounts/login/"), javascript=False)

    expect(page.get_by_role("button", name="Log in with a passkey")).to_have_count(0)
    page.get_by_label("Email address").fill("owner@lumbre.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(here(page) + "/manage/Lumbre/")
