"""Pictures that people upload: told by their bytes, measured, and cut down to what is needed to draw them.

Whatever else a file carries goes: where a photograph was taken, an editor's history, a second file behind the first.
https://www.w3.org/TR/png-3/, ITU T.81 (JPEG), https://developers.google.com/speed/webp/docs/riff_container
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"})
WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
# Of a VP8X chunk's flags only that there is transparency: animation, metadata and colour profiles are cut out.
ALPHA_FLAG = 0x10
# Start of a frame: baseline to progressive, without those that are no frames (DHT, JPG, DAC).
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Application data and comments; Adobe's says how colours are to be read, JFIF's how large a dot is.
JPEG_LEFT_OUT = (frozenset(range(0xE1, 0xF0)) - {0xEE}) | {0xFE}
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9


class NotAPicture(Exception):
    """The bytes are no PNG, JPEG or WebP picture, or a broken one."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of `kind` png, jpg or webp, and its size in pixels."""

    kind: str
    width: int
    height: int
    body: bytes


def picture_of(raw: bytes) -> Picture:
    """Return the picture, cut down to what draws it. Raises NotAPicture."""
    try:
        if raw.startswith(PNG_START):
            found = _png(raw)
        elif raw.startswith(b"\xff\xd8\xff"):
            found = _jpeg(raw)
        elif raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
            found = _webp(raw)
        else:
            raise NotAPicture
    except (IndexError, struct.error) as error:
        raise NotAPicture from error
    if not found.width or not found.height:
        raise NotAPicture
    return found


def _png(raw: bytes) -> Picture:
    kept, width, height, ends = [PNG_START], 0, 0, False
    for name, body in _png_chunks(raw):
        if name == b"IHDR":
            width, height = struct.unpack(">II", body[:8])
        if name in PNG_KEPT:
            kept.append(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)))
        ends = ends or name == b"IEND"
    if not ends:
        raise NotAPicture
    return Picture(kind="png", width=width, height=height, body=b"".join(kept))


def _png_chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_START)
    while at + 12 <= len(raw):
        (length,) = struct.unpack_from(">I", raw, at)
        name, body = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]
        if len(body) != length or raw[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(name + body)):
            raise NotAPicture
        yield name, body
        if name == b"IEND":
            return
        at += 12 + length


def _jpeg(raw: bytes) -> Picture:
    kept, at, width, height = [b"\xff\xd8"], 2, 0, 0
    while True:
        if raw[at] != 0xFF:
            raise NotAPicture
        if raw[at + 1] == 0xFF:
            at += 1
            continue
        marker = raw[at + 1]
        (length,) = struct.unpack_from(">H", raw, at + 2)
        segment = raw[at : at + 2 + length]
        if length < 2 or len(segment) != 2 + length or marker == END_OF_IMAGE:
            raise NotAPicture
        if marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", segment, 5)
        if marker == START_OF_SCAN:
            return Picture(kind="jpg", width=width, height=height, body=b"".join(kept) + _scans(raw, at))
        if marker not in JPEG_LEFT_OUT:
            kept.append(segment)
        at += 2 + length


def _scans(raw: bytes, at: int) -> bytes:
    """Return what is drawn, up to the end of the image, which no scan holds: 0xFF in it is followed by 0."""
    end = raw.find(bytes((0xFF, END_OF_IMAGE)), at)
    if end < 0:
        raise NotAPicture
    return raw[at : end + 2]


def _webp(raw: bytes) -> Picture:
    kept, width, height = [], 0, 0
    for name, body in _webp_chunks(raw):
        if name not in WEBP_KEPT:
            continue
        if name == b"VP8X":
            width, height = _three_bytes(body, 4) + 1, _three_bytes(body, 7) + 1
            body = bytes((body[0] & ALPHA_FLAG,)) + body[1:]
        elif name == b"VP8 " and not width:
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 6))
        elif name == b"VP8L" and not width:
            (bits,) = struct.unpack_from("<I", body, 1)
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        kept.append(name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
    if not any(chunk[:4] in {b"VP8 ", b"VP8L"} for chunk in kept):
        raise NotAPicture
    inside = b"WEBP" + b"".join(kept)
    return Picture(kind="webp", width=width, height=height, body=b"RIFF" + struct.pack("<I", len(inside)) + inside)


def _webp_chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, min(len(raw), 8 + struct.unpack_from("<I", raw, 4)[0])
    while at + 8 <= end:
        (length,) = struct.unpack_from("<I", raw, at + 4)
        body = raw[at + 8 : at + 8 + length]
        if len(body) != length:
            raise NotAPicture
        yield raw[at : at + 4], body
        at += 8 + length + length % 2


def _three_bytes(body: bytes, at: int) -> int:
    return body[at] | body[at + 1] << 8 | body[at + 2] << 16
