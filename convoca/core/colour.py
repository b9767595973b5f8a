"""Accessible shades of any colour: for words and buttons on light and on dark pages (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# What the formula of WCAG asks of text.
READABLE = 4.5
HEX = re.compile(r"#[0-9a-f]{6}")
STEPS = 100

# On what coloured words and buttons stand: our pages, cards and notices, in light and in dark.
LIGHT_GROUNDS = ("#ffffff", "#f6f7f9", "#e2f4e9", "#fff1d6", "#fde7e5", "#eee9fb")
DARK_GROUNDS = ("#12171e", "#1a212b", "#222b37", "#12341f", "#3a2a08", "#431714", "#2a2150")
WHITE, BLACK = "#ffffff", "#000000"
# How much of white or of the dark page is in the soft ground of what is chosen.
LIGHT_SOFTNESS, DARK_SOFTNESS = 88, 78


@dataclass(frozen=True, kw_only=True)
class Shades:
    """One colour as a page uses it: of words and buttons, of a button under the pointer, of words on a button, of what
    is chosen and its soft ground."""

    primary: str
    hover: str
    on_primary: str
    selected: str
    selected_soft: str


@dataclass(frozen=True, kw_only=True)
class Brand:
    """A colour's shades for light and for dark pages. `is_kept`: light pages use the very colour that was chosen."""

    light: Shades
    dark: Shades
    is_kept: bool


def is_colour(text: str) -> bool:
    """Say whether `text` is a colour in our form: "#0b5cad"."""
    return HEX.fullmatch(text) is not None


def brand_of(colour: str) -> Brand:
    """Return the nearest shades of `colour` that can be read: 4.5:1 at least, on every ground and on every button.

    On light pages it is darkened as far as needed, on dark ones lightened.
    """
    light, dark = _on_light(colour), _on_dark(colour)
    return Brand(light=light, dark=dark, is_kept=light.primary == colour)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, by WCAG's formula."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return how bright a colour is, from 0 to 1. https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: str, other: str, percent: int) -> str:
    """Return `colour` with so much of `other` in it."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round((one * (100 - percent) + two * percent) / 100):02x}" for one, two in pairs)


def _on_light(colour: str) -> Shades:
    soft = mixed(colour, WHITE, LIGHT_SOFTNESS)
    primary = _until_readable(colour, BLACK, (*LIGHT_GROUNDS, soft))
    return Shades(
        primary=primary,
        hover=mixed(primary, BLACK, 20),
        on_primary=WHITE,
        selected=mixed(primary, BLACK, 15),
        selected_soft=soft,
    )


def _on_dark(colour: str) -> Shades:
    soft = mixed(mixed(colour, BLACK, 25), DARK_GROUNDS[0], DARK_SOFTNESS)
    primary = _until_readable(colour, WHITE, (*DARK_GROUNDS, soft))
    return Shades(
        primary=primary,
        hover=mixed(primary, WHITE, 35),
        on_primary=mixed(primary, BLACK, 88),
        selected=mixed(primary, WHITE, 45),
        selected_soft=soft,
    )


def _until_readable(colour: str, towards: str, grounds: Iterable[str]) -> str:
    """Return the first step from `colour` to `towards` that can be read on all of `grounds`."""
    steps = (mixed(colour, towards, percent) for percent in range(STEPS + 1))
    return next(step for step in steps if all(contrast(step, ground) >= READABLE for ground in grounds))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
