"""Slots made ahead: a class and its one meeting are born together."""

from datetime import datetime

from django.db import transaction

from convoca.booking.models import Schedule, Slot
from convoca.booking.operations.linking import find_link, type_link
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.wishing import born_with_meeting, link_source_at_birth
from convoca.core.time import Interval


def open_slot(
    schedule: Schedule,
    when: Interval,
    *,
    title: str,
    capacity: int | None,
    description: str = "",
    location: str = "",
    now: datetime,
) -> Slot:
    """Make one occasion of a capacity schedule. A URL typed as its location becomes its meeting link, never a column.

    Raises NotOffered for a schedule of another kind.
    """
    if not schedule.is_capacity:
        raise NotOffered
    link = find_link(location)
    with transaction.atomic():
        slot = Slot.objects.create(
            account_id=schedule.account_id,
            schedule=schedule,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            title=title,
            description=description,
            location="" if link else location,
            capacity=capacity,
            link_source=link_source_at_birth(schedule),
        )
        if link:
            type_link(slot, link, now=now)
        elif born_with_meeting(slot, confirmed=0, now=now):
            provision_due.enqueue()
    return slot
