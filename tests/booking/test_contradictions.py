"""What cannot be meant together of a schedule's access (M19)."""

import pytest

from convoca.booking.models import Audience
from convoca.booking.questions.permissions import Contradiction, contradictions


@pytest.mark.parametrize(
    ("who_sees", "who_books", "found"),
    [
        ("anyone", "anyone", ()),
        ("users", "anyone", (Contradiction.BOOKS_UNSEEN,)),
        ("superusers", "users", (Contradiction.BOOKS_UNSEEN,)),
        ("users", "users", ()),
        ("anyone", "superusers", ()),
        ("superusers", "anyone", (Contradiction.BOOKS_UNSEEN,)),
    ],
)
def test_contradictory_choices_are_named(who_sees: str, who_books: str, found: tuple[Contradiction, ...]) -> None:
    assert contradictions(who_sees=Audience(who_sees), who_books=Audience(who_books)) == found
