"""ux.md 4.2: an owner's colour is taken only in shades that can be read, in light and in dark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.colour import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    Shades,
    brand_of,
    contrast,
    is_colour,
)

READABLE = 4.5
# What words have on our pages, ordinary and muted.
LIGHT_WORDS = ("#1b2430", "#4a5667")
DARK_WORDS = ("#e8ecf2", "#b3becc")

every_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def unreadable(shades: Shades, grounds: tuple[str, ...], words: tuple[str, ...]) -> list[tuple[str, str, float]]:
    pairs = [(shades.primary, ground) for ground in (*grounds, shades.selected_soft)]
    pairs += [(shades.hover, ground) for ground in grounds]
    pairs += [(shades.on_primary, shades.primary), (shades.on_primary, shades.hover)]
    pairs += [(shades.selected, shades.selected_soft)]
    pairs += [(word, shades.selected_soft) for word in words]
    return [(one, other, contrast(one, other)) for one, other in pairs if contrast(one, other) < READABLE]


@given(every_colour)
def test_every_colour_can_be_read_on_every_ground_in_light_and_in_dark(colour: str) -> None:
    """ux.md 4.2, SC 1.4.3: 4.5:1 at least, of words, of links, of buttons and of words on buttons."""
    brand = brand_of(colour)

    assert unreadable(brand.light, LIGHT_GROUNDS, LIGHT_WORDS) == []
    assert unreadable(brand.dark, DARK_GROUNDS, DARK_WORDS) == []


def test_every_corner_of_the_colours_can_be_read() -> None:
    sides = range(0, 256, 51)
    colours = [f"#{red:02x}{green:02x}{blue:02x}" for red in sides for green in sides for blue in sides]

    found = [
        unreadable(brand_of(colour).light, LIGHT_GROUNDS, LIGHT_WORDS)
        + unreadable(brand_of(colour).dark, DARK_GROUNDS, DARK_WORDS)
        for colour in colours
    ]

    assert found == [[]] * len(colours)


@given(every_colour)
def test_a_colour_that_can_be_read_is_used_as_it_is(colour: str) -> None:
    brand = brand_of(colour)

    assert brand.is_kept == (brand.light.primary == colour)
    if brand.is_kept:
        assert min(contrast(colour, ground) for ground in LIGHT_GROUNDS) >= READABLE


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#0b5cad", "#ffffff"), 2) == 6.67


@pytest.mark.parametrize("text", ["", "red", "#fff", "#0B5CAD", "0b5cad", "#0b5cad;", "#0b5cag", "#0b5cad\n"])
def test_a_colour_has_one_form(text: str) -> None:
    assert not is_colour(text)
    assert is_colour("#0b5cad")
