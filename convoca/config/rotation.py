"""`convoca rotate-keys`: every secret in the database, encrypted with the newest key."""

from collections import Counter
from collections.abc import Iterator

from cryptography.fernet import InvalidToken
from django.apps import apps
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
