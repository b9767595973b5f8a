"""The trail of who did what, and with it what programs are owed. Written in the same transaction as the act itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from convoca.booking.models import Account, AuditEntry, Booking, Connection, Membership, Schedule, Slot
from convoca.booking.operations.telling import tell_programs
from convoca.booking.questions.permissions import Rank, rank_of
from convoca.booking.questions.viewers import Viewer

Kind = AuditEntry.Actor
Verb = AuditEntry.Verb


@dataclass(frozen=True)
class Actor:
    """Who acts: an attendee by their address, a person with a log-in, or Convoca itself.

    `is_quiet`: a program acts that knows what it does, and has not asked that others be told.
    """

    kind: AuditEntry.Actor
    membership: Membership | None = None
    is_quiet: bool = False

    @property
    def supervises(self) -> bool:
        return self.kind in {Kind.OWNER, Kind.SUPERUSER}


# A person with a log-in, or a program that acts in their name.
type Doer = Membership | Actor

ATTENDEE = Actor(Kind.ATTENDEE)
SYSTEM = Actor(Kind.SYSTEM)

# Acts of the person whose booking it is.
OWN = frozenset({Kind.ATTENDEE, Kind.USER})

OF_ROLE = {Membership.Role.OWNER: Kind.OWNER, Membership.Role.SUPERUSER: Kind.SUPERUSER}
OF_RANK = {Rank.OWNER: Kind.OWNER, Rank.SUPERUSER: Kind.SUPERUSER}


def acting(by: Doer | None) -> Actor:
    """Return the actor that a person with a log-in is; an attendee if there is none."""
    if by is None:
        return ATTENDEE
    if isinstance(by, Actor):
        return by
    return Actor(OF_ROLE.get(Membership.Role(by.role), Kind.USER), by)


def acting_on(schedule: Schedule, viewer: Viewer) -> Actor:
    """Return the actor that a person with a log-in is on this schedule, which they may supervise without others."""
    return Actor(OF_RANK.get(rank_of(viewer, schedule), Kind.USER), viewer.membership)


def _line(verb: AuditEntry.Verb, account_id: int, *, by: Actor, now: datetime, **about: Any) -> AuditEntry:
    """Return a line that is not written yet."""
    return AuditEntry(account_id=account_id, at=now, actor=by.kind, membership=by.membership, verb=verb, **about)


def _add(entries: Sequence[AuditEntry], *, by: Actor, now: datetime) -> None:
    """Write the lines, and what programs are owed to be told of them."""
    if len(entries) == 1:
        entries[0].save(force_insert=True)
    else:
        AuditEntry.objects.bulk_create(entries)
    if not by.is_quiet:
        tell_programs(entries, now=now)


def note(
    verb: AuditEntry.Verb, *, by: Actor, slot: Slot, booking: Booking | None = None, fields: str = "", now: datetime
) -> None:
    """Add a line. `fields` are names of columns, never what is in them."""
    _add([_line(verb, slot.account_id, by=by, now=now, slot=slot, booking=booking, fields=fields)], by=by, now=now)


def note_each(verb: AuditEntry.Verb, bookings: Sequence[Booking], *, by: Actor, now: datetime) -> None:
    """Add a line about each of the bookings, whose slots are known."""
    entries = [
        _line(verb, booking.account_id, by=by, now=now, slot_id=booking.slot_id, booking=booking)
        for booking in bookings
    ]
    _add(entries, by=by, now=now)


def note_slots(
    verb: AuditEntry.Verb, slots: Sequence[Slot], *, by: Actor, fields: Mapping[int, str] | None = None, now: datetime
) -> None:
    """Add a line about each of the slots; `fields` are the names of columns, by the slot's id."""
    entries = [
        _line(verb, slot.account_id, by=by, now=now, slot=slot, fields=(fields or {}).get(slot.pk, ""))
        for slot in slots
    ]
    _add(entries, by=by, now=now)


def note_schedule(verb: AuditEntry.Verb, schedule: Schedule, *, by: Actor, now: datetime) -> None:
    """Add a line about a schedule, named by its address: its row may be gone by the time the line is read."""
    _line(verb, schedule.account_id, by=by, now=now, fields=schedule.slug).save(force_insert=True)


def note_person(
    verb: AuditEntry.Verb, *, by: Actor, account: Account, person: Membership | None, fields: str = "", now: datetime
) -> None:
    """Add a line about a user of the account; about nobody yet, if somebody is only invited."""
    _add([_line(verb, account.pk, by=by, now=now, person=person, fields=fields[:300])], by=by, now=now)


def statuses_before(bookings: Sequence[Booking]) -> Mapping[int, Booking.Status]:
    """Read in the trail what each booking was before it was cancelled. One query."""
    entries = AuditEntry.objects.filter(booking__in=[booking.pk for booking in bookings])
    verbs: dict[int, set[str]] = {booking.pk: set() for booking in bookings}
    for pk, verb in entries.values_list("booking", "verb"):
        if pk is not None:
            verbs[pk].add(verb)
    return {pk: _status_after(its) for pk, its in verbs.items()}


def _status_after(verbs: set[str]) -> Booking.Status:
    if verbs & {Verb.BOOKED, Verb.APPROVED, Verb.ACCEPTED}:
        return Booking.Status.CONFIRMED
    return Booking.Status.PENDING if Verb.REQUESTED in verbs else Booking.Status.WAITING


def note_connection(verb: AuditEntry.Verb, *, by: Actor, connection: Connection, now: datetime) -> None:
    """Add a line about an account's access to a vendor."""
    _line(verb, connection.account_id, by=by, now=now, connection=connection).save(force_insert=True)
