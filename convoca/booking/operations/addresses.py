"""The two addresses of an attendee: /b/<token> shows the booking, /j/<token> opens the meeting.

Different tokens of 128 random bits, stored encrypted (mails send them again) and found by their SHA-256.
"""

import hashlib
import secrets

from convoca.booking.models import Booking, Sealed

TOKEN_BYTES = 16


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def give_addresses(booking: Booking) -> None:
    """Put fresh tokens on a booking that is not saved yet, or whose old addresses must die."""
    token, join_token = new_token(), new_token()
    booking.token, booking.token_digest = Sealed.seal(token), digest(token)
    booking.join_token, booking.join_token_digest = Sealed.seal(join_token), digest(join_token)
