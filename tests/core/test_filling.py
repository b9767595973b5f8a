"""M21: the owner's texts with their variables, and what of them is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.filling import Fault, Vocabulary, fill, findings, names_in

WORDS = Vocabulary(names=("name", "place", "meeting_link"), aliases={"meeting_url": "meeting_link", "dear": "name"})
VALUES = {"name": "Luis", "place": "", "meeting_link": "https://book.example.org/j/abc"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {name}.", "Hello Luis."),
        ("Hello { name }.", "Hello Luis."),
        ("Dear $dear, $meeting_url", "Dear Luis, https://book.example.org/j/abc"),
        ("It costs $50 or 50$, {50} and {}.", "It costs $50 or 50$, {50} and {}."),
        ("{if place}In {place}.{otherwise}Online.{end}", "Online."),
        ("{if name}{if place}A{otherwise}B{end}{end}C", "BC"),
        ("{if place}{if name}A{otherwise}B{end}{end}C", "C"),
        ("One\n\n{if place}\nIn {place}.\n{end}\n\nTwo", "One\n\nTwo"),
        ("{nmae}", "{nmae}"),
    ],
)
def test_a_text_is_filled_in(text: str, filled: str) -> None:
    assert fill(text, VALUES, WORDS) == filled


def test_a_value_is_never_read_as_a_text() -> None:
    """Whoever books may be called anything."""
    assert fill("Hello {name}.", {"name": "{meeting_link} $meeting_url"}, WORDS) == "Hello {meeting_link} $meeting_url."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello {nmae}", [(Fault.UNKNOWN, "{nmae}", 1, "name")]),
        ("\n\n$doorcode", [(Fault.UNKNOWN, "$doorcode", 3, "")]),
        ("{if plaec}x{end}", [(Fault.UNKNOWN, "{if plaec}", 1, "place")]),
        ("{if name}\nx", [(Fault.UNCLOSED, "{if name}", 1, "")]),
        ("x{end}", [(Fault.STRAY, "{end}", 1, "")]),
        ("Fine {name} $dear {if place}x{otherwise}y{end}", []),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_what_was_meant(
    text: str, found: list[tuple[Fault, str, int, str]]
) -> None:
    """J9: «{nmae} does not exist. Did you mean {name}?»"""
    assert [(each.fault, each.written, each.line, each.suggestion) for each in findings(text, WORDS)] == found


def test_the_names_that_a_text_uses_are_known() -> None:
    assert names_in("{if place}$meeting_url{end} {nmae}", WORDS) == {"place", "meeting_link"}


@given(st.text(alphabet="{}$ ifendotherwisename_\n", max_size=60))
def test_whatever_is_written_can_be_filled_in(text: str) -> None:
    """A mail must leave."""
    fill(text, VALUES, WORDS)
    findings(text, WORDS)
