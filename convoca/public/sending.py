"""The key in a form, by which we know it again when it is sent twice.

It stands in the page, so it needs no cookie and no JavaScript. What a form is known by is a digest of its key together
with who books and what: the same key with other details, guessed or copied, is another form, and tells nothing.
"""

import hashlib
import re
from secrets import token_urlsafe

from convoca.public.forms import BookingForm
from convoca.public.visit import Visit

KEY_BYTES = 16
KEY_FORM = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def key_of(form: BookingForm) -> str:
    """Return the key that a page puts into its form: the one it came with, if it was refused, else a new one."""
    sent = _sent_key(form)
    return sent if KEY_FORM.fullmatch(sent) else token_urlsafe(KEY_BYTES)


def digest_of(visit: Visit, form: BookingForm) -> str | None:
    """Return by what a valid form is known; None if it came without a key of ours."""
    key = _sent_key(form)
    if not KEY_FORM.fullmatch(key):
        return None
    membership, repeat = visit.viewer.membership, form.repeat_wanted
    parts = (
        key,
        visit.schedule.pk,
        f"user {membership.pk}" if membership else form.cleaned_data["email"].lower(),
        visit.resource.pk if visit.resource else "",
        visit.service.pk if visit.service else "",
        visit.length_value(visit.length) if visit.length else "",
        " ".join(sorted(form.chosen)),
        form.quantity_wanted,
        f"{repeat.frequency} {repeat.until}" if repeat else "",
    )
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _sent_key(form: BookingForm) -> str:
    return str(form.data.get("form_key", "")) if form.is_bound else ""
