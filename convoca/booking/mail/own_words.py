"""What the owner says in a mail in their own words (M21, M13): filled in when the mail is written, and never before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from convoca.booking.mail import phrases
from convoca.booking.mail.calendar import day_address, join_address, manage_address, schedule_address
from convoca.booking.mail.envelope import one_line
from convoca.booking.mail.kinds import carries_a_place
from convoca.booking.mail.reader import is_for_staff, language_of, zone_of
from convoca.booking.mail.worded import Names, kind_of, names_for
from convoca.booking.models import Account, Booking, MessageText, Notification, Slot
from convoca.booking.questions.bookings import position_of
from convoca.booking.questions.links import Link, LinkState
from convoca.booking.questions.texts import published
from convoca.booking.wording import clock_text, day_text, zone_text
from convoca.core.filling import fill

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


NOTHING = OwnWords(subject="", opening="", paragraphs=())


def published_text(notification: Notification) -> Text:
    """Return what the owner has published for this mail, in its reader's language."""
    if not getattr(notification, "may_be_worded", True):
        return Text()
    schedule = notification.booking.slot.schedule_id
    return text_of(published(notification.account_id, schedule, kind_of(notification), language_of(notification)))


def text_of(row: MessageText | None) -> Text:
    """Return what is published; nothing where the standard text stands."""
    return Text(subject=row.subject, body=row.body.open(), replaces=row.replaces) if row else Text()


def own_words(text: Text, notification: Notification, link: Link, *, resources: str) -> OwnWords:
    """Fill the text in for the reader of a mail about a booking, in the active language; it takes `resources`."""
    if not text.subject and not text.body:
        return NOTHING
    values = {**values_for(notification, link), "resource": resources}
    return filled_in(text, values, names_for(kind_of(notification)))


def filled_in(text: Text, values: Mapping[str, str], names: Names) -> OwnWords:
    """Return the text with its values, each of which is on one line."""
    subject = one_line(fill(text.subject, values, names.of_a_subject))[:SUBJECT_MAX_CHARS]
    body = fill(text.body, values, names.of_a_body)
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
        "organiser": account.title,
        "position": str(position_of(booking)) if booking.status == Booking.Status.WAITING else "",
        "until": phrases.until_text(booking) if booking.offered_until else "",
        "places": str(slot.taken),
        "schedule_page": schedule_address(booking),
        # Whoever reads it on the owner's side has no business with the attendee's address.
        **(
            {"day_page": day_address(booking)}
            if is_for_staff(notification)
            else {"booking_page": manage_address(booking)}
        ),
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
