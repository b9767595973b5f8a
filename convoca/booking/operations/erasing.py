"""Deleting what a person told us, at their wish: the booking stays as a time that was taken, and tells of nobody."""

from datetime import datetime

from django.db import transaction

from convoca.booking.models import Booking, Meeting, Notification, OutboxMail, Slot
from convoca.booking.operations.addresses import give_addresses
from convoca.booking.operations.auditing import ATTENDEE, Actor, Verb, note
from convoca.booking.operations.cancelling import end
from convoca.booking.operations.counting import bookings_of
from convoca.booking.operations.owing import UNTOLD, keep_owed, let_others_tell
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.taking import lock_slot_and_booking
from convoca.booking.operations.wishing_events import wish_for_event, withdraw_events_of
from convoca.booking.questions.terms import client_terms

WRITTEN = ("phone", "mobile", "address", "country", "field_1", "field_2")
MESSAGES = ("super_field", "cancel_message", "parting_message")
BLANKED = ("name", "email", *WRITTEN, *MESSAGES)
# By these it was found, and known whose it was.
CUT = ("membership", "form_digest", "token", "token_digest", "join_token", "join_token_digest")


def erase(booking: Booking, *, now: datetime, by: Actor = ATTENDEE) -> Booking:
    """Delete what the booking tells of its person. One that stands is cancelled with it, and cannot be taken back.

    Both addresses die, nothing more is mailed, and copies elsewhere are rewritten. A second time changes nothing.
    Raises as `cancel` does for what stands and may not be cancelled any more.
    """
    with transaction.atomic():
        slot, held = lock_slot_and_booking(booking)
        held.slot = slot
        if held.is_erased:
            return held
        stands = held.status != Booking.Status.CANCELLED and slot.is_live and slot.ends_at > now
        if stands:
            end(held, slot, by=by, terms=client_terms(slot.schedule), now=now)
        _forget_outbox(held)
        _blank(held, now=now)
        note(Verb.ERASED, by=by, slot=slot, booking=held, now=now)
        _rewrite_copies(slot, now=now)
        _stop_mails(held, now=now)
    return held


def _stop_mails(held: Booking, *, now: datetime) -> None:
    """Send nothing more about the booking; what its mails were to tell of others is told by another's."""
    if held.slot.series_id is not None:
        let_others_tell([held], kinds=frozenset(Notification.Kind), now=now)
    owed = Notification.objects.filter(booking=held, **UNTOLD)
    # A worker that holds one meanwhile loses it.
    owed.update(dropped_at=now, due_at=None, claim=None, lease_until=None, reason="The person had their data deleted.")


def _forget_outbox(held: Booking) -> None:
    """Delete the mails that an installation without a mail server has kept, unless they are about others, too."""
    others = bookings_of(held.account_id, None, held.email).exclude(pk=held.pk)
    if held.email and not others.exists():
        OutboxMail.objects.filter(account=held.account_id, recipient__iexact=held.email).delete()


def _blank(held: Booking, *, now: datetime) -> None:
    for column in BLANKED:
        setattr(held, column, "")
    held.membership, held.form_digest, held.erased_at = None, None, now
    give_addresses(held)
    held.revision += 1
    held.save(update_fields=[*BLANKED, *CUT, "erased_at", "revision"])


def _rewrite_copies(slot: Slot, *, now: datetime) -> None:
    """Let what exists elsewhere of the person's own occasion be written anew; a class's copies name nobody."""
    if slot.schedule.is_capacity:
        return
    slot.revision += 1
    slot.save(update_fields=["revision"])
    to_come = Meeting.objects.filter(slot=slot, wanted=Meeting.Wanted.PRESENT, slot__ends_at__gt=now)
    if to_come.update(wanted_revision=slot.revision, due_at=now):
        provision_due.enqueue()
    if slot.ends_at <= now:
        # What is over is written anew nowhere: its event, which may name the person, is taken out.
        withdraw_events_of([slot], now=now, due_at=now)
        provision_due.enqueue()
    else:
        wish_for_event(slot, now=now)
    keep_owed([slot])
