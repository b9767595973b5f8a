"""J12: keys for who supervises all day; they can be switched off (WCAG 2.1.4)."""

from playwright.sync_api import Page, expect

from tests.e2e.browser import Visits
from tests.e2e.conftest import Served
from tests.e2e.sights import sights
from tests.walk.viewers import Looker


def _today(served: Served, visits: Visits) -> Page:
    sight = next(each for each in sights(served.scene) if each.name == "manage-today")
    return served.open(visits, Looker.OWNER, sight.visit, language="en")


def _row_in_focus(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.closest('.row')?.id ?? ''"))


def test_j12_keys_lead_through_the_day_and_can_be_switched_off(served: Served, visits: Visits) -> None:
    page = _today(served, visits)
    rows = [row.get_attribute("id") for row in page.locator(".row").all()]

    page.keyboard.press("j")
    page.keyboard.press("j")
    assert _row_in_focus(page) == rows[1]
    page.keyboard.press("k")
    assert _row_in_focus(page) == rows[0]

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.get_by_label("Use these keys in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("j")
    assert _row_in_focus(page) == ""

    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use these keys in this browser").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    page.wait_for_url("**/supervise#q")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.locator("#q")).to_have_value("jk?")
