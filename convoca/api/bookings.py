"""Bookings and what is free, read by programs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ninja import Field, Query, Router, Schema

from convoca.api.asked import Lines, MaybeNumber, MaybeText, Number, Skipped, Text, Yes, maybe_instant
from convoca.api.door import Caller, Keyed
from convoca.api.finding import booking_called, person_called, schedule_called
from convoca.api.schedules import WRONG
from convoca.api.told import Bookings, BookingTold, Free
from convoca.booking.models import Booking, Membership, Schedule, Slot
from convoca.booking.questions import listing
from convoca.booking.questions.links import links_for
from convoca.booking.questions.listing import Wanted
from convoca.booking.questions.wire_form import local, told_bookings, told_slot
from convoca.core.time import day_bounds, local_day

RECENT_CHANGES = 10
USUAL_FREE = 10
LONGEST = timedelta(days=31)

router = Router(tags=["bookings"])


class Range(Schema):
    """A time range of a schedule. Without `from`, what is to come."""

    today: Yes = False
    from_: MaybeText = Field(None, alias="from")
    to: MaybeText = None
    slot: Yes = False
    user: MaybeText = None
    resource_id: MaybeNumber = None
    service_id: MaybeNumber = None
    limit: Lines = 100
    offset: Skipped = 0


@router.get("/range/{int:schedule_id}.json", response={200: Bookings, **WRONG}, url_name="range", exclude_unset=True)
def list_range(request: Keyed, schedule_id: int, asked: Query[Range]) -> dict[str, Any]:
    """List the bookings that start in a range; of a capacity schedule its slots, if `slot` is wanted."""
    caller, schedule = request.auth, schedule_called(request.auth, schedule_id)
    begins, ends = _window(schedule, asked, now=caller.now)
    wanted = Wanted(
        schedule=schedule,
        begins=begins,
        ends=ends,
        person=_person(caller, asked.user),
        resource=asked.resource_id,
        service=asked.service_id,
        first=asked.offset,
        most=asked.limit,
    )
    if _is_nobody(wanted.person, asked.user):
        return {"slots": []} if asked.slot and schedule.is_capacity else {"bookings": []}
    return _told(caller, wanted, with_slots=asked.slot)


def _window(schedule: Schedule, asked: Range, *, now: datetime) -> tuple[datetime, datetime | None]:
    zone = schedule.time_zone
    if asked.today:
        today = day_bounds(local_day(now, zone), zone)
        return today.starts_at, today.ends_at
    begins = maybe_instant("from", asked.from_, zone) or now
    return begins, maybe_instant("to", asked.to, zone)


def _person(caller: Caller, text: str | None) -> Membership | None:
    return None if text is None else person_called(caller, text)


def _is_nobody(person: Membership | None, text: str | None) -> bool:
    """Say whether somebody was asked for who is not there: then nothing is theirs, and not everything."""
    return person is None and text is not None


def _told(caller: Caller, wanted: Wanted, *, with_slots: bool) -> dict[str, Any]:
    if not (with_slots and wanted.schedule.is_capacity):
        return {"bookings": told_to(caller, listing.bookings_listed(wanted))}
    return _in_slots(caller, listing.slots_listed(wanted))


def _in_slots(caller: Caller, found: Sequence[tuple[Slot, Sequence[Booking]]]) -> dict[str, Any]:
    links = links_for(caller.viewer, [slot for slot, _ in found], now=caller.now)
    bookings = {each["id"]: each for each in told_to(caller, [b for _, theirs in found for b in theirs])}
    return {
        "slots": [
            told_slot(slot, [bookings[each.pk] for each in theirs], link=links.get(slot.pk)) for slot, theirs in found
        ]
    }


def _by_slot(bookings: Sequence[Booking]) -> list[tuple[Slot, list[Booking]]]:
    """Return the slots of these bookings, each with its own, in the order in which they come."""
    found: dict[int, tuple[Slot, list[Booking]]] = {}
    for booking in bookings:
        found.setdefault(booking.slot_id, (booking.slot, []))[1].append(booking)
    return list(found.values())


def told_to(caller: Caller, bookings: Sequence[Booking], *, with_slots: bool = False) -> list[dict[str, Any]]:
    """Return bookings as the caller may know them, with the links of those that have a place."""
    slots = list({each.slot_id: each.slot for each in bookings}.values())
    return told_bookings(bookings, links_for(caller.viewer, slots, now=caller.now), with_slots=with_slots)


class Changed(Schema):
    """Changes since an instant, in UTC; without it, the ten most recent."""

    from_: MaybeText = Field(None, alias="from")
    to: MaybeText = None
    slot: Yes = False
    user: MaybeText = None
    limit: MaybeNumber = None
    offset: Skipped = 0


@router.get(
    "/changes/{int:schedule_id}.json", response={200: Bookings, **WRONG}, url_name="changes", exclude_unset=True
)
def list_changes(request: Keyed, schedule_id: int, asked: Query[Changed]) -> dict[str, Any]:
    """List the bookings that were made, changed or cancelled; cancelled ones say `deleted`.

    Of a capacity schedule in their slots, if `slot` is wanted.
    """
    caller, schedule = request.auth, schedule_called(request.auth, schedule_id)
    since, person = maybe_instant("from", asked.from_, "UTC"), _person(caller, asked.user)
    in_slots = asked.slot and schedule.is_capacity
    if _is_nobody(person, asked.user):
        return {"slots": []} if in_slots else {"bookings": []}
    usual = RECENT_CHANGES if since is None else 100
    changed = listing.bookings_changed(
        schedule,
        since=since,
        until=maybe_instant("to", asked.to, "UTC"),
        person=person,
        first=asked.offset,
        most=min(asked.limit or usual, 1000),
    )
    return _in_slots(caller, _by_slot(changed)) if in_slots else {"bookings": told_to(caller, changed)}


class OfUser(Schema):
    user: Text
    from_: MaybeText = Field(None, alias="from")
    slot: Yes = False
    limit: Lines = 100
    offset: Skipped = 0


@router.get(
    "/agenda/{int:schedule_id}.json", response={200: list[BookingTold], **WRONG}, url_name="agenda", exclude_unset=True
)
def list_agenda(request: Keyed, schedule_id: int, asked: Query[OfUser]) -> list[dict[str, Any]]:
    """List what one user has booked that is to come; with `slot`, each with its slot."""
    caller, schedule = request.auth, schedule_called(request.auth, schedule_id)
    person = _person(caller, asked.user)
    if person is None:
        return []
    begins = maybe_instant("from", asked.from_, schedule.time_zone) or caller.now
    wanted = Wanted(schedule=schedule, begins=begins, person=person, first=asked.offset, most=asked.limit)
    return told_to(caller, listing.bookings_listed(wanted), with_slots=asked.slot)


class FreeAsked(Schema):
    from_: MaybeText = Field(None, alias="from")
    length: MaybeNumber = None
    resource: MaybeText = None
    full: Yes = False
    maxresults: MaybeNumber = None


@router.get("/free/{int:schedule_id}.json", response={200: Free, **WRONG}, url_name="free", exclude_unset=True)
def list_free(request: Keyed, schedule_id: int, asked: Query[FreeAsked]) -> dict[str, Any]:
    """List what can be booked, by its start; `name` is the resource's or the service's. No link is told here."""
    caller, schedule = request.auth, schedule_called(request.auth, schedule_id)
    begins = maybe_instant("from", asked.from_, schedule.time_zone) or caller.now
    length = timedelta(minutes=asked.length) if asked.length and asked.length < LONGEST.total_seconds() / 60 else None
    found = listing.free_from(
        schedule,
        max(begins, caller.now),
        named=asked.resource,
        length=length,
        full=asked.full,
        most=min(asked.maxresults or USUAL_FREE, 1000),
        now=caller.now,
    )
    return {"slots": [_free(each, schedule) for each in found]}


def _free(free: listing.Free, schedule: Schedule) -> dict[str, Any]:
    zone = ZoneInfo(schedule.time_zone)
    when = {"start": local(free.when.starts_at, zone), "finish": local(free.when.ends_at, zone)}
    if free.slot is None:
        return when | ({"name": free.of.name} if free.of else {})
    slot = free.slot
    told = {"id": slot.pk, "title": slot.title or schedule.name, "count": slot.taken}
    further = {"description": slot.description, "location": slot.location, "capacity": slot.capacity}
    return when | told | {name: value for name, value in further.items() if value}


class Listed(Schema):
    schedule_id: Number
    form: Yes = False
    start: MaybeText = None
    finish: MaybeText = None
    limit: Lines = 100
    offset: Skipped = 0


@router.get("/bookings.json", response={200: list[BookingTold], **WRONG}, url_name="bookings", exclude_unset=True)
def list_bookings(request: Keyed, asked: Query[Listed]) -> list[dict[str, Any]]:
    """List the bookings of a schedule that start from `start` on; without it, those to come."""
    caller, schedule = request.auth, schedule_called(request.auth, asked.schedule_id)
    zone = schedule.time_zone
    wanted = Wanted(
        schedule=schedule,
        begins=maybe_instant("start", asked.start, zone) or caller.now,
        ends=maybe_instant("finish", asked.finish, zone),
        first=asked.offset,
        most=asked.limit,
    )
    return told_to(caller, listing.bookings_listed(wanted))


@router.get(
    "/bookings/{int:booking_id}.json", response={200: BookingTold, **WRONG}, url_name="booking", exclude_unset=True
)
def get_booking(request: Keyed, booking_id: int) -> dict[str, Any]:
    """Return one booking; a cancelled one says `deleted`."""
    [told] = told_to(request.auth, [booking_called(request.auth, booking_id)], with_slots=True)
    return told
