"""Secrets at rest: links and tokens are stored as ciphertext and printed as dots."""

from functools import cache
from typing import TYPE_CHECKING, Any, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@cache
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class Sealed:
    """A secret that only `open` tells; everything else that could print it prints dots.

    Encrypted with the first of `settings.ENCRYPTION_KEYS`, readable with any of them. The empty secret is falsy
    and stored as the empty string, so that "no link" can be asked in a query.
    """

    __slots__ = ("ciphertext",)

    def __init__(self, ciphertext: str = "") -> None:
        self.ciphertext = ciphertext

    @classmethod
    def seal(cls, plain: str) -> Self:
        if not plain:
            return cls()
        return cls(_keyring(settings.ENCRYPTION_KEYS).encrypt(plain.encode()).decode())

    def open(self) -> str:
        """Return the plain text. Raises `cryptography.fernet.InvalidToken` if no key of ours opens it."""
        if not self.ciphertext:
            return ""
        return _keyring(settings.ENCRYPTION_KEYS).decrypt(self.ciphertext.encode()).decode()

    @property
    def is_current(self) -> bool:
        """Whether the first of our keys opens it, or there is nothing to open."""
        if not self.ciphertext:
            return True
        try:
            Fernet(settings.ENCRYPTION_KEYS[0]).decrypt(self.ciphertext.encode())
        except InvalidToken:
            return False
        return True

    def __bool__(self) -> bool:
        return bool(self.ciphertext)

    def __repr__(self) -> str:
        return "•••" if self.ciphertext else "∅"


if TYPE_CHECKING:
    _Text = models.TextField[Sealed, Sealed]
else:
    _Text = models.TextField


class SealedField(_Text):
    """A text column that holds ciphertext and gives `Sealed`; a plain string is refused, lest one be stored."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {"default": Sealed, "blank": True, "editable": False}
        super().__init__(**usual | options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Be a text column of ciphertext to migrations, which import none of our code."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.TextField", list(args), options | {"default": ""}

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Sealed:
        return Sealed(value or "")

    def to_python(self, value: object) -> Sealed:
        return value if isinstance(value, Sealed) else Sealed(str(value or ""))

    def get_prep_value(self, value: object) -> str:
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} takes a Sealed value, not {type(value).__name__}")
        return value.ciphertext
