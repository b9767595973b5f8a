"""`convoca rotate-keys`: every secret in the database, encrypted with the newest key."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import transaction
from django.db.models import Model

from convoca.booking.models.sealed import Sealed, SealedField

# So many rows are read at a time; each is written by itself, so that nobody waits for this.
BATCH = 200


def rotate_keys() -> int:
    """Encrypt what an older key has encrypted with the newest, say what was done, and return the exit status.

    Old keys go on reading meanwhile. Stopped and run again, it goes on where it was: what is done is left as it is.
    The status is 1 if secrets remain that no key opens.
    """
    lost = 0
    for model, column in sealed_columns():
        done = rotate_column(model, column)
        lost += done["lost"]
        told = ", ".join(f"{number} {what}" for what, number in sorted(done.items())) or "empty"
        print(f"{model._meta.db_table}.{column}: {told}")
    done = rotate_authenticators()
    lost += done["lost"]
    print(f"mfa_authenticator: {', '.join(f'{number} {what}' for what, number in sorted(done.items())) or 'empty'}")
    if lost:
        print(f"{lost} secrets cannot be read with any of CONVOCA_ENCRYPTION_KEYS: put back the key they need.")
        return 1
    print("Every secret is encrypted with the first of CONVOCA_ENCRYPTION_KEYS; the others are needed no more.")
    return 0


def sealed_columns() -> Iterator[tuple[type[Model], str]]:
    """Yield every column that holds secrets."""
    for model in apps.get_app_config("booking").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield model, field.name


def rotate_column(model: type[Model], column: str) -> Counter[str]:
    """Encrypt one column anew, in batches by the primary key, and return how many secrets met which end."""
    done: Counter[str] = Counter()
    last = 0
    while batch := _batch(model, column, after=last):
        done.update(_rotate(model, column, pk, secret) for pk, secret in batch)
        last = batch[-1][0]
    return done


def rotate_authenticators() -> Counter[str]:
    """Encrypt anew what apps and recovery codes are made of; allauth keeps it in a column of its own kind."""
    from allauth.mfa.models import Authenticator

    done: Counter[str] = Counter()
    for pk in Authenticator.objects.filter(type__in=["totp", "recovery_codes"]).values_list("pk", flat=True):
        with transaction.atomic():
            kept = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if kept is not None:
                done[_seal_anew(kept.data)] += 1
                kept.save(update_fields=["data"])
    return done


def _seal_anew(data: dict[str, Any]) -> str:
    """Seal in place what allauth has given us to encrypt, and return what became of it."""
    name = "secret" if "secret" in data else "seed"
    secret = Sealed(data[name])
    if secret.is_current:
        return "current"
    try:
        data[name] = Sealed.seal(secret.open()).ciphertext
    except InvalidToken:
        return "lost"
    return "rotated"


def _batch(model: type[Model], column: str, *, after: int) -> list[tuple[int, Sealed]]:
    rows = model._default_manager.filter(pk__gt=after).exclude(**{column: Sealed()}).order_by("pk")
    return list(rows.values_list("pk", column)[:BATCH])


def _rotate(model: type[Model], column: str, pk: int, secret: Sealed) -> str:
    """Return what became of one secret. One that somebody changed meanwhile is written with the newest key already."""
    if secret.is_current:
        return "current"
    try:
        anew = Sealed.seal(secret.open())
    except InvalidToken:
        return "lost"
    changed = model._default_manager.filter(pk=pk, **{column: secret}).update(**{column: anew})
    return "rotated" if changed else "changed meanwhile"
