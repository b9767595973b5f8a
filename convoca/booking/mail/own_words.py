"""What the owner says in a mail in their own words (M21, M13): filled in when the mail is written, and never before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from convoca.booking.mail import phrases
from convoca.booking.mail.calendar import join_address, manage_address, schedule_address
from convoca.booking.mail.envelope import one_line
from convoca.booking.mail.kinds import carries_a_place
from convoca.booking.mail.reader import is_for_staff, language_of, zone_of
from convoca.booking.models import Account, Booking, MessageText, Notification, Slot
from convoca.booking.questions.bookings import position_of
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.wording import clock_text, day_text, zone_text
from convoca.core.filling import Vocabulary, fill

Kind = Notification.Kind

# The mails that an owner can word: all that go to the people who book.
WORDED = (
    Kind.CONFIRMATION,
    Kind.REMINDER,
    Kind.FOLLOW_UP,
    Kind.MOVED,
    Kind.CANCELLATION,
    Kind.LINK_READY,
    Kind.LINK_CHANGED,
    Kind.BACKUP_LINK,
    Kind.REQUEST,
    Kind.DECLINED,
    Kind.WAITING,
    Kind.OFFER,
    Kind.OFFER_PASSED,
)

# In a subject there is no room for an address, and it is read by whoever looks over a shoulder.
PLAIN_NAMES = (
    "name", "email", "phone", "what", "schedule", "day", "time", "end", "time_zone", "place", "resource",
    "organiser", "position", "until", "places", "supervisor", "field_1", "field_2",
)  # fmt: skip
ADDRESSES = ("meeting_link", "direct_link", "passcode", "booking_page", "schedule_page")

# What texts of SuperSaaS call these, so that they can be pasted here.
ALIASES = {
    "dear": "name", "full_name": "name", "login": "email", "title": "what", "description": "what",
    "service": "what", "date": "day", "start": "time", "finish": "end", "location": "place", "url": "booking_page",
    "meeting_url": "meeting_link", "su": "supervisor", "level": "places", "account": "organiser",
    "field_1_r": "field_1", "field_2_r": "field_2", "mobile": "phone",
}  # fmt: skip

OF_A_BODY = Vocabulary(names=PLAIN_NAMES + ADDRESSES, aliases=ALIASES)
OF_A_SUBJECT = Vocabulary(names=PLAIN_NAMES, aliases=ALIASES)

SUBJECT_MAX_CHARS = 150
URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
AFTER_AN_ADDRESS = ".,;:!?)»”'"


@dataclass(frozen=True, kw_only=True)
class Text:
    """What an owner has written for one mail; empty where the standard text is to stand."""

    subject: str = ""
    body: str = ""
    replaces: bool = False


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a line: words, or an address that leads somewhere."""

    text: str
    address: str = ""


type Paragraph = Sequence[Sequence[Piece]]


@dataclass(frozen=True, kw_only=True)
class OwnWords:
    """A text that is filled in. `opening` stands in for the mail's one sentence and its explanation, if not empty."""

    subject: str
    opening: str
    paragraphs: Sequence[Paragraph]


def published_text(notification: Notification) -> Text:
    """Return what the owner has published for this mail, in its reader's language."""
    if is_for_staff(notification) or notification.kind not in WORDED:
        return Text()
    row = MessageText.objects.filter(
        account=notification.account_id,
        schedule=notification.booking.slot.schedule_id,
        kind=notification.kind,
        language=language_of(notification),
        published_at__isnull=False,
    ).first()
    return Text(subject=row.subject, body=row.body.open(), replaces=row.replaces) if row else Text()


def own_words(text: Text, notification: Notification, link: Link) -> OwnWords:
    """Fill the text in for the mail's reader, in the active language."""
    if not text.subject and not text.body:
        return OwnWords(subject="", opening="", paragraphs=())
    values = values_for(notification, link)
    subject = one_line(fill(text.subject, values, OF_A_SUBJECT))[:SUBJECT_MAX_CHARS]
    body = fill(text.body, values, OF_A_BODY)
    opening = ""
    if text.replaces and body:
        opening, _, body = body.partition("\n")
    return OwnWords(subject=subject, opening=one_line(opening), paragraphs=_paragraphs(body))


def holds_address(body: str) -> bool:
    """Say whether the text itself holds a link: then whoever gets the mail has it, as with a personal meeting ID."""
    return URL.search(body) is not None


def values_for(notification: Notification, link: Link) -> Mapping[str, str]:
    """Return what each name stands for. Ways into the meeting are there for who has a place, and nobody else."""
    booking, zone = notification.booking, zone_of(notification)
    slot, account = booking.slot, notification.account
    plain = {
        "name": phrases.greeted_name(booking),
        "email": booking.email,
        "what": phrases.title_of(slot),
        "schedule": slot.schedule.name,
        "day": day_text(slot.starts_at.astimezone(ZoneInfo(zone)).date(), "full"),
        "time": clock_text(slot.starts_at, zone),
        "end": clock_text(slot.ends_at, zone),
        "time_zone": zone_text(zone, slot.starts_at),
        "place": slot.location,
        "resource": phrases.resources_of(booking),
        "organiser": account.title,
        "position": str(position_of(booking)) if booking.status == Booking.Status.WAITING else "",
        "until": phrases.until_text(booking) if booking.offered_until else "",
        "places": str(slot.taken),
        "booking_page": manage_address(booking),
        "schedule_page": schedule_address(booking),
    }
    values = plain | _typed(booking, account) | _ways_in(notification, link, slot)
    return {name: one_line(value) for name, value in values.items()}


def _typed(booking: Booking, account: Account) -> dict[str, str]:
    """Return what somebody typed into a form, without what reads as an address: it would be us who advertise it."""
    shown = account.supervisor_field == Account.SupervisorField.SHOWN
    typed = {
        "phone": booking.phone or booking.mobile,
        "field_1": booking.field_1,
        "field_2": booking.field_2,
        "supervisor": booking.super_field if shown else "",
    }
    return {name: "" if phrases.LOOKS_LIKE_AN_ADDRESS.search(value) else value for name, value in typed.items()}


def _ways_in(notification: Notification, link: Link, slot: Slot) -> dict[str, str]:
    if not carries_a_place(notification) or link.state in {LinkState.NONE, LinkState.HIDDEN}:
        return dict.fromkeys(("meeting_link", "direct_link", "passcode"), "")
    return {"meeting_link": join_address(notification.booking), "direct_link": link.url, "passcode": link.passcode}


def _paragraphs(body: str) -> list[Paragraph]:
    paragraphs: list[list[list[Piece]]] = [[]]
    for line in body.splitlines():
        if told := one_line(line):
            paragraphs[-1].append(_pieces(told))
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _pieces(line: str) -> list[Piece]:
    pieces, at = [], 0
    for found in URL.finditer(line):
        address = found[0].rstrip(AFTER_AN_ADDRESS)
        pieces += [Piece(text=line[at : found.start()]), Piece(text=address, address=address)]
        at = found.start() + len(address)
    return [piece for piece in [*pieces, Piece(text=line[at:])] if piece.text]
