"""The bar of what owners and superusers may have to do, counted in a real browser: taps and fields.

O2 and O8 are counted in `test_journey`, O4 in `test_google`, O7 in `test_health`: these take the processes of
`make run`.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from convoca.booking.models import Incident, Meeting, User
from convoca.config.env import ApplicationKeys
from tests.booking.alarms import letters, look, text_of
from tests.booking.building import NOW, book
from tests.booking.zooming import simulated_zoom
from tests.e2e.browser import Visits
from tests.e2e.conftest import Served
from tests.e2e.hand import Hand
from tests.e2e.sights import sights
from tests.walk.scene import DAY
from tests.walk.viewers import Looker
from tests.walk.visiting import Visit

PASTED = "https://rooms.example.net/pasted"
# After the last key the preview is asked for no later than this.
PREVIEW_WITHIN_MS = 300
TEXT = "Bring your passport."
# Notes how long the page lets anything wait.
NOTE_WAITS = """() => {
    const later = window.setTimeout;
    window.waits = [];
    window.setTimeout = (act, wait, ...more) => { window.waits.push(wait || 0); return later(act, wait, ...more); };
}"""


def test_o1_the_first_page_asks_four_things(served: Served, visits: Visits) -> None:
    [sight] = [each for each in sights(served.scene) if each.name == "setup"]
    page = served.open(visits, sight.looker, sight.visit)

    asked = [each for each in page.locator("main form input, main form select").all() if each.is_visible()]
    # What is offered is one question with several answers.
    assert len({each.get_attribute("name") for each in asked}) == 4
    assert page.locator("main form button.btn-primary").count() == 1


def test_o3_an_application_at_a_vendor_takes_two_pasted_fields_and_a_test(
    served: Served, visits: Visits, settings: Settings
) -> None:
    """What the vendor asks for can be copied; what it gives is pasted, saved, tested, and used without a restart."""
    User.objects.filter(pk=served.scene.users[Looker.OWNER].pk).update(is_superuser=True)
    with simulated_zoom(settings):
        settings.VENDORS = settings.VENDORS | {"zoom": ApplicationKeys()}
        hand = Hand(served.open(visits, Looker.OWNER, Visit(path=reverse("applications")), width=1440))
        zoom = hand.page.locator("#zoom")
        expect(zoom.locator("[data-copy]").first).to_be_visible()
        expect(zoom).to_contain_text("No application yet.")

        hand.fill("[name=zoom-client_id]", "client")
        hand.fill("[name=zoom-client_secret]", "client-secret")
        hand.tap(zoom.get_by_role("button", name="Save"))
        hand.press("Test Zoom")

        expect(hand.page.locator("body")).to_contain_text("Zoom knows this application.")
        assert (hand.taps, hand.fields) == (2, 2)
        hand.page.goto(served.url + reverse("manage:integration", args=[served.scene.account.name, "zoom"]))
        expect(hand.page.get_by_role("button", name="Connect to Zoom").first).to_be_enabled()


def test_o5_a_link_is_typed_with_one_paste_and_a_press(served: Served, visits: Visits) -> None:
    [sight] = [each for each in sights(served.scene) if each.name == "manage-today"]
    hand = Hand(served.open(visits, Looker.OWNER, sight.visit))
    place = hand.page.locator("details.paste").first

    hand.tap(place.locator("summary"))
    hand.fill("details.paste[open] textarea", PASTED)
    hand.tap(place.locator("button"))

    expect(hand.page.locator("main")).to_contain_text("rooms.example.net/pasted")
    assert (hand.taps, hand.fields) == (2, 1)


def test_o5_from_the_mail_of_a_failure_two_taps_and_a_paste_mend_it(served: Served, visits: Visits) -> None:
    """The first tap is the mail's button, which leads to the field itself, open and with the focus in it."""
    slot = _refused_at(served, "16:00")
    hand = Hand(served.open(visits, Looker.OWNER, Visit(path=_where_the_mail_leads(served)), width=360))
    hand.taps += 1
    field = hand.page.locator(f"#paste-{slot}")
    expect(field).to_be_visible()
    expect(field).to_be_in_viewport()

    hand.fill(f"#paste-{slot}", PASTED)
    hand.tap(hand.page.locator(f"form:has(#paste-{slot}) button"))

    expect(hand.page.get_by_role("status").filter(has_text="Saved. 1 person gets the link by email.")).to_be_visible()
    expect(field).to_have_count(0)
    assert (hand.taps, hand.fields) == (2, 1)


def _refused_at(served: Served, clock: str) -> int:
    """Book, let the vendor refuse the meeting, and return the slot's id."""
    slot = book(served.scene.schedules["resource"], clock, day=DAY).slot_id
    Incident.objects.all().delete()
    Meeting.objects.filter(slot=slot).update(blocked="rejected", reason="No permission.", due_at=None)
    return slot


def _where_the_mail_leads(served: Served) -> str:
    look(NOW + timedelta(minutes=5))
    found = re.search(rf"/manage/{served.scene.account.name}/health#\S+", text_of(letters()[-1]))
    assert found
    return found[0]


def test_o6_the_preview_follows_the_last_key_and_each_variant_is_one_choice(served: Served, visits: Visits) -> None:
    """Nothing is pressed for it; no field but the text is typed into. Eight variants: form, width, colours."""
    page = served.open(visits, Looker.OWNER, _wording(served), width=1440)
    page.evaluate(NOTE_WAITS)

    with page.expect_response(re.compile("/preview")) as shown:
        page.locator("#text-form [name=body]").fill(TEXT)

    assert TEXT in shown.value.text()
    assert 0 < max(page.evaluate("() => window.waits")) <= PREVIEW_WITHIN_MS
    for form, width, scheme in product(("html", "text"), ("phone", "desktop"), ("light", "dark")):
        for name, value in (("form", form), ("width", width), ("scheme", scheme)):
            with page.expect_response(re.compile(f"/preview.*{name}={value}")) as shown:
                # What is chosen already is chosen anew.
                page.locator(f"#looking [name={name}]").select_option(value)
        assert TEXT in shown.value.text()
        expect(page.locator("#preview-frame")).to_have_attribute("src", _asks_for(form, width, scheme))


def test_j9_what_is_wrong_is_said_at_once_and_the_preview_is_not_updated_for_ever(
    served: Served, visits: Visits
) -> None:
    page = served.open(visits, Looker.OWNER, _wording(served), width=1440)
    frame = page.locator("#preview-frame")

    page.locator("#text-form [name=body]").fill("Hello {nmae}")

    expect(page.locator("#findings")).to_contain_text("{nmae} does not exist")
    expect(frame).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#updating")).to_be_hidden()


def _asks_for(form: str, width: str, scheme: str) -> re.Pattern[str]:
    return re.compile(f"(?=.*form={form})(?=.*width={width})(?=.*scheme={scheme})")


def test_o6_one_click_sends_a_test(served: Served, visits: Visits) -> None:
    hand = Hand(served.open(visits, Looker.OWNER, _wording(served), width=1440))

    hand.tap(hand.page.locator("#text-form button[value=test]"))

    expect(hand.page.get_by_role("status").filter(has_text="Sent. Check your inbox.")).to_be_visible()
    assert str(letters()[-1]["Subject"]).startswith("Test: Booked:")
    assert (hand.taps, hand.fields) == (1, 0)


def _wording(served: Served) -> Visit:
    schedule = served.scene.schedules["resource"]
    return Visit(path=reverse("manage:text", args=[served.scene.account.name, schedule.slug, "confirmation", "en"]))


def test_s1_whoever_supervises_sees_first_what_needs_them(served: Served, visits: Visits) -> None:
    """No press after the log-in: what needs somebody stands before the day's list."""
    [sight] = [each for each in sights(served.scene) if each.name == "manage-today"]
    page = served.open(visits, Looker.OWNER, sight.visit)

    need, rows = page.locator(".need").first, page.locator(".rows").last
    first, last = _tops(need.bounding_box(), rows.bounding_box())
    assert first < last


def _tops(*boxes: object) -> Iterator[float]:
    for box in boxes:
        assert isinstance(box, dict)
        yield float(box["y"])


def test_a_meeting_is_started_with_one_press_from_the_day(served: Served, visits: Visits, settings: Settings) -> None:
    """The form opened without a referrer, so browsers sent no origin with it, and every Start was refused with 403."""
    settings.VENDOR_ENDPOINTS = settings.VENDOR_ENDPOINTS | {
        "zoom_api": "http://127.0.0.1:9",
        "zoom_oauth": "http://127.0.0.1:9",
    }
    [sight] = [each for each in sights(served.scene) if each.name == "manage-today"]
    hand = Hand(served.open(visits, Looker.OWNER, sight.visit, width=1440))

    with hand.page.context.expect_event("response", lambda each: each.url.endswith("/start")) as answered:
        hand.tap(hand.page.locator("button.start"))

    assert answered.value.status == 303
    assert hand.taps == 1
