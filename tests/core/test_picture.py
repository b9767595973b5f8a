"""Layout Settings: the logo is told by its bytes and cut down to what draws it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.picture import NotAPicture, picture_of
from tests.core.drawing import SECRET, jpeg, png, webp

KINDS = {"png": png, "jpg": jpeg, "webp": webp}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_measured_and_its_kind_told(kind: str) -> None:
    picture = picture_of(KINDS[kind](300, 120))

    assert (picture.kind, picture.width, picture.height) == (kind, 300, 120)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_file_carries_besides_the_picture_is_cut_out(kind: str) -> None:
    """Where a photograph was taken is nobody's business, and what follows a picture may be a program."""
    draw: Callable[..., bytes] = KINDS[kind]
    raw = draw(300, 120, secret=True, after=b"<script>alert(1)</script>")
    assert SECRET in raw

    picture = picture_of(raw)

    assert (picture.width, picture.height) == (300, 120)
    assert SECRET not in picture.body
    assert b"<script>" not in picture.body


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_cut_down_is_a_picture_and_stays_as_it_is(kind: str) -> None:
    once = picture_of(KINDS[kind](300, 120, secret=True))

    assert picture_of(once.body) == once


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        png()[:-20],
        png().replace(b"IDAT", b"IDAX"),
        png(0, 5),
        jpeg()[:-2],
        jpeg()[:30],
        webp()[:20],
        b"RIFF\x04\0\0\0WEBP",
    ],
)
def test_anything_else_is_no_picture(raw: bytes) -> None:
    with pytest.raises(NotAPicture):
        picture_of(raw)


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_a_broken_file_is_a_picture_or_none_and_never_an_error(kind: str, data: st.DataObject) -> None:
    raw = bytearray(KINDS[kind](20, 20, secret=True))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(4, len(raw)))]

    try:
        picture = picture_of(bytes(raw))
    except NotAPicture:
        return

    assert picture.width > 0
    assert picture.height > 0
