"""One link for all bookings of a schedule whose links are typed by hand: a room that is always the same.

It is a link that was typed like any other, once for all: whoever books has it at once, and what is booked already and
has none is given it by the worker that applies sources. A link that somebody typed for one slot alone stays.
"""

from datetime import datetime

from django.db import transaction

from convoca.booking.models import Schedule, Sealed, Slot
from convoca.booking.operations.applying import lock_bare_slots, want_applied
from convoca.booking.operations.linking import guests_link, type_link
from convoca.booking.operations.taking import lock_schedule
from convoca.booking.questions.existing import to_be_turned


class NotByHand(Exception):
    """The schedule's links come from somewhere else: nobody types them."""


def share_link(schedule: Schedule, text: str, *, now: datetime) -> int:
    """Use the address in `text` for everything booked on the schedule that has no link of its own, and from now on.

    Where another was shared before, this one takes its place. Everybody whose link is new gets it by mail. Return how
    many that are booked already get it. Raises NotByHand; or NotALink or HostLink: then nothing was changed.
    """
    link = guests_link(text)
    with transaction.atomic():
        held = lock_schedule(schedule)
        if held.link_source != Schedule.MANUAL:
            raise NotByHand
        bare = lock_bare_slots(held, now=now)
        if held.shared_link.open() != link:
            held.shared_link, held.shared_at = Sealed.seal(link), now
            held.save(update_fields=["shared_link", "shared_at"])
        turned = to_be_turned(held, Schedule.Applying.MISSING, now=now).count()
        want_applied(held, Schedule.Applying.MISSING, bare=bare, now=now)
    schedule.shared_link, schedule.shared_at, schedule.applying = held.shared_link, held.shared_at, held.applying
    return turned


def share_link_from(slot: Slot, text: str, *, tell: bool = True, now: datetime) -> int:
    """Use the address in `text` for the slot, whatever link it has, and share it among the others of its schedule.

    Return how many others get it. Raises as `share_link` does; then nothing was changed.
    """
    if not Schedule.objects.filter(pk=slot.schedule_id, link_source=Schedule.MANUAL).exists():
        raise NotByHand
    # One after the other: the slot is held before its places, and all the others of the schedule would come after.
    type_link(slot, text, tell=tell, now=now)
    return share_link(slot.schedule, text, now=now)


def share_no_link(schedule: Schedule, *, now: datetime) -> None:
    """Give no shared link to what is booked from now on. Who has it keeps it, until another is typed for them."""
    with transaction.atomic():
        held = lock_schedule(schedule)
        held.shared_link, held.shared_at, held.applying = Sealed(), None, Schedule.Applying.NOTHING
        held.save(update_fields=["shared_link", "shared_at", "applying"])
    schedule.shared_link, schedule.shared_at, schedule.applying = held.shared_link, None, held.applying
