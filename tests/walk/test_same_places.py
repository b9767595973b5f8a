"""K10 and K17: each page has a title of its own, and what all pages have is in the same order on all of them."""

import html
import re
from collections import defaultdict
from itertools import combinations

from django.utils.translation import override

from tests.e2e.sight import Sight
from tests.e2e.sights import sights
from tests.walk.scene import Scene

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
# The frame around what a page is about: its head, the line of places, its foot.
FRAME = re.compile(r"<(header|nav class=\"places\"|footer)[ >].*?</(?:header|nav|footer)>", re.DOTALL)
ENTRY = re.compile(r"<(?:a|button)\b[^>]*>(.*?)</(?:a|button)>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
# Where a part of a page is sent to, the whole page is shown again.
PARTS_OF_PAGES = frozenset({"manage-registration"})
# The account's own name leads home from everywhere; a switch names the language that is not spoken.
VARYING = frozenset({"", "English", "Español"})


def _pages(scene: Scene) -> dict[str, str]:
    """Return the pages that there are to look at, by the name of their sight."""
    found = {}
    with override("en"):
        for sight in sights(scene):
            if sight.press is None and not _is_of_a_state(sight) and sight.name not in PARTS_OF_PAGES:
                answer = scene.browser(sight.looker, sight.visit.about).get(
                    sight.visit.path, headers={"accept-language": "en"}
                )
                if answer.status_code == 200:
                    found[sight.name] = answer.text
    return found


def _is_of_a_state(sight: Sight) -> bool:
    return sight.name.startswith(("booking-", "join-", "schedule-"))


def test_k10_every_page_has_a_title_of_its_own(scene: Scene) -> None:
    titled = defaultdict(list)
    for name, page in _pages(scene).items():
        titled[html.unescape(TITLE.findall(page)[0])].append(name)

    assert len(titled) > 60
    assert {title: names for title, names in titled.items() if len(names) > 1} == {}


def test_k17_what_is_on_every_page_is_in_the_same_order_on_all(scene: Scene) -> None:
    """The way to help among them."""
    frames = {name: _entries(page) for name, page in _pages(scene).items()}

    assert any("Log out" in each for each in frames.values())
    assert [
        (one, other, mine, theirs)
        for (one, first), (other, second) in combinations(frames.items(), 2)
        if (mine := [each for each in first if each in second])
        != (theirs := [each for each in second if each in first])
    ] == []


def _entries(page: str) -> list[str]:
    """Return what can be pressed in the frame of a page, in its order, each once."""
    frame = " ".join(found[0] for found in FRAME.finditer(page))
    said = (" ".join(html.unescape(TAG.sub(" ", found[1])).split()) for found in ENTRY.finditer(frame))
    return list(dict.fromkeys(each for each in said if each not in VARYING))
