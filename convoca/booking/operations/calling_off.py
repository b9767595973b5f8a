"""Calling off what was made ahead, for everybody in it, and taking that back for five minutes as a whole."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from convoca.booking.models import Booking, Occupancy, Slot
from convoca.booking.operations.auditing import Actor, Verb, note_each, note_slots, statuses_before
from convoca.booking.operations.gathering import STANDING, BySlot, each_person_once, lock_bookings_in, lock_session
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import (
    OF_OTHERS,
    let_others_tell,
    owe_cancellations,
    owe_confirmations,
    owe_request,
    owe_waiting,
)
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.refusals import NotOffered, UndoTooLate
from convoca.booking.operations.taking import HOLDING, lock_slots
from convoca.booking.operations.waiting import offer_on
from convoca.booking.operations.wishing import wish_for_meetings, withdraw_all
from convoca.booking.operations.wishing_events import wish_for_events
from convoca.booking.questions.series import called_off_with
from convoca.core.reconcile import UNDO_WINDOW

Status = Booking.Status


def cancel_slot(slot: Slot, *, following: bool, message: str, by: Actor, now: datetime) -> list[Slot]:
    """Call a slot off, and if `following` also the later ones of its series; return them.

    Everybody who has, asks for or waits for a place is told by mail, once, with the `message`. Raises SlotOver, or
    NotOffered if it is cancelled already or of another kind of schedule.
    """
    with transaction.atomic():
        held = lock_session(slot, following=following, now=now)
        call_off(held, message=message, by=by, meetings_go_at=now + UNDO_WINDOW, now=now)
        provision_due.enqueue()
        notify_due.enqueue()
    return held


def call_off(slots: Sequence[Slot], *, message: str, by: Actor, meetings_go_at: datetime, now: datetime) -> None:
    """End the slots that the caller holds, with all who are in them, free what they take, and owe the mails."""
    people = lock_bookings_in(slots, statuses=STANDING)
    ended = [booking for slot in slots for booking in people.get(slot.pk, [])]
    of_slots = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    of_slots.update(cancelled_at=now, taken=0)
    for slot in slots:
        slot.cancelled_at, slot.taken = now, 0
    _occupancies(slots).update(released_at=now)
    Booking.objects.filter(pk__in=[booking.pk for booking in ended]).update(
        status=Status.CANCELLED,
        cancelled_at=now,
        cancel_message=message,
        offered_until=None,
        revision=F("revision") + 1,
    )
    for booking in ended:
        booking.revision += 1
    note_slots(Verb.CANCELLED, slots, by=by, now=now)
    note_each(Verb.CANCELLED, ended, by=by, now=now)
    withdraw_all(slots, now=now, due_at=meetings_go_at)
    owe_cancellations(each_person_once(slots, people), now=now)
    let_others_tell(ended, kinds=OF_OTHERS, now=now)


def _occupancies(slots: Iterable[Slot]) -> QuerySet[Occupancy]:
    return Occupancy.objects.filter(slot__in=[slot.pk for slot in slots], released_at__isnull=True)


def may_undo_slot(slot: Slot, *, now: datetime) -> bool:
    """Say whether a session was called off so lately that it can be taken back."""
    return slot.cancelled_at is not None and now - slot.cancelled_at <= UNDO_WINDOW


def undo_cancel_slot(slot: Slot, *, by: Actor, now: datetime) -> list[Slot]:
    """Take back, within five minutes, that a slot was called off, with all that were called off in the same act.

    Whoever lost a place, a request or a turn by it has it again, with the same address and the same link, and is told
    by mail, once. Returns the slots. Raises UndoTooLate, or NotOffered for what is no session.
    """
    with transaction.atomic():
        together = called_off_with(slot)
        held = [each for each in lock_slots(together or [slot]) if each.cancelled_at == slot.cancelled_at]
        if not together or slot.pk not in {each.pk for each in held} or held[0].schedule.is_closing:
            raise NotOffered
        if not may_undo_slot(held[0], now=now):
            raise UndoTooLate
        people = _ended_with(held)
        _stand_again(held, people, by=by, now=now)
        wish_for_meetings(held, now=now)
        wish_for_events(held, now=now)
        _tell(held, people, now=now)
        for each in held:
            if any(booking.status == Status.WAITING for booking in people.get(each.pk, [])):
                offer_on(each, now=now)
        provision_due.enqueue()
        notify_due.enqueue()
    return held


def _ended_with(slots: Sequence[Slot]) -> BySlot:
    """Hold the bookings that ended because their slot was called off; who had cancelled before has not."""
    found = lock_bookings_in(slots, statuses=[Status.CANCELLED])
    return {
        slot.pk: [booking for booking in found.get(slot.pk, []) if booking.cancelled_at == slot.cancelled_at]
        for slot in slots
    }


def _stand_again(slots: Sequence[Slot], people: BySlot, *, by: Actor, now: datetime) -> None:
    bookings = [booking for slot in slots for booking in people.get(slot.pk, [])]
    before = statuses_before(bookings)
    for booking in bookings:
        booking.status, booking.cancelled_at, booking.cancel_message = before[booking.pk], None, ""
        booking.revision += 1
    for status in set(before.values()):
        Booking.objects.filter(pk__in=[pk for pk, each in before.items() if each == status]).update(
            status=status, cancelled_at=None, cancel_message="", revision=F("revision") + 1
        )
    for slot in slots:
        holding = (booking for booking in people.get(slot.pk, []) if booking.status in HOLDING)
        slot.cancelled_at, slot.taken = None, sum(booking.quantity for booking in holding)
    Slot.objects.bulk_update(slots, ["cancelled_at", "taken"])
    note_slots(Verb.RESTORED, slots, by=by, now=now)
    note_each(Verb.RESTORED, bookings, by=by, now=now)


def _tell(slots: Sequence[Slot], people: BySlot, *, now: datetime) -> None:
    """Owe each person the mail that says how it stands: one of all that is booked, one of all that is asked for."""
    owe_confirmations(each_person_once(slots, _of_status(people, Status.CONFIRMED)), now=now)
    for booking, teller in each_person_once(slots, _of_status(people, Status.PENDING)):
        owe_request(booking, booking.slot, told_by=teller, now=now)
    for booking in (each for found in people.values() for each in found if each.status == Status.WAITING):
        owe_waiting(booking, booking.slot, now=now)


def _of_status(people: BySlot, status: Status) -> BySlot:
    return {slot: [booking for booking in found if booking.status == status] for slot, found in people.items()}
