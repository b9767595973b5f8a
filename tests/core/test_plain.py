"""M21: texts of other systems are HTML, and can be pasted."""

import pytest

from convoca.core.plain import plain


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("Dear $name,\n\n5 < 6 & <3", "Dear $name,\n\n5 < 6 & <3"),
        ("<p>Dear $name,</p><p>We meet <b>here</b>.<br>Bye</p>", "Dear $name,\n\nWe meet here.\nBye"),
        ('<a href="$meeting_url">Join</a> now', "Join: $meeting_url now"),
        ('<a href="https://example.com/">https://example.com/</a>', "https://example.com/"),
        ("<p>Bring:</p><ul><li>water</li><li>a towel</li></ul>", "Bring:\n\n- water\n- a towel"),
        ("<p>A &amp; B&nbsp;C</p><script>alert(1)</script>", "A & B C"),
    ],
)
def test_what_was_pasted_becomes_plain_text(pasted: str, text: str) -> None:
    assert plain(pasted) == text
