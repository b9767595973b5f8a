"""How an account speaks: with its own words, on its own clock, with its own order of a date.

It is a part of the language that is spoken at the moment. Django keeps that for each thread, anew for every request; so
whatever is translated or put into words while an account speaks follows it, and nothing has to be handed on.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from django.utils.translation import activate, trans_real

from convoca.booking.renaming import Thing, Word, Words, renamed

SUNDAY, MONDAY, SATURDAY = 6, 0, 5


class Clock(StrEnum):
    """How a time of day is written."""

    FULL = "24"
    HALF = "12"
    LANGUAGE = "language"


class Dates(StrEnum):
    """In which order a date is written."""

    DAY_FIRST = "day"
    LANGUAGE = "language"
    NUMBERS = "iso"


class FirstWeekday(StrEnum):
    """On which day a week begins."""

    MONDAY = "monday"
    SUNDAY = "sunday"
    SATURDAY = "saturday"
    LANGUAGE = "language"


# What English and Spanish speakers write and count by themselves, in the countries where most of them live.
HALF_CLOCK = frozenset({"en"})
MONTH_FIRST = frozenset({"en"})
SUNDAY_FIRST = frozenset({"en"})
WEEKDAYS: Mapping[str, int] = {"monday": MONDAY, "sunday": SUNDAY, "saturday": SATURDAY}


class Speaker(Protocol):
    """What of an account decides how it speaks."""

    @property
    def words(self) -> Mapping[str, Mapping[str, Sequence[str]]]: ...
    @property
    def clock(self) -> str: ...
    @property
    def dates(self) -> str: ...
    @property
    def first_weekday(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How one account speaks one language."""

    words: Words = ()
    has_half_clock: bool = False
    dates: Dates = Dates.DAY_FIRST
    first_weekday: int = MONDAY


PLAIN = Manner()


def manner_of(account: Speaker, language: str) -> Manner:
    """Return how `account` speaks `language`, "en" or "es"."""
    dates = Dates(account.dates)
    if dates is Dates.LANGUAGE and language not in MONTH_FIRST:
        dates = Dates.DAY_FIRST
    return Manner(
        words=words_of(account, language),
        has_half_clock=account.clock == Clock.HALF or (account.clock == Clock.LANGUAGE and language in HALF_CLOCK),
        dates=dates,
        first_weekday=WEEKDAYS.get(account.first_weekday, SUNDAY if language in SUNDAY_FIRST else MONDAY),
    )


def words_of(account: Speaker, language: str) -> Words:
    """Return the account's own words in `language`; those of ours that it keeps are not among them."""
    said = account.words.get(language)
    if not said:
        return ()
    return tuple(
        (thing, Word(one=word[0], many=word[1], is_feminine=len(word) > 2))
        for thing in Thing
        if (word := said.get(thing))
    )


def manner() -> Manner:
    """Return how is spoken at the moment."""
    spoken = getattr(_place(), "value", None)
    return spoken.manner if isinstance(spoken, _Spoken) else PLAIN


def speak_for(account: Speaker) -> None:
    """Speak as the account does until the request ends, in the language that is spoken already."""
    plain = getattr(_place(), "value", None)
    plain = plain.plain if isinstance(plain, _Spoken) else plain
    if plain is None:
        return
    how = manner_of(account, _short(plain.to_language()))
    _place().value = plain if how == PLAIN else _Spoken(plain, how)


@contextmanager
def speaking(language: str, account: Speaker | None = None) -> Iterator[None]:
    """Speak a language, as the account does if there is one; afterwards as before."""
    before = getattr(_place(), "value", None)
    activate(language)
    if account is not None:
        speak_for(account)
    try:
        yield
    finally:
        if before is None:
            del _place().value
        else:
            _place().value = before


def _place() -> Any:
    """Return where Django keeps the language of a thread: it has no public name for it. Asked anew each time, because
    Django puts another one there when it is told of other catalogues."""
    return vars(trans_real)["_active"]


def _short(language: str) -> str:
    return "es" if language.startswith("es") else "en"


class _Spoken:
    """One of Django's languages, with an account's words in its sentences. Django asks a language for no more."""

    def __init__(self, plain: Any, how: Manner) -> None:
        self.plain, self.manner, self._language = plain, how, _short(plain.to_language())

    def gettext(self, message: str) -> str:
        text: str = self.plain.gettext(message)
        return renamed(message, text, self.manner.words, self._language) if self.manner.words else text

    def ngettext(self, one: str, many: str, number: int) -> str:
        text: str = self.plain.ngettext(one, many, number)
        return renamed(one, text, self.manner.words, self._language) if self.manner.words else text

    def to_language(self) -> str:
        name: str = self.plain.to_language()
        return name

    def language(self) -> str:
        return self.to_language()
