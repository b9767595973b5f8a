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
