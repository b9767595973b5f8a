"""A form that is sent again: by a double click, by a browser that reloads, by a line that broke. It books once.

The first booking that a form makes carries the form's digest, which is unique in its account. So of two that are sent
at the same moment the database lets one pass, in the transaction of the booking itself, and a form that is sent once
costs no question.

The key by which a form is known stands in its page, so it needs no cookie and no JavaScript. The digest is of the key
together with who books and what: the same key with other details, guessed or copied, is another form and tells nothing.
"""

import hashlib
import re
from collections.abc import Callable
from secrets import token_urlsafe

from django.db import IntegrityError

from convoca.booking.models import Account, Booking
from convoca.booking.operations.booking import Client
from convoca.booking.operations.refusals import AlreadyBooked
from convoca.booking.questions.prepared import Blank, Prepared
from convoca.core.admission import Refusal

_BOOKED_BY = Prepared(
    lambda: Booking.objects.select_related("slot").filter(account_id=Blank("account"), form_digest=Blank("form"))
)

KEY_BYTES = 16
KEY_FORM = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def key_for(sent: str) -> str:
    """Return the key that a page puts into its form: the one it came with, if it was refused, else a new one."""
    return sent if KEY_FORM.fullmatch(sent) else token_urlsafe(KEY_BYTES)


def digest_of(key: str, *parts: object) -> str | None:
    """Return by what a form with this key, and so asking for this, is known; None if the key is none of ours."""
    if not KEY_FORM.fullmatch(key):
        return None
    return hashlib.sha256("\n".join(map(str, (key, *parts))).encode()).hexdigest()


def once(account: Account, client: Client, book: Callable[[], Booking]) -> Booking:
    """Do what `client.form` asks for with `book`; of a form that was sent before, return what it booked then.

    Raises what `book` raises, or AlreadyBooked if that booking's e-mail address is another by now: whoever sent the
    form is not who may open it any more.
    """
    try:
        return book()
    except IntegrityError as error:
        if "form_digest" not in str(error):
            raise
        return _opened(_booked_by(account, client), client)
    except Refusal:
        # What is in its way may be its own first booking: the time is taken, the person has their one place.
        earlier = _booked_by(account, client)
        if earlier is None:
            raise
        return _opened(earlier, client)


def _booked_by(account: Account, client: Client) -> Booking | None:
    """Return the first booking that the client's form has made."""
    if client.form is None:
        return None
    return _BOOKED_BY.first(account=account.pk, form=client.form)


def _opened(earlier: Booking | None, client: Client) -> Booking:
    if earlier is None or not _is_of(client, earlier):
        raise AlreadyBooked
    return earlier


def _is_of(client: Client, booking: Booking) -> bool:
    if client.membership is not None:
        return booking.membership_id == client.membership.pk
    return booking.email.lower() == client.email.lower()
