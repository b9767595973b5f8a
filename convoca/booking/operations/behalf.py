"""Booking for somebody else: whoever supervises is bound by nothing but what is taken, unless the owner says so."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from convoca.booking.models import Booking, Resource, Schedule, Service, Slot
from convoca.booking.operations.booking import Client, book_place, book_resource, book_service
from convoca.booking.operations.correcting import part_note
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.series import Repeat, book_series
from convoca.booking.questions.hours import times_of
from convoca.booking.questions.offers import needs_of
from convoca.booking.questions.terms import Terms, length_of, rules_of, supervisor_terms
from convoca.core.recurrence import Frequency, expand
from convoca.core.time import Interval


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is booked: a start on a resource or service schedule, or a slot of a capacity schedule.

    Without a `resource`, any that is free, of repeats each time anew; without a `length`, the usual one.
    """

    schedule: Schedule
    starts_at: datetime | None = None
    resource: Resource | None = None
    service: Service | None = None
    slot: Slot | None = None
    length: timedelta | None = None
    quantity: int = 1
    repeat: Repeat | None = None

    @property
    def when(self) -> Interval:
        """The time that it takes. Raises NotOffered if there is none."""
        if self.slot is not None:
            return Interval(self.slot.starts_at, self.slot.ends_at)
        if self.starts_at is None:
            raise NotOffered
        rule = rules_of(self.schedule, service=self.service).length
        length = self.length or length_of(self.schedule, self.service)
        ends_at = rule.end_of(self.starts_at, length, self.schedule.time_zone)
        if ends_at <= self.starts_at:
            raise NotOffered
        return Interval(self.starts_at, ends_at)

    @property
    def times(self) -> list[Interval]:
        """The time that it takes, and those of its repeats. Raises NotOffered or TooManyRepeats."""
        if self.repeat is None:
            return [self.when]
        return expand(
            self.when,
            frequency=Frequency(self.repeat.frequency.value),
            until=self.repeat.until,
            length=supervisor_terms().rules.length,
            time_zone=self.schedule.time_zone,
        )


def is_within_hours(order: Order) -> bool:
    """Say whether all that is ordered lies within opening hours; a slot always does. Four queries at most."""
    if order.slot is not None:
        return True
    schedule, wanted = order.schedule, order.times
    needs = needs_of(schedule, resource=order.resource, service=order.service)
    length = rules_of(schedule, service=order.service).length
    first, last = (length.surroundings(when, schedule.time_zone) for when in (wanted[0], wanted[-1]))
    around = Interval(first.starts_at, last.ends_at)
    times = times_of(schedule, {each for need in needs for each in need}, span=around)
    open_periods = {each: length.bookable(its.open_intervals, schedule.time_zone) for each, its in times.items()}
    return all(any(_lies_in(when, open_periods[each]) for each in need) for when in wanted for need in needs)


def _lies_in(when: Interval, periods: Iterable[Interval]) -> bool:
    return any(period.starts_at <= when.starts_at and when.ends_at <= period.ends_at for period in periods)


def book_for(
    order: Order, *, client: Client, super_field: str = "", now: datetime, terms: Terms | None = None
) -> list[Booking]:
    """Book for `client` on these terms, which without any are none: what is taken stays taken, and nothing else binds.

    Returns what was booked, in order.

    A URL in the supervisor field becomes the meeting link, of repeats of each. Raises a core Refusal, NotOffered,
    AlreadySignedUp or LinkOfAClass; of repeats SeriesClash or TooManyRepeats. Then nothing was written.
    """
    terms = terms or supervisor_terms()
    link, noted = part_note(order.schedule, super_field)
    client = replace(client, details={**client.details, "super_field": noted or ""})
    with transaction.atomic():
        if order.repeat is None:
            bookings = [_book(order, client=client, terms=terms, now=now)]
        else:
            bookings = _book_repeated(order, order.repeat, client=client, terms=terms, now=now)
        if link:
            for booking in bookings:
                type_link(booking.slot, link, now=now)
    return bookings


def _book_repeated(order: Order, repeat: Repeat, *, client: Client, terms: Terms, now: datetime) -> list[Booking]:
    when = order.when
    return book_series(
        order.schedule,
        order.resource,
        when.starts_at,
        repeat=repeat,
        client=client,
        now=now,
        length=when.duration,
        terms=terms,
    )


def _book(order: Order, *, client: Client, terms: Terms, now: datetime) -> Booking:
    if order.slot is not None:
        return book_place(order.slot, client=client, quantity=order.quantity, now=now, terms=terms)
    when = order.when
    if order.service is not None:
        return book_service(order.schedule, order.service, when.starts_at, client=client, now=now, terms=terms)
    return book_resource(
        order.schedule,
        order.resource,
        when.starts_at,
        client=client,
        now=now,
        length=when.duration,
        terms=terms,
    )
