"""B9: secrets at rest are encrypted, with keys that can be changed, and print as dots."""

import pytest
from cryptography.fernet import InvalidToken
from django.db import connection
from pytest_django import Settings

from convoca.booking.models import Grant, Sealed
from convoca.config.keys import fresh_keys

LINK = "https://meet.example/abc"


def fresh_key() -> str:
    return fresh_keys()["CONVOCA_ENCRYPTION_KEYS"]


def test_what_is_sealed_with_an_old_key_is_read_with_a_new_one_in_front(settings: Settings) -> None:
    """Put a new key in front, write anew what the old one wrote, drop the old one."""
    old, new = fresh_key(), fresh_key()
    settings.ENCRYPTION_KEYS = (old,)
    before = Sealed.seal(LINK)

    settings.ENCRYPTION_KEYS = (new, old)
    after = Sealed.seal(before.open())
    settings.ENCRYPTION_KEYS = (new,)

    assert after.open() == LINK
    with pytest.raises(InvalidToken):
        before.open()


def test_a_secret_prints_as_dots() -> None:
    secret = Sealed.seal(LINK)

    assert [f"{secret}", repr(secret), f"{[secret]}"] == ["•••", "•••", "[•••]"]
    assert (bool(secret), bool(Sealed())) == (True, False)
    assert "meet.example" not in secret.ciphertext


@pytest.mark.django_db
def test_a_plain_text_is_never_stored_where_a_secret_belongs() -> None:
    with pytest.raises(TypeError, match="takes a Sealed value"):
        Grant.objects.filter(pk=1).update(access_token="plain")


@pytest.mark.django_db
def test_the_database_holds_the_ciphertext_alone() -> None:
    Grant.objects.create(
        provider="zoom", external_user="u", access_token=Sealed.seal("access-1"), expires_at="2030-01-01T00:00Z"
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM booking_grant")
        ((stored,),) = cursor.fetchall()

    assert "access-1" not in stored
    assert Grant.objects.get().access_token.open() == "access-1"
