"""Slots with everybody in them: held together, in the order of locks, and each person told once.

Lock order: slots by ascending id, then all of their bookings, before anything is written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from convoca.booking.models import Booking, Slot
from convoca.booking.operations.refusals import NotOffered
from convoca.booking.operations.taking import lock_slots
from convoca.booking.questions.series import rest_of_series
from convoca.core.admission import SlotOver

STANDING = frozenset(Booking.Status) - {Booking.Status.CANCELLED}

type BySlot = Mapping[int, Sequence[Booking]]


def lock_session(slot: Slot, *, following: bool, now: datetime) -> list[Slot]:
    """Hold a session and, if wanted, what follows it, and return them in order. Raises NotOffered or SlotOver."""
    rest = rest_of_series(slot, now=now) if following else []
    held = lock_slots(rest or [slot])
    target = next((each for each in held if each.pk == slot.pk), None)
    if target is None or not target.is_live or not target.schedule.is_capacity:
        raise NotOffered
    if target.ends_at <= now:
        raise SlotOver
    return [target, *(each for each in held if each.is_live and each.pk != target.pk)]


def lock_bookings_in(slots: Sequence[Slot], *, statuses: Iterable[str]) -> BySlot:
    """Hold the bookings of these statuses in the slots, by ascending id."""
    of = {slot.pk: slot for slot in slots}
    held = Booking.objects.select_for_update(no_key=True).filter(
        account_id=slots[0].account_id, slot__in=of, status__in=statuses
    )
    found: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in held.order_by("pk"):
        booking.slot = of[booking.slot_id]
        found[booking.slot_id].append(booking)
    return found


def each_person_once(slots: Sequence[Slot], people: BySlot) -> Iterator[tuple[Booking, Booking | None]]:
    """Yield the bookings in the slots, each with the same person's first one, whose mail tells of all; it with None."""
    first: dict[int | str, Booking] = {}
    for slot in slots:
        for booking in people.get(slot.pk, []):
            person = booking.membership_id or booking.email.lower()
            yield booking, first.get(person)
            first.setdefault(person, booking)
