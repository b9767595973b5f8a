"""Who wants no reminders and follow-ups from an account."""

import hashlib

from convoca.booking.models import ReminderStop


def address_digest(account_id: int, email: str) -> str:
    """Return by what an address is known here: one account's list tells nothing about another's."""
    return hashlib.sha256(f"{account_id}:{email.strip().casefold()}".encode()).hexdigest()


def wants_no_reminders(account_id: int, email: str) -> bool:
    digest = address_digest(account_id, email)
    return ReminderStop.objects.filter(account=account_id, address_digest=digest).exists()
