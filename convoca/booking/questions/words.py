"""Finding people by words: whatever the case, with or without accents, on both databases alike.

Neither database folds accents by itself, so each letter is asked for together with its accented forms.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q

# A longer question finds nothing more; each word is one more pass over what is searched.
LONGEST_TEXT = 100
MOST_WORDS = 6

# The letters of Latin-1 and Latin Extended-A: those of the languages that are written west of Russia.
LETTERS = range(0xC0, 0x180)

# People write telephone numbers with whatever between the digits.
BETWEEN_DIGITS = "[-. ()/]*"


def holding(text: str, *, among: Iterable[str]) -> Q:
    """Return what rows meet that hold every word of `text`, each in any of the columns `among`."""
    columns = list(among)
    found = Q()
    for word in words_of(text):
        pattern = pattern_of(word)
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__iregex": pattern})
        found &= anywhere
    return found


def words_of(text: str) -> list[str]:
    """Return the words that are searched for, without accents and in lower case."""
    readable = "".join(character if character.isprintable() else " " for character in text[:LONGEST_TEXT])
    return [plain for word in readable.split() if (plain := _plain(word))][:MOST_WORDS]


def pattern_of(word: str) -> str:
    """Return a regular expression, the same for PostgreSQL and for SQLite, that finds a word of `words_of`."""
    between = BETWEEN_DIGITS if word.isdecimal() else ""
    return between.join(_any_form(letter) for letter in word)


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


def _forms() -> Mapping[str, str]:
    forms: defaultdict[str, str] = defaultdict(str)
    for code in LETTERS:
        base = _plain(chr(code))
        if len(base) == 1 and base.isascii() and base.isalpha():
            forms[base] += chr(code)
    return forms


ACCENTED = _forms()


def _any_form(letter: str) -> str:
    if letter in ACCENTED:
        return f"[{letter}{letter.upper()}{ACCENTED[letter]}]"
    return letter if letter.isalnum() else f"\\{letter}"
