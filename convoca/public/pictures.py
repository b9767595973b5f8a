"""The picture that a schedule's address gets where it is posted: 1200 × 630, as chats and networks show it.

It says what the page says to anybody, and nothing else. Its name in the address is a hash of what it says, so whoever
keeps it never shows an old one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Lock

from django.utils.translation import gettext
from PIL import Image, ImageDraw, ImageFont

from convoca.booking.models import Schedule
from convoca.booking.questions.look import brand_in
from convoca.core.colour import mixed
from convoca.public.summary import summary_of

FONTS = Path(__file__).parent / "fonts"
WIDTH, HEIGHT, MARGIN = 1200, 630, 80
TEXT_WIDTH = 700
TITLE_SIZES, MOST_LINES = (84, 72, 60), 3
PAPER, INK, MUTED, LINE = "#ffffff", "#1b2430", "#4a5667", "#c3cad5"
# Each takes some 15 kB; a small installation has all of its own at hand.
PICTURES_KEPT = 128
# One is drawn in some 100 ms. Whoever asks for many at once waits for their turn, and not for long.
TURN_SECONDS = 2.0
# What the fonts in our folder can write: Latin, Greek and Cyrillic, and what stands between words.
WRITABLE = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1EFF), (0x2010, 0x2027),
    (0x2030, 0x203A), (0x20A0, 0x20BF),
)  # fmt: skip

type Font = ImageFont.FreeTypeFont
type Pen = ImageDraw.ImageDraw

_turn = Lock()


class Busy(Exception):
    """Others are being drawn; ask again in a moment."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a picture says, in one language, and in whose colour: one that white can be read on ("#0b5cad")."""

    title: str
    owner: str
    facts: str
    call: str
    colour: str

    @property
    def digest(self) -> str:
        return sha256("\0".join(astuple(self)).encode()).hexdigest()[:16]


def picture_of(schedule: Schedule) -> Picture:
    """Return what the schedule's picture says in the language that is spoken."""
    summary = summary_of(schedule)
    online = gettext("Online") if summary.online else ""
    return Picture(
        title=writable(schedule.name) or writable(schedule.account.title) or gettext("Pick a time"),
        owner=writable(schedule.account.title),
        facts="  ·  ".join(part for part in (summary.length, online, summary.kind) if part),
        call=gettext("Book now"),
        colour=brand_in(schedule.account.brand_colour).light.primary,
    )


def writable(text: str) -> str:
    """Return what of a text the fonts can write; "" if that is less than half, which would be no name any more."""
    kept = "".join(each for each in text if any(first <= ord(each) <= last for first, last in WRITABLE))
    return " ".join(kept.split()) if len(kept) * 2 >= len(text) else ""


@lru_cache(PICTURES_KEPT)
def drawn(picture: Picture) -> bytes:
    """Return the picture as a PNG. Raises Busy if it cannot be drawn soon."""
    if not _turn.acquire(timeout=TURN_SECONDS):
        raise Busy
    try:
        return _draw(picture)
    finally:
        _turn.release()


def _draw(picture: Picture) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 24, HEIGHT), fill=picture.colour)
    _draw_owner(pen, picture)
    _draw_title(pen, picture)
    _draw_call(pen, picture)
    _draw_times(pen, picture.colour)
    file = BytesIO()
    # Few colours: a quarter of the bytes, and no eye sees it.
    image.quantize(colors=64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_owner(pen: Pen, picture: Picture) -> None:
    if not picture.owner:
        return
    pen.ellipse((MARGIN, 70, MARGIN + 72, 142), fill=_tint(picture.colour, 85))
    pen.text((MARGIN + 36, 106), picture.owner[0].upper(), fill=picture.colour, font=_font(36, bold=True), anchor="mm")
    font = _font(34)
    pen.text((MARGIN + 96, 106), _cut(picture.owner, font, TEXT_WIDTH - 96), fill=MUTED, font=font, anchor="lm")


def _draw_title(pen: Pen, picture: Picture) -> None:
    lines, font = _fitting(picture.title)
    step = int(font.size * 1.18)
    top = 300 - step * len(lines) // 2 + step // 2
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + number * step), line, fill=INK, font=font, anchor="lm")
    facts = _font(32)
    below = top + len(lines) * step + 8
    pen.text((MARGIN, below), _cut(picture.facts, facts, TEXT_WIDTH), fill=MUTED, font=facts, anchor="lm")


def _draw_call(pen: Pen, picture: Picture) -> None:
    font = _font(34, bold=True)
    width = int(font.getlength(picture.call)) + 72
    pen.rounded_rectangle((MARGIN, 490, MARGIN + width, 566), radius=14, fill=picture.colour)
    pen.text((MARGIN + width // 2, 528), picture.call, fill=PAPER, font=font, anchor="mm")


def _draw_times(pen: Pen, colour: str) -> None:
    """Draw times to pick from, one of them picked."""
    pen.rounded_rectangle((850, 120, 1120, 510), radius=24, outline=LINE, width=3, fill=_tint(colour, 96))
    for number, (left, top) in enumerate((left, top) for top in (160, 275, 390) for left in (885, 995)):
        box = (left, top, left + 90, top + 80)
        if number != 3:
            pen.rounded_rectangle(box, radius=12, outline=_tint(colour, 60), width=3, fill=PAPER)
            continue
        pen.rounded_rectangle(box, radius=12, fill=colour)
        tick = [(left + 26, top + 42), (left + 40, top + 56), (left + 66, top + 26)]
        pen.line(tick, fill=PAPER, width=8, joint="curve")


def _fitting(title: str) -> tuple[Sequence[str], Font]:
    """Return the title in lines, as large as it can be."""
    for size in TITLE_SIZES:
        font = _font(size, bold=True)
        lines = list(_lines(title, font))
        if len(lines) <= MOST_LINES and all(font.getlength(line) <= TEXT_WIDTH for line in lines):
            return lines, font
    font = _font(TITLE_SIZES[-1], bold=True)
    lines = list(_lines(title, font))
    rest = " ".join(lines[MOST_LINES - 1 :])
    kept = [*lines[: MOST_LINES - 1], rest] if rest else lines
    return [_cut(line, font, TEXT_WIDTH) for line in kept], font


def _lines(text: str, font: Font) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > TEXT_WIDTH:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def _cut(text: str, font: Font, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip(' ,;:.')}…"


@cache
def _font(size: int, *, bold: bool = False) -> Font:
    return ImageFont.truetype(FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), size)


def _tint(colour: str, percent: int) -> str:
    """Return the colour with so much of the paper in it."""
    return mixed(colour, PAPER, percent)
