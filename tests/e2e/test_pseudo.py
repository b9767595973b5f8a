"""A2: nothing is written past the catalogues, and nothing is cut where a language needs a third more room."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest
from babel import Locale
from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from convoca.booking.renaming import OUR_OWN
from tests.e2e.album import Album
from tests.e2e.browser import Visits
from tests.e2e.checks.looks import DESK, PHONE, put
from tests.e2e.checks.measuring import OF_FITTING, measure
from tests.e2e.conftest import Served, serve
from tests.e2e.pseudo import CLOSING, OPENING, pseudo, write_catalogue
from tests.e2e.sights import sights

PARTS = 2
LETTERS = re.compile(r"[^\W\d_]{2,}")
ADDRESS = re.compile(r"\S*(?:@|://|\.example|localhost|/)\S*|\{\w+\}|\$\w+")
# Names: of products and protocols, what is called the same everywhere, the passcodes of the scene, and the people of
# the living design page.
NAMES = frozenset(
    LETTERS.findall(
        "Convoca SuperSaaS Zoom Google Meet Calendar Jitsi Microsoft Teams Apple Outlook Gmail GMT UTC CSV QR ID "
        "SPF DKIM DMARC English Español zoomPass classPass Eva Gómez Ana Ruiz Marco Gil"
    )
)
# What is told to the eye or to a screen reader, in the order of the page, with where it stands.
TOLD = """() => {
    const told = [];
    const skipped = 'script, style, code, kbd, pre, textarea, noscript, .letter-text';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const each = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        if (each.closest(skipped) || !each.checkVisibility()) continue;
        if (node.nodeType === Node.TEXT_NODE) told.push([each.tagName, node.data]);
        else for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-copied', 'data-label'])
            if (each.getAttribute(name)) told.push([`${each.tagName} ${name}`, each.getAttribute(name)]);
    }
    return [['TITLE', document.title], ...told];
}"""


@pytest.fixture
def served_in_pseudo(browser: Browser, transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[Served]:
    """The scene, in the language that nobody speaks."""
    write_catalogue(tmp_path)
    settings.LOCALE_PATHS = [tmp_path, *settings.LOCALE_PATHS]
    yield from serve(settings)


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("part", range(PARTS))
def test_a2_a_language_that_needs_more_room_is_whole_on_every_page(
    served_in_pseudo: Served, visits: Visits, part: int
) -> None:
    album, faults, told = Album(served_in_pseudo, visits), [], {}

    for sight in islice(sights(served_in_pseudo.scene), part, None, PARTS):
        page = album.turn_to(sight)
        faults += [f"{sight.name} {fault}" for fault in _cut(page)]
        told[sight.name] = page.evaluate(TOLD)
    # Only now, for some pages are there once something was made for them.
    known = _known_words()
    faults += [f"{name}: {fault}" for name, each in told.items() for fault in _untranslated(each, known)]

    assert not faults, "\n".join(faults)


def _cut(page: Page) -> Iterator[str]:
    for width in (PHONE, DESK):
        put(page, width)
        yield from (f"{width}: {fault}" for fault in measure(page, *OF_FITTING))


def _known_words() -> frozenset[str]:
    """Return the words that need no translation: names, what people have written, days, months, places."""
    english = Locale.parse("en")
    calendar = [names for kind in (english.months, english.days) for width in kind.values() for names in width.values()]
    words = {word for names in calendar for name in names.values() for word in LETTERS.findall(name)}
    words |= {word for zone in available_timezones() for word in LETTERS.findall(zone.replace("_", " "))}
    words |= {word for text in _written_by_people() for word in LETTERS.findall(str(text))}
    # Where an account chooses its own words for these things, ours stand beside, in both languages.
    ours = {word for language in OUR_OWN.values() for each in language.values() for word in each}
    words |= {word for each in ours for word in (each.one, each.many)}
    return frozenset(words | NAMES)


def _written_by_people() -> Iterator[Any]:
    for model in apps.get_app_config("booking").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, CharField | TextField | JSONField) and not field.choices:
                yield from model._default_manager.values_list(field.name, flat=True)


def _untranslated(told: list[list[str]], known: frozenset[str]) -> Iterator[str]:
    """Yield what stands outside all brackets and is nobody's name.

    A sentence with a link in it opens in one place and closes in another, so brackets are counted through the page.
    """
    depth = 0
    for where, text in told:
        outside = ""
        for letter in text:
            depth += (letter == OPENING) - (letter == CLOSING)
            outside += letter if depth == 0 and letter != CLOSING else " "
        if strange := [word for word in LETTERS.findall(ADDRESS.sub(" ", outside)) if word not in known]:
            yield f"{where} «{' '.join(text.split())[:80]}» has no translation for {strange}"


def test_a_sentence_past_the_catalogues_is_found() -> None:
    known = frozenset({"Luis"})

    assert (
        list(
            _untranslated([["P", f"{OPENING}Gó to Luis{CLOSING} Luis, 10:00 {OPENING}on"], ["A", f"x{CLOSING}"]], known)
        )
        == []
    )
    [found] = _untranslated([["P", "Go to Luis"]], known)
    assert "['Go', 'to']" in found


def test_the_language_that_nobody_speaks_keeps_what_is_filled_in_and_is_a_third_longer() -> None:
    sentence = "Cancel %(what)s and tell <b>everybody</b> about {name}"

    said = pseudo(sentence)

    assert said.startswith(f"{OPENING}Çáñçél %(what)s áñd téll <b>évérýbódý</b> ábóút {{name}}")
    assert 1.25 < len(said) / len(sentence) < 1.6
    assert pseudo("") == ""
