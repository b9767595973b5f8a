"""Texts with places to be filled: "{name}" for a value, "{if link} … {otherwise} … {end}" for what depends on one.

There is nothing else: no attribute, no call, no loop. A value is put in as it is and never read as a text again, so
whatever somebody typed into a form stays that. `aliases` are other ways to write a name, with a dollar before them.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

IF, OTHERWISE, END = "if", "otherwise", "end"
MARK = re.compile(r"\{ *(?:if +(?P<condition>\w+)|(?P<name>[^\W\d]\w*)) *\}|\$(?P<dollar>[A-Za-z]\w+)")
# What depended on something and is left out leaves its line empty behind.
GAPS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


class Fault(StrEnum):
    """What can be wrong with a text."""

    UNKNOWN = "there is no such name"
    UNCLOSED = "an {if} without its {end}"
    STRAY = "an {otherwise} or {end} without its {if}"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: what was written, in which line, and what was perhaps meant."""

    fault: Fault
    written: str
    line: int
    suggestion: str = ""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The names that a text may use, and by what else each may be called after a dollar."""

    names: Collection[str]
    aliases: Mapping[str, str]

    def name_of(self, mark: re.Match[str]) -> str:
        """Return the name that the mark means, as it is written if there is none such."""
        written = mark["condition"] or mark["name"] or mark["dollar"]
        if mark["dollar"] is None or written in self.names:
            return written
        return self.aliases.get(written.lower(), written)

    def nearest(self, written: str) -> str:
        """Return the name that was perhaps meant, or nothing."""
        near = get_close_matches(written.lower(), list(self.names), n=1, cutoff=0.6)
        return near[0] if near else ""


def findings(text: str, vocabulary: Vocabulary) -> list[Finding]:
    """Return everything that is wrong with the text, in its order."""
    found, open_ifs = [], []
    for mark in MARK.finditer(text):
        line = text.count("\n", 0, mark.start()) + 1
        name = vocabulary.name_of(mark)
        if mark["condition"]:
            open_ifs.append((mark[0], line))
        if _is(mark, OTHERWISE, END):
            if not open_ifs:
                found.append(Finding(fault=Fault.STRAY, written=mark[0], line=line))
            elif _is(mark, END):
                open_ifs.pop()
        elif name not in vocabulary.names:
            nearest = vocabulary.nearest(name)
            found.append(Finding(fault=Fault.UNKNOWN, written=mark[0], line=line, suggestion=nearest))
    found += [Finding(fault=Fault.UNCLOSED, written=written, line=line) for written, line in open_ifs]
    return sorted(found, key=lambda each: each.line)


def names_in(text: str, vocabulary: Vocabulary) -> set[str]:
    """Return the names whose values the text shows or asks about."""
    marks = (mark for mark in MARK.finditer(text) if not _is(mark, OTHERWISE, END))
    return {vocabulary.name_of(mark) for mark in marks} & set(vocabulary.names)


def fill(text: str, values: Mapping[str, str], vocabulary: Vocabulary) -> str:
    """Return the text with its values; whatever is wrong with it stays as it was written, for a mail must leave."""
    return GAPS.sub("\n\n", "".join(_pieces(text, values, vocabulary))).strip()


def _pieces(text: str, values: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[str]:
    # For each {if} around the place: whether what it says now is shown.
    shown: list[bool] = []
    at = 0
    for mark in MARK.finditer(text):
        if all(shown):
            yield text[at : mark.start()]
        at, name = mark.end(), vocabulary.name_of(mark)
        if mark["condition"]:
            shown.append(bool(values.get(name)))
        elif _is(mark, END) and shown:
            shown.pop()
        elif _is(mark, OTHERWISE) and shown:
            shown[-1] = not shown[-1]
        elif all(shown):
            yield values.get(name, mark[0])
    if all(shown):
        yield text[at:]


def _is(mark: re.Match[str], *words: str) -> bool:
    return mark["name"] in words
