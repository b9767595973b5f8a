"""What stands around every page of an account: its name, the ways out, and its places."""

import pytest

from tests.e2e.browser import Visits
from tests.e2e.checks.looks import DESK, PHONE, put
from tests.e2e.conftest import Served
from tests.walk.routes import ROUTES
from tests.walk.viewers import Looker

# How many lines the account's name takes, and by how many pixels it is taller than the line that holds it.
NAME = """() => {
    const [name, header] = [document.querySelector('.brand .name'), document.querySelector('.site-header')];
    const lines = Math.round(name.scrollHeight / parseFloat(getComputedStyle(name).lineHeight));
    return [lines, Math.max(0, name.scrollHeight - header.clientHeight)];
}"""
BEYOND = "() => { const all = document.querySelector('.places ul'); return all.scrollWidth - all.clientWidth; }"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_name_keeps_to_the_header_and_all_places_fit_on_a_desk(
    served: Served, visits: Visits, language: str
) -> None:
    """ux.md 4.4: in Spanish the name was broken into four lines by «Cerrar sesión», and the last place was cut off."""
    [visit] = ROUTES["manage:health"].visits(served.scene, Looker.OWNER)
    page = served.open(visits, Looker.OWNER, visit, language=language, width=PHONE)
    lines, too_tall = page.evaluate(NAME)
    assert lines <= 2
    assert too_tall == 0

    put(page, DESK)

    assert page.evaluate(BEYOND) <= 0
