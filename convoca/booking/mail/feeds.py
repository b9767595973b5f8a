"""A feed as calendars read it (RFC 5545, 7986): everything that it shows, each time it is asked."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from icalendar import Calendar, Event, vDuration, vUri

from convoca.booking.mail.calendar import join_address, manage_address, uid_of
from convoca.booking.mail.envelope import one_line
from convoca.booking.mail.occasion import add_conference, occasion_event
from convoca.booking.mail.phrases import title_with_organiser
from convoca.booking.manner import speaking
from convoca.booking.models import Booking, Feed, Slot
from convoca.booking.questions.feeds import Contents
from convoca.booking.questions.links import Link, LinkState

# What programs are asked to wait between two looks; most wait longer.
REFRESH = timedelta(minutes=15)


def feed_address(feed: Feed) -> str:
    return f"{settings.BASE_URL}/feeds/{feed.token.open()}.ics"


def feed_title(feed: Feed) -> str:
    """Return what a calendar program calls it."""
    about = feed.schedule or feed.resource
    return one_line(f"{about} · {feed.account.title}" if about else feed.account.title)


def write_feed(feed: Feed, contents: Contents, *, language: str, now: datetime) -> tuple[bytes, str]:
    """Return the calendar, and a tag that changes with what it says and not with the moment of asking."""
    calendar = Calendar()
    calendar.add("PRODID", f"-//Convoca//Feeds//{language.upper()}")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, feed_title(feed))
    refresh = vDuration(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar.add("REFRESH-INTERVAL", refresh)
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    with speaking(language, feed.account):
        for slot in contents.slots:
            for entry in _entries(feed, slot, contents, now=now):
                calendar.add_component(entry)
    body = bytes(calendar.to_ical())
    lasting = b"\r\n".join(line for line in body.split(b"\r\n") if not line.startswith(b"DTSTAMP:"))
    return body, hashlib.sha256(lasting).hexdigest()[:32]


def _entries(feed: Feed, slot: Slot, contents: Contents, *, now: datetime) -> Iterator[Event]:
    bookings, link, taken = contents.bookings[slot.pk], contents.link_of(slot), contents.taken.get(slot.pk, "")
    if feed.schedule_id is not None or feed.resource_id is not None:
        yield occasion_event(slot, bookings, link, taken, names=feed.has_names, now=now)
        return
    for booking in bookings:
        booking.slot, booking.account = slot, feed.account
        yield _own_event(feed, booking, link, taken, now=now)


def _own_event(feed: Feed, booking: Booking, link: Link, taken: str, *, now: datetime) -> Event:
    """Return a person's own booking, under the UID that its mails have. It leads to their join page."""
    slot = booking.slot
    event = Event()
    event.add("UID", uid_of(booking))
    event.add("SEQUENCE", slot.revision + booking.revision)
    event.add("DTSTAMP", now.astimezone(UTC).replace(microsecond=0))
    event.add("DTSTART", slot.starts_at.astimezone(UTC))
    event.add("DTEND", slot.ends_at.astimezone(UTC))
    event.add("SUMMARY", title_with_organiser(slot, feed.account))
    event.add("STATUS", "CONFIRMED" if booking.is_confirmed else "TENTATIVE")
    event.add("CLASS", "PRIVATE")
    if feed.has_links and link.state not in {LinkState.NONE, LinkState.HIDDEN}:
        event.add("LOCATION", join_address(booking))
        add_conference(event, join_address(booking), link)
    elif slot.location:
        event.add("LOCATION", one_line(slot.location))
    if feed.has_links:
        event.add("URL", vUri(manage_address(booking)))
    if taken:
        event.add("DESCRIPTION", one_line(taken))
    return event
