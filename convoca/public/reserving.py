"""From a form in order to the one operation that books it."""

from dataclasses import replace
from datetime import datetime

from convoca.booking.models import Booking, Schedule, Slot
from convoca.booking.operations.booking import Client, book_place, book_resource, book_service
from convoca.booking.operations.refusals import NotOffered, PlacesFree
from convoca.booking.operations.resubmitting import once
from convoca.booking.operations.series import book_series, sign_up_for_series
from convoca.booking.operations.waiting import join_waiting_list
from convoca.booking.questions.offers import slots_of
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.terms import Terms, client_terms
from convoca.booking.wording import language
from convoca.core.admission import Refusal
from convoca.public.forms import BookingForm
from convoca.public.sending import digest_of
from convoca.public.visit import Visit


class NotTogether(Refusal):
    """Sessions that are not of one series, or of which one is full, are signed up for one at a time."""


def reserve(visit: Visit, form: BookingForm, *, now: datetime) -> Booking:
    """Book what a valid form asks for, once, however often it is sent; of several bookings, return the first.

    Raises a core Refusal.
    """
    client = _client(visit, form)
    return once(visit.schedule.account, client, lambda: _reserve(visit, form, client, now=now))


def _reserve(visit: Visit, form: BookingForm, client: Client, *, now: datetime) -> Booking:
    schedule, terms = visit.schedule, _terms(visit)
    if schedule.is_capacity:
        return _sign_up(visit, form, client, terms, now=now)
    if schedule.kind == Schedule.Kind.SERVICE and visit.service is not None:
        return book_service(schedule, visit.service, form.starts_at, client=client, now=now, terms=terms)
    if schedule.kind == Schedule.Kind.RESOURCE and visit.chooses_from_resources:
        return _take(visit, form, client, terms, now=now)
    raise NotOffered


def _client(visit: Visit, form: BookingForm) -> Client:
    """Return who books: somebody with a log-in is known by it."""
    membership = visit.viewer.membership
    return Client(
        name=membership.called if membership else form.cleaned_data["name"],
        email=membership.user.email if membership else form.cleaned_data["email"],
        language=language(),
        time_zone=visit.time_zone,
        membership=membership,
        details=form.answers,
        form=digest_of(visit, form),
    )


def _terms(visit: Visit) -> Terms | None:
    """Return the terms of somebody who supervises: nobody has to approve them, and no pause keeps them out."""
    if not may(visit.viewer, Action.SUPERVISE, visit.schedule):
        return None
    return replace(client_terms(visit.schedule, service=visit.service), approval=False, paused=False)


def _take(visit: Visit, form: BookingForm, client: Client, terms: Terms | None, *, now: datetime) -> Booking:
    schedule, repeat = visit.schedule, form.repeat_wanted
    if repeat is not None:
        return book_series(
            schedule,
            visit.resource,
            form.starts_at,
            repeat=repeat,
            client=client,
            now=now,
            length=visit.length,
            terms=terms,
        )[0]
    return book_resource(
        schedule, visit.resource, form.starts_at, client=client, now=now, length=visit.length, terms=terms
    )


def _sign_up(visit: Visit, form: BookingForm, client: Client, terms: Terms | None, *, now: datetime) -> Booking:
    slots = _chosen_slots(visit.schedule, form)
    quantity = form.quantity_wanted
    if len(slots) > 1:
        if form.waits or len({slot.series_id for slot in slots}) > 1 or slots[0].series_id is None:
            raise NotTogether
        return sign_up_for_series(slots, client=client, quantity=quantity, now=now, terms=terms)[0]
    if form.waits:
        return _wait_or_book(slots[0], client, quantity, terms, now=now)
    return book_place(slots[0], client=client, quantity=quantity, now=now, terms=terms)


def _wait_or_book(slot: Slot, client: Client, quantity: int, terms: Terms | None, *, now: datetime) -> Booking:
    """Join the waiting list; whoever finds a place free by now has it."""
    try:
        return join_waiting_list(slot, client=client, quantity=quantity, now=now, terms=terms)
    except PlacesFree:
        slot.refresh_from_db(fields=["taken", "capacity"])
        return book_place(slot, client=client, quantity=quantity, now=now, terms=terms)


def _chosen_slots(schedule: Schedule, form: BookingForm) -> list[Slot]:
    """Return the sessions chosen, in order. Raises NotOffered if one is not of this schedule."""
    slots = slots_of(schedule, form.slot_ids)
    if not slots or len(slots) != len(form.slot_ids):
        raise NotOffered
    return slots
