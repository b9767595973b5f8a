"""The bar of what a journey may take, counted in a real browser: taps, fields, keys, stops of Tab, announcements.

What owners and superusers have to do stands in `test_owners_bar`. What it takes with the processes of `make run`
stands in `test_journey` (B1, B3, O2, O8), `test_health` (O7) and `test_google` (O4); weights and queries are asserted
where pages are (`tests/public/test_frame`).
"""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, expect

from convoca.booking.models import Booking, Meeting, Sealed
from tests.booking.building import NOW
from tests.e2e.browser import Visits
from tests.e2e.conftest import Served
from tests.e2e.hand import Hand, announcements
from tests.e2e.sights import sights
from tests.e2e.words import WORDS
from tests.walk.scene import DAY, TYPED_LINK
from tests.walk.viewers import Looker, Secret
from tests.walk.visiting import Visit

LINK = "https://us02web.zoom.us/j/86655124471?pwd=Announced.1"
MOST_STOPS, MOST_KEYS = 7, 25
MOST_SHIFT = 0.02
# How much the page has jumped while it was built, as browsers count it.
SHIFT = """() => new Promise((tell) => {
    let sum = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((each) => { sum += each.value; }))
        .observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => tell(sum), 50)));
})"""


def _schedule(served: Served, kind: str = "linkless", query: str = "") -> Visit:
    schedule = served.scene.schedules[kind]
    return Visit(path=reverse("schedule", args=[served.scene.account.name, schedule.slug]) + (query or f"?day={DAY}"))


def _of_booking(served: Served, secret: Secret = Secret.TYPED) -> Visit:
    return Visit(path=reverse("booking", args=[served.scene.held[Looker.HOLDER, secret].token]))


def _phone(page: Page) -> Page:
    page.set_viewport_size({"width": 360, "height": 640})
    return page


@pytest.mark.parametrize("language", ["en", "es"])
def test_b1_a_new_visitor_books_with_three_taps_and_two_fields_on_one_page(
    served: Served, visits: Visits, language: str
) -> None:
    """The second tap is the browser's suggestion, which fills in both fields."""
    words = WORDS[language]
    hand = Hand(_phone(served.open(visits, Looker.STRANGER, _schedule(served), language=language)))

    hand.tap(hand.page.locator("label.choice"))
    expect(hand.page.locator("#name")).to_be_focused()
    hand.fill("#name", "Ada Ruiz")
    hand.fill("#email", "ada@example.org")
    hand.taps += 1
    hand.press(words.book)

    hand.page.wait_for_url("**/b/*")
    assert (hand.taps, hand.fields) == (3, 2)


def test_b2_who_comes_again_books_with_two_taps_and_no_field(served: Served, visits: Visits) -> None:
    hand = Hand(_phone(served.open(visits, Looker.MEMBER, _schedule(served))))

    hand.tap(hand.page.locator("label.choice"))
    hand.press(WORDS["en"].book)

    hand.page.wait_for_url("**/b/*")
    assert (hand.taps, hand.fields) == (2, 0)


def test_b3_k7_a_visitor_books_by_keyboard_alone(served: Served, visits: Visits) -> None:
    """At most 7 stops and 25 keys beside what is written."""
    hand = Hand(served.open(visits, Looker.STRANGER, _schedule(served), width=1440))

    hand.go_to("a.skip")
    hand.key("Enter")
    hand.go_to("input[name=start]")
    hand.key("Space", "ArrowRight", "Enter")
    expect(hand.page.locator("#name")).to_be_focused()
    hand.type("Ada Ruiz")
    hand.go_to("#email")
    hand.type("keys@example.org")
    hand.key("Enter")

    hand.page.wait_for_url("**/b/*")
    assert hand.stops <= MOST_STOPS
    assert hand.keys <= MOST_KEYS


@pytest.mark.parametrize("width", [360, 1440])
def test_b4_nothing_on_a_visitor_s_page_jumps_while_it_is_built(served: Served, visits: Visits, width: int) -> None:
    visitors = [
        each for each in sights(served.scene) if each.name.startswith(("front", "schedule-", "booking-1", "join"))
    ]
    plain = [each for each in visitors if each.press is None]

    shifts = {each.name: served.open(visits, each.looker, each.visit, width=width).evaluate(SHIFT) for each in plain}

    assert len(plain) > 5
    assert {name: shift for name, shift in shifts.items() if shift > MOST_SHIFT} == {}


def test_b5_three_taps_lead_onto_the_waiting_list_of_a_full_class(served: Served, visits: Visits) -> None:
    """The name and the address are the browser's suggestion; the page after it says which place they have."""
    words = WORDS["en"]
    hand = Hand(_phone(served.open(visits, Looker.STRANGER, _schedule(served, "class"))))

    hand.tap(hand.page.locator("label.choice").filter(has_text=words.full))
    hand.fill("#name", "Ada Ruiz")
    hand.fill("#email", "ada@example.org")
    hand.taps += 1
    hand.press(words.join_list)

    expect(hand.page.get_by_role("heading", name=words.on_list)).to_be_visible()
    expect(hand.page.locator("main")).to_contain_text("You are number 2 on the waiting list.")
    assert (hand.taps, hand.fields) == (3, 2)


@pytest.mark.parametrize("language", ["en", "es"])
def test_m1_k20_an_appointment_is_moved_from_its_mail_with_three_taps_and_nothing_asked_again(
    served: Served, visits: Visits, language: str
) -> None:
    words = WORDS[language]
    hand = Hand(_phone(served.open(visits, Looker.HOLDER, _of_booking(served), language=language)))

    hand.press(words.change)
    assert hand.page.locator("[autocomplete=name], [autocomplete=email]").count() == 0
    hand.tap(hand.page.locator("label.choice:not(:has(input:disabled))"))
    hand.press(words.move_here)

    expect(hand.page.get_by_role("status").filter(has_text=words.moved)).to_be_visible()
    assert (hand.taps, hand.fields) == (3, 0)


@pytest.mark.parametrize("language", ["en", "es"])
def test_m2_k19_two_taps_cancel_and_one_takes_it_back(served: Served, visits: Visits, language: str) -> None:
    words = WORDS[language]
    hand = Hand(_phone(served.open(visits, Looker.HOLDER, _of_booking(served), language=language)))

    hand.press(words.cancel)
    hand.press(words.cancel)

    expect(hand.page.locator("main")).to_contain_text(words.cancelled)
    assert (hand.taps, hand.fields) == (2, 0)
    hand.press(words.undo)
    expect(hand.page.get_by_role("heading", name=words.booked)).to_be_visible()


def test_k7_an_appointment_is_moved_and_cancelled_by_keyboard_alone(served: Served, visits: Visits) -> None:
    words = WORDS["en"]
    hand = Hand(served.open(visits, Looker.HOLDER, _of_booking(served), width=1440))

    hand.go_to("a[href*='/change']")
    hand.key("Enter")
    hand.page.wait_for_url("**/change*")
    hand.go_to("input[name=start]")
    hand.key("Space", "ArrowRight", "Enter")
    expect(hand.page.get_by_role("status").filter(has_text=words.moved)).to_be_visible()
    hand.go_to("a[href$='/cancel']")
    hand.key("Enter")
    hand.page.wait_for_url("**/cancel")
    hand.go_to("button.btn-danger")
    hand.key("Enter")

    expect(hand.page.locator("main")).to_contain_text(words.cancelled)
    assert hand.stops <= 3 * MOST_STOPS + 10


def test_j1_two_taps_lead_from_a_reminder_into_the_meeting(served: Served, visits: Visits) -> None:
    """The first opens the mail's address, the second is Join; it leads where the link does."""
    token = served.scene.held[Looker.HOLDER, Secret.TYPED].join_token
    hand = Hand(_phone(served.open(visits, Looker.HOLDER, Visit(path=reverse("join", args=[token])))))
    hand.taps += 1

    with hand.page.expect_request("https://rooms.example.net/**") as going:
        hand.press(WORDS["en"].join)

    assert going.value.url == TYPED_LINK
    assert hand.taps == 2
    # There is no such place.
    visits.complaints.clear()


def test_everything_works_without_javascript_moving_too(served: Served, visits: Visits) -> None:
    words = WORDS["en"]
    page = served.open(visits, Looker.STRANGER, _schedule(served), javascript=False)

    hand = Hand(page)
    hand.tap(page.locator("label.choice"))
    hand.fill("#name", "Ada Ruiz")
    hand.fill("#email", "no.script@example.org")
    hand.press(words.book)
    page.wait_for_url("**/b/*")
    hand.press(words.change)
    hand.tap(page.locator("label.choice:not(:has(input:disabled))").nth(3))
    hand.press(words.move_here)
    expect(page.locator("main")).to_contain_text(words.moved)
    hand.press(words.cancel)
    hand.press(words.cancel)
    expect(page.locator("main")).to_contain_text(words.cancelled)
    hand.press(words.undo)

    expect(page.get_by_role("heading", name=words.booked)).to_be_visible()


def test_k22_each_change_is_announced_once(served: Served, visits: Visits) -> None:
    """A time that is chosen, and the link that arrives: by one voice each, while the focus stays where it is."""
    words = WORDS["en"]
    page = served.open(visits, Looker.STRANGER, _schedule(served, "resource", f"?day={DAY}&all=1"))
    with announcements(page) as said:
        page.locator("label.choice").first.click()
    assert len(said) == 1, said
    page.fill("#name", "Ada Ruiz")
    page.fill("#email", "ada@example.org")
    page.get_by_role("button", name=words.book).click()
    expect(page.get_by_role("heading", name=words.preparing)).to_be_visible()
    focused = "() => document.activeElement.outerHTML"
    before = page.evaluate(focused)

    with announcements(page) as said:
        _let_the_link_arrive()
        expect(page.get_by_role("heading", name=words.ready)).to_be_visible()

    assert len(said) == 1, said
    assert page.evaluate(focused) == before


def _let_the_link_arrive() -> None:
    meeting = Booking.objects.latest("pk").slot.meetings.get()
    meeting.remote_id, meeting.observed, meeting.ready_at = "86655124471", Meeting.Observed.PRESENT, NOW
    meeting.sent_revision, meeting.due_at, meeting.link = meeting.wanted_revision, None, Sealed.seal(LINK)
    meeting.save()


def test_k9_the_address_in_a_mail_is_good_for_a_year(served: Served, visits: Visits) -> None:
    """Nobody is logged out of their own appointment, however long they take."""
    page = served.open(visits, Looker.HOLDER, _of_booking(served))
    was = page.locator("h1").inner_text()

    with time_machine.travel(NOW + timedelta(days=365), tick=True):
        page.reload()

        expect(page.locator(".what-when")).to_contain_text("2026")
        assert page.locator("h1").inner_text() != was
