"""What a mail says to programs: schema.org's reservation, which some mail programs show as a card.

Nothing relies on it. It tells only what is certain: a place that somebody has, or one that is cancelled. Its addresses
are ours, never a provider's.
"""

import json
from zoneinfo import ZoneInfo

from convoca.booking.mail.calendar import join_address, manage_address
from convoca.booking.mail.envelope import one_line
from convoca.booking.mail.kinds import carries_a_place
from convoca.booking.mail.phrases import greeted_name, title_with_organiser
from convoca.booking.mail.reader import is_for_staff
from convoca.booking.models import Notification
from convoca.booking.questions.links import Link, LinkState

# In a page these would end the element that the text stands in.
ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def reservation(notification: Notification, link: Link) -> str:
    """Return the markup as it may stand in a script element, or nothing for a mail about anything less certain."""
    is_cancelled = notification.kind == Notification.Kind.CANCELLATION and not is_for_staff(notification)
    if not carries_a_place(notification) and not is_cancelled:
        return ""
    booking = notification.booking
    said = {
        "@context": "https://schema.org",
        "@type": "EventReservation",
        "reservationNumber": booking.uid.hex,
        "reservationStatus": f"https://schema.org/Reservation{'Cancelled' if is_cancelled else 'Confirmed'}",
        "underName": {"@type": "Person", "name": greeted_name(booking) or booking.email},
        "reservationFor": _event(notification, link),
        "modifyReservationUrl": manage_address(booking),
        "url": manage_address(booking),
    }
    return json.dumps(said, ensure_ascii=True).translate(ESCAPED)


def _event(notification: Notification, link: Link) -> dict[str, object]:
    booking, slot = notification.booking, notification.booking.slot
    zone = ZoneInfo(slot.schedule.time_zone)
    places: list[dict[str, str]] = []
    is_online = carries_a_place(notification) and link.state not in {LinkState.NONE, LinkState.HIDDEN}
    if is_online:
        places.append({"@type": "VirtualLocation", "url": join_address(booking)})
    if slot.location:
        place = one_line(slot.location)
        places.append({"@type": "Place", "name": place, "address": place})
    event: dict[str, object] = {
        "@type": "Event",
        "name": title_with_organiser(slot, notification.account),
        "startDate": slot.starts_at.astimezone(zone).isoformat(timespec="seconds"),
        "endDate": slot.ends_at.astimezone(zone).isoformat(timespec="seconds"),
        "organizer": {"@type": "Organization", "name": one_line(notification.account.title)},
    }
    if is_online:
        event["eventAttendanceMode"] = "https://schema.org/OnlineEventAttendanceMode"
    if places:
        event["location"] = places if len(places) > 1 else places[0]
    return event
