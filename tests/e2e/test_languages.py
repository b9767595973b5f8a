"""M22: whoever changes the language in the middle of an owner's form, with or without a script, loses nothing of it."""

import pytest
from playwright.sync_api import Page, expect

from convoca.booking.models import Schedule
from tests.e2e.browser import Visits
from tests.e2e.conftest import Served
from tests.e2e.steps import press
from tests.walk.routes import ROUTES
from tests.walk.viewers import Looker


def _open(served: Served, visits: Visits, name: str, *, javascript: bool = True) -> Page:
    visit = ROUTES[name].visits(served.scene, Looker.OWNER)[0]
    return served.open(visits, Looker.OWNER, visit, javascript=javascript)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_new_schedule_is_spoken_of_in_another_language_as_it_was_typed(
    served: Served, visits: Visits, javascript: bool
) -> None:
    page = _open(served, visits, "manage:new-schedule", javascript=javascript)
    page.locator("[name=kind][value=service]").check()
    page.fill("[name=name]", "Gait analysis")
    page.select_option("[name=time_zone]", "America/Lima")

    press(page, "Español")

    expect(page.get_by_role("heading", level=1)).to_have_text("Nuevo horario")
    expect(page.locator("[name=kind][value=service]")).to_be_checked()
    expect(page.locator("[name=name]")).to_have_value("Gait analysis")
    expect(page.locator("[name=time_zone]")).to_have_value("America/Lima")
    expect(page.locator(".error")).to_have_count(0)
    assert not Schedule.objects.filter(name="Gait analysis").exists()
    press(page, "English")
    page.fill("[name=resources]", "Room 1")
    page.fill("[name=service]", "Gait")
    page.locator("[name=service]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gait analysis")
    assert Schedule.objects.get(name="Gait analysis").time_zone == "America/Lima"


def test_process_is_spoken_of_in_another_language_and_nothing_of_it_is_saved_yet(
    served: Served, visits: Visits
) -> None:
    page = _open(served, visits, "manage:process")
    schedule = served.scene.schedules["resource"]
    schedule.refresh_from_db()
    before = schedule.backup_link.open()
    page.locator("[name=source][value=jitsi]").check()
    page.fill("[name=backup_link]", "my spare room, to be looked up")
    page.select_option("[name=reveal]", "15")

    press(page, "Español")

    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("[name=source][value=jitsi]")).to_be_checked()
    expect(page.locator("[name=backup_link]")).to_have_value("my spare room, to be looked up")
    expect(page.locator("[name=reveal]")).to_have_value("15")
    expect(page.locator("main [role=alert]")).to_have_count(0)
    schedule.refresh_from_db()
    assert (schedule.link_source, schedule.backup_link.open()) == ("zoom", before)
    # Its language stays with the browser, as on visitors' pages.
    page.goto(page.url)
    expect(page.locator("html")).to_have_attribute("lang", "es")
