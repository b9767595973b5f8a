"""B4 of the bar: what a visitor's page may weigh and ask for, and that nothing in it moves by itself, page by page."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, Request, Response

from tests.e2e.browser import Visits
from tests.e2e.conftest import Served
from tests.e2e.sight import Sight
from tests.e2e.sights import sights
from tests.walk.scene import Scene
from tests.walk.viewers import Looker, Secret

HEAVIEST_BYTES = 60_000
# What rounding makes of nothing.
MOST_SHIFT = 0.001

WATCH_SHIFTS = """() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
}"""
# Two frames after everything is there, whatever was to move has moved.
SETTLED = """async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return window.shifted;
}"""


@dataclass
class Scales:
    """Pages opened one after the other, in one browser for each person, which keeps nothing from one to the next."""

    served: Served
    visits: Visits
    language: str
    open_pages: dict[tuple[Looker, Secret | None], Page] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def put(self, sight: Sight) -> Page:
        """Open the page, or bring it into the state that is meant; `asked` is what it then is made of."""
        page = self._page_of(sight)
        page.goto(self.served.url + sight.visit.path)
        if sight.press is not None:
            sight.press(page)
        page.wait_for_load_state("load")
        return page

    def _page_of(self, sight: Sight) -> Page:
        person = (sight.looker, sight.visit.about)
        if person not in self.open_pages:
            page = self.served.open(self.visits, sight.looker, sight.visit, language=self.language)
            page.context.add_init_script(f"({WATCH_SHIFTS})()")
            page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
            page.on("request", self._note)
            self.open_pages[person] = page
        return self.open_pages[person]

    def _note(self, request: Request) -> None:
        if request.is_navigation_request():
            # What came before belongs to the page before.
            self.asked.clear()
        self.asked.append(request)

    @property
    def weight(self) -> int:
        """Return the bytes of all that the page is made of, as gzip packs it."""
        answers = [request.response() for request in self.asked if not request.url.startswith("data:")]
        return sum(_packed(answer) for answer in answers if answer and not 300 <= answer.status < 400)

    @property
    def strangers(self) -> list[str]:
        ours, urls = urlsplit(self.served.url).netloc, [request.url for request in self.asked]
        return [url for url in urls if not url.startswith("data:") and urlsplit(url).netloc != ours]


_weights: dict[str, int] = {}


def _packed(answer: Response) -> int:
    """Return what an answer weighs. Every page has the same few files, which are weighed once."""
    if "/static/" not in answer.url:
        return len(gzip.compress(answer.body()))
    if answer.url not in _weights:
        _weights[answer.url] = len(gzip.compress(answer.body()))
    return _weights[answer.url]


@cache
def is_visitors(path: str) -> bool:
    """Say whether the page is one of the visitor's door, or none at all."""
    try:
        return resolve(path.partition("?")[0]).func.__module__.startswith("convoca.public.")
    except Resolver404:
        return True


def visitors_sights(scene: Scene) -> Iterator[Sight]:
    yield from (sight for sight in sights(scene) if is_visitors(sight.visit.path))


@pytest.mark.parametrize("language", ["en", "es"])
def test_b4_every_visitor_s_page_is_light_asks_nobody_else_and_stands_still(
    served: Served, visits: Visits, language: str
) -> None:
    """B4: at most 60 kB gzipped in all, no request to a third party, and no layout shift."""
    scales, faults, seen = Scales(served, visits, language), [], 0

    for sight in visitors_sights(served.scene):
        page = scales.put(sight)
        shift = page.evaluate(SETTLED)
        name, seen = f"{sight.name}.{language}", seen + 1
        if not 0 < scales.weight <= HEAVIEST_BYTES:
            faults.append(f"{name} weighs {scales.weight} bytes")
        if scales.strangers:
            faults.append(f"{name} asks {scales.strangers}")
        if shift > MOST_SHIFT:
            faults.append(f"{name} shifts by {shift}")

    assert not faults, "\n".join(faults)
    assert seen >= 39
