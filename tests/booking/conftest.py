"""Fixtures of the tests of booking."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.booking.zooming import SimulatedZoom, simulated_zoom


@pytest.fixture
def zoom(settings: Settings) -> Iterator[SimulatedZoom]:
    with simulated_zoom(settings) as zoom:
        yield zoom
