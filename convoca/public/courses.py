"""Sessions that repeat: which of them are booked together."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from convoca.booking.models import Schedule, Slot


@dataclass(frozen=True)
class Course:
    """Sessions of one series that are signed up for together, in order."""

    sessions: Sequence[Slot]

    @property
    def left(self) -> int | None:
        """Return how many places are free in all of them; None where they are unlimited."""
        free = [max(each.capacity - each.taken, 0) for each in self.sessions if each.capacity is not None]
        return min(free, default=None)


def courses_of(schedule: Schedule, slots: Sequence[Slot], *, now: datetime) -> dict[int, Course]:
    """Return what is signed up for as a whole with the first of each series among `slots`, which are in order.

    That is this session and all that follow. One query, and none for sessions that do not repeat.
    """
    series = {slot.series_id for slot in slots if slot.series_id is not None}
    if not series or schedule.repeats != Schedule.Repeats.MUST:
        return {}
    sessions: defaultdict[int, list[Slot]] = defaultdict(list)
    upcoming = Slot.objects.filter(
        account_id=schedule.account_id,
        schedule=schedule,
        series__in=series,
        cancelled_at__isnull=True,
        starts_at__gte=min(slot.starts_at for slot in slots),
        ends_at__gt=now.astimezone(UTC),
    )
    for slot in upcoming.order_by("starts_at", "pk"):
        if slot.series_id is not None:
            sessions[slot.series_id].append(slot)
    return {each: Course(found) for each, found in sessions.items()}


def once_each(slots: Sequence[Slot], courses: Collection[int]) -> list[Slot]:
    """Return the slots in order, of each course the first one only."""
    seen: set[int] = set()
    kept = []
    for slot in slots:
        series = slot.series_id
        if series is not None and series in courses:
            if series in seen:
                continue
            seen.add(series)
        kept.append(slot)
    return kept
