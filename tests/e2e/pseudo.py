"""A language that nobody speaks: every sentence in brackets, accented and a third longer, made when the tests run.

Whatever is seen without brackets was written past the catalogues. Whatever is cut would be cut in German.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import django
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tools import messages

type Key = tuple[str | tuple[str, ...], str | None]

OPENING, CLOSING = "⟦", "⟧"
LONGER = 0.35
ACCENTED = str.maketrans("aeiouyncszAEIOUYNCSZ", "áéíóúýñçšžÁÉÍÓÚÝÑÇŠŽ")
# Words of this many letters, so that lines break as they would.
FILLING = "·õmnis"
# What must come through unchanged: placeholders, tags, entities, variables, ends of lines.
KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{[^{}]*\}|<[^>]+>|&\w+;|\$\w+|https?://\S+)")
# Whose sentences come onto our pages: ours, and those of the frameworks.
OTHERS = (Path(django.__file__).parent, Path(allauth.__file__).parent)


def pseudo(text: str) -> str:
    """Return the sentence as this language has it."""
    if not text.strip():
        return text
    parts = KEPT.split(text.strip())
    said = "".join(part if number % 2 else part.translate(ACCENTED) for number, part in enumerate(parts))
    letters = sum(len(part) for part in parts[::2])
    words = max(1, round(letters * LONGER / len(FILLING)))
    return f"{OPENING}{said} {' '.join([FILLING] * words)}{CLOSING}"


def write_catalogue(folder: Path) -> None:
    """Write the catalogue where Django looks for that of English, whose place this language takes."""
    catalogue = Catalog(locale="en")
    for message_id, context in _sentences():
        if not message_id:
            continue
        plural = not isinstance(message_id, str)
        string = tuple(map(pseudo, message_id)) if plural else pseudo(str(message_id))
        catalogue.add(message_id, string, context=context)
    target = folder / "en" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalogue)


def _sentences() -> Iterator[Key]:
    for path in _foreign_catalogues():
        with path.open("rb") as file:
            yield from map(_key, read_po(file, locale="es"))
    yield from map(_key, messages.collected())


def _key(message: Message) -> Key:
    texts = message.id
    return (texts if isinstance(texts, str) else tuple(texts), message.context)


def _foreign_catalogues() -> Iterator[Path]:
    for package in OTHERS:
        yield from sorted(package.glob("**/locale/es/LC_MESSAGES/django.po"))
