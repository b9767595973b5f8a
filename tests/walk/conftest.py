"""The scene of the walk, at a clock that stands still."""

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django import Settings

from tests.booking.building import NOW
from tests.walk.scene import Scene, build_scene, prepare_installation


@pytest.fixture
def scene(db: None, settings: Settings) -> Iterator[Scene]:
    prepare_installation(settings)
    with time_machine.travel(NOW, tick=False):
        yield build_scene()
