"""Every state of a link, as anybody can make it with the example: on the vendors' desk, with all of `make run`.

The one that needs a minute is walked at a clock that is moved on.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from convoca.booking.operations.provisioning import provision_next
from tests.e2e.browser import Visits, axe, shot
from tests.e2e.conftest import Served
from tests.e2e.steps import LINK_WITHIN_MS, book, in_days, link_of, log_in, no_navigation, press
from tests.e2e.test_journey import connect
from tests.e2e.words import WORDS
from tests.installation import Installation, new_installation
from tests.walk.routes import ROUTES
from tests.walk.viewers import Looker

WORDS_HERE = WORDS["es"]


@pytest.fixture
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One of its own: what is used up of a day's meetings stays so."""
    made = new_installation(tmp_path_factory.mktemp("example"))
    made.wait_until_up(made.start(program=(sys.executable, "-m", "convoca.config.tryout")))
    yield made
    made.end()


class Desk:
    """The vendors' desk, open in a browser."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @contextmanager
    def says(self, situation: str) -> Iterator[None]:
        """Let the vendors behave so until the end of the block."""
        self._choose(situation)
        yield
        self._choose("Todo va bien")

    def _choose(self, situation: str) -> None:
        self.page.locator("label").filter(has_text=situation).click()
        press(self.page, "Que sea así")
        expect(self.page.locator("label:has(:checked)")).to_contain_text(situation)


def test_pending_failed_disconnected_and_quota_can_each_be_seen_in_the_example(
    example: Installation, visits: Visits
) -> None:
    """J3, J10, M9, M12"""
    owner = visits.open(f"{example.url}/manage/", language="es", width=1440)
    log_in(owner, WORDS_HERE)
    connect(example, owner, WORDS_HERE, "es")
    health = f"{example.url}/manage/lumbre/health"
    desk = Desk(visits.open(f"{example.sandbox_url}/sandbox", language="es"))
    assert axe(desk.page) == []
    shot(desk.page, "desk.es")

    with desk.says("Lentos"):
        slow = visit(example, visits, day=7)
        expect(slow.get_by_role("heading", name=WORDS_HERE.preparing)).to_be_visible()
        with no_navigation(slow):
            link_of(slow, WORDS_HERE)

    with desk.says("Se niegan"):
        refused = visit(example, visits, day=8)
        expect(refused.locator("main")).to_contain_text("Hemos avisado a", timeout=LINK_WITHIN_MS)
        owner.goto(health)
        expect(owner.locator("main")).to_contain_text("Not allowed to host meetings.")
        shot(owner, "state-failed.es")

    with desk.says("Acceso retirado"):
        lost = visit(example, visits, day=9)
        owner.goto(health)
        expect(owner.get_by_role("button", name="Volver a conectar Zoom").first).to_be_visible(timeout=LINK_WITHIN_MS)
        shot(owner, "state-disconnected.es")
    owner.get_by_role("button", name="Volver a conectar Zoom").first.click()
    press(owner, WORDS_HERE.allow)
    with no_navigation(lost):
        link_of(lost, WORDS_HERE)

    with desk.says("Reuniones del día agotadas"):
        waiting = visit(example, visits, day=10)
        expect(waiting.locator("main")).to_contain_text("El enlace se creará", timeout=LINK_WITHIN_MS)
        shot(waiting, "state-quota.es")


def visit(example: Installation, visits: Visits, *, day: int) -> Page:
    page = visits.open(f"{example.url}/schedule/lumbre/consultations?day={in_days(day)}", language="es")
    book(page, WORDS_HERE, email=f"day.{day}@example.org")
    return page


MONDAY = "2026-11-30"


def test_delayed_can_be_seen_by_the_visitor_and_by_the_owner_without_a_minute_of_waiting(
    served: Served, visits: Visits
) -> None:
    """J3, J10, L1: «100 % ≤ 60 s or the delayed text»; nobody answers at Zoom."""
    schedule = served.scene.schedules["resource"]
    name = served.scene.account.name
    visitor = visits.open(f"{served.url}/schedule/{name}/{schedule.slug}?day={MONDAY}", language="es")
    book(visitor, WORDS_HERE, email="ada@example.org")
    expect(visitor.get_by_role("heading", name=WORDS_HERE.preparing)).to_be_visible()
    while provision_next(now=timezone.now()):
        continue

    with no_navigation(visitor):
        served.clock.shift(timedelta(seconds=61))
        expect(visitor.get_by_role("heading", name="El enlace está tardando más de lo habitual.")).to_be_visible()

    assert axe(visitor) == []
    shot(visitor, "state-delayed.es")
    today = ROUTES["manage:today"].visits(served.scene, Looker.OWNER)[0]
    owner = served.open(visits, Looker.OWNER, today, language="es")
    owner.goto(f"{served.url}/manage/{name}/?day={MONDAY}")
    expect(owner.locator("main")).to_contain_text("Zoom tarda en responder.")
    owner.goto(f"{served.url}/manage/{name}/health")
    expect(owner.locator("#not-ready")).to_be_visible()
    shot(owner, "state-delayed-health.es")
    owner.get_by_role("button", name="Intentar ahora").first.click()
    expect(owner.locator("main")).to_contain_text("Lo estamos intentando de nuevo.")
