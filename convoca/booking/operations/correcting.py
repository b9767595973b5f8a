"""Correcting a booking: what its person is called, how they are reached, what they answered, the superusers' own field.

Who holds an address of the booking reads it and its link; so a corrected e-mail address has new ones, and the old die.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from convoca.booking.models import Booking, Schedule, Slot
from convoca.booking.operations.addresses import give_addresses
from convoca.booking.operations.auditing import Actor, Verb, note
from convoca.booking.operations.booking import confirm
from convoca.booking.operations.linking import find_link, type_link
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import owe_offer, owe_request_again, owe_waiting
from convoca.booking.operations.refusals import AlreadyCancelled, LinkOfAClass
from convoca.booking.operations.taking import lock_slot_and_booking
from convoca.booking.operations.wishing import wanted_meeting
from convoca.booking.operations.wishing_events import wish_for_event

NEW_ADDRESSES = ("token", "token_digest", "join_token", "join_token_digest", "revision", "mailed_meeting")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What is true of a booking. `details` are answers by the names of its columns; None leaves a field as it is.

    `language` and `time_zone` are those of its mails and of its own page. `new_addresses`: the old ones are to die,
    though the e-mail address is right.
    """

    name: str
    email: str
    details: Mapping[str, str] = field(default_factory=dict)
    super_field: str | None = None
    language: str | None = None
    time_zone: str | None = None
    new_addresses: bool = False


def correct(booking: Booking, correction: Correction, *, by: Actor, now: datetime) -> list[str]:
    """Write what is true of a booking; return the names of the columns that changed, in order.

    A corrected e-mail address kills both addresses of the booking and is sent the new ones. A URL typed into the
    supervisor field becomes the meeting link and is kept nowhere else. Raises AlreadyCancelled, or LinkOfAClass.
    """
    with transaction.atomic():
        slot, held = lock_slot_and_booking(booking)
        if held.status == Booking.Status.CANCELLED or held.is_erased:
            raise AlreadyCancelled
        link, noted = part_note(slot.schedule, correction.super_field)
        columns = {"name": correction.name, "email": correction.email, **correction.details}
        further = {"super_field": noted, "language": correction.language, "time_zone": correction.time_zone}
        columns |= {column: value for column, value in further.items() if value is not None}
        changed = [column for column, value in columns.items() if getattr(held, column) != value]
        for column in changed:
            setattr(held, column, columns[column])
        renews = correction.new_addresses or "email" in changed
        if changed or renews:
            _write(held, slot, changed, renews=renews, by=by, now=now)
        if changed:
            wish_for_event(slot, now=now)
        if link:
            type_link(slot, link, now=now)
    return changed


def part_note(schedule: Schedule, text: str | None) -> tuple[str | None, str | None]:
    """Part what was typed into the supervisor field into the link in it, if any, and the rest, which is kept there.

    Raises LinkOfAClass where the link would be everybody's.
    """
    link = find_link(text) if text else None
    if text is None or link is None:
        return None, text
    if schedule.is_capacity:
        raise LinkOfAClass
    return link, " ".join(text.replace(link, " ").split())


def _write(held: Booking, slot: Slot, changed: list[str], *, renews: bool, by: Actor, now: datetime) -> None:
    if not renews:
        held.save(update_fields=changed)
        note(Verb.EDITED, by=by, slot=slot, booking=held, fields=" ".join(changed), now=now)
        return
    give_addresses(held)
    held.revision += 1
    # Whoever reads the new mail has had no link that still works.
    held.mailed_meeting = None
    held.save(update_fields=[*changed, *NEW_ADDRESSES])
    note(Verb.EDITED, by=by, slot=slot, booking=held, fields=" ".join(changed), now=now)
    tell(held, slot, now=now)


def tell(held: Booking, slot: Slot, *, now: datetime) -> None:
    """Owe the booking's address the mail that says how it stands. The caller holds both."""
    if held.status == Booking.Status.CONFIRMED:
        confirm(held, slot, wanted_meeting(slot), now=now)
        return
    owe = {
        Booking.Status.PENDING: owe_request_again,
        Booking.Status.WAITING: owe_waiting,
        Booking.Status.OFFERED: owe_offer,
    }
    owe[Booking.Status(held.status)](held, slot, now=now)
    notify_due.enqueue()
