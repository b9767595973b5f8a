"""Links typed by hand. A link is one row's, once: a URL typed into a field is moved into a meeting of its own."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from convoca.booking.models import Booking, Meeting, Schedule, Sealed, Slot
from convoca.booking.operations.leasing import unleased
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import lock_places, owe_link
from convoca.booking.operations.recognising import recognise
from convoca.booking.operations.refusals import HostLink
from convoca.booking.operations.wishing import next_generation, wanted_meeting, wish_for_meeting, withdraw
from convoca.booking.operations.wishing_events import wish_for_event
from convoca.core.reconcile import UNDO_WINDOW
from convoca.providers import provider_by_id
from convoca.providers.contract import KnownLink

LONGEST_LINK = 2000
IN_TEXT = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


class NotALink(Exception):
    """What was typed holds no full http(s) address."""


def find_link(text: str) -> str | None:
    """Return the first http(s) address in `text` (a pasted invitation has more than one line), or None."""
    match = IN_TEXT.search(text)
    if match is None:
        return None
    link = match.group().rstrip(".,;:)]}>")
    try:
        host = urlsplit(link).hostname
    except ValueError:
        return None
    return link if host and len(link) <= LONGEST_LINK else None


def guests_link(text: str) -> str:
    """Return the address in `text` that guests may be given. Raises NotALink, or HostLink if it is the host's own."""
    link = find_link(text)
    if link is None:
        raise NotALink
    if what_is_known(link)[1].gives_host_rights:
        raise HostLink
    return link


def what_is_known(link: str) -> tuple[str, KnownLink]:
    """Return the brand whose hosts a link leads to, and what the link says by itself to whoever knows that vendor."""
    provider = provider_by_id(recognise(link))
    return provider.name, provider.read_link(link)


def type_link(slot: Slot, text: str, *, tell: bool = True, now: datetime) -> Meeting:
    """Use the address in `text` as the slot's link from now on, instead of any other. Raises NotALink or HostLink.

    Everybody with a place gets it by mail, unless `tell` is False: then they find it on their pages, and in the mails
    that they get anyway. A meeting that we made stays at the vendor until the undo window has passed, then it is
    deleted there, unless it is its link that is typed again. A link that is the slot's already changes nothing.
    """
    link = guests_link(text)
    with transaction.atomic():
        held = Slot.objects.select_for_update(no_key=True, of=("self",)).select_related("schedule")
        slot = held.get(account_id=slot.account_id, pk=slot.pk)
        places = lock_places(slot)
        current = wanted_meeting(slot)
        if current is not None and current.link.open() == link:
            # Now it is this slot's own, whatever becomes of the one that all share.
            Meeting.objects.filter(pk=current.pk, is_shared=True).update(is_shared=False)
            return current
        if current is not None:
            withdraw(current, now=now, due_at=now + UNDO_WINDOW)
        meeting = _take_back(slot, link, now=now) or Meeting.objects.create(
            account_id=slot.account_id,
            slot=slot,
            generation=next_generation(slot),
            provider=recognise(link),
            wanted_at=now,
            observed=Meeting.Observed.EXTERNAL,
            link=Sealed.seal(link),
            ready_at=now,
        )
        if tell:
            owe_link(meeting, places, now=now)
        else:
            Booking.objects.filter(pk__in=[each.pk for each in places]).update(mailed_meeting=meeting)
        wish_for_event(slot, now=now)
        if places:
            notify_due.enqueue()
    return meeting


def _take_back(slot: Slot, link: str, *, now: datetime) -> Meeting | None:
    """Want our own meeting again to which `link` leads, if it still stands at the vendor. The caller holds the slot.

    As a mere link it would be deleted under those who use it.
    """
    ours = Meeting.objects.filter(unleased(), slot=slot, wanted=Meeting.Wanted.ABSENT)
    for meeting in ours.filter(observed=Meeting.Observed.PRESENT).order_by("-generation"):
        if meeting.link.open() == link:
            again = {"wanted": Meeting.Wanted.PRESENT, "wanted_revision": slot.revision, "stands_in": False}
            taken = ours.filter(pk=meeting.pk).update(**again, wanted_at=now, due_at=now)
            return Meeting.objects.get(pk=meeting.pk) if taken else None
    return None


def typed_link(slot: Slot) -> str:
    """Return the link that somebody typed for the slot, or nothing. For operations: doors ask `links_for`."""
    current = wanted_meeting(slot)
    return current.link.open() if current is not None and current.observed == Meeting.Observed.EXTERNAL else ""


def take_link_away(slot: Slot, *, now: datetime) -> Meeting | None:
    """Use the link that was typed no more; return the meeting that the slot's own source makes instead, if any.

    Where that is the link that all share, who has a place gets it by mail; taken away itself, it does not come back.
    The caller holds the slot.
    """
    places = lock_places(slot)
    current = wanted_meeting(slot)
    if current is None or current.observed != Meeting.Observed.EXTERNAL:
        return None
    if current.is_shared:
        slot.link_source = Schedule.NO_LINK
        slot.save(update_fields=["link_source"])
    withdraw(current, now=now, due_at=now)
    # Or it came back with the next thing that is undone.
    Meeting.objects.filter(pk=current.pk).update(link=Sealed())
    meeting = wish_for_meeting(slot, now=now)
    wish_for_event(slot, now=now)
    if meeting is not None and meeting.link:
        owe_link(meeting, places, now=now)
        notify_due.enqueue()
    return meeting
