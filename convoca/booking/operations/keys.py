"""The key with which an account's programs ask: made, shown once, replaced, revoked, and counted."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, Value, When

from convoca.booking.models import Account, ApiKey, Membership
from convoca.booking.questions.viewers import Viewer

KEY_BYTES = 32
PREFIX_CHARS = 8
MINUTE = timedelta(minutes=1)
# SuperSaaS's clients ask four times a second at most.
CALLS_A_MINUTE = 300


@dataclass(eq=False)
class CalledTooOften(Exception):
    """The minute's calls are used up; there are new ones in so many `seconds`."""

    seconds: int


def make_key(account: Account, *, by: Membership, now: datetime) -> str:
    """Give the account a key, the only one it has, and return it: only now can it be read."""
    key = secrets.token_urlsafe(KEY_BYTES)
    values = {"prefix": key[:PREFIX_CHARS], "digest": _digest(key), "made_by": by, "created_at": now}
    fresh = {"last_used_at": None, "counted_from": None, "counted": 0}
    ApiKey.objects.update_or_create(account=account, defaults=values | fresh)
    return key


def revoke_key(account: Account) -> bool:
    """Let no program ask any more; return whether there was a key."""
    deleted, _ = ApiKey.objects.filter(account=account).delete()
    return deleted > 0


def key_given(text: str) -> ApiKey | None:
    """Return the key that somebody gives, with its account, or None if it is nobody's."""
    found = ApiKey.objects.select_related("account").filter(prefix=text[:PREFIX_CHARS]).first()
    # Compared even where there is nothing to compare with: how long it takes tells nothing.
    known = found.digest if found is not None else _digest("")
    return found if hmac.compare_digest(known, _digest(text)) else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def count_call(key: ApiKey, *, now: datetime) -> None:
    """Note that the key was used. Raises CalledTooOften, in all processes together, once its minute is used up."""
    begins = Q(counted_from__isnull=True) | Q(counted_from__lte=now - MINUTE)
    room = ApiKey.objects.filter(begins | Q(counted__lt=CALLS_A_MINUTE), pk=key.pk)
    taken = room.update(
        counted=Case(When(begins, then=Value(1)), default=F("counted") + 1),
        counted_from=Case(When(begins, then=Value(now)), default=F("counted_from")),
        last_used_at=now,
    )
    if not taken:
        until = (key.counted_from or now) + MINUTE
        raise CalledTooOften(seconds=min(max(int((until - now).total_seconds()) + 1, 1), 60))


def viewer_by(account: Account) -> Viewer:
    """Return as whom a program with the account's key looks and acts: as its owner."""
    owner = Membership.objects.filter(account=account, role=Membership.Role.OWNER).first()
    return Viewer(account_id=account.pk, membership=owner)
