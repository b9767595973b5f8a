"""In which circumstances a page is looked at, one after the other, without loading it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import CDPSession, Page, ViewportSize

from tests.e2e.browser import HEIGHTS, Scheme

NARROWEST, PHONE, DESK = 320, 360, 1440
# A desk at 200 % of zoom is half as wide; a phone that lies on its side is low.
ZOOMED, ON_ITS_SIDE = (DESK // 2, 450), (740, 360)
USUAL_PX, DOUBLE_PX = 16, 32
# WCAG 2.2, 1.4.12, as it is written there. The page's own policy lets no style element in, but this.
SPACED = """(isOn) => {
    const spacing = new CSSStyleSheet();
    spacing.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
        p { margin-block-end: 2em !important; }`);
    document.adoptedStyleSheets = isOn ? [spacing] : [];
}"""


def put(page: Page, width: int, scheme: Scheme = "light", *, height: int | None = None, **media: Any) -> None:
    """Show the page in a window of this size, in these colours."""
    page.set_viewport_size(ViewportSize(width=width, height=height or HEIGHTS.get(width, 640)))
    page.emulate_media(**{"color_scheme": scheme, "reduced_motion": "reduce", "forced_colors": "none", **media})


@contextmanager
def spaced_text(page: Page) -> Iterator[None]:
    """Let the visitor's own spacing of text be in force."""
    page.evaluate(SPACED, True)
    yield
    page.evaluate(SPACED, False)


@contextmanager
def double_text(page: Page, window: CDPSession | None = None) -> Iterator[None]:
    """Let the visitor have set the browser's text to twice its size, which media queries in rem follow."""
    session = window or page.context.new_cdp_session(page)
    _set_size(session, DOUBLE_PX)
    yield
    _set_size(session, USUAL_PX)
    if window is None:
        session.detach()


def _set_size(session: CDPSession, pixels: int) -> None:
    session.send("Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels * 13 // 16}})
