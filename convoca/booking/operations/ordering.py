"""What programs book, change and cancel: as those who supervise do, bound by nothing but what is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from convoca.booking.models import Booking, Membership, Resource, Schedule, Slot
from convoca.booking.operations.auditing import Actor
from convoca.booking.operations.behalf import Order, book_for
from convoca.booking.operations.booking import Client
from convoca.booking.operations.cancelling import cancel
from convoca.booking.operations.correcting import Correction, correct
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.booking.operations.refusals import LengthStays, NotOffered, ResourceStays
from convoca.booking.questions.terms import supervisor_terms


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a program says of a booking; what it does not say is None, and of `answers` not there.

    `answers` are columns of the booking: its name and e-mail address, and what a form asks.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    slot: Slot | None = None
    resource: Resource | None = None
    person: Membership | None = None
    quantity: int = 1
    answers: Mapping[str, str] = field(default_factory=dict)
    super_field: str | None = None


def order(schedule: Schedule, wish: Wish, *, by: Actor, now: datetime) -> Booking:
    """Book what a program wishes. Raises a Refusal; then nothing was written."""
    person, answers = wish.person, dict(wish.answers)
    user = person.user if person is not None else None
    name = answers.pop("name", "") or (person.called if person is not None else "")
    email = answers.pop("email", "") or (user.email if user is not None else "")
    client = Client(
        name=name,
        email=email,
        language=user.language if user is not None else schedule.account.language,
        time_zone=(user.time_zone if user is not None else "") or schedule.time_zone,
        membership=person,
        details=answers,
        booked_by=by,
    )
    has_length = wish.starts_at is not None and wish.ends_at is not None and wish.slot is None
    [booking] = book_for(
        Order(
            schedule=schedule,
            starts_at=wish.starts_at,
            resource=wish.resource,
            slot=wish.slot,
            length=wish.ends_at - wish.starts_at if has_length and wish.ends_at and wish.starts_at else None,
            quantity=wish.quantity,
        ),
        client=client,
        super_field=wish.super_field or "",
        now=now,
    )
    return booking


def reorder(booking: Booking, wish: Wish, *, by: Actor, now: datetime) -> Booking:
    """Move a booking if it is to be at another time or in another slot, and write what else is true of it.

    Raises a Refusal; then nothing has changed.
    """
    with transaction.atomic():
        booking = _moved(booking, wish, by=by, now=now)
        name, email = wish.answers.get("name") or booking.name, wish.answers.get("email") or booking.email
        details = {column: value for column, value in wish.answers.items() if column not in {"name", "email"}}
        said = Correction(name=name, email=email, details=details, super_field=wish.super_field)
        if wish.answers or wish.super_field is not None:
            correct(booking, said, by=by, now=now)
    return booking


def _moved(booking: Booking, wish: Wish, *, by: Actor, now: datetime) -> Booking:
    slot, terms = booking.slot, supervisor_terms()
    if slot.schedule.is_capacity:
        if wish.slot is None or wish.slot.pk == slot.pk:
            return booking
        return move_place(booking, wish.slot, by=by, terms=terms, now=now)
    if wish.slot is not None:
        raise NotOffered
    if wish.resource is not None and not slot.occupancies.filter(resource=wish.resource).exists():
        raise ResourceStays
    starts_at = wish.starts_at or slot.starts_at
    if wish.ends_at is not None and wish.ends_at - starts_at != slot.ends_at - slot.starts_at:
        raise LengthStays
    if starts_at == slot.starts_at:
        return booking
    return move_appointment(booking, starts_at, by=by, terms=terms, now=now)


def call_off(booking: Booking, *, by: Actor, now: datetime) -> Booking:
    """Cancel a booking, however late. Raises a Refusal if it was before."""
    return cancel(booking, by=by, terms=supervisor_terms(), now=now)
