"""What people do in the browser, step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx2
from playwright.sync_api import Locator, Page, Request, expect

from tests.e2e.words import Words
from tests.installation import Installation, wait_for

OWNER, SUPERUSER = "ana@example.org", "marco@example.org"
PASSWORD = "convoca-demo"
LINK_WITHIN_MS = 60_000
MAIL_WITHIN_SECONDS = 60
RECEIPT_WITHIN_MS = 90_000


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def choose_first(page: Page) -> None:
    page.locator("label.choice").first.click()


def fill_in(page: Page, name: str, email: str) -> None:
    page.fill("#name", name)
    page.fill("#email", email)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def book(page: Page, words: Words, *, email: str, button: str = "") -> None:
    """Book the first time or session on the page; the booked page is there when this returns."""
    choose_first(page)
    fill_in(page, "Ada Ruiz", email)
    press(page, button or words.book)
    page.wait_for_url("**/b/*")


def link_of(page: Page, words: Words) -> str:
    """Wait until the link is on the booked page, and return where it leads."""
    expect(page.get_by_role("heading", name=words.ready)).to_be_visible(timeout=LINK_WITHIN_MS)
    return page.get_by_role("link", name=words.join).get_attribute("href") or ""


@contextmanager
def no_navigation(page: Page) -> Iterator[None]:
    """Assert that the page is neither left nor reloaded meanwhile."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            asked.append(request.url)

    page.on("request", note)
    yield
    page.remove_listener("request", note)
    assert not asked, f"the page was left for {asked}"


@contextmanager
def zoom_holds_its_answer(tryout: Installation) -> Iterator[None]:
    """Let the simulated Zoom make the next meeting, and keep the answer until the end of the block."""
    desk = f"{tryout.sandbox_url}/sandbox"
    ordered = httpx2.post(f"{desk}/faults", json={"verb": "create", "kind": "hold"})
    assert ordered.status_code == 204, ordered.text
    yield
    held = httpx2.get(f"{desk}/held", params={"at_least": 1, "seconds": 30}, timeout=40).json()
    assert held == {"held": 1}
    assert httpx2.post(f"{desk}/release").json() == {"released": 1}


def log_in(page: Page, words: Words, email: str = OWNER) -> None:
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    press(page, words.log_in)
    page.wait_for_url("**/manage/lumbre/")


def open_mail_to(page: Page, email: str, outbox: str) -> None:
    """Look into the outbox until the mail is there, and open it."""

    def has_come() -> bool:
        page.goto(outbox)
        return mail.count() > 0

    mail = page.locator("main li, main tr").filter(has_text=email).first.get_by_role("link").first
    wait_for(has_come, MAIL_WITHIN_SECONDS)
    mail.click()
    expect(page.locator(".letter-text")).to_contain_text("/j/")


def row_of(page: Page, name: str) -> Locator:
    return page.locator("tr").filter(has=page.get_by_role("rowheader", name=name, exact=True))
