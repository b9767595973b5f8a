"""The way out of the day by mail. Whoever has the mail has this address: it stops those mails, and opens nothing."""

from django.conf import settings
from django.core.signing import BadSignature, Signer

from convoca.booking.models import Membership

SALT = "stop-digest"


def leaving_address(reader: Membership) -> str:
    """Return where the day by mail is stopped, without a log-in."""
    return f"{settings.BASE_URL}/day/{Signer(salt=SALT).sign_object(reader.pk)}"


def whoever_leaves(key: str) -> Membership | None:
    """Return who has this address, or None if nobody does."""
    try:
        number = Signer(salt=SALT).unsign_object(key)
    except (BadSignature, ValueError):
        return None
    return Membership.objects.select_related("account", "user").filter(pk=number).first()
