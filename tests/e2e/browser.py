"""A real browser: Chromium, as it is found on the machine, or else installed. None is a failure, never a skip."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    Response,
    ViewportSize,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = ROOT / "var" / "screenshots"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC_APPLICATION = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
NONE_FOUND = (
    "These tests need Chromium, and none was found or could be installed. Install it (Debian, Ubuntu: apt-get install "
    "chromium; elsewhere: .venv/bin/playwright install chromium) and run them again."
)
ARGUMENTS = ("--disable-gpu", "--disable-background-networking")
HEIGHTS = {360: 780, 1440: 900}

type Scheme = Literal["light", "dark"]


def find_chromium(playwright: Playwright) -> Path:
    """Return a Chromium to run, installing one if need be. Fails the test if there is none in the end."""
    return _present(playwright) or _installed_by_playwright(playwright) or _installed_by_system(playwright) or _fail()


def _present(playwright: Playwright) -> Path | None:
    for candidate in (*map(shutil.which, NAMES), MAC_APPLICATION, playwright.chromium.executable_path):
        if candidate and Path(candidate).exists():
            return Path(candidate)
    return None


def _installed_by_playwright(playwright: Playwright) -> Path | None:
    _try([sys.executable, "-m", "playwright", "install", "chromium"])
    return _present(playwright)


def _installed_by_system(playwright: Playwright) -> Path | None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _try(["apt-get", "update"])
        _try(["apt-get", "install", "-y", "--no-install-recommends", "chromium"])
    return _present(playwright)


def _try(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, check=False)


def _fail() -> Path:
    pytest.fail(NONE_FOUND)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, in which Django would refuse to ask its database.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        # Only root lacks the sandbox of the system.
        root = ("--no-sandbox",) if os.geteuid() == 0 else ()
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(playwright), args=[*ARGUMENTS, *root], headless=True
        )
        yield chromium
        chromium.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Visits:
    """Opens pages as different people would see them, and remembers what the browser complained about."""

    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def open(
        self,
        url: str,
        *,
        width: int = 360,
        scheme: Scheme = "light",
        language: str = "en",
        time_zone: str = "Europe/Madrid",
        javascript: bool = True,
        cookies: Mapping[str, str] | None = None,
    ) -> Page:
        """Open `url` in a browser of its own: two of them share no cookies, and none is there but `cookies`."""
        context = self.browser.new_context(
            viewport=ViewportSize(width=width, height=HEIGHTS.get(width, 900)),
            color_scheme=scheme,
            locale=language,
            timezone_id=time_zone,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        host = urlsplit(url).hostname or ""
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"}])
        page = context.new_page()
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._note_response)
        page.goto(url)
        return page

    def _note_console(self, message: ConsoleMessage) -> None:
        # Refusals of the content security policy arrive here as errors. Answers are judged by their response.
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded"):
            self.complaints.append(message.text)

    def _note_response(self, response: Response) -> None:
        # A page may say that something was not found or is wrong; whatever a page is made of must be there.
        if response.status >= (500 if response.request.is_navigation_request() else 400):
            self.complaints.append(f"{response.status} {response.url}")


@pytest.fixture
def visits(browser: Browser) -> Iterator[Visits]:
    """Pages in the browser. A test also fails if the browser complained: an error, a refused style, a 500."""
    visits = Visits(browser)
    yield visits
    for context in browser.contexts:
        context.close()
    assert visits.complaints == []


# All of them by name: left to itself, axe leaves out the rules of WCAG 2.2.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def axe(page: Page, *only: str) -> list[str]:
    """Return what axe finds wrong with `page` for people with disabilities: rule, how grave, and where.

    `only` names single rules; without it, all are looked at.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    report: dict[str, Any] = page.evaluate(
        "(chosen) => axe.run(document, { resultTypes: ['violations'], runOnly: chosen })",
        {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": list(RULES)},
    )
    return [
        f"{found['id']} ({found['impact']}): {node['target']} {node['failureSummary']}"
        for found in report["violations"]
        for node in found["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels `page` is wider than its window; 0 if nothing has to be scrolled sideways."""
    wider: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(wider, 0)


def shot(page: Page, name: str) -> Path:
    """Keep a picture of the whole page as `var/screenshots/<name>.png`."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
