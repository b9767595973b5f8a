"""Every test of this door looks at the pages at one instant."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.booking.building import NOW


@pytest.fixture(autouse=True)
def this_instant() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
