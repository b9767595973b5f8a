"""A table that somebody saved in a spreadsheet, read as text: whatever its program thinks a CSV file is."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

SEPARATORS = ",;\t|"
# More people than any account here has; a file of a hundred thousand lines is a mistake.
MOST_LINES = 10_000
LONGEST_CELL = 10_000
# Excel writes it before the headings, to tell itself what separates cells.
TELLS_SEPARATOR = "sep="


class Wrong(StrEnum):
    """Why a file is no table for us."""

    EMPTY = "there is nothing in it"
    NO_TEXT = "it is no text file, such as a spreadsheet in its program's own format"
    BROKEN = "its quotation marks do not match"
    TOO_LONG = "it has more lines than are taken at once"


class NotATable(Exception):
    """A file cannot be read. `wrong` says why."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


@dataclass(frozen=True, kw_only=True)
class Line:
    """The cells of one line, and its number in the file, counted from 1 as editors do: that on which it ends."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Table:
    headings: Sequence[str]
    lines: Sequence[Line]


def read_table(raw: bytes) -> Table:
    """Return the table of a file: headings first, lines in which nothing stands left out. Raises NotATable."""
    text = _text(raw)
    lines = list(_lines(text))
    if not lines:
        raise NotATable(Wrong.EMPTY)
    if len(lines) > MOST_LINES + 1:
        raise NotATable(Wrong.TOO_LONG)
    return Table(headings=[cell.strip() for cell in lines[0].cells], lines=lines[1:])


def _text(raw: bytes) -> str:
    """Return the text of a file. Programs of Windows write its own code pages, or UTF-16 with a mark."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise NotATable(Wrong.NO_TEXT)


def _lines(text: str) -> Iterator[Line]:
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().lower().startswith(TELLS_SEPARATOR):
        separator, text, skipped = first.strip()[len(TELLS_SEPARATOR) :][:1] or ",", rest, 1
    else:
        separator = _separator(first)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise NotATable(Wrong.BROKEN)
            if any(cell.strip() for cell in cells):
                yield Line(number=reader.line_num + skipped, cells=cells)
    except csv.Error as error:
        raise NotATable(Wrong.BROKEN) from error


def _separator(headings: str) -> str:
    """Return what separates the cells: where the comma is the decimal point, spreadsheets write semicolons."""
    return max(SEPARATORS, key=lambda mark: (headings.count(mark), -SEPARATORS.index(mark)))
