"""Giving a place back, and taking that back for five minutes."""

from datetime import datetime

from django.db import IntegrityError, transaction

from convoca.booking.models import Booking, Slot
from convoca.booking.operations.auditing import ATTENDEE, OWN, Actor, Verb, note, statuses_before
from convoca.booking.operations.booking import Client, admit_to_class, confirm
from convoca.booking.operations.counting import admit_for_person, bookings_of, lock_person
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import (
    OF_OTHERS,
    let_others_tell,
    owe_cancellation,
    owe_confirmation,
    owe_parting,
    owe_request,
    owe_waiting,
)
from convoca.booking.operations.refusals import AlreadyCancelled, NotOffered, UndoTooLate
from convoca.booking.operations.taking import (
    HOLDING,
    give_places_back,
    lock_resources,
    lock_slot_and_booking,
    take_places,
    take_resources,
)
from convoca.booking.operations.waiting import admit_to_list, offer_next, offer_on
from convoca.booking.operations.wishing import wish_for_meeting
from convoca.booking.operations.wishing_events import wish_for_event
from convoca.booking.questions.terms import Terms, client_terms, supervisor_terms, undo_terms
from convoca.core.admission import ResourceTaken, admit_cancellation
from convoca.core.reconcile import UNDO_WINDOW
from convoca.core.time import Interval

# Who has no place yet may leave the list at any time: nobody counts on them.
QUEUEING = frozenset({Booking.Status.WAITING, Booking.Status.OFFERED})


def cancel(
    booking: Booking, *, now: datetime, by: Actor = ATTENDEE, terms: Terms | None = None, message: str = ""
) -> Booking:
    """Cancel a booking: the link is denied and the place is free from this moment.

    The meeting of an appointment is deleted at the vendor when the undo window has passed; that of a class stays, and
    the place is offered to whoever waits for it. A `message` is kept, and mailed to the owner. Raises TooLateToCancel,
    SlotOver or AlreadyCancelled.
    """
    with transaction.atomic():
        slot, held = lock_slot_and_booking(booking)
        end(held, slot, by=by, terms=terms or client_terms(slot.schedule), now=now)
        if slot.series_id is not None:
            let_others_tell([held], kinds=OF_OTHERS, now=now)
        owe_cancellation(held, slot, now=now)
        pass_on(message, held, slot, now=now)
        notify_due.enqueue()
    held.slot = slot
    return held


def pass_on(message: str, held: Booking, slot: Slot, *, now: datetime) -> None:
    """Keep what somebody says who has just cancelled, and owe it to the owner; nothing if they say nothing."""
    if not message:
        return
    held.parting_message = message
    held.save(update_fields=["parting_message"])
    owe_parting(held, slot, now=now)


def end(held: Booking, slot: Slot, *, by: Actor, terms: Terms, now: datetime) -> None:
    """Cancel the booking that the caller holds, with its slot; its mail is the caller's to owe. Raises as `cancel`."""
    if held.status == Booking.Status.CANCELLED:
        raise AlreadyCancelled
    if held.status not in QUEUEING:
        admit_cancellation(Interval(slot.starts_at, slot.ends_at), rules=terms.rules, now=now)
    release(held, slot, verb=Verb.CANCELLED, by=by, now=now)


def release(held: Booking, slot: Slot, *, verb: Verb, by: Actor, now: datetime) -> None:
    """End the booking that the caller holds, free what it took, and offer its place to who waits."""
    # A place that was only offered is free still, not anew: who let it pass is not asked again.
    offer = offer_on if held.status in QUEUEING else offer_next
    if held.status in HOLDING:
        give_places_back(slot, held.quantity)
    if not slot.schedule.is_capacity:
        slot.cancelled_at = now
        slot.save(update_fields=["cancelled_at"])
        slot.occupancies.update(released_at=now)
    held.status, held.cancelled_at, held.revision = Booking.Status.CANCELLED, now, held.revision + 1
    held.offered_until = None
    held.save(update_fields=["status", "cancelled_at", "revision", "offered_until"])
    note(verb, by=by, slot=slot, booking=held, now=now)
    wish_for_meeting(slot, now=now)
    wish_for_event(slot, now=now)
    if slot.schedule.is_capacity:
        offer(slot, now=now)


def undo_cancel(booking: Booking, *, now: datetime, by: Actor = ATTENDEE) -> Booking:
    """Take a cancellation back within five minutes: the same booking, the same address, the same meeting.

    Raises UndoTooLate; a core Refusal if somebody has taken the time or the place meanwhile, or the attendee has as
    much as one may have without it; AlreadySignedUp.
    """
    try:
        with transaction.atomic():
            return _undo(booking, now=now, by=by)
    except IntegrityError as error:
        if "occupancy_no_overlap" in str(error):
            raise ResourceTaken from error
        raise


def may_undo(booking: Booking, *, now: datetime, by: Actor = ATTENDEE) -> bool:
    """Say whether a cancellation is fresh enough to be taken back, and of one's own making: a "no" is the owner's."""
    cancelled_at = booking.cancelled_at
    if booking.status != Booking.Status.CANCELLED or cancelled_at is None or now - cancelled_at > UNDO_WINDOW:
        return False
    if booking.is_erased:
        return False
    last = booking.audit.order_by("-pk").first()
    return by.supervises or (last is not None and last.verb == Verb.CANCELLED and last.actor in OWN)


def _undo(booking: Booking, *, now: datetime, by: Actor) -> Booking:
    was = booking.slot
    terms = supervisor_terms() if by.supervises else undo_terms(was.schedule, service=was.service)
    if terms.counts_the_person:
        lock_person(booking.account_id, booking.membership, booking.email)
    resources = list(was.occupancies.order_by("resource_id").values_list("resource_id", flat=True))
    lock_resources(was.schedule, resources, had=resources)
    slot, held = lock_slot_and_booking(booking)
    if not may_undo(held, now=now, by=by):
        raise UndoTooLate
    stand_again(held, slot, resources, terms=terms, by=by, now=now)
    owe_again(held, slot, now=now)
    if held.status == Booking.Status.WAITING:
        # A place that became free without them is theirs to be offered like anybody's who waits.
        offer_on(slot, now=now)
        held.refresh_from_db()
    held.slot = slot
    return held


def stand_again(held: Booking, slot: Slot, resources: list[int], *, terms: Terms, by: Actor, now: datetime) -> None:
    """Give the cancelled booking that the caller holds, with its slot and `resources`, what it had. Raises a Refusal.

    Its mail and its turn on the waiting list are the caller's to see to.
    """
    if slot.schedule.is_closing or (slot.schedule.is_capacity and not slot.is_live):
        # The session itself was called off, or the whole schedule.
        raise NotOffered
    held.status, held.cancelled_at, held.revision = statuses_before([held])[held.pk], None, held.revision + 1
    held.parting_message = ""
    _take_back(held, slot, resources, terms=terms, now=now)
    held.save(update_fields=["status", "cancelled_at", "revision", "parting_message"])
    note(Verb.RESTORED, by=by, slot=slot, booking=held, now=now)


def _take_back(held: Booking, slot: Slot, resources: list[int], *, terms: Terms, now: datetime) -> None:
    _admit_person(held, slot, terms=terms, now=now)
    if not slot.schedule.is_capacity:
        when = Interval(slot.starts_at, slot.ends_at)
        take_resources(slot.schedule, [[each] for each in resources], when, terms=terms, now=now)
        slot.occupancies.update(released_at=None)
        slot.cancelled_at = None
        slot.save(update_fields=["cancelled_at"])
    if held.status in HOLDING:
        take_places(slot, held.quantity)


def _admit_person(held: Booking, slot: Slot, *, terms: Terms, now: datetime) -> None:
    """Return if the person may have the cancelled booking besides what they have. Raises a Refusal."""
    if not slot.schedule.is_capacity:
        if terms.counts_the_person:
            own = bookings_of(held.account_id, held.membership, held.email)
            when = Interval(slot.starts_at, slot.ends_at)
            admit_for_person(when, slot.schedule, own, terms=terms, now=now)
        return
    admit = admit_to_class if held.status in HOLDING else admit_to_list
    admit(slot, _client(held), held.quantity, terms=terms, now=now)


def _client(held: Booking) -> Client:
    return Client(
        name=held.name,
        email=held.email,
        language=held.language,
        time_zone=held.time_zone,
        membership=held.membership,
    )


def owe_again(held: Booking, slot: Slot, *, told_by: Booking | None = None, now: datetime) -> None:
    """Owe the mail that says how a booking stands that was taken back; `told_by` as in `owe_confirmation`."""
    if held.status == Booking.Status.CONFIRMED:
        meeting = wish_for_meeting(slot, now=now)
        wish_for_event(slot, now=now)
        if told_by is None:
            confirm(held, slot, meeting, now=now)
        else:
            owe_confirmation(held, slot, told_by=told_by, now=now)
        return
    if held.status == Booking.Status.PENDING:
        owe_request(held, slot, told_by=told_by, now=now)
    else:
        owe_waiting(held, slot, now=now)
    notify_due.enqueue()
