"""What is noted of people beside their place: that they did not come; that they were sent the link once more."""

from datetime import datetime

from django.db import transaction

from convoca.booking.models import AuditEntry, Booking, Meeting, Slot
from convoca.booking.operations.auditing import Actor, Verb, note
from convoca.booking.operations.notifying import notify_due
from convoca.booking.operations.owing import owe_link_mails
from convoca.booking.operations.refusals import NotBegun, NothingToSend
from convoca.booking.operations.taking import lock_slot_and_booking
from convoca.booking.questions.links import links_for
from convoca.booking.questions.viewers import token_holder


def mark_missed(booking: Booking, *, by: Actor, now: datetime) -> Booking:
    """Note that somebody who had a place did not come; a second time changes nothing.

    It counts nothing, frees nothing and tells nobody. Raises NotBegun before it begins, or if they have no place.
    """
    return _note_missed(booking, Verb.MISSED, by=by, now=now)


def unmark_missed(booking: Booking, *, by: Actor, now: datetime) -> Booking:
    """Take back that somebody did not come. Raises NotBegun as `mark_missed` does."""
    return _note_missed(booking, Verb.CAME, by=by, now=now)


def _note_missed(booking: Booking, verb: AuditEntry.Verb, *, by: Actor, now: datetime) -> Booking:
    with transaction.atomic():
        slot, held = lock_slot_and_booking(booking)
        if not held.is_confirmed or not slot.is_live or slot.starts_at > now:
            raise NotBegun
        missed = verb == Verb.MISSED
        held.slot = slot
        if missed != held.was_missed:
            held.missed_at = now if missed else None
            held.save(update_fields=["missed_at"])
            note(verb, by=by, slot=slot, booking=held, now=now)
    return held


def send_link_again(booking: Booking, *, by: Actor, now: datetime) -> Booking:
    """Owe a person the mail with their meeting link once more, as if no mail had carried it yet.

    It is owed of the booking's next revision, so it stands beside the mails before it. Raises NothingToSend if they
    have no place, it is over, or there is no link of the meeting's own (a backup link is on their page).
    """
    with transaction.atomic():
        slot, held = lock_slot_and_booking(booking)
        held.slot = slot
        held.mailed_meeting = None
        held.save(update_fields=["mailed_meeting"])
        owe_link_mails([held], _meeting_to_send(held, slot, now=now), now=now)
        note(Verb.SENT_AGAIN, by=by, slot=slot, booking=held, now=now)
        notify_due.enqueue()
    return held


def _meeting_to_send(booking: Booking, slot: Slot, *, now: datetime) -> Meeting:
    link = links_for(token_holder(booking), [slot], now=now)[slot.pk]
    if not link.is_ready or link.meeting_id is None or slot.ends_at <= now:
        raise NothingToSend
    return Meeting.objects.select_related("slot").get(account=slot.account_id, pk=link.meeting_id)
