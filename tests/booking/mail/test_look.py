"""What a mail looks like: nothing that axe objects to, nothing to scroll sideways, pictures kept for the eye."""

import re

import pytest
from playwright.sync_api import Browser, ViewportSize

from convoca.booking.mail.compose import compose
from convoca.booking.models import Booking, Notification
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder
from tests.booking.mail.arranging import AFTER_GRACE, book_with_zoom, zoom_answers
from tests.e2e.browser import Scheme, axe, overflow, shot

pytestmark = pytest.mark.django_db

# A phone at night and a small window by day; between them every style is seen.
LOOKS: list[tuple[str, int, Scheme]] = [("en", 360, "dark"), ("es", 640, "light")]


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
@pytest.mark.parametrize("kind", [*Notification.Kind.values, "pending"])
def test_a_mail_can_be_read_by_everybody(
    browser: Browser, kind: str, language: str, width: int, scheme: Scheme
) -> None:
    booking = book_with_zoom(language=language, time_zone="America/New_York")
    if kind != "pending":
        zoom_answers(booking)
    context = browser.new_context(viewport=ViewportSize(width=width, height=800), color_scheme=scheme)
    page = context.new_page()

    page.set_content(in_a_mail_program(_html(booking, Notification.Kind.CONFIRMATION if kind == "pending" else kind)))

    shot(page, f"mail-{kind}.{language}.{width}.{scheme}")
    assert axe(page) == []
    assert overflow(page) == 0
    context.close()


def _html(booking: Booking, kind: str) -> str:
    booking.waits_since = booking.offered_until = AFTER_GRACE
    link = links_for(token_holder(booking), [booking.slot], now=AFTER_GRACE)[booking.slot_id]
    notification = Notification(
        account=booking.account, booking=booking, kind=kind, slot_revision=0, booking_revision=0
    )
    return str(compose(notification, link, now=AFTER_GRACE).alternatives[0][0])


def in_a_mail_program(html: str) -> str:
    """Return the mail where mail programs put it: in the main region of a page of theirs."""
    return re.sub(r"(<body[^>]*>)", r"\1<main>", html).replace("</body>", "</main></body>")
