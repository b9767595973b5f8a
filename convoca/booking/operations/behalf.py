"""Booking for somebody else: whoever supervises is bound by nothing but what is taken."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from convoca.booking.models import Booking, Resource, Schedule, Service, Slot
from convoca.booking.operations.booking import Client, book_place, book_resource, book_service
from convoca.booking.operations.correcting import part_note
from convoca.booking.operations.linking import type_link
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.questions.hours import times_of
from convoca.booking.questions.offers import needs_of
from convoca.booking.questions.terms import length_of, rules_of, supervisor_terms
from convoca.core.time import Interval


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is booked: a start on a resource or service schedule, or a slot of a capacity schedule.

    Without a `resource`, any that is free; without a `length`, the usual one.
    """

    schedule: Schedule
    starts_at: datetime | None = None
    resource: Resource | None = None
    service: Service | None = None
    slot: Slot | None = None
    length: timedelta | None = None
    quantity: int = 1

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


def is_within_hours(order: Order) -> bool:
    """Say whether what is ordered lies within opening hours; a slot always does. Four queries at most."""
    if order.slot is not None:
        return True
    schedule, when = order.schedule, order.when
    needs = needs_of(schedule, resource=order.resource, service=order.service)
    length = rules_of(schedule, service=order.service).length
    around = length.surroundings(when, schedule.time_zone)
    times = times_of(schedule, {each for need in needs for each in need}, span=around)
    is_open = {
        each: any(
            period.starts_at <= when.starts_at and when.ends_at <= period.ends_at
            for period in length.bookable(its.open_intervals, schedule.time_zone)
        )
        for each, its in times.items()
    }
    return all(any(is_open[each] for each in need) for need in needs)


def book_for(order: Order, *, client: Client, super_field: str = "", now: datetime) -> Booking:
    """Book for `client`, whatever the hours and limits; what is taken stays taken.

    A URL in the supervisor field becomes the meeting link. Raises a core Refusal, NotOffered, AlreadySignedUp or
    LinkOfAClass; then nothing was written.
    """
    link, noted = part_note(order.schedule, super_field)
    client = replace(client, details={**client.details, "super_field": noted or ""})
    with transaction.atomic():
        booking = _book(order, client=client, now=now)
        if link:
            type_link(booking.slot, link, now=now)
    return booking


def _book(order: Order, *, client: Client, now: datetime) -> Booking:
    terms = supervisor_terms()
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
