"""Bookings, slots and users in the form in which programs are told of them: SuperSaaS's, field by field.

What is empty is left out. Times are the schedule's own, to the minute and without their zone; those in UTC say so. A
booking's addresses (`/b/`, `/j/`) are its attendee's alone and in none of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from convoca.booking.models import AuditEntry, Booking, Membership, Occupancy, Resource, Slot
from convoca.booking.questions.links import Link

type Told = dict[str, Any]

Status = Booking.Status
ROLES = {Membership.Role.OWNER: 4, Membership.Role.SUPERUSER: 4, Membership.Role.USER: 3, Membership.Role.BLOCKED: -1}

# From 100 on a booking stands; who waits for a place has none yet, and no code.
STATUSES = {
    Status.CONFIRMED: (100, "Approved"),
    Status.PENDING: (2, "Awaiting approval"),
    Status.CANCELLED: (42, "Cancelled"),
}
CONTACT = ("email", "address", "mobile", "phone", "country", "field_1", "field_2", "super_field")
QUEUEING = frozenset({Status.WAITING, Status.OFFERED})
ADMINISTRATOR = 0
# What SuperSaaS calls the owner where it names who did something.
OWNER = "administrator"


@dataclass(frozen=True)
class Acts:
    """Who made a booking, who did something to it last, and when; whoever has no log-in is nobody."""

    made_by: str | None = None
    changed_by: str | None = None
    changed_at: datetime | None = None


def told_bookings(
    bookings: Sequence[Booking], links: Mapping[int, Link] | None = None, *, with_slots: bool = False
) -> list[Told]:
    """Return the bookings, in their order. Two queries, however many.

    They come with their slot, its schedule and service, and the person. `links` are what whoever reads it may know, by
    the slot's id; a link is told of a booking that has a place, and of no other.
    """
    taken = resources_of([each.slot for each in bookings])
    acts = acts_on(bookings)
    found = []
    for booking in bookings:
        link = (links or {}).get(booking.slot_id)
        told = _booking(booking, taken.get(booking.slot_id), acts.get(booking.pk, Acts()))
        if link is not None and link.is_ready and booking.status == Status.CONFIRMED:
            told["meeting_url"] = link.url
        if with_slots and booking.slot.schedule.is_capacity:
            told["slot"] = told_slot(booking.slot)
        found.append(_without_empty(told))
    return found


def _booking(booking: Booking, resource: Resource | None, acts: Acts) -> Told:
    slot, service, person = booking.slot, booking.slot.service, booking.membership
    schedule = slot.schedule
    code, message = STATUSES.get(Status(booking.status), (None, "On the waiting list"))
    return {
        "id": booking.pk,
        "schedule_id": schedule.pk,
        "schedule_name": schedule.name,
        "resource_id": resource.pk if resource else None,
        "res_name": resource.name if resource else None,
        "service_id": service.pk if service else None,
        "service_name": service.name if service else None,
        "slot_id": slot.pk if schedule.is_capacity else None,
        "user_id": _number_of(person),
        **_times(slot),
        "created_on": utc(booking.created_at),
        "updated_on": utc(acts.changed_at or booking.created_at),
        "created_by": acts.made_by,
        "updated_by": acts.changed_by,
        "full_name": booking.name,
        "name": person.login_name if person else None,
        **{column: getattr(booking, column) for column in CONTACT},
        "quantity": booking.quantity,
        "status": code,
        "status_message": message,
        "waitlisted": True if booking.status in QUEUEING else None,
        "deleted": True if booking.status == Status.CANCELLED else None,
    }


def _number_of(person: Membership | None) -> int | None:
    if person is None:
        return None
    return ADMINISTRATOR if person.role == Membership.Role.OWNER else person.pk


def told_slot(slot: Slot, bookings: Sequence[Told] | None = None, *, link: Link | None = None) -> Told:
    """Return a slot. A ready `link` stands in its location, beside the room that may be written there."""
    url = link.url if link is not None and link.is_ready else ""
    told = {
        "id": slot.pk,
        "schedule_id": slot.schedule_id,
        "title": slot.title or slot.schedule.name,
        "description": slot.description,
        **_times(slot),
        "location": " ".join(filter(None, [slot.location, url])),
        "meeting_url": url,
        "capacity": slot.capacity,
        "count": slot.taken,
        "deleted": None if slot.is_live else True,
    }
    return _without_empty(told) | ({} if bookings is None else {"bookings": list(bookings)})


def told_user(person: Membership, *, groups: Sequence[int] = ()) -> Told:
    """Return a user of the account. Without credits in the account, theirs has no limit."""
    user = person.user
    return _without_empty(
        {
            "id": _number_of(person),
            "fk": person.external_key,
            "name": person.login_name,
            "email": user.email,
            "full_name": person.called,
            **{column: getattr(person, column) for column in CONTACT if column != "email"},
            "timezone": user.time_zone,
            "credit": "-",
            "role": ROLES[Membership.Role(person.role)],
            "group": groups[0] if groups else None,
            "created_on": utc(person.created_at),
        }
    )


def resources_of(slots: Sequence[Slot]) -> dict[int, Resource]:
    """Return the first resource that each appointment takes, or took, by the slot's id. One query."""
    on_demand = [slot for slot in slots if not slot.schedule.is_capacity]
    if not on_demand:
        return {}
    taken = Occupancy.objects.filter(account_id=on_demand[0].account_id, slot__in={slot.pk for slot in on_demand})
    found: dict[int, Resource] = {}
    for each in taken.select_related("resource").order_by("pk"):
        found.setdefault(each.slot_id, each.resource)
    return found


def acts_on(bookings: Sequence[Booking]) -> dict[int, Acts]:
    """Return what the trail says of each booking, by its id. One query."""
    if not bookings:
        return {}
    lines = AuditEntry.objects.filter(account_id=bookings[0].account_id, booking__in=[each.pk for each in bookings])
    found: dict[int, Acts] = {}
    for pk, at, actor, name in lines.order_by("at", "pk").values_list(
        "booking", "at", "actor", "membership__login_name"
    ):
        who = OWNER if actor == AuditEntry.Actor.OWNER else name
        found[pk] = Acts(found[pk].made_by if pk in found else who, who, at)
    return found


def _times(slot: Slot) -> Told:
    zone = ZoneInfo(slot.schedule.time_zone)
    return {
        "start": local(slot.starts_at, zone),
        "finish": local(slot.ends_at, zone),
        "start_utc": utc(slot.starts_at),
        "finish_utc": utc(slot.ends_at),
    }


def local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _without_empty(told: Told) -> Told:
    return {name: value for name, value in told.items() if value is not None and value != ""}
