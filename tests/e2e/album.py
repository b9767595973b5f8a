"""The pages one after the other, in one browser for each person, so that style sheets are fetched once."""

from dataclasses import dataclass, field

from playwright.sync_api import CDPSession, Page

from tests.e2e.browser import Visits
from tests.e2e.checks.looks import PHONE, put
from tests.e2e.conftest import Served
from tests.e2e.sight import Sight
from tests.walk.viewers import Looker, Secret

# What a page wants to have the focus gets it when the page is drawn.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"

type Person = tuple[Looker, Secret | None]


@dataclass
class Album:
    served: Served
    visits: Visits
    language: str = "en"
    open_pages: dict[Person, Page] = field(default_factory=dict)
    windows: dict[Page, CDPSession] = field(default_factory=dict)

    def turn_to(self, sight: Sight, *, width: int = PHONE) -> Page:
        """Open the page, in the state that is meant."""
        person = (sight.looker, sight.visit.about)
        if person in self.open_pages:
            page = self.open_pages[person]
            put(page, width)
            page.goto(self.served.url + sight.visit.path)
        else:
            page = self.served.open(self.visits, sight.looker, sight.visit, language=self.language, width=width)
            self.open_pages[person] = page
        if sight.press is not None:
            sight.press(page)
        page.evaluate(DRAWN)
        return page

    def window_of(self, page: Page) -> CDPSession:
        """Return the way to the browser's own settings of that page."""
        if page not in self.windows:
            self.windows[page] = page.context.new_cdp_session(page)
        return self.windows[page]
