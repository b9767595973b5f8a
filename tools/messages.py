"""Sentences: collected from code and templates, compiled, checked. Needs no gettext programs.

`collect` merges the sentences of code and templates into the catalogues; `compile` makes what Django reads; `check`
says which sentences lack a translation, or lost a placeholder in it.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "convoca"
LANGUAGES = ("en", "es")
# English is the language of the sources: an empty translation there means the sentence itself.
SOURCE_LANGUAGE = "en"
TRANSLATORS = "Translators:"

# How many arguments name the sentence; "c" marks a context. As Babel writes it.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What Django's templatize makes of a template: calls with literals, in text that is blanked out.
STRING = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
STRINGS = rf"(?P<strings>{STRING}(?:\s*,\s*{STRING})*)"
TEMPLATE_CALL = re.compile(rf"\b(?P<name>_|n?p?gettext)\({STRINGS}(?:\s*,\s*count)?\)")
TEMPLATE_COMMENT = re.compile(rf"#\s*({TRANSLATORS}.*)")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
# What would differ at each collecting, or name a person.
VOLATILE_HEADERS = re.compile(
    rb'^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    rb"|Generated-By).*\n",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Sentence:
    """`texts` holds the sentence, or its singular and plural."""

    texts: tuple[str, ...]
    context: str | None
    comments: list[str]


def catalogue_path(language: str) -> Path:
    return SOURCES / "locale" / language / "LC_MESSAGES" / "django.po"


def collected() -> Catalog:
    """Return every sentence of the code and the templates."""
    catalogue = Catalog()
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix == ".py":
            sentences = _in_python(path)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            sentences = _in_template(path)
        else:
            continue
        for sentence in sentences:
            texts = sentence.texts if len(sentence.texts) > 1 else sentence.texts[0]
            catalogue.add(texts, context=sentence.context, auto_comments=sentence.comments)
    return catalogue


def _in_python(path: Path) -> Iterator[Sentence]:
    with path.open("rb") as source:
        for _, texts, comments, context in extract("python", source, KEYWORDS, [TRANSLATORS]):
            yield Sentence((texts,) if isinstance(texts, str) else texts, context, comments)


def _in_template(path: Path) -> Iterator[Sentence]:
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path.relative_to(ROOT)))
    read_to = 0
    for call in TEMPLATE_CALL.finditer(source):
        comments = TEMPLATE_COMMENT.findall(source, read_to, call.start())[-1:]
        read_to = call.end()
        texts = ast.literal_eval(f"[{call['strings']}]")
        context = texts.pop(0) if "p" in call["name"] else None
        yield Sentence(tuple(texts), context, comments)


def merged(language: str, template: Catalog) -> Catalog:
    """Return the catalogue of a language with exactly the sentences of `template`, translations kept."""
    kept = _read(language)
    catalogue = Catalog(locale=language, fuzzy=False)
    for message in template:
        if message.id:
            known = kept.get(message.id, message.context)
            text = known.string if known and _same_kind(known, message) else ""
            catalogue.add(message.id, text, context=message.context, auto_comments=message.auto_comments)
    return catalogue


def _read(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _same_kind(one: Message, other: Message) -> bool:
    return bool(one.pluralizable) == bool(other.pluralizable)


def written(catalogue: Catalog) -> bytes:
    """Return the file of a catalogue, the same bytes for the same sentences."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
    text = buffer.getvalue()
    return VOLATILE_HEADERS.sub(b"", text[text.index(b"msgid") :])


def collect() -> int:
    template = collected()
    for language in LANGUAGES:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(merged(language, template)))
    return compile_catalogues()


def compile_catalogues() -> int:
    for language in LANGUAGES:
        with catalogue_path(language).with_suffix(".mo").open("wb") as target:
            write_mo(target, _read(language))
    return 0


def complaints() -> Iterator[str]:
    """Yield what is wrong with the catalogues, one sentence each."""
    template = collected()
    for language in LANGUAGES:
        path = catalogue_path(language)
        if not path.exists() or written(merged(language, template)) != path.read_bytes():
            yield f"{path.relative_to(ROOT)} is not what code and templates say now: run `make messages`."
            continue
        for message in _read(language):
            if message.id and (complaint := _complaint(message, language)):
                yield f"{path.relative_to(ROOT)}: {complaint}: {message.id!r}"


def _complaint(message: Message, language: str) -> str:
    texts = _texts(message.string)
    if message.fuzzy:
        return "fuzzy"
    if not any(texts) and language == SOURCE_LANGUAGE:
        return ""
    if not all(texts):
        return "not translated"
    # A singular may leave its number out ("one place left"); nothing else may be lost or invented.
    whole = _placeholders(_texts(message.id)[-1])
    if _placeholders(texts[-1]) != whole or any(_placeholders(text) - whole for text in texts):
        return "its placeholders differ"
    return ""


def _texts(texts: str | Sequence[str] | None) -> tuple[str, ...]:
    return (texts or "",) if texts is None or isinstance(texts, str) else tuple(texts)


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text)}


def check() -> int:
    found = list(complaints())
    for complaint in found:
        print(complaint, file=sys.stderr)
    return 1 if found else 0


COMMANDS = {"collect": collect, "compile": compile_catalogues, "check": check}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]]())
