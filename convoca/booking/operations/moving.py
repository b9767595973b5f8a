"""Moving: the same booking at another time. An appointment's slot moves in place and keeps its meeting and its link; a
place in a class moves to another slot, whose link then applies."""

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Sum

from convoca.booking.models import Booking, Meeting, Slot
from convoca.booking.operations.auditing import ATTENDEE, Actor, Verb, note
from convoca.booking.operations.counting import admit_for_person, bookings_of, lock_person
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import OF_THE_TIME, let_others_tell, owe_move
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.refusals import AlreadyCancelled, AlreadySignedUp, NoPlaceYet, NotOffered
from convoca.booking.operations.taking import (
    give_places_back,
    lock_resources,
    lock_slot_and_booking,
    lock_slots_and_booking,
    occupy,
    take_places,
    take_resources,
)
from convoca.booking.operations.waiting import offer_next
from convoca.booking.operations.wishing_events import wish_for_event, wish_for_events
from convoca.booking.questions.links import IN_USE
from convoca.booking.questions.offers import needs_of
from convoca.booking.questions.terms import Terms, client_terms, kept_length
from convoca.core.admission import ResourceTaken, WrongLength, admit_change, admit_place
from convoca.core.time import Interval

PLACED = frozenset({Booking.Status.CONFIRMED, Booking.Status.PENDING})


def move_appointment(
    booking: Booking, starts_at: datetime, *, now: datetime, by: Actor = ATTENDEE, terms: Terms | None = None
) -> Booking:
    """Move an appointment to another start: same slot, same meeting, same addresses, same length.

    On a resource schedule it stays with its resource; of a service, the resources are found anew. Raises a core
    Refusal, NotOffered or AlreadyCancelled; then nothing has changed.
    """
    try:
        with transaction.atomic():
            return _move(booking, starts_at, now=now, by=by, terms=terms)
    except IntegrityError as error:
        if "occupancy_no_overlap" in str(error):
            raise ResourceTaken from error
        raise


def _move(booking: Booking, starts_at: datetime, *, now: datetime, by: Actor, terms: Terms | None) -> Booking:
    schedule, service = booking.slot.schedule, booking.slot.service
    terms = terms or client_terms(schedule, service=service)
    _lock_person_of(booking, terms)
    own = list(booking.slot.occupancies.filter(released_at__isnull=True).values_list("resource_id", flat=True))
    needs = needs_of(schedule, resource=None, service=service) if service else [[each] for each in own]
    lock_resources(schedule, sorted({each for need in needs for each in need} | set(own)), had=own)
    slot, held = lock_slot_and_booking(booking)
    _refuse_without_place(held, slot)
    was_at = slot.starts_at
    admit_change(Interval(was_at, slot.ends_at), rules=terms.rules, now=now)
    wanted, as_long = _for_as_long(slot, starts_at, terms)
    chosen = take_resources(slot.schedule, needs, wanted, terms=as_long, now=now, instead_of=slot)
    _admit_person_of(held, wanted, slot, terms=terms, now=now)
    _put(slot, wanted, chosen, now=now)
    note(Verb.MOVED, by=by, slot=slot, booking=held, fields="starts_at ends_at", now=now)
    if held.status == Booking.Status.CONFIRMED:
        let_others_tell([held], kinds=OF_THE_TIME, now=now)
        owe_move(held, slot, was_at=was_at, now=now)
    notify_due.enqueue()
    provision_due.enqueue()
    held.slot = slot
    return held


def _for_as_long(slot: Slot, starts_at: datetime, terms: Terms) -> tuple[Interval, Terms]:
    """Return when the appointment would be, and terms on which it keeps its length. Raises WrongLength."""
    kept = kept_length(slot)
    ends_at = kept.rule.end_of(starts_at, kept.length, slot.schedule.time_zone)
    if ends_at <= starts_at:
        # A rental of one day that would begin after its check-out.
        raise WrongLength(kept.rule)
    return Interval(starts_at, ends_at), replace(terms, rules=replace(terms.rules, length=kept.rule))


def _put(slot: Slot, when: Interval, resources: tuple[int, ...], *, now: datetime) -> None:
    """Write the new time; the meeting at the vendor is stale from this moment, and its link the same."""
    slot.starts_at, slot.ends_at, slot.revision = when.starts_at, when.ends_at, slot.revision + 1
    slot.save(update_fields=["starts_at", "ends_at", "revision"])
    # In one statement a row would meet its own old time in the constraint; so the old ones go first.
    slot.occupancies.all().delete()
    occupy(slot, resources)
    Meeting.objects.filter(IN_USE, slot=slot).update(wanted_revision=slot.revision, due_at=now)
    wish_for_event(slot, now=now)


def move_place(
    booking: Booking, to: Slot, *, now: datetime, by: Actor = ATTENDEE, terms: Terms | None = None
) -> Booking:
    """Move a place to another slot of the same capacity schedule: same addresses and calendar entry, the other's link.

    The old slot's link is denied from this moment and its place offered to who waits. Raises a core Refusal,
    NotOffered, AlreadySignedUp, AlreadyCancelled, or NoPlaceYet for who waits or is only offered a place.
    """
    with transaction.atomic():
        terms = terms or client_terms(to.schedule)
        _lock_person_of(booking, terms)
        old, new, held = lock_slots_and_booking(booking, to)
        _refuse_without_place(held, old)
        if not new.is_live or new.schedule_id != old.schedule_id or not new.schedule.is_capacity or old.pk == new.pk:
            raise NotOffered
        admit_change(Interval(old.starts_at, old.ends_at), rules=terms.rules, now=now)
        _admit_to_class(held, new, terms=terms, now=now)
        take_places(new, held.quantity)
        give_places_back(old, held.quantity)
        # The calendar's sequence counts both revisions and must grow, however often the old slot was changed.
        held.slot, held.revision = new, held.revision + 1 + max(old.revision - new.revision, 0)
        held.save(update_fields=["slot", "revision"])
        note(Verb.MOVED, by=by, slot=new, booking=held, fields="slot", now=now)
        let_others_tell([held], kinds=OF_THE_TIME, now=now)
        owe_move(held, new, was_at=old.starts_at, now=now)
        wish_for_events([old, new], now=now)
        offer_next(old, now=now)
        notify_due.enqueue()
    return held


def _admit_to_class(held: Booking, slot: Slot, *, terms: Terms, now: datetime) -> None:
    """Return if the booking may move to the locked slot. Raises a core Refusal or AlreadySignedUp."""
    when = Interval(slot.starts_at, slot.ends_at)
    own_places = _own_places(held, slot, terms=terms)
    _admit_person_of(held, when, slot, terms=terms, now=now)
    admit_place(
        capacity=slot.capacity,
        taken=slot.taken,
        quantity=held.quantity,
        slot=when,
        rules=terms.rules,
        now=now,
        own_places=own_places,
    )


def _own_places(held: Booking, slot: Slot, *, terms: Terms) -> int:
    """Return how many places the same person has in the slot. Raises AlreadySignedUp where one is all they may have."""
    own = bookings_of(held.account_id, held.membership, held.email).exclude(status=Booking.Status.CANCELLED)
    places = own.filter(slot=slot).aggregate(places=Sum("quantity"))["places"] or 0
    if places and terms.rules.places_per_person == 1:
        raise AlreadySignedUp
    return places


def _refuse_without_place(held: Booking, slot: Slot) -> None:
    """Raise AlreadyCancelled, NoPlaceYet or, where the schedule is being deleted, NotOffered for what stays."""
    if held.status == Booking.Status.CANCELLED:
        raise AlreadyCancelled
    if held.status not in PLACED:
        raise NoPlaceYet
    if slot.schedule.is_closing:
        raise NotOffered


def _lock_person_of(booking: Booking, terms: Terms) -> None:
    if terms.counts_the_person:
        lock_person(booking.account_id, booking.membership, booking.email)


def _admit_person_of(held: Booking, wanted: Interval, slot: Slot, *, terms: Terms, now: datetime) -> None:
    """Return if the booking's person may have it at that time, beside their others. Raises as `admit_for_person`."""
    if terms.counts_the_person:
        others = bookings_of(held.account_id, held.membership, held.email).exclude(pk=held.pk)
        admit_for_person(wanted, slot.schedule, others, terms=terms, now=now)
