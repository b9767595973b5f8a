"""Each check of the bar can fail: a page that is wrong in one way is caught by the check that is meant for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import Visits, axe
from tests.e2e.checks.acting import k16_arrows_stay, k18_links_of_errors_land
from tests.e2e.checks.looks import PHONE, double_text, put, spaced_text
from tests.e2e.checks.measuring import measure, names_of_checks

FRAME = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>A page</title>
<style>:focus-visible {{ outline: 3px solid; }}
input, select, .btn, .choice {{ min-height: 44px; min-width: 44px; }}</style>
<main>{}</main>"""


@dataclass(frozen=True, kw_only=True)
class Bad:
    """What is wrong on a page, and what is said of it."""

    html: str
    says: str


# By the check that must find it.
BAD: dict[str, list[Bad]] = {
    "k1_order": [
        Bad(html='<button tabindex="3">First</button>', says="taken out of its turn"),
        Bad(
            html='<div style="display: flex; flex-direction: row-reverse"><p>One</p><p>Two</p></div>', says="read after"
        ),
    ],
    "k2_autocomplete": [
        Bad(html='<input type="email" name="email">', says="what to fill in"),
        Bad(html='<input name="name" autocomplete="off">', says="what to fill in"),
    ],
    "k3_words": [
        Bad(html='<p class="state"><svg aria-hidden="true" width="20" height="20"></svg></p>', says="without a word"),
        Bad(html='<p>All well <svg width="20" height="20"></svg></p>', says="neither hidden nor named"),
    ],
    "k3_marks": [
        Bad(
            html='<ul><li><a href="#a" aria-current="page" style="color: red">A</a> <a href="#b">B</a></ul>',
            says="colour",
        ),
    ],
    "k4_fits": [Bad(html='<p style="width: 900px">Wide</p>', says="scrolled sideways by")],
    "k5_nothing_is_cut": [
        Bad(html='<p style="height: 1em; overflow: hidden">One line<br>and another</p>', says="does not fit"),
        Bad(html='<p style="width: 3em">Donaudampfschifffahrt</p>', says="does not fit"),
    ],
    "k6_nothing_by_hover_alone": [
        Bad(html='<button title="Delete"><span>×</span></button>', says="whoever hovers"),
        Bad(
            html="<style>p:hover span { display: block }</style><p>More<span hidden>This</span></p>", says="by hovering"
        ),
    ],
    "k8_single_keys": [
        Bad(
            html="<script>onkeydown = (each) => { if (each.key === 'd') each.preventDefault(); }</script>",
            says="keys d act",
        ),
        Bad(html='<button accesskey="s">Save</button>', says="access key"),
    ],
    "k9_no_time_limit": [Bad(html='<meta http-equiv="refresh" content="60">', says="leaves by itself")],
    "k10_title": [
        Bad(html='<input aria-invalid="true">', says="does not say so first"),
        Bad(html="<script>document.title = ''</script>", says="has no title"),
        Bad(html="<script>document.title = 'Error: nothing'</script>", says="nothing is wrong"),
    ],
    "k11_stops": [
        Bad(html='<a href="#a" style="outline: none">Here</a>', says="no ring"),
        Bad(html='<a href="#a" style="position: absolute; left: -900px">Here</a>', says="out of sight"),
        Bad(
            html='<a href="#a">Here</a><div style="position: fixed; inset: 0; background: red">In front</div>',
            says="is behind",
        ),
    ],
    "k12_names": [Bad(html='<button aria-label="Send">Delete</button>', says="is called «send»")],
    "k13_no_dragging_alone": [Bad(html='<div draggable="true">Luis, 10:00</div>', says="only be dragged")],
    "k14_big_enough": [Bad(html='<a class="btn" href="#a" style="min-height: 20px">Go</a>', says="too small")],
    "k15_language": [
        Bad(html="<button>Español</button>", says="word of another language"),
        Bad(html="<script>document.documentElement.lang = ''</script>", says="does not say its language"),
    ],
    "k18_errors": [
        Bad(
            html='<div role="alert"><a href="#name">Enter your name</a></div><input id="name">',
            says="cannot be moved to",
        ),
        Bad(
            html='<div role="alert" tabindex="-1"><a href="#name">Enter it</a></div><input id="name">',
            says="focus is not",
        ),
        Bad(html='<div role="alert" tabindex="-1"><a href="#name">Enter it</a></div>', says="is not there"),
        Bad(html='<input id="name" aria-invalid="true">', says="does not say why"),
    ],
    "k19_asked_first": [
        Bad(
            html='<form method="post"><h1>People</h1><button class="btn btn-danger">Erase</button></form>',
            says="at once",
        ),
    ],
    "k20_asked_once": [
        Bad(html='<form><input autocomplete="email"><input autocomplete="email"></form>', says="asked for twice"),
    ],
    "k21_paste": [
        Bad(html='<input type="password" onpaste="return false">', says="nothing can be pasted"),
        Bad(html='<div class="g-captcha">Which of these are boats?</div>', says="is a puzzle"),
    ],
    "k22_one_announcement": [
        Bad(html='<div aria-live="polite"><p role="status">Saved</p></div>', says="announced twice"),
    ],
    "no_third_party": [Bad(html='<img alt="" src="https://elsewhere.example/pixel.png">', says="comes from elsewhere")],
    "nothing_moves": [
        Bad(
            html="<style>@keyframes go { to { opacity: 0 } } p { animation: go 9s infinite }</style><p>Look</p>",
            says="something moves",
        ),
    ],
    "little_moves": [Bad(html='<p style="transition: opacity 2s">Slow</p>', says="moves for 2000 ms")],
}
GOOD = """<h1>A page</h1><form><label>Name <input name="name" autocomplete="name"></label>
<button class="btn" style="border: 1px solid">Go</button></form>"""


@pytest.fixture
def page(visits: Visits) -> Page:
    """An empty page on a phone, of a visitor who asked for calm."""
    return visits.open("about:blank")


def _show(page: Page, html: str) -> None:
    page.set_content(FRAME.format(html), wait_until="commit" if "elsewhere" in html else "load")
    page.evaluate("() => delete window.bar")


def _asserts(found: Iterable[str], says: str) -> None:
    assert [each for each in found if says in each], f"nothing was said of «{says}»"


def test_every_check_catches_what_it_is_there_for(page: Page, visits: Visits) -> None:
    missed = []

    for check, bads in BAD.items():
        for bad in bads:
            _show(page, bad.html)
            if check == "k11_stops":
                page.keyboard.press("Tab")
            found = measure(page, check)
            if not any(bad.says in each for each in found):
                missed.append(f"{check} does not say «{bad.says}» of {bad.html}, but {found}")

    # The picture from elsewhere was looked for, and there is no such place.
    visits.complaints.clear()
    assert missed == []
    assert names_of_checks(page) == set(BAD)


def test_no_check_complains_about_a_page_that_is_well(page: Page) -> None:
    _show(page, GOOD)
    page.keyboard.press("Tab")

    assert measure(page, *BAD) == []


def _said_of(page: Page, html: str, act: Callable[[Page], Iterable[str]]) -> list[str]:
    _show(page, html)
    return list(act(page))


def test_what_is_only_seen_by_doing_it_is_caught(page: Page) -> None:
    """K16: an arrow that moves the focus out of the choices; K18: a link that leads to no field."""
    jumps = """<a href="#x" id="x">Elsewhere</a><input type="radio" name="time" value="1">
        <input type="radio" name="time" value="2" onchange="document.getElementById('x').focus()">"""
    leaves = """<select name="go" onchange="location.hash = this.value"><option>a<option>b</select>"""
    _asserts(_said_of(page, jumps, k16_arrows_stay), "moves the focus elsewhere")
    _asserts(_said_of(page, leaves, k16_arrows_stay), "leaves the page")
    nowhere = '<div role="alert" tabindex="-1"><a href="#name">Enter your name</a></div><p id="name">Name</p>'
    _asserts(_said_of(page, nowhere, k18_links_of_errors_land), "does not lead into its field")


def test_text_of_twice_the_size_and_the_visitor_s_spacing_are_really_in_force(page: Page) -> None:
    """A heading that just fits as it is no longer does: with each of the two it is cut."""
    _show(page, '<h2 style="font-size: 1rem; width: 7.5rem; white-space: nowrap; overflow: hidden">Fits as it is</h2>')
    put(page, PHONE)
    assert measure(page, "k5_nothing_is_cut") == []

    with spaced_text(page):
        _asserts(measure(page, "k5_nothing_is_cut"), "does not fit")

    _show(page, '<h2 style="font-size: 1rem; width: 120px; white-space: nowrap; overflow: hidden">Fits as it is</h2>')
    with double_text(page):
        _asserts(measure(page, "k5_nothing_is_cut"), "does not fit")
    assert measure(page, "k5_nothing_is_cut") == []


def test_axe_is_asked_for_the_rules_of_wcag_2_2_as_well(page: Page) -> None:
    _show(page, '<button style="all: unset; float: left; width: 9px; height: 9px">.</button>' * 3)

    assert any(each.startswith("target-size") for each in axe(page))
    assert any(each.startswith("target-size") for each in axe(page, "target-size"))
