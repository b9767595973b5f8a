"""Finds links in whatever an installation says, however they are written there."""

import html
from base64 import b64encode
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from tests.walk.viewers import Secret


class Needles:
    """The parts of each secret by which it is known: a meeting's number, its password, a room's name."""

    def __init__(self, parts: Mapping[Secret, Iterable[str]]) -> None:
        self._spellings = {secret: _spellings(each) for secret, each in parts.items()}

    def in_text(self, text: str) -> frozenset[Secret]:
        """Return the secrets of which `text` tells a part: written plainly, escaped, folded or encoded."""
        readings = _readings(text)
        return frozenset(
            secret
            for secret, spellings in self._spellings.items()
            if any(spelling in reading for spelling in spellings for reading in readings)
        )


def _spellings(parts: Iterable[str]) -> list[str]:
    return [spelling for part in parts for spelling in (part, part[::-1], *_in_base64(part))]


def _in_base64(part: str) -> list[str]:
    """Return the middle of `part` in base64, for each place in a group of three at which it may begin."""
    return [b64encode(b"\0" * shift + part.encode()).decode().rstrip("=")[4:-2] for shift in range(3)]


def _readings(text: str) -> list[str]:
    # Calendars fold long lines, mails break them off with "=".
    unfolded = text.replace("\r\n ", "").replace("\n ", "").replace("=\r\n", "").replace("=\n", "")
    plain = html.unescape(unfolded)
    return [text, unfolded, plain, unquote(plain), unquote(unquote(plain))]
