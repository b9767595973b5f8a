"""A schedule within another site's page, in a browser that gives frames of other sites no cookies."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from convoca.booking.models import Booking, Schedule
from convoca.booking.operations.sharing import let_frame
from tests.e2e.browser import Visits, axe, overflow, shot
from tests.e2e.conftest import Served

# The site is another one to the browser than localhost, where Convoca is.
SITE = "127.0.0.1"
HOST_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>A studio</title>
<body style="margin:0"><h1>A studio</h1>
<div data-convoca="{address}"{more}><a href="{address}">Book: Visits</a></div>
<script src="{url}/embed.js" async></script>
<p>Below</p></body></html>"""


@pytest.fixture
def host_page() -> Iterator["HostPage"]:
    page = HostPage()
    yield page
    page.close()


class HostPage:
    """A page of somebody else's, at an address that is not ours."""

    def __init__(self) -> None:
        self.html = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = self.path == "/"
                body = outer.html.encode() if found else b""
                self.send_response(200 if found else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: pytest shows what matters."""

        self._server = ThreadingHTTPServer((SITE, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="host page")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{SITE}:{self._server.server_port}/"

    def embeds(self, served: Served, schedule: Schedule, *, language: str = "en", more: str = "") -> None:
        address = f"{served.url}/schedule/{schedule.account.name}/{schedule.slug}"
        self.html = HOST_PAGE.format(address=address, url=served.url, language=language, more=more)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def open_embedded(visits: Visits, host: HostPage, **browser: Any) -> tuple[Page, Frame]:
    """Open the host's page in a browser that gives third parties no cookies; return it and the frame in it."""
    page = visits.open("about:blank", **browser)
    cookies = page.context.new_cdp_session(page)
    cookies.send(
        "Network.setCookieControls",
        {
            "enableThirdPartyCookieRestriction": True,
            "disableThirdPartyCookieMetadata": True,
            "disableThirdPartyCookieHeuristics": True,
        },
    )
    page.goto(host.url)
    element = page.wait_for_selector("iframe")
    assert element
    frame = element.content_frame()
    assert frame
    frame.wait_for_selector("h1")
    return page, frame


def expect_no_scroll_bars(page: Page) -> None:
    """The frame is as high as what is in it, and no wider."""
    page.wait_for_function("() => { const f = document.querySelector('iframe'); return f.style.height !== '40rem'; }")
    [frame] = page.frames[1:]
    frame.wait_for_function(
        """() => {
            const root = document.documentElement;
            return root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth;
        }"""
    )
    assert overflow(page) == 0


@pytest.mark.parametrize("width", [360, 1440])
def test_a_visitor_books_within_another_site_s_page_that_gives_us_no_cookies(
    served: Served, visits: Visits, host_page: HostPage, width: int
) -> None:
    schedule = served.scene.schedules["linkless"]
    let_frame(schedule, Schedule.Framing.SITES, sites=[host_page.url.removesuffix("/")])
    host_page.embeds(served, schedule, language="es")
    page, frame = open_embedded(visits, host_page, width=width)

    # That they are refused is seen before it is shown that nothing needs them.
    frame.evaluate("() => { document.cookie = 'probe=1; SameSite=None; Secure'; }")
    assert frame.evaluate("() => document.cookie") == ""
    expect(page.locator("iframe")).to_have_attribute("title", "Book: Visits")
    assert frame.evaluate("() => document.documentElement.lang") == "es"
    expect_no_scroll_bars(page)
    low = page.locator("iframe").evaluate("(each) => each.clientHeight")

    frame.locator(".more a").first.click()
    frame.wait_for_function("() => location.search.includes('all=1')")
    page.wait_for_function("(low) => document.querySelector('iframe').clientHeight > low", arg=low)
    expect_no_scroll_bars(page)

    before = Booking.objects.count()
    frame.locator("label.choice").first.click()
    frame.locator("#name").fill("Ada Ruiz")
    frame.locator("#email").fill("ada@example.org")
    assert axe_in(frame) == []
    shot(page, f"embedded.{width}")
    frame.locator(".details button").click()
    expect(frame.locator("h1")).to_have_text("Tu cita está reservada")
    expect_no_scroll_bars(page)
    assert axe_in(frame) == []
    shot(page, f"embedded-done.{width}")

    booking = Booking.objects.latest("pk")
    assert Booking.objects.count() == before + 1
    assert (booking.email, booking.language) == ("ada@example.org", "es")
    assert page.context.cookies() == []
    with page.context.expect_page() as opened:
        frame.locator("a.btn-primary").click()
    expect(opened.value.locator("h1")).to_have_text("Your appointment is booked")


def axe_in(frame: Frame) -> list[str]:
    """Return what axe finds in the page of the frame, in a window of its own as high as it: it may not look inside."""
    page = frame.page.context.new_page()
    page.goto(frame.url)
    found = axe(page)
    page.close()
    return found


def test_it_has_the_look_and_the_language_that_the_host_s_page_says(
    served: Served, visits: Visits, host_page: HostPage
) -> None:
    schedule = served.scene.schedules["class"]
    let_frame(schedule, Schedule.Framing.ANYWHERE, sites=[])
    host_page.embeds(served, schedule, language="de", more=' data-lang="es" data-theme="dark"')
    page, frame = open_embedded(visits, host_page)

    assert frame.evaluate("() => document.documentElement.lang") == "es"
    assert frame.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 30)"
    expect_no_scroll_bars(page)

    # The language is changed there, and nothing typed is lost.
    frame.locator("label.choice").first.click()
    frame.locator("#name").fill("Ada Ruiz")
    frame.locator("[name=speak][value=en]").click()
    expect(frame.locator("label[for=name]")).to_have_text("Name")
    assert frame.locator("#name").input_value() == "Ada Ruiz"
    assert frame.locator(".choice input:checked").count() == 1
    assert page.context.cookies() == []


def test_no_other_site_shows_it_and_the_link_to_it_stays(served: Served, visits: Visits, host_page: HostPage) -> None:
    """The frame that the browser refused stood there, with a broken page in it, in the place of the link."""
    schedule = served.scene.schedules["linkless"]
    let_frame(schedule, Schedule.Framing.SITES, sites=["https://lumbre.example"])
    host_page.embeds(served, schedule)
    page = visits.open(host_page.url)
    page.wait_for_function("() => document.querySelector('iframe')?.style.height === '0px'")

    expect(page.get_by_role("link", name="Book: Visits")).to_be_visible()
    expect(page.locator("iframe")).to_be_hidden()
    [frame] = page.frames[1:]
    assert frame.url.startswith("chrome-error:")
    assert any("frame-ancestors" in complaint for complaint in visits.complaints)
    visits.complaints.clear()


def test_without_scripts_a_link_stays(served: Served, visits: Visits, host_page: HostPage) -> None:
    schedule = served.scene.schedules["linkless"]
    let_frame(schedule, Schedule.Framing.ANYWHERE, sites=[])
    host_page.embeds(served, schedule)
    page = visits.open(host_page.url, javascript=False)

    page.get_by_text("Book: Visits").click()

    expect(page.locator("h1")).to_have_text("Visits")
