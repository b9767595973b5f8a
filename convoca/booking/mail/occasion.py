"""One occasion as those who supervise have it in a calendar: one entry for all its people."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.utils.translation import gettext
from icalendar import Event, vUri

from convoca.booking.mail.envelope import host, one_line
from convoca.booking.models import Booking, Slot
from convoca.booking.questions.links import Link


def occasion_event(
    slot: Slot, bookings: Sequence[Booking], link: Link, taken: str, *, names: bool = True, now: datetime
) -> Event:
    """Return the occasion's entry, whose UID stays the same wherever it is read.

    `taken` is with whom or what it is. With `names` it says who comes; the link is what its reader may know of it.
    """
    what = slot.title or (slot.service.name if slot.service else slot.schedule.name)
    shows_person = names and bookings and not slot.schedule.is_capacity
    people = [f"{each.called} ({each.get_status_display()})" for each in bookings] if names else []
    event = Event()
    event.add("UID", f"slot-{slot.pk}@{host()}")
    event.add("SEQUENCE", slot.revision)
    event.add("DTSTAMP", now.astimezone(UTC).replace(microsecond=0))
    event.add("DTSTART", slot.starts_at.astimezone(UTC))
    event.add("DTEND", slot.ends_at.astimezone(UTC))
    event.add("SUMMARY", one_line(f"{bookings[0].called} – {what}" if shows_person else what))
    event.add("STATUS", _status(slot, bookings))
    event.add("CLASS", "PRIVATE")
    place = slot.location or link.url
    if place:
        event.add("LOCATION", place)
    if link.url:
        add_conference(event, link.url, link)
    event.add("DESCRIPTION", "\n".join(filter(None, [taken, *people])))
    return event


def add_conference(event: Event, address: str, link: Link) -> None:
    """Say where its people meet online (RFC 7986, 5.11)."""
    conference = vUri(address)
    label = gettext("Video call by the backup link") if link.is_backup else gettext("Video call")
    conference.params.update({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": label})
    event.add("CONFERENCE", conference)


def _status(slot: Slot, bookings: Sequence[Booking]) -> str:
    if not bookings:
        # A class that nobody has booked takes place until it is called off.
        return "CONFIRMED" if slot.is_live else "CANCELLED"
    if all(each.status == Booking.Status.CANCELLED for each in bookings):
        return "CANCELLED"
    return "CONFIRMED" if any(each.is_confirmed for each in bookings) else "TENTATIVE"
