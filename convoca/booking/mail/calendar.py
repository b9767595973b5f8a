"""The calendar entry of one person's booking (RFC 5545, 5546, 7986): one UID for life, a sequence that only grows.

It leads to our own join page, in every state of the link, so nothing in a calendar has ever to be corrected because
a link came late or changed, and a shared calendar gives away no provider's address.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext
from icalendar import (
    Alarm,
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vUri,
)

from convoca.booking.mail.envelope import host, one_line, sender_address
from convoca.booking.mail.occasion import add_conference
from convoca.booking.mail.phrases import title_with_organiser
from convoca.booking.manner import speaking
from convoca.booking.models import Booking, Slot
from convoca.booking.questions.links import Link, LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from convoca.core.time import DAY, Interval, straight_stretches

ALARM_BEFORE = timedelta(minutes=10)


def join_address(booking: Booking) -> str:
    return f"{settings.BASE_URL}/j/{booking.join_token.open()}"


def manage_address(booking: Booking) -> str:
    return f"{settings.BASE_URL}/b/{booking.token.open()}"


def reminders_address(booking: Booking) -> str:
    """Return where reminders are stopped."""
    return f"{manage_address(booking)}/reminders"


def schedule_address(booking: Booking) -> str:
    return f"{settings.BASE_URL}/schedule/{booking.account.name}/{booking.slot.schedule.slug}"


def day_address(booking: Booking) -> str:
    """Return where those who supervise see the day of the booking."""
    day = booking.slot.starts_at.astimezone(ZoneInfo(booking.slot.schedule.time_zone)).date()
    return f"{settings.BASE_URL}/manage/{booking.account.name}/?day={day.isoformat()}"


def invitation(booking: Booking, link: Link | None = None, *, now: datetime) -> bytes:
    """Return the entry that a calendar adds, or updates if it has it. In the booking's language.

    `link` is what its person may know of the link now; None if nobody has asked yet.
    """
    with speaking(booking.language, booking.account):
        event = _standing(booking, link, now=now)
        event.add("ATTENDEE", _attendee(booking))
        return _calendar("REQUEST", [event], [booking])


def cancellation(booking: Booking, *, now: datetime) -> bytes:
    """Return the entry that takes the booking out of a calendar."""
    with speaking(booking.language, booking.account):
        event = _ended(booking, now=now)
        event.add("ATTENDEE", _attendee(booking))
        return _calendar("CANCEL", [event], [booking])


def publication(bookings: Sequence[Booking], *, now: datetime) -> bytes:
    """Return the entries of several bookings of one person in one file: each with the UID that it keeps for life.

    An object that asks (REQUEST) or calls off (CANCEL) is about one UID only (RFC 5546, 3.2.2 and 3.2.5), and ours have
    one each, because each can be moved and cancelled by itself; fifty-two files would be the other way. PUBLISH may
    carry any number (3.2.1) and names nobody as attendee; what was called off says so in its status. A later REQUEST or
    CANCEL of a single one finds the same UID, and a greater or equal sequence.
    """
    with speaking(bookings[0].language, bookings[0].account):
        events = [
            _ended(booking, now=now)
            if booking.status == Booking.Status.CANCELLED
            else _standing(booking, None, now=now)
            for booking in bookings
        ]
        return _calendar("PUBLISH", events, bookings)


def _standing(booking: Booking, link: Link | None, *, now: datetime) -> Event:
    link = link or links_for(token_holder(booking), [booking.slot], now=now)[booking.slot_id]
    event = _event(booking, now=now)
    event.add("STATUS", "CONFIRMED")
    _add_places(event, booking, link)
    event.add("URL", vUri(manage_address(booking)))
    event.add_component(_alarm(str(event["SUMMARY"])))
    return event


def _ended(booking: Booking, *, now: datetime) -> Event:
    event = _event(booking, now=now)
    event.add("STATUS", "CANCELLED")
    return event


def uid_of(booking: Booking) -> str:
    return f"{booking.uid}@{host()}"


def _event(booking: Booking, *, now: datetime) -> Event:
    slot = booking.slot
    event = Event()
    event.add("UID", uid_of(booking))
    event.add("SEQUENCE", slot.revision + booking.revision)
    event.add("DTSTAMP", now.astimezone(UTC).replace(microsecond=0))
    starts, ends = _clocks(booking)
    event.add("DTSTART", starts)
    event.add("DTEND", ends)
    event.add("SUMMARY", title_with_organiser(slot, booking.account))
    event.add("ORGANIZER", _person(sender_address(), booking.account.title))
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "OPAQUE")
    return event


def _attendee(booking: Booking) -> vCalAddress:
    attendee = _person(booking.email, booking.name)
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    return attendee


def _clocks(booking: Booking) -> tuple[datetime, datetime]:
    """Return start and end on the organiser's clocks, or in UTC if either happens twice that night.

    A calendar reads such a time as its first occurrence (RFC 5545, 3.3.5), and could not be told otherwise.
    """
    zone = ZoneInfo(booking.slot.schedule.time_zone)
    starts, ends = booking.slot.starts_at.astimezone(UTC), booking.slot.ends_at.astimezone(UTC)
    local = starts.astimezone(zone), ends.astimezone(zone)
    if _is_utc(booking) or any(clock.fold for clock in local):
        return starts, ends
    return local


def _is_utc(booking: Booking) -> bool:
    return booking.slot.schedule.time_zone in {"UTC", "Etc/UTC"}


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    # A parameter's value cannot hold a double quote; programs older than RFC 6868 would show its escape.
    person.params["CN"] = one_line(name).replace('"', "'")
    return person


def _add_places(event: Event, booking: Booking, link: Link) -> None:
    """Say where it is: our join page if there is an online meeting, and the room that was typed, if any."""
    room = one_line(booking.slot.location)
    manage = gettext("See or cancel the booking: {address}").format(address=manage_address(booking))
    if link.state is LinkState.NONE:
        if room:
            event.add("LOCATION", room)
        event.add("DESCRIPTION", manage)
        return
    join = join_address(booking)
    event.add("LOCATION", join)
    add_conference(event, join, link)
    backup = gettext("It leads to the backup link.") if link.is_backup else ""
    event.add("DESCRIPTION", "\n".join(filter(None, [join, backup, room, manage])))


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", -ALARM_BEFORE)
    alarm.add("DESCRIPTION", summary)
    return alarm


def _calendar(method: str, events: Sequence[Event], bookings: Sequence[Booking]) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", f"-//Convoca//Bookings//{bookings[0].language.upper()}")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    if any(_clocks(booking)[0].tzinfo is not UTC for booking in bookings):
        calendar.add_component(_time_zone([booking.slot for booking in bookings]))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _time_zone(slots: Sequence[Slot]) -> Timezone:
    """Return the clock changes around the slots, and no others: calendars know the zone by its name anyway.

    An onset is written on the clocks before it (RFC 5545, 3.6.5); the first one is where this story begins.
    """
    name = slots[0].schedule.time_zone
    first, last = min(slot.starts_at for slot in slots), max(slot.ends_at for slot in slots)
    component = Timezone()
    component.add("TZID", name)
    before: timedelta | None = None
    for stretch, offset in _stretches(first, last, name):
        component.add_component(_observance(stretch.starts_at, before if before is not None else offset, offset, name))
        before = offset
    return component


def _stretches(starts_at: datetime, ends_at: datetime, name: str) -> Iterator[tuple[Interval, timedelta]]:
    """Yield the time around an event, from the midnight in UTC two days before, once per distance from Greenwich."""
    first = datetime.combine(_day(starts_at) - 2 * DAY, datetime.min.time(), UTC)
    last = None
    for stretch, offset in straight_stretches(Interval(first, ends_at.astimezone(UTC) + 2 * DAY), name):
        if offset != last:
            yield stretch, offset
        last = offset


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()


type Observance = TimezoneStandard | TimezoneDaylight


def _observance(onset: datetime, before: timedelta, offset: timedelta, name: str) -> Observance:
    local = onset.astimezone(ZoneInfo(name))
    component: Observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    component.add("DTSTART", (onset + before).replace(tzinfo=None))
    component.add("TZOFFSETFROM", before)
    component.add("TZOFFSETTO", offset)
    component.add("TZNAME", local.tzname() or name)
    return component
