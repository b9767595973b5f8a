"""M22 and the bar of accessibility: every page at both widths, in light and dark, in both languages, by a machine.

What axe cannot see is walked here: nothing to scroll sideways at 320 px, and a visible ring on every tab stop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.e2e.browser import HEIGHTS, Scheme, Visits, axe, overflow, shot
from tests.e2e.conftest import Served
from tests.e2e.sights import Sight, sights
from tests.walk.routes import ROUTES
from tests.walk.viewers import Looker, Secret

LANGUAGES = ("en", "es")
WIDTHS = tuple(HEIGHTS)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
type Look = tuple[int, Scheme]
LOOKS: list[Look] = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
NARROWEST = 320
MOST_TAB_STOPS = 400
# A mail is a part of the page on which it is read, and must not bring landmarks into it.
OF_WHOLE_PAGES = ("landmark-one-main", "region")

# What a keyboard user sees of the place where they are: the ring, and the thing that has it, not hidden behind another.
AT_FOCUS = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    if (here.tagName === 'IFRAME') return { name: 'the mail', ring: 'of its own' };
    // The parts of a date or a clock have the browser's own.
    if (here.matches('[type=date], [type=time]') && !here.matches(':focus-visible')) return { ring: 'of its own' };
    const ringed = [here, here.nextElementSibling, here.parentElement].find((each) => {
        if (!each || !each.matches(':focus-visible, :has(> :focus-visible), :focus-visible + *')) return false;
        const style = getComputedStyle(each);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    });
    const box = (ringed || here).getBoundingClientRect();
    const x = box.left + box.width / 2, y = box.top + Math.min(box.height, innerHeight) / 2;
    const top = document.elementFromPoint(x, y);
    const seen = top !== null && [here, ringed].some((each) => each && (each.contains(top) || top.contains(each)));
    const name = `${here.tagName} ${here.id || here.name || here.textContent.trim().slice(0, 40)}`;
    return { name, ring: ringed ? 'seen' : 'none', covered: !seen, at: [Math.round(x), Math.round(y)] };
}"""


@dataclass
class Album:
    """The pages one after the other, in one browser for each person, so that style sheets are fetched once."""

    served: Served
    visits: Visits
    language: str = "en"
    open_pages: dict[tuple[Looker, Secret | None], Page] = field(default_factory=dict)

    def turn_to(self, sight: Sight) -> Page:
        person = (sight.looker, sight.visit.about)
        if person in self.open_pages:
            page = self.open_pages[person]
            page.set_viewport_size(ViewportSize(width=360, height=HEIGHTS[360]))
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
            page.goto(self.served.url + sight.visit.path)
        else:
            page = self.served.open(self.visits, sight.looker, sight.visit, language=self.language)
            self.open_pages[person] = page
        if sight.press is not None:
            sight.press(page)
        return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_m22_every_page_is_accessible_at_every_width_in_light_and_dark(
    served: Served, visits: Visits, language: str
) -> None:
    album, faults = Album(served, visits, language), []

    for number, sight in enumerate(sights(served.scene)):
        page = album.turn_to(sight)
        spoken = page.evaluate("() => document.documentElement.lang")
        if spoken != language:
            faults.append(f"{sight.name} speaks {spoken!r}, not {language!r}")
        name, look = f"{sight.name}.{language}", look_of(number, language)
        faults += [f"{name} {where}: {fault}" for where, fault in _faults_in(page, name, [look])]

    assert not faults, "\n".join(faults)


def look_of(number: int, language: str) -> Look:
    """Return the look in which a page is seen in one language; in the other it is seen in the opposite one.

    So every page is seen at both widths and in both schemes, and one page or another in each of the eight ways.
    """
    shift = 0 if language == "en" else 3
    return LOOKS[(number % 4) ^ shift]


def test_mails_are_accessible_as_far_as_a_mail_can_be(served: Served, visits: Visits) -> None:
    """The mail is looked at outside its frame, where axe may run."""
    owner, faults = served.scene.browser(Looker.OWNER), []

    for visit in ROUTES["manage:mail-html"].visits(served.scene, Looker.OWNER):
        page = visits.open("about:blank")
        page.set_content(owner.get(visit.path).text)
        name = f"mail-{visit.about}"
        found = [f"{fault} ({name} {where})" for where, fault in _faults_in(page, name, LOOKS)]
        faults += [fault for fault in found if not fault.startswith(OF_WHOLE_PAGES)]
        page.context.close()

    assert not faults, "\n".join(faults)


def _faults_in(page: Page, name: str, looks: Sequence[Look]) -> Iterator[tuple[str, str]]:
    for width, scheme in looks:
        page.set_viewport_size(ViewportSize(width=width, height=HEIGHTS[width]))
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        yield from ((f"{width} {scheme}", fault) for fault in axe(page))
        if wider := overflow(page):
            yield f"{width} {scheme}", f"has to be scrolled sideways by {wider} px"
        shot(page, f"{name}.{width}.{scheme}")
    page.set_viewport_size(ViewportSize(width=NARROWEST, height=640))
    if wider := overflow(page):
        yield str(NARROWEST), f"has to be scrolled sideways by {wider} px"


def test_whoever_walks_by_keyboard_sees_where_they_are(served: Served, visits: Visits) -> None:
    album, faults = Album(served, visits), []

    for sight in sights(served.scene):
        page = album.turn_to(sight)
        faults += [f"{sight.name}: {fault}" for fault in _faults_on_the_way(page)]

    assert not faults, "\n".join(faults)


def _faults_on_the_way(page: Page) -> Iterator[str]:
    # Begin at the top, wherever the page has put the focus.
    page.evaluate("() => { const b = document.body; b.tabIndex = -1; b.focus(); b.removeAttribute('tabindex'); }")
    for _ in range(MOST_TAB_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(AT_FOCUS)
        if stop is None:
            return
        if stop["ring"] == "none":
            yield f"no ring on {stop['name']}"
        elif stop.get("covered"):
            yield f"{stop['name']} is covered or out of sight at {stop['at']}"
    yield "the way never ends"
