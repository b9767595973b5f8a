"""One link typed for occasions that follow each other or meet: guests of the next walk into the one before (T39)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from convoca.booking.models import Meeting, Slot

# Meetings begin early and end late: what lies closer together than this meets at the door.
NEXT_TO = timedelta(minutes=15)

# Occasions that last longer share their link with nobody who would come by chance.
LONGEST = timedelta(days=7)

type ByLink = Mapping[str, Sequence[Slot]]


def sharing_a_link(account_id: int, slots: Sequence[Slot]) -> dict[int, list[Slot]]:
    """Return of each slot with a typed link the other slots of the account, near it in time, with the same link.

    The soonest first; slots that share theirs with nobody are left out. One query; none if there are no slots.
    """
    if not slots:
        return {}
    typed = _typed_near(account_id, slots)
    wanted = {slot.pk for slot in slots}
    found: dict[int, list[Slot]] = {}
    for same in typed.values():
        for slot in same:
            near = [other for other in same if other.pk != slot.pk and _is_near(slot, other)]
            if near and slot.pk in wanted:
                found[slot.pk] = near
    return found


def _typed_near(account_id: int, slots: Sequence[Slot]) -> ByLink:
    """Return the slots with a typed link around these, by their link: it is stored encrypted and found by looking."""
    meetings = Meeting.objects.filter(
        account_id=account_id,
        wanted=Meeting.Wanted.PRESENT,
        observed=Meeting.Observed.EXTERNAL,
        slot__cancelled_at__isnull=True,
        slot__starts_at__gt=min(slot.starts_at for slot in slots) - LONGEST,
        slot__starts_at__lt=max(slot.ends_at for slot in slots) + NEXT_TO,
        slot__ends_at__gt=min(slot.starts_at for slot in slots) - NEXT_TO,
    )
    found: defaultdict[str, list[Slot]] = defaultdict(list)
    for meeting in meetings.select_related("slot__schedule").order_by("slot__starts_at", "slot"):
        found[meeting.link.open()].append(meeting.slot)
    return found


def _is_near(one: Slot, other: Slot) -> bool:
    return one.starts_at < other.ends_at + NEXT_TO and other.starts_at < one.ends_at + NEXT_TO


def overlaps(one: Slot, other: Slot) -> bool:
    """Say whether both go on at the same moment."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
