"""What nothing points at is looked for every ten minutes, so it must be read from what is unfinished, not from all."""

import pytest

from convoca.booking.operations.mending import forgotten_ones
from tests.booking.building import NOW, book, make_account, make_resource_schedule
from tests.booking.test_watching_plans import plan_of

pytestmark = pytest.mark.django_db

INDEXES = ("meeting_forgotten_unmade", "meeting_forgotten_stale", "meeting_forgotten_left")


@pytest.mark.parametrize(("kind", "index"), list(enumerate(INDEXES)))
def test_looking_for_what_was_forgotten_read_every_meeting_there_ever_was(kind: int, index: str) -> None:
    book(make_resource_schedule(make_account(), link_source="jitsi"))

    assert index in plan_of(forgotten_ones(now=NOW)[kind].values_list("pk"))
