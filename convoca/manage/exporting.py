"""Lists to take away: a table for spreadsheets, and a calendar. Written row by row, so that a long one costs no memory.

A link is in them as far as `links_for` tells it to whoever asks.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, override
from icalendar import Calendar

from convoca.booking.mail.occasion import occasion_event
from convoca.booking.models import Booking
from convoca.booking.questions.bookings import resources_of
from convoca.booking.questions.links import IN_NEED, Link, links_for
from convoca.booking.questions.supervising import OF_LINKS, State
from convoca.booking.questions.viewers import Viewer
from convoca.manage.agenda import WITHOUT_LINK

# Spreadsheets know UTF-8 by it.
BOM = "\ufeff"

# A cell that begins so would be a formula, and a formula can send what is beside it to somebody else.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

ROWS_AT_ONCE = 500


class Echo:
    """What `csv` writes into: it hands each line on at once."""

    def write(self, line: str) -> str:
        return line


def headings() -> list[str]:
    return [
        gettext("Reference"),
        gettext("Schedule"),
        gettext("Resource or service"),
        gettext("Start"),
        gettext("End"),
        gettext("Status"),
        gettext("Name"),
        gettext("Email"),
        gettext("Phone"),
        gettext("Mobile phone"),
        gettext("Address"),
        gettext("Country"),
        gettext("Field 1"),
        gettext("Field 2"),
        gettext("Places"),
        gettext("Created"),
        gettext("No-show"),
        gettext("Meeting link"),
    ]


def as_csv(
    bookings: Iterable[Booking], *, viewer: Viewer, state: State | None, language: str, now: datetime
) -> Iterator[str]:
    """Yield the table's lines: UTF-8 with its mark, times with their distance from Greenwich, no cell a formula."""
    writer = csv.writer(Echo())
    with override(language):
        first = BOM + str(writer.writerow(headings()))
    yield first
    for some, links, taken in _batches(bookings, viewer=viewer, state=state, now=now):
        with override(language):
            lines = [
                str(writer.writerow([harmless(cell) for cell in _cells(booking, links, taken)])) for booking in some
            ]
        yield from lines


def harmless(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _cells(booking: Booking, links: dict[int, Link], taken: dict[int, str]) -> Sequence[str]:
    slot = booking.slot
    zone = ZoneInfo(slot.schedule.time_zone)
    what = [slot.service.name if slot.service else slot.title, taken.get(slot.pk, "")]
    return [
        f"{booking.uid}",
        slot.schedule.name,
        " · ".join(filter(None, what)),
        _instant(slot.starts_at, zone),
        _instant(slot.ends_at, zone),
        str(booking.get_status_display()),
        booking.name,
        booking.email,
        booking.phone,
        booking.mobile,
        booking.address,
        booking.country,
        booking.field_1,
        booking.field_2,
        str(booking.quantity),
        _instant(booking.created_at, zone),
        _instant(booking.missed_at, zone) if booking.was_missed and booking.missed_at else "",
        links[slot.pk].url,
    ]


def _instant(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat(sep=" ", timespec="minutes")


def as_calendar(
    bookings: Iterable[Booking], *, viewer: Viewer, state: State | None, language: str, now: datetime
) -> Iterator[bytes]:
    """Yield a calendar with one entry for each occasion, whose UID stays the same in every download."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Convoca//Supervise//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    head, end = bytes(calendar.to_ical()).split(b"END:VCALENDAR")
    yield head
    told: set[int] = set()
    for some, links, taken in _batches(bookings, viewer=viewer, state=state, now=now):
        for slot_bookings in _by_slot(some):
            slot = slot_bookings[0].slot
            # The bookings come in the order of their occasions, so only the last one can go on in the next batch.
            if slot.pk not in told:
                told = {slot.pk}
                with override(language):
                    entry = occasion_event(slot, slot_bookings, links[slot.pk], taken.get(slot.pk, ""), now=now)
                yield bytes(entry.to_ical())
    yield b"END:VCALENDAR" + end


def _by_slot(bookings: Iterable[Booking]) -> Iterator[list[Booking]]:
    found: dict[int, list[Booking]] = {}
    for booking in bookings:
        found.setdefault(booking.slot_id, []).append(booking)
    yield from found.values()


def _batches(
    bookings: Iterable[Booking], *, viewer: Viewer, state: State | None, now: datetime
) -> Iterator[tuple[Sequence[Booking], dict[int, Link], dict[int, str]]]:
    """Yield the bookings some at a time, with their links and resources: three queries for each of these."""
    for some in batched(bookings, ROWS_AT_ONCE):
        slots = list({booking.slot_id: booking.slot for booking in some}.values())
        links = links_for(viewer, slots, now=now)
        meant = [booking for booking in some if state not in OF_LINKS or _is_meant(booking, links, state)]
        yield meant, links, resources_of(viewer.account_id, slots)


def _is_meant(booking: Booking, links: dict[int, Link], state: State | None) -> bool:
    link = links[booking.slot_id].state
    is_request = booking.status == Booking.Status.PENDING
    if state is State.NEED:
        return is_request or link in IN_NEED
    return link in WITHOUT_LINK and not is_request
