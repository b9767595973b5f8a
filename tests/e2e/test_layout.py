"""J9 in a browser: the preview follows what the owner types, and nothing is published until they say so."""

from playwright.sync_api import expect

from convoca.booking.models import MessageText
from tests.e2e.browser import Visits
from tests.e2e.conftest import Served
from tests.walk.routes import ROUTES
from tests.walk.viewers import Looker


def test_the_preview_follows_what_is_typed_and_a_button_inserts_a_name(served: Served, visits: Visits) -> None:
    [visit] = ROUTES["manage:text"].visits(served.scene, Looker.OWNER)
    page = served.open(visits, Looker.OWNER, visit)
    page.set_viewport_size({"width": 1440, "height": 900})
    before = MessageText.objects.get().body.open()
    preview = page.frame_locator("#preview-frame")

    page.locator("[name=body]").fill("Bring water, ")
    page.locator("[data-insert='{name}']").click()

    expect(page.locator("[name=body]")).to_have_value("Bring water, {name}")
    expect(preview.get_by_text("Bring water, Luis Pérez")).to_be_visible()
    page.locator("[name=body]").fill("Bring {nmae}")
    expect(page.locator("#findings")).to_contain_text("Did you mean {name}?")
    page.locator("#looking [name=form]").select_option("text")
    expect(preview.locator("pre")).to_contain_text("Bring {nmae}")
    page.locator("#looking [name=width]").select_option("desktop")
    expect(page.locator("#preview-frame")).not_to_have_class("letter letter-phone")
    assert MessageText.objects.get().body.open() == before


def test_on_a_phone_the_text_and_its_preview_are_two_tabs(served: Served, visits: Visits) -> None:
    """J9: «360 px: tabs Edit and Preview»; on a wide screen they stand side by side."""
    [visit] = ROUTES["manage:text"].visits(served.scene, Looker.OWNER)
    page = served.open(visits, Looker.OWNER, visit)
    page.set_viewport_size({"width": 360, "height": 640})
    edit, look = page.get_by_role("tab", name="Edit"), page.get_by_role("tab", name="Preview")
    body, frame = page.locator("[name=body]"), page.locator("#preview-frame")
    expect(edit).to_have_attribute("aria-selected", "true")
    expect(body).to_be_visible()
    expect(frame).to_be_hidden()

    look.click()

    expect(page.frame_locator("#preview-frame").get_by_role("heading", level=1)).to_be_visible()
    expect(body).to_be_hidden()
    expect(page.get_by_role("tabpanel", name="Preview")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(edit).to_be_focused()
    expect(body).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(edit).to_be_hidden()
    expect(body).to_be_visible()
    expect(frame).to_be_visible()


def test_the_standard_text_is_restored_and_that_taken_back(served: Served, visits: Visits) -> None:
    [visit] = ROUTES["manage:text"].visits(served.scene, Looker.OWNER)
    page = served.open(visits, Looker.OWNER, visit)
    before = page.locator("[name=body]").input_value()

    page.get_by_text("Restore the standard text?").click()
    page.get_by_role("button", name="Restore the standard text").click()
    expect(page.locator("[name=body]")).to_have_value("")
    page.get_by_role("button", name="Take it back").click()

    expect(page.locator("[name=body]")).to_have_value(before)
