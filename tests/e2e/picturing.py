"""`make screenshots`: every page as it is now, for `docs/screenshots`, and the two pictures of the README.

No test: it is run by its name. The clock stands, and what is drawn by lot is drawn by the same lot each time, so that a
picture changes when its page does. `PICTURES="front manage-today"` takes those whose names begin so.
"""

import os
import random
import secrets
import shutil
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect

from convoca.booking.models import User
from convoca.booking.operations.demonstrating import OWNER_EMAIL, fill_with_examples
from convoca.booking.operations.provisioning import provision_next
from tests.e2e.album import Album
from tests.e2e.browser import ROOT, Visits
from tests.e2e.checks.looks import DESK, PHONE, put
from tests.e2e.conftest import Served, serve
from tests.e2e.sight import Sight
from tests.e2e.sights import sights
from tests.e2e.words import WORDS

FOLDER = ROOT / "docs" / "screenshots"
README = ROOT / "docs" / "pictures"
LANGUAGES = ("en", "es")
# Enough for flat pages; the folder stays small.
COLOURS, COLOURS_OF_THE_README = 48, 160
TALLEST_PX = 2400
# Of a page that says what is wrong, or that somebody else sees, one picture is enough.
STATES = (
    *("-problem", "-chosen", "booking-holder", "booking-pending", "booking-waiting", "booking-cancelled", "join-"),
    *("applications-", "sign-up-setting-", "setup-closed"),
)
LOT = 4711
SETTLED = """() => document.fonts.ready.then(() => new Promise((go) => {
    requestAnimationFrame(() => requestAnimationFrame(go));
}))"""


@pytest.fixture
def the_same_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let addresses and rooms be the same in each run."""
    lot = random.Random(LOT)
    monkeypatch.setattr(secrets, "_sysrand", lot)
    for name in ("choice", "randbelow"):
        drawn = {"choice": lot.choice, "randbelow": lot.randrange}[name]
        monkeypatch.setattr(secrets, name, drawn)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(the_same_lot: None, served: Served, visits: Visits, language: str) -> None:
    album = Album(served, visits, language)
    asked = os.environ.get("PICTURES", "").split()
    if not asked:
        shutil.rmtree(FOLDER / language, ignore_errors=True)

    for sight in sights(served.scene):
        if asked and not sight.name.startswith(tuple(asked)):
            continue
        widths = _widths(sight, language)
        page = album.turn_to(sight) if widths else None
        for width in widths:
            assert page
            put(page, width)
            take(page, FOLDER / language / str(width) / f"{sight.name}.webp")


def _widths(sight: Sight, language: str) -> tuple[int, ...]:
    if any(each in sight.name for each in STATES):
        return (PHONE,) if language == "es" else ()
    return (PHONE, DESK)


def take(page: Page, path: Path, *, clip: FloatRect | None = None) -> None:
    """Keep a picture of the page, as tall as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = _picture(page, clip=clip)
    is_of_the_readme = path.suffix == ".png"
    colours = COLOURS_OF_THE_README if is_of_the_readme else COLOURS
    fewer = picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    if is_of_the_readme:
        fewer.save(path, optimize=True)
    else:
        fewer.convert("RGB").save(path, lossless=True, quality=60, method=1)


def _picture(page: Page, *, clip: FloatRect | None = None) -> Image.Image:
    page.evaluate(SETTLED)
    if clip is None:
        height = page.evaluate("() => document.documentElement.scrollHeight")
        size = page.viewport_size
        assert size
        clip = FloatRect(x=0, y=0, width=size["width"], height=min(height, TALLEST_PX))
    shot = page.screenshot(full_page=True, clip=clip, animations="disabled", caret="hide", scale="css")
    return Image.open(BytesIO(shot))


# --- the README ---


@pytest.fixture
def served_examples(the_same_lot: None, browser: object, transactional_db: None, settings: object) -> Iterator[Served]:
    """The scene, and beside it what `make run` shows, every link of it ready."""
    for served in serve(settings):  # type: ignore[arg-type]
        fill_with_examples(now=timezone.now(), language="en")
        while provision_next(now=timezone.now()):
            continue
        yield served


FRAME = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: 1200px; height: 800px; background: #e3effb; }}
body {{ display: flex; align-items: center; justify-content: center; gap: 50px; }}
div {{ overflow: hidden; box-shadow: 0 18px 50px rgb(27 36 48 / 25%); }}
.phone {{ width: 340px; border: 9px solid #1b2430; border-radius: 44px; }}
.page {{ width: 620px; border-radius: 12px; }}
img {{ display: block; width: 100%; }}
</style><div class="phone"><img src="{phone}"></div><div class="page"><img src="{page}"></div>"""


def test_the_pictures_of_the_readme(served_examples: Served, visits: Visits) -> None:
    words = WORDS["es"]
    phone = visits.open(f"{served_examples.url}/schedule/lumbre/consultations", language="es")
    put(phone, PHONE, height=770)
    phone.locator("label.choice").nth(2).click()
    phone.fill("#name", "Eva Gómez")
    phone.fill("#email", "eva.gomez@example.org")
    phone.evaluate("() => { document.activeElement.blur(); document.querySelector('.day').scrollIntoView(); }")
    left = _as_address(_window(phone))
    phone.get_by_role("button", name=words.book).click()
    phone.wait_for_url("**/b/*")
    while provision_next(now=timezone.now()):
        continue
    expect(phone.get_by_role("heading", name=words.ready)).to_be_visible()
    put(phone, 620, height=680)
    right = _as_address(_window(phone))

    frame = visits.open("about:blank")
    frame.set_viewport_size({"width": 1200, "height": 800})
    frame.set_content(FRAME.format(phone=left, page=right), wait_until="load")
    take(frame, README / "booking.png", clip=FloatRect(x=0, y=0, width=1200, height=800))
    owner = visits.open(f"{served_examples.url}/manage/lumbre/", width=DESK, cookies=_log_in())
    take(owner, README / "owner.png")


def _window(page: Page) -> Image.Image:
    page.evaluate(SETTLED)
    return Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide", scale="css")))


def _as_address(picture: Image.Image) -> str:
    kept = BytesIO()
    picture.save(kept, format="PNG")
    return f"data:image/png;base64,{b64encode(kept.getvalue()).decode()}"


def _log_in() -> dict[str, str]:
    client = Client()
    client.force_login(User.objects.get(email=OWNER_EMAIL))
    return {name: morsel.value for name, morsel in client.cookies.items()}
