"""J5, issue 6: the second factor, recovery codes, further accounts and examples, as people see and press them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from convoca.booking.models import User
from convoca.booking.operations.accepting import decide
from tests.booking.building import NOW
from tests.e2e.browser import Visits, axe, overflow, shot
from tests.e2e.conftest import Served
from tests.e2e.test_passkeys import PASSWORD, here, log_out
from tests.manage.test_security import code_of
from tests.walk.viewers import Looker
from tests.walk.visiting import Visit

type Look = Callable[[Page, str], None]


@pytest.fixture
def look() -> Look:
    """Return what finds fault with a page, and keeps its picture."""

    def at(page: Page, name: str) -> None:
        shot(page, name)
        assert axe(page) == []
        assert overflow(page) == 0

    return at


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("es", "dark")])
def test_an_app_is_set_up_and_then_asked_for(
    served: Served, visits: Visits, settings: Settings, look: Look, language: str, scheme: str
) -> None:
    settings.BASE_URL = served.url
    page = served.open(
        visits, Looker.OWNER, Visit(path="/accounts/security/app/"), language=language, scheme=scheme, width=360
    )
    look(page, f"log-in-prove-{language}")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main .btn-primary").click()
    page.wait_for_url(here(page) + "/accounts/security/app/")
    look(page, f"log-in-app-{language}")
    page.locator("summary").click()
    secret = page.locator("code.address").inner_text()
    page.locator("input[name=code]").fill(code_of(secret))
    page.locator("main .btn-primary").click()

    page.wait_for_url(here(page) + "/accounts/security/recovery-codes/")
    look(page, f"log-in-codes-before-{language}")
    page.locator("main .btn-primary").click()
    look(page, f"log-in-codes-{language}")
    codes = [each.inner_text() for each in page.locator(".recovery-codes code").all()]
    with page.expect_download() as downloading:
        page.locator("a[download]").click()
    assert len(codes) == 10
    assert all(code in downloading.value.path().read_text() for code in codes)

    page.goto(here(page) + "/accounts/security/")
    look(page, f"log-in-security-{language}")
    page.goto(here(page) + "/accounts/logout/")
    page.locator("main form .btn-primary").click()
    page.goto(here(page) + "/accounts/login/")
    page.locator("input[name=login]").fill("owner@lumbre.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main .btn-primary").click()
    page.wait_for_url(re.compile("/accounts/login/code/"))
    look(page, f"log-in-code-{language}")
    page.locator("input[name=code]").fill(codes[0])
    page.locator("main .btn-primary").click()
    page.wait_for_url(here(page) + "/manage/Lumbre/")


def test_further_accounts_are_let_in_and_come(served: Served, visits: Visits, look: Look) -> None:
    User.objects.filter(pk=served.scene.users[Looker.OWNER].pk).update(is_superuser=True)
    page = served.open(visits, Looker.OWNER, Visit(path="/setup/sign-up"), width=360)
    look(page, "sign-up-setting")
    page.get_by_label("Anybody who can read their email").check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    log_out(page)

    page.goto(here(page) + "/accounts/signup/")
    look(page, "sign-up")
    page.get_by_label("Your name").fill("Eva Gil")
    page.get_by_label("Email address").fill("eva@example.org")
    page.get_by_label("Password").fill("a long way home")
    page.get_by_role("button", name="Create my booking page").click()
    page.wait_for_url(here(page) + "/accounts/signup/sent/")
    look(page, "sign-up-sent")


def test_an_owner_fills_with_examples_and_removes_them(served: Served, visits: Visits, look: Look) -> None:
    decide(takes=False, now=NOW)
    page = served.open(visits, Looker.OWNER, Visit(path="/manage/Lumbre/first-steps"), width=1440)
    look(page, "first-steps")

    page.get_by_role("button", name="Fill with examples").click()
    expect(page.get_by_text("Consultations (example)")).to_be_visible()
    page.goto(here(page) + "/manage/Lumbre/first-steps")
    page.get_by_role("button", name="Remove examples").click()

    expect(page.get_by_text("The examples are gone.")).to_be_visible()
