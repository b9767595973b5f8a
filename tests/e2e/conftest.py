"""The scene of the walk, served to a real browser."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Browser, Page
from pytest_django import Settings

from tests.booking.building import NOW
from tests.e2e.browser import Visits
from tests.walk.scene import Scene, build_scene, prepare_installation
from tests.walk.viewers import Looker
from tests.walk.visiting import Visit


@dataclass(frozen=True)
class Served:
    """The scene, where it is served, and its clock, which goes on and can be moved."""

    scene: Scene
    url: str
    clock: time_machine.Traveller

    def open(self, visits: Visits, looker: Looker, visit: Visit, **browser: Any) -> Page:
        """Open the page as `looker`, in the browser that has what the visit is about."""
        kept = self.scene.browser(looker, visit.about).cookies
        cookies = {name: each.value for name, each in kept.items()}
        return visits.open(self.url + visit.path, cookies=cookies, **browser)


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: pytest shows what matters."""


@pytest.fixture
def served(browser: Browser, transactional_db: None, settings: Settings) -> Iterator[Served]:
    yield from serve(settings)


def serve(settings: Settings) -> Iterator[Served]:
    """Build the scene, and serve it until whoever asked is done."""
    prepare_installation(settings)
    with time_machine.travel(NOW, tick=True) as clock:
        server = ThreadedWSGIServer(("localhost", 0), _Silent)
        server.daemon_threads = True
        server.set_app(WSGIHandler())
        thread = threading.Thread(target=server.serve_forever, name="served")
        thread.start()
        yield Served(build_scene(), f"http://localhost:{server.server_port}", clock)
        server.shutdown()
        thread.join()
        server.server_close()
