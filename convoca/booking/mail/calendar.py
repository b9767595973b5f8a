"""The calendar entry of one person's booking (RFC 5545, 5546, 7986): one UID for life, a sequence that only grows.

It leads to our own join page, in every state of the link, so nothing in a calendar has ever to be corrected because
a link came late or changed, and a shared calendar gives away no provider's address.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, override
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
from convoca.booking.mail.phrases import title_with_organiser
from convoca.booking.models import Booking
from convoca.booking.questions.links import Link, LinkState, links_for
from convoca.booking.questions.viewers import token_holder
from convoca.core.time import DAY, Interval, straight_stretches

ALARM_BEFORE = timedelta(minutes=10)


def join_address(booking: Booking) -> str:
    return f"{settings.BASE_URL}/j/{booking.join_token.open()}"


def manage_address(booking: Booking) -> str:
    return f"{settings.BASE_URL}/b/{booking.token.open()}"


def invitation(booking: Booking, *, now: datetime) -> bytes:
    """Return the entry that a calendar adds, or updates if it has it. In the booking's language."""
    link = links_for(token_holder(booking), [booking.slot], now=now)[booking.slot_id]
    with override(booking.language):
        event = _event(booking, now=now)
        event.add("STATUS", "CONFIRMED")
        _add_places(event, booking, link)
        event.add("URL", vUri(manage_address(booking)))
        event.add_component(_alarm(str(event["SUMMARY"])))
        return _calendar("REQUEST", event, booking)


def cancellation(booking: Booking, *, now: datetime) -> bytes:
    """Return the entry that takes the booking out of a calendar."""
    with override(booking.language):
        event = _event(booking, now=now)
        event.add("STATUS", "CANCELLED")
        return _calendar("CANCEL", event, booking)


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
    attendee = _person(booking.email, booking.name)
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    event.add("ATTENDEE", attendee)
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "OPAQUE")
    return event


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
    conference = vUri(join)
    conference.params.update({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": gettext("Video call")})
    event.add("CONFERENCE", conference)
    event.add("DESCRIPTION", "\n".join(filter(None, [join, room, manage])))


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", -ALARM_BEFORE)
    alarm.add("DESCRIPTION", summary)
    return alarm


def _calendar(method: str, event: Event, booking: Booking) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", f"-//Convoca//Bookings//{booking.language.upper()}")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    if _clocks(booking)[0].tzinfo is not UTC:
        calendar.add_component(_time_zone(booking))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _time_zone(booking: Booking) -> Timezone:
    """Return the clock changes around the booking, and no others: calendars know the zone by its name anyway.

    An onset is written on the clocks before it (RFC 5545, 3.6.5); the first one is where this story begins.
    """
    name = booking.slot.schedule.time_zone
    component = Timezone()
    component.add("TZID", name)
    before: timedelta | None = None
    for stretch, offset in _stretches(booking.slot.starts_at, booking.slot.ends_at, name):
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
