"""Mailing the addresses of their bookings again to whoever has lost them, and to nobody else."""

from datetime import datetime, timedelta

from django.db import transaction

from convoca.booking.models import AuditEntry, Booking
from convoca.booking.operations.auditing import SYSTEM, Verb, note
from convoca.booking.operations.correcting import tell
from convoca.booking.operations.taking import lock_slot_and_booking
from convoca.booking.questions.bookings import bookings_at

# Anybody may type anybody's address: nobody gets a mail about the same booking more often than that.
NOT_AGAIN_WITHIN = timedelta(hours=1)
MOST_AT_ONCE = 20


def send_links_again(email: str, *, now: datetime) -> int:
    """Owe whoever has this address a mail with the links of each booking that is to come; return how many.

    In every account of the installation, for who has lost the mails knows no more than that. What was sent again a
    short while ago is left out.
    """
    return sum(_send_again(booking, now=now) for booking in bookings_at(email, now=now)[:MOST_AT_ONCE])


def _send_again(booking: Booking, *, now: datetime) -> bool:
    with transaction.atomic():
        slot, held = lock_slot_and_booking(booking)
        lately = AuditEntry.objects.filter(booking=held, verb=Verb.SENT_AGAIN, at__gt=now - NOT_AGAIN_WITHIN)
        if held.status == Booking.Status.CANCELLED or held.is_erased or lately.exists():
            return False
        held.revision += 1
        held.mailed_meeting = None
        held.save(update_fields=["revision", "mailed_meeting"])
        note(Verb.SENT_AGAIN, by=SYSTEM, slot=slot, booking=held, now=now)
        tell(held, slot, now=now)
    return True
