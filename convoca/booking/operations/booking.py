"""The path of a booking: lock what becomes scarcer, read, ask core, write. No network call happens here.

Lock order: the person where a rule counts them, resources by ascending id, then the slot. A booking that is refused has
written nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from convoca.booking.models import Booking, Meeting, Membership, Resource, Schedule, Series, Service, Slot
from convoca.booking.operations.addresses import give_addresses
from convoca.booking.operations.auditing import Actor, Verb, acting, note
from convoca.booking.operations.counting import admit_for_person, bookings_of, lock_person, own_places
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import owe_confirmation, owe_request
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.refusals import AlreadySignedUp, BookingsPaused, NotOffered
from convoca.booking.operations.taking import (
    Times,
    lock_resources,
    lock_slot,
    lock_slots,
    look_at,
    occupy,
    take_places,
    take_resources,
)
from convoca.booking.operations.wishing import born_with_meeting, link_source_at_birth, wanted_meeting
from convoca.booking.operations.wishing_events import wish_for_event
from convoca.booking.questions.links import opens_at
from convoca.booking.questions.offers import needs_of
from convoca.booking.questions.series import rest_of_series
from convoca.booking.questions.terms import Terms, client_terms, length_of
from convoca.core.admission import ResourceTaken, admit_every, admit_place
from convoca.core.time import Interval


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who books: a contact, or a person with a log-in. `language` and `time_zone` are those of their mails.

    `details` are the answers to the form's further fields, by the names of the booking's columns. `booked_by` is who
    acts for them, if they do not act themselves. `form` is by what the form that they sent is known; None where no
    form is, or it may be sent again to book again.
    """

    name: str
    email: str
    language: str
    time_zone: str
    membership: Membership | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    booked_by: Actor | None = None
    form: str | None = None

    @property
    def actor(self) -> Actor:
        return self.booked_by or acting(self.membership)


def book_resource(
    schedule: Schedule,
    resource: Resource | None,
    starts_at: datetime,
    *,
    client: Client,
    now: datetime,
    length: timedelta | None = None,
    terms: Terms | None = None,
) -> Booking:
    """Book one resource of a resource schedule from `starts_at`, for `length` where who books may choose one.

    Without a `resource`, any of the schedule's that is free, by the schedule's preference.

    Raises a core Refusal, or NotOffered if the schedule does not list the resource.
    """
    if schedule.kind != Schedule.Kind.RESOURCE:
        raise NotOffered
    terms = terms or client_terms(schedule)
    length = length or length_of(schedule, None)
    wanted = Interval(starts_at, terms.rules.length.end_of(starts_at, length, schedule.time_zone))
    needs = needs_of(schedule, resource=resource, service=None)
    return _book_on_demand(schedule, needs, wanted, service=None, client=client, terms=terms, now=now)


def book_service(
    schedule: Schedule,
    service: Service,
    starts_at: datetime,
    *,
    client: Client,
    now: datetime,
    terms: Terms | None = None,
) -> Booking:
    """Book a service of a service schedule from `starts_at`; the system finds its resources.

    A hidden service is not listed, but whoever has its address books it. Raises a core Refusal, or NotOffered if the
    service is another schedule's.
    """
    if schedule.kind != Schedule.Kind.SERVICE or service.schedule_id != schedule.pk:
        raise NotOffered
    terms = terms or client_terms(schedule, service=service)
    needs = needs_of(schedule, resource=None, service=service)
    wanted = Interval(starts_at, starts_at + length_of(schedule, service))
    return _book_on_demand(schedule, needs, wanted, service=service, client=client, terms=terms, now=now)


def book_place(slot: Slot, *, client: Client, quantity: int = 1, now: datetime, terms: Terms | None = None) -> Booking:
    """Sign up for `quantity` places in a slot of a capacity schedule. Raises a core Refusal or AlreadySignedUp.

    Where whoever signs up, signs up for the whole series, that is this slot and all that follow: then it raises
    SeriesClash if there is no place in one of them, and the booking that it returns is this slot's. Raises NotOffered
    if the slot was called off. A `slot` that is full as it was read is not waited for.
    """
    terms = terms or client_terms(slot.schedule)
    if terms.repeats == Schedule.Repeats.MUST:
        rest = rest_of_series(slot, now=now)
        # A session that was called off meanwhile is not among them, and no reason to sign up for the others.
        if len(rest) > 1 and slot in rest:
            return book_places(rest, client=client, quantity=quantity, terms=terms, now=now)[0]
    if slot.schedule.is_capacity and slot.is_full and slot.is_live:
        admit_to_class(slot, client, quantity, terms=terms, now=now)
    with transaction.atomic():
        if terms.counts_the_person:
            lock_person(slot.account_id, client.membership, client.email)
        return _take_place(lock_slot(slot), client=client, quantity=quantity, terms=terms, now=now)


def book_places(slots: Sequence[Slot], *, client: Client, quantity: int, terms: Terms, now: datetime) -> list[Booking]:
    """Sign up for places in all of one account's slots, in the order of their starts. Raises SeriesClash."""
    refuse_while_paused(slots[0].schedule, terms)
    bookings: list[Booking] = []
    with transaction.atomic():
        if terms.counts_the_person:
            lock_person(slots[0].account_id, client.membership, client.email)
        held = lock_slots(slots)
        left = iter(held)

        def take_next(_when: Interval, _earlier: Sequence[Interval]) -> None:
            first = bookings[0] if bookings else None
            bookings.append(
                _take_place(next(left), client=client, quantity=quantity, terms=terms, now=now, first=first)
            )

        admit_every([Interval(slot.starts_at, slot.ends_at) for slot in held], admit_one=take_next)
    return bookings


def _take_place(
    held: Slot, *, client: Client, quantity: int, terms: Terms, now: datetime, first: Booking | None = None
) -> Booking:
    """Write the place in the locked slot. Raises a core Refusal, AlreadySignedUp or NotOffered before anything else."""
    if not held.schedule.is_capacity or not held.is_live:
        raise NotOffered
    admit_to_class(held, client, quantity, terms=terms, now=now)
    take_places(held, quantity)
    meeting = wanted_meeting(held)
    return write_booking(held, meeting, client=client, quantity=quantity, terms=terms, now=now, first=first)


def refuse_while_paused(schedule: Schedule, terms: Terms) -> None:
    """Raise BookingsPaused if the owner lets nobody book whom these terms bind; NotOffered if it is being deleted."""
    if schedule.is_closing:
        raise NotOffered
    if terms.paused:
        raise BookingsPaused(schedule.paused_message)


def admit_to_class(slot: Slot, client: Client, quantity: int, *, terms: Terms, now: datetime) -> None:
    """Return if this person may have `quantity` places of the locked slot. Raises a core Refusal or AlreadySignedUp."""
    refuse_while_paused(slot.schedule, terms)
    has = own_places(slot, client.membership, client.email)
    if has and terms.rules.places_per_person == 1:
        raise AlreadySignedUp
    when = Interval(slot.starts_at, slot.ends_at)
    if terms.counts_the_person:
        own = bookings_of(slot.account_id, client.membership, client.email)
        admit_for_person(when, slot.schedule, own, terms=terms, now=now)
    admit_place(
        capacity=slot.capacity,
        taken=slot.taken,
        quantity=quantity,
        slot=when,
        rules=terms.rules,
        now=now,
        own_places=has,
    )


def _book_on_demand(
    schedule: Schedule,
    needs: Sequence[Sequence[int]],
    wanted: Interval,
    *,
    service: Service | None,
    client: Client,
    terms: Terms,
    now: datetime,
) -> Booking:
    refuse_while_paused(schedule, terms)
    # What is taken already is refused without waiting for a lock.
    seen = look_at(schedule, needs, wanted, terms=terms, now=now)
    try:
        with transaction.atomic():
            if terms.counts_the_person:
                lock_person(schedule.account_id, client.membership, client.email)
            lock_resources(schedule, sorted({each for need in needs for each in need}))
            return write_on_demand(
                schedule, needs, wanted, service=service, series=None, client=client, terms=terms, now=now, seen=seen
            )
    except IntegrityError as error:
        if "occupancy_no_overlap" in str(error):
            raise ResourceTaken from error
        raise


def write_on_demand(
    schedule: Schedule,
    needs: Sequence[Sequence[int]],
    wanted: Interval,
    *,
    service: Service | None,
    series: Series | None,
    client: Client,
    terms: Terms,
    now: datetime,
    first: Booking | None = None,
    seen: Times | None = None,
) -> Booking:
    """Write one appointment: its slot, what it takes, the place in it. The caller holds person and resources.

    Raises a core Refusal before anything is written. `first` is as in `write_booking`, `seen` as in `take_resources`.
    """
    refuse_while_paused(schedule, terms)
    chosen = take_resources(schedule, needs, wanted, terms=terms, now=now, seen=seen)
    if terms.counts_the_person:
        own = bookings_of(schedule.account_id, client.membership, client.email)
        admit_for_person(wanted, schedule, own, terms=terms, now=now)
    slot = Slot.objects.create(
        account_id=schedule.account_id,
        schedule=schedule,
        service=service,
        series=series,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        capacity=1,
        taken=1,
        link_source=link_source_at_birth(schedule),
    )
    occupy(slot, chosen)
    meeting = None if terms.approval else born_with_meeting(slot, confirmed=1, now=now)
    return write_booking(slot, meeting, client=client, quantity=1, terms=terms, now=now, first=first)


def write_booking(
    slot: Slot,
    meeting: Meeting | None,
    *,
    client: Client,
    quantity: int,
    terms: Terms,
    now: datetime,
    first: Booking | None = None,
) -> Booking:
    """Write the place and the mails owed, and wake the worker: all or nothing.

    Where somebody must approve it, the booking holds its place meanwhile; its meeting and confirmation come with the
    approval. `first` is the one before it that was made in the same act: its mails tell of this one too, and it woke
    the worker.
    """
    booking = new_booking(slot, client=client, quantity=quantity)
    if first is not None:
        booking.made_with, booking.form_digest = first, None
    if terms.approval:
        booking.status = Booking.Status.PENDING
    booking.save(force_insert=True)
    verb = Verb.REQUESTED if terms.approval else Verb.BOOKED
    note(verb, by=client.actor, slot=slot, booking=booking, now=now)
    if first is not None:
        owe = owe_request if terms.approval else owe_confirmation
        owe(booking, slot, told_by=first, now=now)
    elif terms.approval:
        owe_request(booking, slot, now=now)
        notify_due.enqueue()
    else:
        confirm(booking, slot, meeting, now=now)
    show_event(slot, now=now)
    return booking


def show_event(slot: Slot, *, now: datetime) -> None:
    """Have the calendar that shows the slot show it as it is now; the caller holds the slot."""
    if wish_for_event(slot, now=now) is not None:
        provision_due.enqueue()


def new_booking(slot: Slot, *, client: Client, quantity: int) -> Booking:
    """Return a place in the slot with addresses of its own, not saved yet."""
    booking = Booking(
        account_id=slot.account_id,
        slot=slot,
        membership=client.membership,
        quantity=quantity,
        name=client.name,
        email=client.email,
        language=client.language,
        time_zone=client.time_zone,
        form_digest=client.form,
        **client.details,
    )
    give_addresses(booking)
    return booking


def confirm(booking: Booking, slot: Slot, meeting: Meeting | None, *, now: datetime) -> None:
    """Owe the confirmation of a confirmed booking, which waits a little for a link that is being made."""
    link_is_coming = meeting is not None and not meeting.link
    # A link that is not shown yet is not waited for: the mail could not carry it.
    waits = link_is_coming and (opens_at(slot) or now) <= now
    owe_confirmation(booking, slot, link_is_coming=waits, now=now)
    if link_is_coming:
        provision_due.enqueue()
    if not waits:
        notify_due.enqueue()
