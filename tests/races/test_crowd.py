"""T29, T24: a hundred people at once, against the production server with eight workers, on the database of the run.

Peers overbook by exactly their number of workers, so one worker proves nothing.
"""

import json
import sys
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from tests.installation import ROOT, Installation
from tests.races.crowd import Rush, rush, statuses
from tests.races.scene import PLACES

PEOPLE = 100
TIME_TAKEN = "Someone just booked that time. Your details are kept – pick another time."
CLASS_FULL = "All places of that session are taken. Your details are kept – pick another one."


@pytest.fixture
def served(installation: Installation) -> Installation:
    """The production web server with eight workers; no background worker, which would only compete for the machine."""
    installation.environment["CONVOCA_WEB_WORKERS"] = "8"
    migrated = installation.run("migrate")
    assert migrated.returncode == 0, migrated.stderr
    return installation


def _scene(installation: Installation, what: str) -> dict[str, Any]:
    settings = {"DJANGO_SETTINGS_MODULE": "convoca.config.settings"}
    done = run(
        [sys.executable, "-m", "tests.races.scene", what],
        env=installation.environment | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _end_of(log: Path) -> str:
    return log.read_text()[-3000:]


def test_t29_one_free_time_and_a_hundred_people_make_one_booking_and_ninety_nine_clear_refusals(
    served: Installation,
) -> None:
    scene = _scene(served, "make")
    served.wait_until_up(served.start("web"))

    outcomes = rush(served.url, Rush(page=scene["time_page"], field="start", value=scene["time"]), people=PEOPLE)

    assert statuses(outcomes) == {303: 1, 409: PEOPLE - 1}, _end_of(served.log)
    assert [outcome.location[:3] for outcome in outcomes if outcome.status == 303] == ["/b/"]
    assert all(TIME_TAKEN in outcome.page for outcome in outcomes if outcome.status == 409)
    left = _scene(served, "count")
    assert (left["times"], left["time_bookings"], left["occupancies"]) == (1, 1, 1)
    assert (left["time_meetings"], left["confirmations"]) == (1, 1)


def test_t24_a_class_of_twenty_and_a_hundred_people_make_exactly_twenty_bookings_and_one_meeting(
    served: Installation,
) -> None:
    scene = _scene(served, "make")
    served.wait_until_up(served.start("web"))

    outcomes = rush(served.url, Rush(page=scene["class_page"], field="slot", value=scene["class"]), people=PEOPLE)

    assert statuses(outcomes) == {303: PLACES, 409: PEOPLE - PLACES}, _end_of(served.log)
    assert all(CLASS_FULL in outcome.page for outcome in outcomes if outcome.status == 409)
    left = _scene(served, "count")
    assert (left["class_bookings"], left["class_taken"], left["class_meetings"]) == (PLACES, PLACES, 1)
    assert left["confirmations"] == PLACES
