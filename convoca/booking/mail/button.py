"""The button of a mail about lost access: pressed within three days, by an owner who is logged in, it asks for consent.

What is signed opens nothing by itself: it only says that the page may go straight on to the vendor.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from convoca.booking.models import Connection

VALID_FOR = timedelta(hours=72)
SALT = "mend-connection"


def mending_address(connection: Connection, *, now: datetime) -> str:
    """Return the address behind the button. `connection.account` is known."""
    path = f"/manage/{connection.account.name}/health/connections/{connection.pk}/mend"
    key = Signer(salt=SALT).sign_object([connection.pk, (now + VALID_FOR).isoformat()])
    return f"{settings.BASE_URL}{path}?key={key}"


def is_fresh_key(key: str, connection: Connection, *, now: datetime) -> bool:
    """Say whether a mail of ours about this connection carried the key, and not too long ago."""
    try:
        number, until = Signer(salt=SALT).unsign_object(key)
    except BadSignature:
        return False
    return bool(number == connection.pk and now <= datetime.fromisoformat(until))
