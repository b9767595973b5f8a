"""Fixtures of the tests of booking."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.booking.googling import SimulatedGoogle, simulated_google
from tests.booking.zooming import SimulatedZoom, simulated_zoom


@pytest.fixture
def zoom(settings: Settings) -> Iterator[SimulatedZoom]:
    with simulated_zoom(settings) as zoom:
        yield zoom


@pytest.fixture
def google(settings: Settings) -> Iterator[SimulatedGoogle]:
    with simulated_google(settings) as google:
        yield google
