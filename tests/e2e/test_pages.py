"""M22, A1 and the bar of accessibility: every page in every state, in both languages, by a machine.

Each page is loaded once for each language and then looked at in every circumstance: 320, 360 and 1440 px, light and
dark, forced colours, calm, zoomed, on its side, with text of twice the size and with the visitor's own spacing. What
axe cannot see is measured by the checks K1 to K22 (`tests/e2e/checks`), which have tests of their own.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import pytest
from playwright.sync_api import CDPSession, Page

from tests.e2e.album import Album
from tests.e2e.browser import Scheme, Visits, axe, overflow, shot
from tests.e2e.checks.acting import k16_arrows_stay, k18_links_of_errors_land
from tests.e2e.checks.looks import DESK, NARROWEST, ON_ITS_SIDE, PHONE, ZOOMED, double_text, put, spaced_text
from tests.e2e.checks.measuring import OF_FITTING, OF_READING, OF_SHAPE, measure
from tests.e2e.conftest import Served
from tests.e2e.sights import sights
from tests.walk.routes import ROUTES
from tests.walk.viewers import Looker

LANGUAGES = ("en", "es")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# For as many workers at once.
PARTS = 2
MOST_TAB_STOPS = 400
# A mail is a part of the page on which it is read, and must not bring landmarks into it.
OF_WHOLE_PAGES = ("landmark-one-main", "region")
# The only rules of axe that colours, and sizes, can break.
OF_COLOURS = ("color-contrast", "link-in-text-block")
OF_SIZES = ("target-size", "scrollable-region-focusable")

type Fault = tuple[str, str]

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


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_m22_every_page_keeps_the_bar_in_every_look(served: Served, visits: Visits, language: str, part: int) -> None:
    """A1, A2, K1 to K22 as far as a page shows them where it stands."""
    album, faults = Album(served, visits, language), []

    for sight in islice(sights(served.scene), part, None, PARTS):
        page = album.turn_to(sight)
        spoken = page.evaluate("() => document.documentElement.lang")
        if spoken != language:
            faults.append(f"{sight.name} speaks {spoken!r}, not {language!r}")
        found = _faults_in_every_look(page, album.window_of(page), is_whole=language == "en")
        faults += [f"{sight.name}.{language} {look}: {fault}" for look, fault in found]

    assert not faults, "\n".join(faults)


def _faults_in_every_look(page: Page, window: CDPSession, *, is_whole: bool) -> Iterator[Fault]:
    """Look at the page in all circumstances.

    Both languages have the same markup, so at a desk all rules of axe are asked in one of them (`is_whole`).
    """
    yield from _at("360 light", measure(page, *OF_READING))
    yield from _at("360 light", axe(page))
    for width in (PHONE, NARROWEST, DESK):
        yield from _faults_at(page, width)
    if is_whole:
        yield from _at("1440 light", axe(page))
    yield from _faults_in_circumstances(page, window)
    # Last, for they press keys.
    put(page, PHONE)
    yield from _at("360 by keyboard", k18_links_of_errors_land(page))
    yield from _at("360 by keyboard", k16_arrows_stay(page))


def _faults_at(page: Page, width: int) -> Iterator[Fault]:
    put(page, width, "dark")
    yield from _at(f"{width} dark", axe(page, *OF_COLOURS))
    put(page, width)
    yield from _at(f"{width} light", axe(page, *OF_COLOURS, *OF_SIZES))
    yield from _at(f"{width} light", measure(page, *OF_SHAPE, "k3_marks"))


def _faults_in_circumstances(page: Page, window: CDPSession) -> Iterator[Fault]:
    put(page, DESK, forced_colors="active")
    yield from _at("1440 forced colours", measure(page, "k3_marks", "k11_stops"))
    put(page, DESK, reduced_motion="no-preference")
    yield from _at("1440 lively", measure(page, "little_moves"))
    for name, (width, height) in {"zoomed": ZOOMED, "on its side": ON_ITS_SIDE}.items():
        put(page, width, height=height)
        yield from _at(f"{width} {name}", measure(page, *OF_FITTING))
    for width in (PHONE, DESK):
        put(page, width)
        with double_text(page, window):
            yield from _at(f"{width} double text", measure(page, *OF_FITTING))
        with spaced_text(page):
            yield from _at(f"{width} spaced text", measure(page, *OF_FITTING))


def _at(look: str, faults: Iterable[str]) -> Iterator[Fault]:
    yield from ((look, fault) for fault in faults)


@pytest.mark.same_on_every_database
def test_mails_are_accessible_as_far_as_a_mail_can_be(served: Served, visits: Visits) -> None:
    """The mail is looked at outside its frame, where axe may run."""
    owner, faults = served.scene.browser(Looker.OWNER), []

    for visit in ROUTES["manage:mail-html"].visits(served.scene, Looker.OWNER):
        page = visits.open("about:blank")
        page.set_content(owner.get(visit.path).text)
        name = f"mail-{visit.about}"
        found = [f"{fault} ({name} {where})" for where, fault in _faults_of_a_mail(page, name)]
        faults += [fault for fault in found if not fault.startswith(OF_WHOLE_PAGES)]
        page.context.close()

    assert not faults, "\n".join(faults)


def _faults_of_a_mail(page: Page, name: str) -> Iterator[Fault]:
    for width in (NARROWEST, PHONE, DESK):
        for scheme in SCHEMES:
            put(page, width, scheme)
            yield from _at(f"{width} {scheme}", axe(page))
            if wider := overflow(page):
                yield f"{width} {scheme}", f"has to be scrolled sideways by {wider} px"
            shot(page, f"{name}.{width}.{scheme}")


@pytest.mark.same_on_every_database
def test_k7_k11_whoever_walks_by_keyboard_sees_where_they_are_and_comes_to_an_end(
    served: Served, visits: Visits
) -> None:
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
