"""How long a booking waits for its link: until Zoom is called, and from Zoom's answer until the open page shows it."""

import re
import time
from datetime import datetime
from statistics import median
from urllib.parse import urljoin

import httpx2

from bench.engine import Scene, connected, percentile_of, working
from bench.server import convoca, served
from bench.table import Row, at_most

USERS = 40
MOST_MS = {"postgres": 20, "sqlite": 150}
WARM_UP = 3
ANSWERED_WITHIN_SECONDS = 30.0
ASKS = re.compile(r'hx-get="([^"]+)" hx-trigger="every (\d+)(m?)s"')


def measure(*, bookings: int, users: int = USERS, database: str) -> list[Row]:
    with connected(database, users=users) as scene, working(scene):
        scene.ask("book", WARM_UP)
        delays = _until_called(scene, bookings)
        shown = _until_shown(scene, bookings)
    called = "from the commit to the call at Zoom, idle worker"
    return [
        at_most(f"{called}, median", median(delays) * 1000, MOST_MS[database], " ms"),
        Row(f"{called}, p95", f"{percentile_of(delays, 95) * 1000:.1f} ms"),
        at_most("from Zoom's answer to the link in the open page, p95", percentile_of(shown, 95), 1, " s", digits=2),
        Row("… median", f"{median(shown):.2f} s"),
    ]


def _until_called(scene: Scene, bookings: int) -> list[float]:
    written = scene.ask("book-idle", bookings)
    called = {each["marker"]: datetime.fromisoformat(each["at"]).timestamp() for each in scene.zoom.made()}
    return [called[marker] - committed for marker, committed in written.items()]


def _until_shown(scene: Scene, bookings: int) -> list[float]:
    """Book as a visitor does and keep the page open. Zoom takes a little longer each time, so that its answer comes at
    every moment between two looks of the page."""
    environment, command = convoca(scene.installation.environment)
    with served(environment, *command) as server:
        return [_shown_after(scene, server.url, number / bookings) for number in range(bookings)]


def _shown_after(scene: Scene, url: str, part: float) -> float:
    scene.zoom.take_time(0.1 + part)
    with httpx2.Client(base_url=url, follow_redirects=True, timeout=ANSWERED_WITHIN_SECONDS) as browser:
        page = _book(browser, scene.page)
        opened, asks = time.monotonic(), ASKS.search(page.text)
        if asks is None:
            raise RuntimeError("The page of a booking does not look for its link.")
        address, every = urljoin(str(page.url), asks[1].replace("&amp;", "&")), int(asks[2]) / (1000 if asks[3] else 1)
        looks = 1
        while True:
            time.sleep(max(0.0, opened + looks * every - time.monotonic()))
            looks += 1
            seen = browser.get(address)
            if "/zoom/j/" in seen.text:
                return time.time() - datetime.fromisoformat(scene.zoom.made()[-1]["at"]).timestamp()
            if time.monotonic() > opened + ANSWERED_WITHIN_SECONDS:
                raise TimeoutError("The page did not get its link.")


def _book(browser: httpx2.Client, page: str) -> httpx2.Response:
    """Choose the first time on offer and book it."""
    offered = browser.get(page)
    start = re.search(r'name="start"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="start"', offered.text)
    if start is None:
        raise RuntimeError(f"No time is on offer: {offered.text[-2000:]}")
    form = {"start": start[1] or start[2], "name": "Ada Ruiz", "email": "ada@example.org"}
    booked = browser.post(page, data=form, headers={"Origin": str(browser.base_url).rstrip("/")})
    if "/b/" not in str(booked.url):
        raise RuntimeError(f"A booking was answered with {booked.status_code}: {booked.text[-2000:]}")
    return booked
