"""What a mail says twice: to who reads it as HTML and as plain text, and to programs (ux.md 5.2, 5.5)."""

import json
import re
from html import unescape

import pytest
from django.utils.translation import override

from convoca.booking.mail.compose import render_html, render_text
from convoca.booking.mail.kinds import OF_A_PLACE
from convoca.booking.mail.letter import write_letter
from convoca.booking.mail.own_words import Text
from convoca.booking.models import Notification
from tests.booking.building import NOW
from tests.booking.mail.arranging import book_with_zoom
from tests.booking.mail.test_letters import READY, STATES, composed, html

pytestmark = pytest.mark.django_db

Kind = Notification.Kind


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", Kind.values)
def test_every_fact_is_in_both_forms_in_every_state_of_the_link(kind: str, language: str) -> None:
    """ux.md 5.2: HTML and plain text say the same."""
    booking = book_with_zoom(language=language, time_zone="America/New_York")
    booking.slot.location = "Calle Mayor 1"

    for link in STATES:
        notification = Notification(
            account=booking.account, booking=booking, kind=kind, slot_revision=0, booking_revision=0, was_at=NOW
        )
        booking.waits_since = booking.offered_until = NOW
        with override(language):
            letter = write_letter(notification, link, text=Text(body="Bring water.\n\nSee you!"), now=NOW)
            plain, page = render_text(letter), render_html(letter)
        joining = letter.joining
        facts = [letter.opening, letter.title, letter.resources, letter.was, letter.day, letter.zone, letter.other_side]
        facts += [letter.place, letter.explanation, letter.contact, letter.why, letter.stop_address, "Bring water."]
        facts += [letter.managing.address, letter.managing.calendar_note]
        if joining is not None:
            facts += [joining.address, joining.direct_label, joining.direct_address, joining.passcode]
            facts += [joining.sentence] if joining.needs_words else []
        shown = unescape(page)
        assert [fact for fact in facts if fact not in plain or fact not in shown] == []


@pytest.mark.parametrize("kind", Kind.values)
def test_a_mail_says_to_programs_what_is_certain_and_no_providers_address(kind: str) -> None:
    """ux.md 5.5: confirmed only when confirmed; the URL inside is ours."""
    booking = book_with_zoom(name="</script><b>")

    page = html(composed(booking, kind, READY))

    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.DOTALL)
    if kind not in OF_A_PLACE | {Kind.CANCELLATION}:
        assert found == []
        return
    [said] = map(json.loads, found)
    status = "Cancelled" if kind == Kind.CANCELLATION else "Confirmed"
    assert said["reservationStatus"] == f"https://schema.org/Reservation{status}"
    assert said["reservationFor"]["startDate"] == "2026-11-26T10:00:00+01:00"
    assert said["modifyReservationUrl"] == f"http://localhost:8000/b/{booking.token.open()}"
    assert "zoom" not in found[0].lower()
    if kind in OF_A_PLACE:
        join = f"http://localhost:8000/j/{booking.join_token.open()}"
        assert said["reservationFor"]["location"] == {"@type": "VirtualLocation", "url": join}
