"""What a mail looks like: nothing that axe objects to, nothing to scroll sideways, pictures kept for the eye."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from convoca.booking.mail.compose import compose
from convoca.booking.mail.example import Shown, preview
from convoca.booking.mail.kinds import OF_A_PLACE
from convoca.booking.mail.own_words import Text
from convoca.booking.mail.worded import COPIES, OF_THE_ACCOUNT, TO_ATTENDEES, WORDED, kind_of
from convoca.booking.models import Account, Booking, Notification
from convoca.booking.operations.texts import publish_text
from convoca.booking.questions.links import Link, LinkState
from tests.booking.building import NOW, make_account, make_resource_schedule, message_of, message_to_owner
from tests.booking.mail.arranging import AFTER_GRACE, PASSCODE, ZOOM_LINK, book_with_zoom
from tests.e2e.browser import Scheme, axe, overflow, shot

pytestmark = pytest.mark.django_db

Kind, Recipient = Notification.Kind, Notification.Recipient

# A phone at night and a small window by day; between them every style is seen.
LOOKS: list[tuple[str, int, Scheme]] = [("en", 360, "dark"), ("es", 640, "light")]

READY = Link(state=LinkState.READY, label="Zoom", url=ZOOM_LINK, passcode=PASSCODE, meeting_id=1)
NONE = Link(state=LinkState.NONE)
# Of mails that lead into a meeting; the others look alike whatever the link.
STATES = {
    "ready": READY,
    "backup": Link(state=LinkState.READY, label="Zoom", url="https://rooms.example.net/spare", is_backup=True),
    "pending": Link(state=LinkState.PENDING, label="Zoom", meeting_id=1),
    "late": Link(state=LinkState.DELAYED, label="Zoom", again_at=NOW),
    "refused": Link(state=LinkState.FAILED, label="Zoom"),
    "quota": Link(state=LinkState.QUOTA, label="Zoom", again_at=AFTER_GRACE),
    "missing": Link(state=LinkState.MANUAL_MISSING),
    "none": NONE,
}
TO_STAFF = frozenset(COPIES) | {Kind.APPROVAL_WANTED, Kind.LEFT}
OWN_WORDS = Text(body="Hola {name}\n\nNos vemos: https://meet.example.org/ana?a=1&b=2\n{meeting_link}", replaces=True)
OWNERS_WORDS = Text(
    subject="{organiser}", body="Buenos días, Ana\n\nLlama a Marco: https://meet.example.org/m", replaces=True
)


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
@pytest.mark.parametrize("kind", Kind.values)
def test_a_mail_can_be_read_by_everybody_in_every_state_of_the_link(
    browser: Browser, kind: str, language: str, width: int, scheme: Scheme
) -> None:
    booking = book_with_zoom(language=language, time_zone="America/New_York")
    context = browser.new_context(viewport=ViewportSize(width=width, height=800), color_scheme=scheme)
    page = context.new_page()

    faults = [
        f"{name}: {fault}"
        for name, html in _every_form(booking, kind)
        for fault in _faults(page, html, f"mail-{kind}-{name}.{language}.{width}.{scheme}")
    ]

    context.close()
    assert faults == []


def _every_form(booking: Booking, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the mail in each state of the link, with the owner's own words, and as the owner's side gets it."""
    states = STATES if kind in OF_A_PLACE else {"none": NONE}
    yield from ((name, _html(booking, kind, link)) for name, link in states.items())
    if kind in TO_STAFF:
        yield "staff", _html(booking, kind, READY, recipient=Recipient.OWNER)
        _word(booking, kind, Recipient.OWNER)
        yield "staff-own-words", _html(booking, kind, READY, recipient=Recipient.OWNER)
    if kind in WORDED:
        _word(booking, kind, Recipient.ATTENDEE)
        yield "own-words", _html(booking, kind, READY)


def _word(booking: Booking, kind: str, recipient: str) -> None:
    """Let the owner's own words stand in the mail; the owner's side reads mails in the account's language."""
    Account.objects.update(language=booking.language)
    booking.account.language = booking.language
    worded = kind_of(Notification(kind=kind, recipient=recipient))
    text = OWN_WORDS if recipient == Recipient.ATTENDEE and kind in TO_ATTENDEES else OWNERS_WORDS
    publish_text(message_of(booking.slot.schedule, worded, booking.language), text, now=NOW)


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
@pytest.mark.parametrize("kind", [str(kind) for kind in OF_THE_ACCOUNT])
def test_a_mail_to_the_owner_can_be_read_by_everybody(
    browser: Browser, kind: str, language: str, width: int, scheme: Scheme
) -> None:
    """The day, trouble, its end and the receipt: as we word them, and as the owner does."""
    account = make_account(contact_email="ana@example.com")
    make_resource_schedule(account)
    message = message_to_owner(account, kind, language)
    context = browser.new_context(viewport=ViewportSize(width=width, height=800), color_scheme=scheme)
    page = context.new_page()

    faults = []
    for name, text in (("standard", Text()), ("own-words", OWNERS_WORDS)):
        html = preview(message, text, shown=Shown.NONE, now=NOW).html
        faults += _faults(page, html, f"mail-{kind}-{name}.{language}.{width}.{scheme}")

    context.close()
    assert faults == []


def _faults(page: Page, html: str, name: str) -> list[str]:
    page.set_content(in_a_mail_program(html))
    shot(page, name)
    wider = overflow(page)
    return [*axe(page), *([f"has to be scrolled sideways by {wider} px"] if wider else [])]


def _html(booking: Booking, kind: str, link: Link, recipient: str = Recipient.ATTENDEE) -> str:
    booking.waits_since = booking.offered_until = AFTER_GRACE
    booking.parting_message = "Mi tren se ha parado. ¡Lo siento!"
    notification = Notification(
        account=booking.account,
        booking=booking,
        kind=kind,
        recipient=recipient,
        slot_revision=0,
        booking_revision=0,
    )
    return str(compose(notification, link, now=AFTER_GRACE).alternatives[0][0])


def in_a_mail_program(html: str) -> str:
    """Return the mail where mail programs put it: in the main region of a page of theirs."""
    return re.sub(r"(<body[^>]*>)", r"\1<main>", html).replace("</body>", "</main></body>")
