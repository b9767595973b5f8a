"""A3: what the pages say can be read by whoever left school early.

English is measured by the grade of Flesch and Kincaid, Spanish by the scale of Szigriszt and Pazos, of which 65 and
more is called easy (INFLESZ, https://legibilidad.com).

Syllables are counted by groups of vowels, which is near enough for some thousand sentences together.
"""

import re

import pytest
from babel.messages.pofile import read_po

from tools import messages

HIGHEST_GRADE = 7.0
LOWEST_EASE = 65.0
# Labels of one or two words are no sentences.
FEWEST_WORDS = 4
FILLED_IN = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[^{}]*\}|<[^>]+>|https?://\S+|\$\w+")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
END = re.compile(r"[.!?:;]+(?:\s|$)")
ENGLISH_SYLLABLE = re.compile(r"[aeiouy]+", re.IGNORECASE)
# Two strong vowels, or a weak one with its accent, are syllables of their own.
SPANISH_SYLLABLE = re.compile(r"[iuü]?[aeoáéó][iuy]?|[íú]|[iuüy]+", re.IGNORECASE)


def _sentences(language: str) -> list[str]:
    with messages.catalogue_path(language).open("rb") as file:
        found = [each for each in read_po(file, locale=language) if each.id]
    texts = [each.id if language == messages.SOURCE_LANGUAGE else each.string for each in found]
    plain = [FILLED_IN.sub("x", text if isinstance(text, str) else (text or ("",))[-1]) for text in texts]
    return [part for text in plain for part in END.split(text) if len(WORD.findall(part)) >= FEWEST_WORDS]


def _english_syllables(word: str) -> int:
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee"))
    return max(1, len(ENGLISH_SYLLABLE.findall(word)) - silent)


def _spanish_syllables(word: str) -> int:
    return max(1, len(SPANISH_SYLLABLE.findall(word)))


def grade(sentences: list[str]) -> float:
    """Return the years of school that English sentences take."""
    words = [word for each in sentences for word in WORD.findall(each)]
    syllables = sum(map(_english_syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def ease(sentences: list[str]) -> float:
    """Return how easy Spanish sentences are, of 100."""
    words = [word for each in sentences for word in WORD.findall(each)]
    syllables = sum(map(_spanish_syllables, words))
    return 206.835 - 62.3 * syllables / len(words) - len(words) / len(sentences)


def test_a3_the_english_of_the_pages_is_plain() -> None:
    assert grade(_sentences("en")) <= HIGHEST_GRADE


def test_a3_the_spanish_of_the_pages_is_easy() -> None:
    assert ease(_sentences("es")) >= LOWEST_EASE


@pytest.mark.parametrize(("word", "syllables"), [("reserva", 3), ("reunión", 2), ("día", 2), ("cita", 2), ("aéreo", 4)])
def test_spanish_syllables_are_counted_as_they_are_spoken(word: str, syllables: int) -> None:
    assert _spanish_syllables(word) == syllables


def test_hard_sentences_are_told_from_easy_ones() -> None:
    easy = ["You can take it back for five minutes", "Pick a time that is free"]
    hard = ["Authorization credentials necessitate administrator reconfiguration of organizational infrastructure"]

    assert grade(easy) < HIGHEST_GRADE < grade(hard)
    assert ease(["Puedes deshacerlo en cinco minutos"]) > ease(["Reconfiguración organizativa de infraestructuras"])
