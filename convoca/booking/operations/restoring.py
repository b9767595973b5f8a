"""Letting a cancelled series stand again as a whole: what is in its way is read at once, and all of it written at once.

One booking after the other, a year's repeats were hundreds of statements, for which everybody else waited on SQLite.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F

from convoca.booking.models import Booking, Occupancy, Slot
from convoca.booking.operations.auditing import Actor, Verb, note_each, statuses_before
from convoca.booking.operations.booking import refuse_while_paused
from convoca.booking.operations.cancelling import owe_again
from convoca.booking.operations.counting import bookings_of, own_times, refuse_overlap
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import owe_confirmations, owe_requests, owe_turns
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.refusals import AlreadySignedUp, NotOffered
from convoca.booking.operations.taking import HOLDING
from convoca.booking.operations.waiting import offer_on
from convoca.booking.operations.wishing import wish_for_meetings
from convoca.booking.operations.wishing_events import wish_for_events
from convoca.booking.questions.hours import busy_times
from convoca.booking.questions.terms import Terms
from convoca.core.admission import LimitReached, admit, admit_every, admit_person, admit_place
from convoca.core.rules import Per
from convoca.core.time import Interval

Status = Booking.Status

# What each slot took, by its id.
type Taken = Mapping[int, Sequence[int]]


class Way:
    """What may be in the way of one person's bookings: read once, and added to as one after the other is admitted.

    The bookings are of one schedule, have their status again, and are held with their slots and what these `had`.
    """

    def __init__(self, bookings: Sequence[Booking], had: Taken, *, terms: Terms, now: datetime) -> None:
        self.had, self.terms, self.now = had, terms, now
        self.schedule = bookings[0].slot.schedule
        needed = [terms.rules.needed_for(_time_of(each), time_zone=self.schedule.time_zone) for each in bookings]
        self.span = Interval(min(each.starts_at for each in needed), max(each.ends_at for each in needed))
        resources = sorted({each for taken in had.values() for each in taken})
        busy = busy_times(self.schedule.account_id, resources, span=self.span) if resources else {}
        self.busy = {each: list(busy.get(each, [])) for each in resources}
        own = bookings_of(self.schedule.account_id, bookings[0].membership, bookings[0].email)
        counts = terms.counts_the_person
        self.own, self.elsewhere = own_times(own, self.schedule, span=self.span, terms=terms) if counts else ([], [])
        self.places: defaultdict[int, int] = defaultdict(int)
        if self.schedule.is_capacity:
            standing = own.exclude(status=Status.CANCELLED).filter(slot__in=[each.slot_id for each in bookings])
            for slot, quantity in standing.values_list("slot", "quantity"):
                self.places[slot] += quantity

    def admit(self, booking: Booking) -> None:
        """Return if the booking may stand again, and count it from now on. Raises a Refusal."""
        slot, when = booking.slot, _time_of(booking)
        refuse_while_paused(self.schedule, self.terms)
        if not self.schedule.is_capacity:
            self._admit_person(when)
            self._admit_to_resources(when, self.had.get(slot.pk, []))
        elif not slot.is_live:
            # The session itself was called off.
            raise NotOffered
        elif booking.status in HOLDING:
            self._admit_to_class(booking, when)
        else:
            self._admit_to_list(booking, when)
        if booking.status in HOLDING:
            self.own.append(when)
            slot.taken += booking.quantity
        self.places[slot.pk] += booking.quantity

    def _admit_person(self, when: Interval) -> None:
        limits, zone = self.terms.limits, self.schedule.time_zone
        admit_person(when, own=self.own, limits=limits, now=self.now, time_zone=zone)
        refuse_overlap(when, self.elsewhere)

    def _admit_to_resources(self, when: Interval, resources: Sequence[int]) -> None:
        """What was theirs binds no hours: only who has it by now. All of it is needed, so all of it must be free."""
        for resource in resources:
            admit(
                when,
                open_intervals=[self.span],
                busy=self.busy[resource],
                rules=self.terms.rules,
                time_zone=self.schedule.time_zone,
                now=self.now,
            )
        for resource in resources:
            self.busy[resource].append(when)

    def _admit_to_class(self, booking: Booking, when: Interval) -> None:
        slot, has = booking.slot, self.places[booking.slot_id]
        if has and self.terms.rules.places_per_person == 1:
            raise AlreadySignedUp
        self._admit_person(when)
        admit_place(
            capacity=slot.capacity,
            taken=slot.taken,
            quantity=booking.quantity,
            slot=when,
            rules=self.terms.rules,
            now=self.now,
            own_places=has,
        )

    def _admit_to_list(self, booking: Booking, when: Interval) -> None:
        capacity, rules = booking.slot.capacity, self.terms.rules
        if self.places[booking.slot_id]:
            raise AlreadySignedUp
        self._admit_person(when)
        admit_place(capacity=None, taken=0, quantity=booking.quantity, slot=when, rules=rules, now=self.now)
        if capacity is not None and booking.quantity > capacity:
            raise LimitReached(Per.SLOT, capacity)


def _time_of(booking: Booking) -> Interval:
    return Interval(booking.slot.starts_at, booking.slot.ends_at)


def stand_together(bookings: Sequence[Booking], had: Taken, *, terms: Terms, by: Actor, now: datetime) -> None:
    """Give one person's cancelled bookings what they had, in the order of their starts, and owe the one mail of it.

    The caller holds them, with their slots, which they know, and the resources that these `had`. Raises SeriesClash;
    then nothing was written.
    """
    before = statuses_before(bookings)
    for booking in bookings:
        booking.status = before[booking.pk]
    way, left = Way(bookings, had, terms=terms, now=now), iter(bookings)
    admit_every([_time_of(each) for each in bookings], admit_one=lambda _when, _earlier: way.admit(next(left)))
    _write(bookings, by=by, now=now)
    wish_for_meetings(_slots_of([each for each in bookings if each.is_confirmed]), now=now)
    wish_for_events(_slots_of(bookings), now=now)
    _owe(bookings, now=now)
    provision_due.enqueue()
    notify_due.enqueue()


def _slots_of(bookings: Sequence[Booking]) -> list[Slot]:
    return list({each.slot_id: each.slot for each in bookings}.values())


def _write(bookings: Sequence[Booking], *, by: Actor, now: datetime) -> None:
    slots = _slots_of(bookings)
    for slot in slots:
        slot.cancelled_at = None
    Occupancy.objects.filter(slot__in=[slot.pk for slot in slots]).update(released_at=None)
    Slot.objects.bulk_update(slots, ["cancelled_at", "taken"])
    for status in {each.status for each in bookings}:
        Booking.objects.filter(pk__in=[each.pk for each in bookings if each.status == status]).update(
            status=status, cancelled_at=None, parting_message="", revision=F("revision") + 1
        )
    for booking in bookings:
        booking.cancelled_at, booking.parting_message = None, ""
        booking.revision += 1
    note_each(Verb.RESTORED, bookings, by=by, now=now)


def _owe(bookings: Sequence[Booking], *, now: datetime) -> None:
    first, *others = bookings
    owe_again(first, first.slot, now=now)
    owe_confirmations([(each, first) for each in others if each.is_confirmed], now=now)
    owe_requests([(each, first) for each in others if each.status == Status.PENDING], now=now)
    waiting = [each for each in bookings if each.status == Status.WAITING]
    owe_turns([each for each in waiting if each is not first], now=now)
    for each in waiting:
        # A place that became free without them is theirs to be offered like anybody's who waits.
        offer_on(each.slot, now=now)
