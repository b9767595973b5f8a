"""M18, M20: lengths, repeats, waiting lists, changes and requests in a real browser; now in Spanish, now in English."""

import re
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.browser import Visits, shot
from tests.e2e.steps import (
    MAIL_WITHIN_SECONDS,
    SUPERUSER,
    book,
    choose_first,
    fill_in,
    in_days,
    link_of,
    log_in,
    press,
)
from tests.e2e.words import WORDS, Words
from tests.installation import Installation, wait_for

PASTED = "https://meet.example.net/pasted-room"


def _page(tryout: Installation, visits: Visits, language: str, path: str, *, width: int = 360) -> Page:
    return visits.open(f"{tryout.url}{path}", language=language, width=width)


def _superuser(tryout: Installation, visits: Visits, language: str) -> Page:
    page = _page(tryout, visits, language, "/manage/", width=1440)
    log_in(page, WORDS[language], SUPERUSER)
    return page


def test_j1_a_visitor_chooses_how_long_and_repeats_it_every_week(tryout: Installation, visits: Visits) -> None:
    """M18: two hours in a room, on three Tuesdays or whatever day it is; one booking each, made in one act."""
    words = WORDS["es"]
    page = _page(tryout, visits, "es", "/schedule/lumbre/rooms")

    page.get_by_role("link", name=words.two_hours, exact=True).click()
    expect(page.locator("[aria-current=true]").filter(has_text=words.two_hours)).to_be_visible()
    choose_first(page)
    fill_in(page, "Ada Ruiz", "weekly@example.org")
    page.select_option("#repeat", "weekly")
    first = date.fromisoformat((page.locator("label.choice input").first.get_attribute("value") or "")[:10])
    page.fill("#until", (first + timedelta(weeks=2)).isoformat())
    shot(page, "journey-repeat.es")
    press(page, words.book)

    page.wait_for_url("**/b/*")
    expect(page.get_by_role("heading", name=words.booked)).to_be_visible()
    expect(page.locator(".repeated li")).to_have_count(2)
    [start, end] = re.findall(r"(\d\d):(\d\d)", page.locator(".what-when strong").inner_text())
    assert (int(end[0]) - int(start[0]), end[1]) == (2, start[1])
    shot(page, "journey-repeated.es")


def test_j2_who_waits_for_a_full_class_is_offered_the_place_by_mail_and_takes_it(
    tryout: Installation, visits: Visits
) -> None:
    """M18, M2: two places at once fill it; whoever waits has no link until the place is theirs."""
    words = WORDS["en"]
    supervisor = _superuser(tryout, visits, "en")
    _open_class(tryout, supervisor, words, "A small class")
    first = _page(tryout, visits, "en", f"/schedule/lumbre/yoga?day={in_days(12)}&all=1")
    _choose_class(first, "A small class")
    first.fill("#quantity", "2")
    fill_in(first, "Ada Ruiz", "two.places@example.org")
    press(first, words.sign_up)
    expect(first.get_by_role("heading", name=words.place_booked)).to_be_visible()
    link = link_of(first, words)

    second = _page(tryout, visits, "en", f"/schedule/lumbre/yoga?day={in_days(12)}&all=1")
    expect(second.locator("label.choice").filter(has_text="A small class")).to_contain_text(words.full)
    _choose_class(second, "A small class")
    fill_in(second, "Eva Gil", "waits@example.org")
    shot(second, "journey-full.en")
    press(second, words.join_list)
    expect(second.get_by_role("heading", name=words.on_list)).to_be_visible()
    assert link not in second.content()
    shot(second, "journey-waiting.en")

    first.get_by_role("link", name=words.cancel_place).click()
    press(first, words.cancel_place)
    address = _offered_by_mail(tryout, visits, words, to="waits@example.org")
    assert address == second.url
    second.goto(address)
    expect(second.get_by_role("heading", name=words.place_free)).to_be_visible()
    assert link not in second.content()
    shot(second, "journey-offer.en")
    press(second, words.take_place)

    expect(second.get_by_role("heading", name=words.place_booked)).to_be_visible()
    assert link_of(second, words) == link


def _open_class(tryout: Installation, supervisor: Page, words: Words, title: str) -> None:
    """Open a class of two places for a day on which no other is."""
    supervisor.goto(f"{tryout.url}/manage/lumbre/schedules/yoga/slots")
    for name, value in {
        "title": title,
        "day": in_days(12),
        "starts": "20:30",
        "ends": "21:30",
        "capacity": "2",
    }.items():
        supervisor.fill(f"[name={name}]", value)
    press(supervisor, words.open_slot)
    expect(supervisor.locator("main")).to_contain_text(title)


def _choose_class(page: Page, title: str) -> None:
    page.locator("label.choice").filter(has_text=title).click()


def _offered_by_mail(tryout: Installation, visits: Visits, words: Words, *, to: str) -> str:
    """Look into the outbox, as its owner does, until the offer is there; return the address in it."""
    owner = _page(tryout, visits, "en", "/manage/", width=1440)
    log_in(owner, words)
    offer = owner.locator("main li, main tr").filter(has_text=to).filter(has_text=words.offer)

    def has_come() -> bool:
        owner.goto(f"{tryout.url}/manage/lumbre/outbox")
        return offer.count() > 0

    wait_for(has_come, MAIL_WITHIN_SECONDS)
    offer.first.get_by_role("link").first.click()
    return owner.locator(".letter-text a[href*='/b/']").first.get_attribute("href") or ""


def test_j4_an_attendee_moves_cancels_and_takes_it_back_from_the_mail_s_address(
    tryout: Installation, visits: Visits
) -> None:
    """M20: no log-in, only the address; the link stays the same, and five minutes long a cancellation is undone."""
    words = WORDS["es"]
    booking = _page(tryout, visits, "es", f"/schedule/lumbre/consultations?day={in_days(10)}")
    book(booking, words, email="moves@example.org")
    link = link_of(booking, words)
    page = _page(tryout, visits, "es", booking.url.removeprefix(tryout.url))
    before = page.locator(".what-when").inner_text()

    page.get_by_role("link", name=words.change).click()
    page.locator("label.choice:not(:has(input:disabled))").nth(3).click()
    shot(page, "journey-change.es")
    press(page, words.move_here)

    expect(page.get_by_role("status").filter(has_text=words.moved)).to_be_visible()
    assert page.locator(".what-when").inner_text() != before
    assert link not in page.content(), "a fresh browser may be a scanner's"
    page.get_by_role("link", name=words.cancel).click()
    press(page, words.cancel)
    expect(page.locator("main")).to_contain_text(words.cancelled)
    press(page, words.undo)
    expect(page.get_by_role("heading", name=words.booked)).to_be_visible()
    booking.reload()
    assert link_of(booking, words) == link


def test_j12_a_superuser_approves_moves_pastes_a_link_downloads_and_cancels(
    tryout: Installation, visits: Visits, tmp_path: Path
) -> None:
    """M20, M17: a request for the cabin from the list of what needs somebody to its end; the client sees each step."""
    words = WORDS["en"]
    client = _page(tryout, visits, "en", f"/schedule/lumbre/cabin?day={in_days(60)}")
    choose_first(client)
    fill_in(client, "Zoe Park", "zoe@example.org")
    client.fill("#address", "Calle Mayor 1, Madrid")
    press(client, "Book these dates")
    expect(client.get_by_role("heading", name=words.requested)).to_be_visible()
    supervisor = _superuser(tryout, visits, "en")

    supervisor.goto(f"{tryout.url}/manage/lumbre/supervise?view=coming&q=zoe")
    shot(supervisor, "journey-supervise.en")
    supervisor.get_by_role("link", name=words.details, exact=True).first.click()
    press(supervisor, words.approve)
    client.reload()
    expect(client.get_by_role("heading", name=words.booked)).to_be_visible()

    details = _open_booking(tryout, supervisor, words)
    supervisor.get_by_role("link", name=words.move, exact=True).click()
    supervisor.locator(".times button").last.click()
    client.reload()
    moved_to = client.locator(".what-when").inner_text()

    supervisor.goto(details)
    supervisor.locator("details.paste summary").click()
    supervisor.fill("details.paste textarea", PASTED)
    supervisor.locator("details.paste button").click()
    client.reload()
    assert link_of(client, words) == PASTED

    _download(tryout, supervisor, tmp_path)

    supervisor.goto(details)
    supervisor.get_by_role("link", name=words.cancel_it, exact=True).click()
    press(supervisor, words.cancel_for_good)
    client.reload()
    assert client.locator(".what-when").inner_text() == moved_to
    assert PASTED not in client.content()
    supervisor.goto(f"{tryout.url}/manage/lumbre/supervise?view=trash&q=zoe")
    expect(supervisor.locator("main")).to_contain_text("Zoe Park")


def _open_booking(tryout: Installation, supervisor: Page, words: Words) -> str:
    supervisor.goto(f"{tryout.url}/manage/lumbre/supervise?view=coming&q=zoe")
    supervisor.get_by_role("link", name=words.details, exact=True).first.click()
    return supervisor.url


def _download(tryout: Installation, supervisor: Page, folder: Path) -> None:
    """The lists hold who comes, and no link."""
    supervisor.goto(f"{tryout.url}/manage/lumbre/supervise?view=coming&q=zoe")
    for number in range(2):
        with supervisor.expect_download() as loading:
            supervisor.locator(".downloads a").nth(number).click()
        file = folder / f"list-{number}"
        loading.value.save_as(file)
        assert "Zoe Park" in file.read_text(encoding="utf-8-sig")
