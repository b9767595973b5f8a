"""Repeats: several bookings made, or ended, in one act. All of them or none; what clashes is named.

Lock order: the person where a rule counts them, resources, slots, bookings; of each kind all, by ascending id, before
anything is written.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from convoca.booking.models import Booking, Occupancy, Resource, Schedule, Series, Slot
from convoca.booking.operations.auditing import ATTENDEE, Actor
from convoca.booking.operations.booking import Client, book_places, refuse_while_paused, write_on_demand
from convoca.booking.operations.cancelling import end, may_undo, pass_on, undo_cancel
from convoca.booking.operations.counting import lock_person
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import OF_OTHERS, let_others_tell, owe_cancellations
from convoca.booking.operations.refusals import AlreadyCancelled, NotOffered, RepeatNotAllowed, UndoTooLate
from convoca.booking.operations.restoring import stand_together
from convoca.booking.operations.taking import lock_resources, lock_slots
from convoca.booking.questions.offers import needs_of
from convoca.booking.questions.series import cancelled_with, following_bookings
from convoca.booking.questions.terms import Terms, client_terms, length_of, supervisor_terms, undo_terms
from convoca.core.admission import ResourceTaken, admit_every
from convoca.core.lengths import LengthRule
from convoca.core.recurrence import Frequency, expand
from convoca.core.time import Interval


@dataclass(frozen=True)
class Repeat:
    """How often, and up to and including which local day. With the first there are at most 52."""

    frequency: Series.Frequency
    until: date


def occurrences(
    first: Interval, repeat: Repeat | None, *, length: LengthRule, schedule: Schedule
) -> tuple[list[Interval], Series | None]:
    """Return `first` with its repeats, and the series, just written, that ties them; None where there is only one.

    Raises TooManyRepeats, or WrongLength if `length` does not know that of `first`.
    """
    if repeat is None:
        return [first], None
    frequency = Frequency(repeat.frequency.value)
    times = expand(first, frequency=frequency, until=repeat.until, length=length, time_zone=schedule.time_zone)
    if len(times) == 1:
        return times, None
    series = Series.objects.create(
        account_id=schedule.account_id, schedule=schedule, frequency=repeat.frequency, until=repeat.until
    )
    return times, series


def book_series(
    schedule: Schedule,
    resource: Resource | None,
    starts_at: datetime,
    *,
    repeat: Repeat,
    client: Client,
    now: datetime,
    length: timedelta | None = None,
    terms: Terms | None = None,
) -> list[Booking]:
    """Book one resource at `starts_at` and at the same clock of every repeat: a slot and a booking each, in order.

    Without a `resource`, each time any of the schedule's that is free, by the schedule's preference. One mail tells of
    all of them. Raises SeriesClash (core.admission: its `clashes` are Clash(interval, refusal)) if any cannot be
    booked; TooManyRepeats; RepeatNotAllowed where the schedule's users may not; BookingsPaused, or NotOffered. Then
    nothing was written.
    """
    if schedule.kind != Schedule.Kind.RESOURCE:
        raise NotOffered
    terms = terms or client_terms(schedule)
    if terms.repeats == Schedule.Repeats.NO:
        raise RepeatNotAllowed
    refuse_while_paused(schedule, terms)
    length = length or length_of(schedule, None)
    first = Interval(starts_at, terms.rules.length.end_of(starts_at, length, schedule.time_zone))
    needs = needs_of(schedule, resource=resource, service=None)
    try:
        with transaction.atomic():
            return _write_series(schedule, needs, first, repeat, client=client, terms=terms, now=now)
    except IntegrityError as error:
        if "occupancy_no_overlap" in str(error):
            raise ResourceTaken from error
        raise


def _write_series(
    schedule: Schedule,
    needs: Sequence[Sequence[int]],
    first: Interval,
    repeat: Repeat,
    *,
    client: Client,
    terms: Terms,
    now: datetime,
) -> list[Booking]:
    if terms.counts_the_person:
        lock_person(schedule.account_id, client.membership, client.email)
    lock_resources(schedule, sorted({each for need in needs for each in need}))
    times, series = occurrences(first, repeat, length=terms.rules.length, schedule=schedule)
    bookings: list[Booking] = []

    def write(when: Interval, _earlier: Sequence[Interval]) -> None:
        # What was written before is in the table by now, so it counts as taken and as the booker's own.
        leader = bookings[0] if bookings else None
        booking = write_on_demand(
            schedule, needs, when, service=None, series=series, client=client, terms=terms, now=now,
            first=leader,
        )  # fmt: skip
        bookings.append(booking)

    admit_every(times, admit_one=write)
    return bookings


def sign_up_for_series(
    slots: Sequence[Slot], *, client: Client, quantity: int = 1, now: datetime, terms: Terms | None = None
) -> list[Booking]:
    """Sign up for `quantity` places in each of these slots of one series, in the order of their starts.

    Which slots there are, `questions.series.rest_of_series(slot, now=now)` says. One mail tells of all of them. Raises
    SeriesClash, RepeatNotAllowed, BookingsPaused, or NotOffered if they are not all of one series; then nothing was
    written.
    """
    if len({(each.account_id, each.series_id) for each in slots}) != 1 or slots[0].series_id is None:
        raise NotOffered
    terms = terms or client_terms(slots[0].schedule)
    if len(slots) > 1 and terms.repeats == Schedule.Repeats.NO:
        raise RepeatNotAllowed
    return book_places(slots, client=client, quantity=quantity, terms=terms, now=now)


def cancel_following(
    booking: Booking, *, now: datetime, by: Actor = ATTENDEE, terms: Terms | None = None, message: str = ""
) -> list[Booking]:
    """Cancel this booking and its person's following ones of the same series; return them in order of their starts.

    Which these are, `questions.series.following_bookings` says. One mail tells of all of them; a `message` is kept with
    the first, and mailed to the owner. Raises what `cancel` raises, for whichever of them; then nothing has changed.
    """
    with transaction.atomic():
        following = following_bookings(booking, now=now)
        if booking.pk not in {each.pk for each in following}:
            raise AlreadyCancelled
        slots = {slot.pk: slot for slot in lock_slots([each.slot for each in following])}
        held = [each for each in lock_bookings(following) if each.slot_id in slots and _stands(each)]
        ending = sorted(held, key=lambda each: (slots[each.slot_id].starts_at, each.pk))
        if booking.pk not in {each.pk for each in ending}:
            raise AlreadyCancelled
        for each in ending:
            each.slot = slots[each.slot_id]
            end(each, each.slot, by=by, terms=terms or client_terms(each.slot.schedule), now=now)
        owe_cancellations(((each, None if each is ending[0] else ending[0]) for each in ending), now=now)
        let_others_tell(ending, kinds=OF_OTHERS, now=now)
        pass_on(message, ending[0], ending[0].slot, now=now)
        notify_due.enqueue()
    return ending


def undo_cancel_together(booking: Booking, *, now: datetime, by: Actor = ATTENDEE) -> list[Booking]:
    """Take a cancellation back within five minutes, with all of the series that its person cancelled in the same act.

    All stand again or none; one mail tells of all of them. Returns them in order of their starts. Raises what
    `undo_cancel` raises; of several, SeriesClash with what is in the way.
    """
    together = cancelled_with(booking)
    if len(together) < 2:
        return [undo_cancel(booking, now=now, by=by)]
    try:
        with transaction.atomic():
            return _undo_together(booking, together, now=now, by=by)
    except IntegrityError as error:
        if "occupancy_no_overlap" in str(error):
            raise ResourceTaken from error
        raise


def _undo_together(booking: Booking, together: Sequence[Booking], *, now: datetime, by: Actor) -> list[Booking]:
    schedule = together[0].slot.schedule
    terms = supervisor_terms() if by.supervises else undo_terms(schedule)
    if terms.counts_the_person:
        lock_person(booking.account_id, booking.membership, booking.email)
    had = {slot: [each.resource_id for each in taken] for slot, taken in _taken(together).items()}
    every = sorted({resource for taken in had.values() for resource in taken})
    lock_resources(schedule, every, had=every)
    slots = {slot.pk: slot for slot in lock_slots([each.slot for each in together])}
    held = [each for each in lock_bookings(together) if each.cancelled_at == booking.cancelled_at]
    back = sorted((each for each in held if each.slot_id in slots), key=lambda each: slots[each.slot_id].starts_at)
    chosen = next((each for each in back if each.pk == booking.pk), None)
    if chosen is None or not may_undo(chosen, now=now, by=by):
        raise UndoTooLate
    for each in back:
        each.slot = slots[each.slot_id]
    stand_together(back, had, terms=terms, by=by, now=now)
    return back


def _taken(bookings: Sequence[Booking]) -> dict[int, list[Occupancy]]:
    """Return what each of the bookings' slots took, by the slot's id."""
    found: defaultdict[int, list[Occupancy]] = defaultdict(list)
    for occupancy in Occupancy.objects.filter(slot__in=[each.slot_id for each in bookings]):
        found[occupancy.slot_id].append(occupancy)
    return found


def lock_bookings(bookings: Sequence[Booking]) -> list[Booking]:
    """Hold the bookings until the transaction ends, by ascending id; return them as they are now."""
    held = Booking.objects.select_for_update(no_key=True).filter(pk__in=[each.pk for each in bookings])
    return list(held.order_by("pk"))


def _stands(booking: Booking) -> bool:
    return booking.status != Booking.Status.CANCELLED
