"""The whole way in a real browser, with the processes of `make run`, in both languages."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Visits, shot
from tests.e2e.hand import Hand
from tests.e2e.steps import (
    RECEIPT_WITHIN_MS,
    book,
    choose_first,
    fill_in,
    in_days,
    link_of,
    log_in,
    no_navigation,
    open_mail_to,
    press,
    row_of,
    zoom_holds_its_answer,
)
from tests.e2e.words import WORDS, Words
from tests.installation import Installation, wait_for

LANGUAGES = ("en", "es")
SCHEDULES = ("consultations", "lessons", "yoga")


def _page(tryout: Installation, visits: Visits, language: str, path: str, **browser: Any) -> Page:
    return visits.open(f"{tryout.url}{path}", language=language, **browser)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_m18_m9_a_visitor_books_and_sees_the_link_arrive_without_reloading(
    tryout: Installation, visits: Visits, language: str, schedule: str
) -> None:
    """M18, M9, M1: resource, service and class; the link comes by itself, and the mail brings our own address."""
    words, email = WORDS[language], f"{schedule}.{language}@example.org"
    page = _page(tryout, visits, language, f"/schedule/lumbre/{schedule}")
    if schedule == "lessons":
        page.locator("main a.card-link").first.click()

    book(page, words, email=email, button=words.sign_up if schedule == "yoga" else "")

    with no_navigation(page):
        assert link_of(page, words).startswith("https://meet.jit.si/")
    shot(page, f"journey-booked-{schedule}.{language}")
    owner = _page(tryout, visits, language, "/manage/", width=1440)
    log_in(owner, words)
    open_mail_to(owner, email, f"{tryout.url}/manage/lumbre/outbox")
    shot(owner, f"journey-mail-{schedule}.{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_m7_m14_o2_o8_the_owner_connects_zoom_a_visitor_gets_its_link_and_the_last_disconnect_deletes_the_credentials(
    tryout: Installation, visits: Visits, language: str
) -> None:
    words = WORDS[language]
    owner = _page(tryout, visits, language, "/manage/", width=1440)
    log_in(owner, words)
    connect(tryout, owner, words, language)

    visitor = _page(tryout, visits, language, f"/schedule/lumbre/consultations?day={in_days(7)}")
    with zoom_holds_its_answer(tryout):
        book(visitor, words, email=f"zoom.{language}@example.org")
        expect(visitor.get_by_role("heading", name=words.preparing)).to_be_visible()
        shot(visitor, f"journey-preparing.{language}")
    with no_navigation(visitor):
        link = link_of(visitor, words)
    shot(visitor, f"journey-zoom.{language}")

    assert link.startswith(f"{tryout.sandbox_url}/zoom/j/")
    _see_the_room(visitor, link, words)
    disconnect(tryout, owner, words, language)
    _cancel(visitor, words, language)
    assert link not in visitor.content()
    choose_jitsi(tryout, owner, words)


def connect(tryout: Installation, owner: Page, words: Words, language: str) -> None:
    """M7, O2: one tap, and the first time the consent at Zoom, lead back to a row that is connected."""
    owner.goto(f"{tryout.url}/manage/lumbre/integrations/zoom")
    hand = Hand(owner)
    hand.tap(row_of(owner, "Consultations").get_by_role("button", name=words.connect))
    shot(owner, f"journey-consent.{language}")
    press(owner, words.allow)
    expect(row_of(owner, "Consultations")).to_contain_text(words.connected)
    assert (hand.taps, hand.fields) == (1, 0)
    shot(owner, f"journey-connected.{language}")


def _see_the_room(visitor: Page, link: str, words: Words) -> None:
    room = visitor.context.new_page()
    room.goto(link)
    expect(room.get_by_role("heading", name=words.zoom_room)).to_be_visible()
    room.close()


def disconnect(tryout: Installation, owner: Page, words: Words, language: str) -> None:
    """M14, O8: two taps; asked, done, and told line by line with its time, without reloading.

    That nothing of the credentials is left in the database, its file and its log is `test_wiping`'s to see.
    """
    owner.goto(f"{tryout.url}/manage/lumbre/integrations/zoom")
    hand = Hand(owner)
    hand.tap(row_of(owner, "Consultations").get_by_role("link", name=words.disconnect))
    shot(owner, f"journey-disconnect.{language}")
    hand.press(words.disconnect)
    receipt = owner.locator("#receipt")
    with no_navigation(owner):
        for line in (words.withdrawn, words.deleted):
            at = re.compile(rf"{re.escape(line)} [^·]*\d{{1,2}}:\d{{2}}")
            expect(receipt).to_contain_text(at, timeout=RECEIPT_WITHIN_MS)
    assert (hand.taps, hand.fields) == (2, 0)
    shot(owner, f"journey-receipt.{language}")


def _cancel(visitor: Page, words: Words, language: str) -> None:
    """Two taps: the button of the booked page, and the one that it asks with."""
    visitor.get_by_role("link", name=words.cancel).click()
    shot(visitor, f"journey-cancel.{language}")
    press(visitor, words.cancel)
    expect(visitor.locator("main")).to_contain_text(words.cancelled)
    shot(visitor, f"journey-cancelled.{language}")


def choose_jitsi(tryout: Installation, owner: Page, words: Words) -> None:
    """Leave the schedule as it was found."""
    owner.goto(f"{tryout.url}/manage/lumbre/schedules/consultations/process")
    owner.locator("#source-jitsi").check()
    press(owner, words.save)
    expect(owner.locator("main")).to_contain_text(words.saved)


def test_b1_a_new_visitor_books_with_three_taps_on_a_small_phone(tryout: Installation, visits: Visits) -> None:
    """A time, the browser's suggestion for the fields, the button: nothing to scroll for, and all is big enough."""
    page = _page(tryout, visits, "en", "/schedule/lumbre/consultations")
    page.set_viewport_size({"width": 360, "height": 640})
    taps = 0

    taps += _tap(page, "label.choice")
    expect(page.locator("#name")).to_be_focused()
    taps += _take_suggestion(page)
    taps += _tap(page, ".details button")

    page.wait_for_url("**/b/*")
    assert taps == 3


def _tap(page: Page, selector: str) -> int:
    target = page.locator(selector).first
    box, window = target.bounding_box(), page.viewport_size
    assert box
    assert window
    assert box["height"] >= 44
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= window["height"]
    target.click()
    return 1


def _take_suggestion(page: Page) -> int:
    """Fill in both fields at once, as the browser does when its suggestion is tapped."""
    assert page.get_attribute("#name", "autocomplete") == "name"
    assert page.get_attribute("#email", "autocomplete") == "email"
    page.evaluate(
        """() => {
            for (const [id, value] of [['name', 'Ada Ruiz'], ['email', 'three.taps@example.org']]) {
                const field = document.getElementById(id);
                field.value = value;
                field.dispatchEvent(new Event('input', { bubbles: true }));
                field.dispatchEvent(new Event('change', { bubbles: true }));
            }
        }"""
    )
    return 1


def test_everything_works_without_javascript(tryout: Installation, visits: Visits) -> None:
    """Book, look again until the link is there, cancel."""
    words = WORDS["en"]
    path = f"{tryout.url}/schedule/lumbre/consultations?day={in_days(9)}"
    page = visits.open(path, javascript=False)

    choose_first(page)
    fill_in(page, "Ada Ruiz", "no.script@example.org")
    press(page, words.book)

    page.wait_for_url("**/b/*")
    ready = page.get_by_role("heading", name=words.ready)
    wait_for(lambda: ready.count() > 0 or _look_again(page, words), 60)
    assert page.get_by_role("link", name=words.join).count() == 1
    _cancel(page, words, "without-script")


def _look_again(page: Page, words: Words) -> bool:
    page.get_by_role("link", name=words.check_again).first.click()
    return False


def test_b3_a_visitor_books_by_keyboard_alone_with_seven_tab_stops_at_most(
    tryout: Installation, visits: Visits
) -> None:
    """All times are one stop, arrows lead among them, and Enter there leads to the first field that is missing."""
    page = _page(tryout, visits, "en", f"/schedule/lumbre/consultations?day={in_days(8)}", width=1440)
    times = page.locator("label.choice input")

    stops = _tab_until(page, "A.skip")
    page.keyboard.press("Enter")
    stops += _tab_until(page, "INPUT[name=start]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(times.nth(1)).to_be_checked()
    expect(times.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("Ada Ruiz")
    stops += _tab_until(page, "#email")
    page.keyboard.type("keyboard@example.org")
    page.keyboard.press("Enter")

    page.wait_for_url("**/b/*")
    assert stops <= 7


def _tab_until(page: Page, selector: str) -> int:
    """Press Tab until the focus is there, and return how often."""
    for stops in range(1, 60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return stops
    raise AssertionError(f"{selector} cannot be reached by Tab")
