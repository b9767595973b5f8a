"""Somebody who uses a page, and counts what it takes: taps, keys, stops of the keyboard, fields, announcements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

MOST_STOPS = 80
# Notes whatever a screen reader would say by itself: once for each part of the page that speaks and each moment.
LISTEN = """() => {
    const live = '[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]';
    window.heard = [];
    const note = (records) => {
        const speakers = new Set();
        for (const { target, addedNodes } of records) {
            const around = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest(live);
            if (around) speakers.add(around);
            for (const each of addedNodes) {
                if (each.nodeType !== Node.ELEMENT_NODE) continue;
                for (const one of [each, ...each.querySelectorAll('*')]) if (one.matches(live)) speakers.add(one);
            }
        }
        for (const each of speakers)
            if (each.isConnected && each.innerText.trim()) window.heard.push(each.innerText.trim());
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
SMALLEST_PX = 44


@dataclass
class Hand:
    """One finger, or ten: `taps` and `fields` for the one, `keys` (beside what is typed) and `stops` for the others."""

    page: Page
    taps: int = 0
    fields: int = 0
    keys: int = 0
    stops: int = 0

    def tap(self, target: Locator) -> None:
        """Press what is in sight and big enough; whatever has to be scrolled for is no tap."""
        each = target.first
        each.scroll_into_view_if_needed()
        box = each.bounding_box()
        assert box
        assert box["height"] >= SMALLEST_PX - 0.5, f"{each} is {box['height']} px high"
        each.click()
        self.taps += 1

    def press(self, name: str) -> None:
        """Tap the button or link that is called so."""
        named = self.page.get_by_role("button", name=name, exact=True)
        self.tap(named.or_(self.page.get_by_role("link", name=name, exact=True)))

    def fill(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)
        self.fields += 1

    def key(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.keys += 1

    def go_to(self, selector: str) -> None:
        """Press Tab until the focus is there."""
        for _ in range(MOST_STOPS):
            self.key("Tab")
            self.stops += 1
            if self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached by Tab")

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


@contextmanager
def announcements(page: Page) -> Iterator[list[str]]:
    """Collect what is announced meanwhile; the list is there after the block."""
    said: list[str] = []
    page.evaluate(LISTEN)
    yield said
    said += page.evaluate("() => window.heard")
