"""The waiting list of a class: in order, each offer held for a time. Who waits or was offered a place has no link.

An offer counts as taken; releasing a place and offering it is one transaction. Who wants more places than are free is
passed over but stays first. Of those who let an offer pass, nobody is offered the same place again: when all have been
asked it stays free for everybody, for them too, and the next that becomes free is offered to all anew.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Booking, Schedule, Slot
from convoca.booking.operations.auditing import ATTENDEE, SYSTEM, Actor, Verb, note
from convoca.booking.operations.booking import (
    Client,
    confirm,
    new_booking,
    refuse_while_paused,
    show_event,
)
from convoca.booking.operations.counting import admit_for_person, bookings_of, lock_person
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import owe_offer, owe_offer_passed, owe_request, owe_waiting
from convoca.booking.operations.refusals import AlreadySignedUp, NotOffered, NotWaiting, PlacesFree
from convoca.booking.operations.taking import give_places_back, lock_slot, lock_slot_and_booking, take_places
from convoca.booking.operations.wishing import wanted_meeting
from convoca.booking.questions.bookings import is_free_for, may_take
from convoca.booking.questions.terms import Terms, client_terms
from convoca.core.admission import LimitReached, SlotOver, admit_place
from convoca.core.rules import Per
from convoca.core.time import Interval


def join_waiting_list(
    slot: Slot, *, client: Client, quantity: int = 1, now: datetime, terms: Terms | None = None
) -> Booking:
    """Wait for `quantity` places of a full class, on the terms of a booking.

    Raises a core Refusal, AlreadySignedUp, BookingsPaused, PlacesFree, or NotOffered: also where whoever signs up,
    signs up for the whole series.
    """
    given = terms
    terms = given or client_terms(slot.schedule)
    with transaction.atomic():
        if terms.counts_the_person:
            lock_person(slot.account_id, client.membership, client.email)
        held = lock_slot(slot)
        # The owner may have paused the schedule, or changed its rules, since the caller read it.
        terms = given or client_terms(held.schedule)
        _refuse_without_list(held, terms, now=now)
        if is_free_for(quantity, held):
            raise PlacesFree
        admit_to_list(held, client, quantity, terms=terms, now=now)
        booking = new_booking(held, client=client, quantity=quantity)
        booking.status, booking.waits_since = Booking.Status.WAITING, now
        booking.save(force_insert=True)
        note(Verb.WAITS, by=client.actor, slot=held, booking=booking, now=now)
        owe_waiting(booking, held, now=now)
        notify_due.enqueue()
    return booking


def _refuse_without_list(slot: Slot, terms: Terms, *, now: datetime) -> None:
    """Raise NotOffered if nobody waits for this slot, SlotOver if it has begun, BookingsPaused while nobody books."""
    if not slot.is_live or not slot.schedule.is_capacity or not slot.schedule.has_waiting_list:
        raise NotOffered
    if slot.series_id is not None and terms.repeats == Schedule.Repeats.MUST:
        raise NotOffered
    if slot.starts_at <= now:
        raise SlotOver
    refuse_while_paused(slot.schedule, terms)


def admit_to_list(slot: Slot, client: Client, quantity: int, *, terms: Terms, now: datetime) -> None:
    """Return if this person may wait for places of the locked slot. Raises a core Refusal or AlreadySignedUp.

    Nobody waits for more than they may have, or than there will ever be.
    """
    own = bookings_of(slot.account_id, client.membership, client.email).exclude(status=Booking.Status.CANCELLED)
    if own.filter(slot=slot).exists():
        raise AlreadySignedUp
    when = Interval(slot.starts_at, slot.ends_at)
    if terms.counts_the_person:
        admit_for_person(when, slot.schedule, own, terms=terms, now=now)
    admit_place(capacity=None, taken=0, quantity=quantity, slot=when, rules=terms.rules, now=now)
    if slot.capacity is not None and quantity > slot.capacity:
        raise LimitReached(Per.SLOT, slot.capacity)


def offer_next(slot: Slot, *, now: datetime) -> None:
    """Offer places that have just become free to those who wait, in order; the caller holds the slot.

    Who let an earlier offer pass is asked again. Nobody is offered what has begun.
    """
    of_slot = Booking.objects.filter(account_id=slot.account_id, slot=slot)
    of_slot.filter(passed_at__isnull=False).update(passed_at=None)
    offer_on(slot, now=now)


def offer_on(slot: Slot, *, now: datetime) -> None:
    """Offer what is free still to those who wait and have not let it pass; the caller holds the slot."""
    if slot.starts_at <= now or not slot.is_live:
        return
    waiting = Booking.objects.select_for_update(no_key=True).filter(
        account_id=slot.account_id, slot=slot, status=Booking.Status.WAITING, passed_at__isnull=True
    )
    for booking in waiting.order_by("waits_since", "pk"):
        if slot.is_full:
            return
        if is_free_for(booking.quantity, slot):
            _offer(booking, slot, now=now)


def _offer(booking: Booking, slot: Slot, *, now: datetime) -> None:
    take_places(slot, booking.quantity)
    until = min(now + timedelta(hours=slot.schedule.offer_hours), slot.starts_at)
    booking.status, booking.offered_until, booking.revision = Booking.Status.OFFERED, until, booking.revision + 1
    booking.save(update_fields=["status", "offered_until", "revision"])
    note(Verb.OFFERED, by=SYSTEM, slot=slot, booking=booking, now=now)
    owe_offer(booking, slot, now=now)
    notify_due.enqueue()


def accept_offer(booking: Booking, *, now: datetime, by: Actor = ATTENDEE, terms: Terms | None = None) -> Booking:
    """Take the place that is held, or that stayed free; where somebody must approve it, ask for it.

    Raises NotWaiting if there is no offer, or it has passed; LimitReached or OverlapsOwn if the person has as much as
    they may have by now; NotOffered once the schedule is being deleted; BookingsPaused for a place that is not held.
    """
    terms = terms or client_terms(booking.slot.schedule)
    with transaction.atomic():
        if terms.counts_the_person:
            lock_person(booking.account_id, booking.membership, booking.email)
        slot, held = lock_slot_and_booking(booking)
        _admit_to_offer(held, slot, terms=terms, now=now)
        if held.status == Booking.Status.WAITING:
            take_places(slot, held.quantity)
        held.status = Booking.Status.PENDING if terms.approval else Booking.Status.CONFIRMED
        held.offered_until, held.passed_at, held.revision = None, None, held.revision + 1
        held.save(update_fields=["status", "offered_until", "passed_at", "revision"])
        _owe_what_follows(held, slot, by=by, now=now)
    held.slot = slot
    return held


def _admit_to_offer(held: Booking, slot: Slot, *, terms: Terms, now: datetime) -> None:
    """Raise NotWaiting if there is nothing to take, or a core Refusal if the person has too much besides."""
    if slot.starts_at <= now or not may_take(held, slot, now=now):
        raise NotWaiting
    # What is held for them was promised; what stayed free they take as anybody would.
    refuse_while_paused(slot.schedule, terms if held.status == Booking.Status.WAITING else replace(terms, paused=False))
    if terms.counts_the_person:
        others = bookings_of(held.account_id, held.membership, held.email).exclude(pk=held.pk)
        admit_for_person(Interval(slot.starts_at, slot.ends_at), slot.schedule, others, terms=terms, now=now)


def _owe_what_follows(held: Booking, slot: Slot, *, by: Actor, now: datetime) -> None:
    """Write in the trail what an accepted offer has become, and owe its mails."""
    if held.status == Booking.Status.PENDING:
        note(Verb.REQUESTED, by=by, slot=slot, booking=held, now=now)
        owe_request(held, slot, now=now)
        notify_due.enqueue()
        return
    note(Verb.ACCEPTED, by=by, slot=slot, booking=held, now=now)
    confirm(held, slot, wanted_meeting(slot), now=now)
    show_event(slot, now=now)


@task()
def expire_offers() -> None:
    """Give every offer that nobody took in time to the next person."""
    while expire_next(now=timezone.now()):
        continue


def overdue_offers(*, now: datetime) -> QuerySet[Booking]:
    """Return the offers whose time has passed, the oldest first."""
    overdue = Booking.objects.filter(status=Booking.Status.OFFERED, offered_until__lte=now)
    return overdue.order_by("offered_until", "pk")


def expire_next(*, now: datetime) -> bool:
    """Let one overdue offer pass: its holder waits on, at the end of the list. Return whether there was one."""
    booking = overdue_offers(now=now).select_related("slot").first()
    if booking is None:
        return False
    with transaction.atomic():
        slot, held = lock_slot_and_booking(booking)
        if held.status == Booking.Status.OFFERED and held.offered_until is not None and held.offered_until <= now:
            _pass_over(held, slot, now=now)
    return True


def _pass_over(held: Booking, slot: Slot, *, now: datetime) -> None:
    give_places_back(slot, held.quantity)
    held.status, held.offered_until, held.revision = Booking.Status.WAITING, None, held.revision + 1
    held.waits_since = held.passed_at = now
    held.save(update_fields=["status", "offered_until", "revision", "waits_since", "passed_at"])
    note(Verb.PASSED_OVER, by=SYSTEM, slot=slot, booking=held, now=now)
    owe_offer_passed(held, slot, now=now)
    notify_due.enqueue()
    offer_on(slot, now=now)
