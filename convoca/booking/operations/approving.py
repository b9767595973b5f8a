"""Saying yes or no to a request. It holds its place meanwhile; its meeting is made with the yes."""

from datetime import datetime

from django.db import transaction

from convoca.booking.models import Booking, Slot
from convoca.booking.operations.auditing import Actor, Verb, note
from convoca.booking.operations.booking import confirm, show_event
from convoca.booking.operations.cancelling import release
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import owe_confirmation, owe_decline
from convoca.booking.operations.refusals import NotWaiting
from convoca.booking.operations.series import lock_bookings
from convoca.booking.operations.taking import lock_slot_and_booking, lock_slots
from convoca.booking.operations.wishing import wish_for_meeting
from convoca.booking.questions.series import requests_with


def approve(booking: Booking, *, by: Actor, now: datetime) -> Booking:
    """Confirm a request: of ten that press at once, one does it. Raises NotWaiting if there is none to answer."""
    with transaction.atomic():
        slot, held = _lock_request(booking)
        held.status, held.revision = Booking.Status.CONFIRMED, held.revision + 1
        held.save(update_fields=["status", "revision"])
        note(Verb.APPROVED, by=by, slot=slot, booking=held, now=now)
        confirm(held, slot, wish_for_meeting(slot, now=now), now=now)
        show_event(slot, now=now)
    held.slot = slot
    return held


def decline(booking: Booking, *, by: Actor, now: datetime) -> Booking:
    """Refuse a request and free what it held. Raises NotWaiting if there is none to answer."""
    with transaction.atomic():
        slot, held = _lock_request(booking)
        release(held, slot, verb=Verb.DECLINED, by=by, now=now)
        owe_decline(held, slot, now=now)
        notify_due.enqueue()
    held.slot = slot
    return held


def approve_all(booking: Booking, *, by: Actor, now: datetime) -> list[Booking]:
    """Confirm a request and all that were made with it and wait still, in order; one mail tells of them.

    Raises NotWaiting if the request is not one any more.
    """
    with transaction.atomic():
        held = _lock_requests(booking)
        meetings = []
        for each in held:
            each.status, each.revision = Booking.Status.CONFIRMED, each.revision + 1
            each.save(update_fields=["status", "revision"])
            note(Verb.APPROVED, by=by, slot=each.slot, booking=each, now=now)
            meetings.append(wish_for_meeting(each.slot, now=now))
            show_event(each.slot, now=now)
        confirm(held[0], held[0].slot, meetings[0], now=now)
        for each in held[1:]:
            owe_confirmation(each, each.slot, told_by=held[0], now=now)
    return held


def decline_all(booking: Booking, *, by: Actor, now: datetime) -> list[Booking]:
    """Refuse a request and all that were made with it and wait still, in order; one mail tells of them.

    Raises NotWaiting if the request is not one any more.
    """
    with transaction.atomic():
        held = _lock_requests(booking)
        for each in held:
            release(each, each.slot, verb=Verb.DECLINED, by=by, now=now)
            owe_decline(each, each.slot, told_by=None if each is held[0] else held[0], now=now)
        notify_due.enqueue()
    return held


def _lock_requests(booking: Booking) -> list[Booking]:
    """Hold the slots and then the requests of one act, and return these in the order of their starts."""
    asked = requests_with(booking)
    slots = {slot.pk: slot for slot in lock_slots([each.slot for each in asked])} if asked else {}
    held = [each for each in lock_bookings(asked) if each.status == Booking.Status.PENDING and each.slot_id in slots]
    if booking.pk not in {each.pk for each in held}:
        raise NotWaiting
    for each in held:
        each.slot = slots[each.slot_id]
    return sorted(held, key=lambda each: (each.slot.starts_at, each.pk))


def _lock_request(booking: Booking) -> tuple[Slot, Booking]:
    slot, held = lock_slot_and_booking(booking)
    if held.status != Booking.Status.PENDING:
        raise NotWaiting
    return slot, held
