"""What programs ask for, in the ways in which SuperSaaS's clients write it.

Ids come as numbers or text, a yes as `true`, `True` or `1`, times with a blank or a T, with one digit or two, and what
is empty means nothing.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from ninja import Field
from pydantic import AfterValidator, BeforeValidator

from convoca.core.time import localize

MOST_ID = 2**63 - 1
MOST_LINES = 1000
USUAL_LINES = 100
# Clocks that somebody could mean; far beyond them there is no arithmetic.
FIRST_YEAR, LAST_YEAR = 1971, 2199
YES = frozenset({"true", "1", "yes", "on"})
NO = frozenset({"false", "0", "no", "off", ""})

CLOCK = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.\d+)?)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)


def nothing_if_empty(value: Any) -> Any:
    return None if value == "" else value


def readable(text: str) -> str:
    """Return the text. Raises ValueError for what cannot be seen, and no database takes."""
    if not text.isprintable():
        raise ValueError("leave out characters that cannot be seen")
    return text


def yes_or_no(value: Any) -> Any:
    text = str(value).strip().lower()
    if text in YES:
        return True
    return False if text in NO or text == "none" else value


Number = Annotated[int, Field(ge=0, le=MOST_ID)]
MaybeNumber = Annotated[Annotated[int, Field(ge=0, le=MOST_ID)] | None, BeforeValidator(nothing_if_empty)]
Text = Annotated[str, Field(max_length=200), AfterValidator(readable)]
MaybeText = Annotated[Text | None, BeforeValidator(nothing_if_empty)]
Yes = Annotated[bool, BeforeValidator(yes_or_no)]
Lines = Annotated[
    Annotated[int, Field(ge=1, le=MOST_LINES)],
    BeforeValidator(lambda value: USUAL_LINES if value == "" else value),
]
Skipped = Annotated[
    Annotated[int, Field(ge=0, le=1_000_000)], BeforeValidator(lambda value: 0 if value == "" else value)
]


class Unclear(Exception):
    """Something that was asked cannot be understood; the message says which, for whoever wrote the program."""


def instant(name: str, text: Any, time_zone: str) -> datetime:
    """Return the instant of a clock of `time_zone`, of UTC where it says so. Raises Unclear."""
    found = CLOCK.fullmatch(str(text).strip())
    if found is None:
        raise Unclear(f"{name} must be a time such as 2026-11-26 16:30:00.")
    parts = {key: int(found[key] or 0) for key in ("year", "month", "day", "hour", "minute", "second")}
    try:
        return _instant(parts, found["zone"], time_zone)
    except (ValueError, OverflowError) as error:
        raise Unclear(f"{name} is a time that does not exist.") from error


def _instant(parts: Mapping[str, int], offset: str | None, time_zone: str) -> datetime:
    if not FIRST_YEAR <= parts["year"] <= LAST_YEAR:
        raise ValueError
    clock = datetime(**parts, tzinfo=UTC)
    if offset and offset != "Z":
        return datetime.fromisoformat(f"{clock:%Y-%m-%dT%H:%M:%S}{offset}").astimezone(UTC)
    if offset == "Z" or time_zone == "UTC":
        return clock
    day = date(parts["year"], parts["month"], parts["day"])
    return localize(day, parts["hour"] * 60 + parts["minute"], time_zone)


def maybe_instant(name: str, text: str | None, time_zone: str) -> datetime | None:
    return None if text is None else instant(name, text, time_zone)
