"""Slots made ahead: a class and its one meeting are born together, alone or as a series."""

from datetime import datetime

from django.db import transaction

from convoca.booking.models import Schedule, Series, Slot
from convoca.booking.operations.auditing import SYSTEM, Actor, Verb, note
from convoca.booking.operations.linking import find_link, type_link
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.series import Repeat, occurrences
from convoca.booking.operations.wishing import born_with_meeting, link_source_at_birth
from convoca.booking.operations.wishing_events import wish_for_event
from convoca.core.lengths import AnyLength
from convoca.core.time import Interval


def open_slot(
    schedule: Schedule,
    when: Interval,
    *,
    title: str,
    capacity: int | None,
    description: str = "",
    location: str = "",
    by: Actor = SYSTEM,
    now: datetime,
) -> Slot:
    """Make one occasion of a capacity schedule. A URL typed as its location becomes its meeting link, never a column.

    Raises NotOffered for a schedule of another kind.
    """
    (slot,) = open_series(
        schedule,
        when,
        repeat=None,
        title=title,
        capacity=capacity,
        description=description,
        location=location,
        by=by,
        now=now,
    )
    return slot


def open_series(
    schedule: Schedule,
    when: Interval,
    *,
    repeat: Repeat | None,
    title: str,
    capacity: int | None,
    description: str = "",
    location: str = "",
    by: Actor = SYSTEM,
    now: datetime,
) -> list[Slot]:
    """Make an occasion and its repeats, at the same clock each, in order; every one with a meeting of its own.

    A URL typed as their location becomes the meeting link of all of them. Raises NotOffered for a schedule of another
    kind, or TooManyRepeats; then none was made.
    """
    if not schedule.is_capacity or schedule.is_closing:
        raise NotOffered
    link = find_link(location)
    common: dict[str, object] = {
        "title": title,
        "description": description,
        "location": "" if link else location,
        "capacity": capacity,
    }
    with transaction.atomic():
        times, series = occurrences(when, repeat, length=AnyLength(), schedule=schedule)
        slots = [_insert(schedule, each, series, common) for each in times]
        born = [_give_link(slot, link, now=now) for slot in slots]
        for slot in slots:
            note(Verb.OPENED, by=by, slot=slot, now=now)
        shown = [wish_for_event(slot, now=now) for slot in slots]
        if any(born) or any(shown):
            provision_due.enqueue()
    return slots


def _insert(schedule: Schedule, when: Interval, series: Series | None, common: dict[str, object]) -> Slot:
    return Slot.objects.create(
        account_id=schedule.account_id,
        schedule=schedule,
        series=series,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        link_source=link_source_at_birth(schedule),
        **common,
    )


def _give_link(slot: Slot, link: str | None, *, now: datetime) -> bool:
    """Give the slot its meeting; return whether the worker has to make it."""
    if link:
        type_link(slot, link, now=now)
        return False
    return born_with_meeting(slot, confirmed=0, now=now) is not None
