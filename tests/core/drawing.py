"""Small pictures made by hand, with what should be cut out of them."""

import struct
import zlib

SECRET = b"GPS 40.4168 -3.7038"


def png(width: int = 64, height: int = 32, *, secret: bool = False, after: bytes = b"") -> bytes:
    rows = b"".join(b"\0" + b"\x0b\x5c\xad" * width for _ in range(height))
    parts = [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    parts += [_chunk(b"tEXt", b"Comment\0" + SECRET), _chunk(b"eXIf", SECRET)] if secret else []
    parts += [_chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + after


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def jpeg(width: int = 64, height: int = 32, *, secret: bool = False, after: bytes = b"") -> bytes:
    parts = [b"\xff\xd8", _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")]
    parts += [_segment(0xE1, b"Exif\0\0" + SECRET), _segment(0xFE, SECRET)] if secret else []
    parts += [
        _segment(0xDB, b"\0" + b"\1" * 64),
        _segment(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 17, 0)),
    ]
    parts += [_segment(0xC4, b"\0" + b"\0" * 16), _segment(0xDA, b"\1\1\0\0\x3f\0"), b"\x12\xff\0\x34", b"\xff\xd9"]
    return b"".join(parts) + after


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def webp(width: int = 64, height: int = 32, *, secret: bool = False, after: bytes = b"") -> bytes:
    bits = (width - 1) | (height - 1) << 14
    chunks = _riff(b"VP8L", b"\x2f" + struct.pack("<I", bits) + b"\0" * 8)
    if secret:
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        chunks = _riff(b"VP8X", b"\x1c\0\0\0" + sides) + chunks + _riff(b"EXIF", SECRET) + _riff(b"XMP ", SECRET)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks + after


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
