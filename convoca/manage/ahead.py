"""What is coming after a day: appointments that have no link yet, and the first one if the day is empty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from convoca.booking.models import Booking, Schedule, Slot
from convoca.booking.questions.bookings import slots_between
from convoca.booking.questions.links import IN_NEED, links_for
from convoca.booking.questions.offers import local_window
from convoca.booking.questions.viewers import Viewer
from convoca.booking.wording import day_text, span_text
from convoca.core.time import local_day
from convoca.manage.agenda import by_slot, is_request, who_comes

# How far ahead appointments without a link are announced, and how many of them at most.
LOOK_AHEAD = timedelta(days=14)
AHEAD_AT_MOST = 5


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """An appointment of a coming day that has no link."""

    day: date
    when: str
    who: str


def needing_ahead(viewer: Viewer, *, after: date, time_zone: str, now: datetime) -> list[Ahead]:
    """Return the first appointments of the days after `after` that need somebody to get a link."""
    window = local_window(after + timedelta(days=1), LOOK_AHEAD.days, time_zone)
    slots = [slot for slot in slots_between(viewer, window) if slot.link_source != Schedule.NO_LINK]
    links = links_for(viewer, slots, now=now)
    lacking = [slot for slot in slots if links[slot.pk].state in IN_NEED]
    booked = by_slot(_bookings_of(viewer.account_id, lacking[: AHEAD_AT_MOST * 2])) if lacking else {}
    wanted = [
        slot
        for slot in lacking
        if slot.schedule.is_capacity or (slot.pk in booked and not is_request(slot, booked[slot.pk]))
    ]
    return [_ahead(slot, booked.get(slot.pk, []), time_zone=time_zone) for slot in wanted[:AHEAD_AT_MOST]]


def first_after(viewer: Viewer, day: date, *, time_zone: str) -> Ahead | None:
    """Return the first occasion after `day`, so that an empty day says when there is something to do."""
    slots = Slot.objects.select_related("schedule", "service").filter(
        account_id=viewer.account_id,
        starts_at__gte=local_window(day, 1, time_zone).ends_at,
        cancelled_at__isnull=True,
    )
    if not viewer.supervises_account:
        slots = slots.filter(schedule__in=viewer.supervised)
    slot = slots.order_by("starts_at", "pk").first()
    return _ahead(slot, [], time_zone=time_zone) if slot else None


def _bookings_of(account_id: int, slots: Sequence[Slot]) -> Iterable[Booking]:
    live = Booking.objects.exclude(status=Booking.Status.CANCELLED)
    return live.filter(account_id=account_id, slot__in=[slot.pk for slot in slots])


def _ahead(slot: Slot, bookings: Sequence[Booking], *, time_zone: str) -> Ahead:
    day = local_day(slot.starts_at, time_zone)
    when = f"{day_text(day, 'short')}, {span_text(slot.starts_at, slot.ends_at, time_zone)}"
    return Ahead(day=day, when=when, who=who_comes(slot, bookings))
