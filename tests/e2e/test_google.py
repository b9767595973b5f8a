"""J7 in a real browser: from the disabled choice to a Meet link in page and mail, with the processes of `make run`."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Visits, axe, overflow, shot
from tests.e2e.hand import Hand
from tests.e2e.steps import book, in_days, link_of, log_in, no_navigation, open_mail_to, press
from tests.e2e.test_journey import choose_jitsi
from tests.e2e.words import WORDS
from tests.installation import Installation

COPIED_WITHIN_MS = 60_000
# What is pressed and read on the way, beside the words of all journeys.
OWN = {
    "en": {
        "way": "Publish now",
        "connect": "Connect Google Calendar",
        "go_on": "Continue",
        "use": "Choose a calendar of ana@example.org",
        "publish": "Publish",
        "with calls": "Publish and create Google Meet calls",
        "on": "Meet is on for new bookings.",
        "published": "Published.",
        "copied": "in the calendar.",
        "stop": "Stop publishing",
        "delete": "Stop and delete the events",
        "off": "Publishing is off.",
    },
    "es": {
        "way": "Publicar ahora",
        "connect": "Conectar Google Calendar",
        "go_on": "Continuar",
        "use": "Elegir un calendario de ana@example.org",
        "publish": "Publicar",
        "with calls": "Publicar y crear llamadas de Google Meet",
        "on": "Meet está activo para las nuevas reservas.",
        "published": "Publicado.",
        "copied": "en el calendario.",
        "stop": "Dejar de publicar",
        "delete": "Dejar de publicar y borrar los eventos",
        "off": "Ya no se publica.",
    },
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_j7_the_owner_publishes_chooses_meet_and_a_visitor_gets_the_link_in_page_and_mail(
    tryout: Installation, visits: Visits, language: str
) -> None:
    """M4, M5, M6"""
    words, own = WORDS[language], OWN[language]
    owner = visits.open(f"{tryout.url}/manage/", language=language, width=1440)
    log_in(owner, words)
    process = f"{tryout.url}/manage/lumbre/schedules/consultations/process"

    owner.goto(process)
    expect(owner.locator("#source-google_meet")).to_be_disabled()
    shot(owner, f"meet-disabled.{language}")
    publish(Hand(owner), own, own["publish"], language)

    meet = owner.locator("#source-google_meet")
    expect(meet).to_be_enabled()
    expect(meet).to_be_focused()
    expect(meet).not_to_be_checked()
    expect(owner.locator("main")).to_contain_text(own["published"])
    shot(owner, f"meet-enabled.{language}")
    meet.check()
    press(owner, words.save)
    expect(owner.locator("main")).to_contain_text(words.saved)

    visitor = visits.open(f"{tryout.url}/schedule/lumbre/consultations?day={in_days(11)}", language=language)
    book(visitor, words, email=f"meet.{language}@example.org")
    with no_navigation(visitor):
        assert link_of(visitor, words).startswith(f"{tryout.sandbox_url}/google/meet/")
    shot(visitor, f"meet-booked.{language}")
    open_mail_to(owner, f"meet.{language}@example.org", f"{tryout.url}/manage/lumbre/outbox")
    stop(tryout, owner, own, language)
    choose_jitsi(tryout, owner, words)


def test_o4_three_clicks_and_a_consent_publish_and_choose_meet(tryout: Installation, visits: Visits) -> None:
    words, own = WORDS["en"], OWN["en"]
    owner = visits.open(f"{tryout.url}/manage/", width=1440)
    log_in(owner, words)
    owner.goto(f"{tryout.url}/manage/lumbre/schedules/consultations/process")
    hand = Hand(owner)

    publish(hand, own, own["with calls"], "en")

    expect(owner.locator("main")).to_contain_text(own["on"])
    expect(owner.locator("#source-google_meet")).to_be_checked()
    assert (hand.taps, hand.fields) == (3, 0)
    stop(tryout, owner, own, "en")
    choose_jitsi(tryout, owner, words)


def publish(hand: Hand, own: dict[str, str], button: str, language: str) -> None:
    """Three clicks and a consent; where a call of before still needs the access, it is not asked for again."""
    owner = hand.page
    hand.press(own["way"])
    known = owner.get_by_role("link", name=own["use"])
    shot(owner, f"synchronize-empty.{language}")
    if known.count():
        hand.tap(known)
    else:
        hand.press(own["connect"])
        shot(owner, f"google-consent.{language}")
        press(owner, own["go_on"])
    expect(owner.get_by_role("button", name=own["publish"], exact=True)).to_be_visible()
    assert axe(owner) == []
    shot(owner, f"synchronize-calendars.{language}")
    hand.press(button)


def stop(tryout: Installation, owner: Page, own: dict[str, str], language: str) -> None:
    """See how far the copying is, on a phone too; then publish no more."""
    owner.goto(f"{tryout.url}/manage/lumbre/schedules/consultations/synchronize")
    expect(owner.locator("#synchronize-progress")).to_contain_text(own["copied"], timeout=COPIED_WITHIN_MS)
    assert axe(owner) == []
    shot(owner, f"synchronize-published.{language}")
    owner.set_viewport_size({"width": 360, "height": 780})
    assert overflow(owner) == 0
    shot(owner, f"synchronize-phone.{language}")
    owner.set_viewport_size({"width": 1440, "height": 900})
    owner.get_by_role("link", name=own["stop"]).click()
    shot(owner, f"synchronize-stop.{language}")
    press(owner, own["delete"])
    expect(owner.locator("main")).to_contain_text(own["off"])
