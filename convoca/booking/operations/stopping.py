"""Reminders and follow-ups are stopped, and wanted again. A booking is never touched by it."""

from convoca.booking.models import Booking, ReminderStop
from convoca.booking.questions.stopping import address_digest


def stop_reminders(booking: Booking) -> None:
    """Send the person whose booking it is no reminders and follow-ups of any booking in this account any more."""
    digest = address_digest(booking.account_id, booking.email)
    ReminderStop.objects.get_or_create(account_id=booking.account_id, address_digest=digest)


def want_reminders_again(booking: Booking) -> None:
    digest = address_digest(booking.account_id, booking.email)
    ReminderStop.objects.filter(account=booking.account_id, address_digest=digest).delete()
