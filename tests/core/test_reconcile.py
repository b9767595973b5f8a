"""The card: what is wanted, what is observed, and the one next step (M8, M9, T12, T41)."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from convoca.core.reconcile import BACK_OFF, NEXT_STEP, Observed, Step, Wanted, back_off, wanted

NOW = datetime(2030, 3, 31, 10, 0, tzinfo=UTC)

CARD = [
    ("what is wanted and was never made is created", Wanted.PRESENT, Observed.NOTHING, Step.CREATE),
    ("what is wanted and as we said it rests", Wanted.PRESENT, Observed.UP_TO_DATE, Step.REST),
    ("what is wanted and says something older is updated", Wanted.PRESENT, Observed.STALE, Step.UPDATE),
    ("what is wanted and gone is replaced by its next generation", Wanted.PRESENT, Observed.GONE, Step.REPLACE),
    ("what is wanted and not known is looked for, never made again", Wanted.PRESENT, Observed.UNKNOWN, Step.LOOK),
    ("a link typed by hand is left alone", Wanted.PRESENT, Observed.EXTERNAL, Step.REST),
    ("what is no longer ours is left alone", Wanted.PRESENT, Observed.DETACHED, Step.REST),
    ("what was refused rests until that is lifted", Wanted.PRESENT, Observed.BLOCKED, Step.REST),
    ("what is not wanted and was never made rests", Wanted.ABSENT, Observed.NOTHING, Step.REST),
    ("what is not wanted and exists is deleted", Wanted.ABSENT, Observed.UP_TO_DATE, Step.DELETE),
    ("what is not wanted is deleted even if it says something older", Wanted.ABSENT, Observed.STALE, Step.DELETE),
    ("what is not wanted and gone rests", Wanted.ABSENT, Observed.GONE, Step.REST),
    ("what is not wanted and not known is looked for, to be deleted", Wanted.ABSENT, Observed.UNKNOWN, Step.LOOK),
    ("a link typed by hand is not deleted anywhere", Wanted.ABSENT, Observed.EXTERNAL, Step.REST),
    ("what is no longer ours cannot be deleted", Wanted.ABSENT, Observed.DETACHED, Step.REST),
    ("what was refused is not deleted until that is lifted", Wanted.ABSENT, Observed.BLOCKED, Step.REST),
]  # fmt: skip


@pytest.mark.parametrize(("wish", "seen", "step"), [cell[1:] for cell in CARD], ids=[cell[0] for cell in CARD])
def test_the_next_step(wish: Wanted, seen: Observed, step: Step) -> None:
    assert NEXT_STEP[wish, seen] is step


def test_the_card_has_no_empty_cell() -> None:
    assert set(NEXT_STEP) == set(product(Wanted, Observed)) == {(wish, seen) for _, wish, seen, _ in CARD}


def test_the_card_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        NEXT_STEP[Wanted.PRESENT, Observed.NOTHING] = Step.REST  # type: ignore[index]


def wish(**changes: Any) -> Wanted:
    usual: dict[str, Any] = {"live": True, "made_ahead": False, "confirmed": 1, "has_source": True}
    return wanted(**usual | {"ends_at": NOW + timedelta(hours=1)} | changes, now=NOW)


def test_an_appointment_wants_a_room_while_somebody_is_confirmed() -> None:
    assert wish(confirmed=1) is Wanted.PRESENT
    assert wish(confirmed=0) is Wanted.ABSENT


def test_a_class_wants_its_room_before_anybody_has_signed_up() -> None:
    """M10: the meeting is made when the slot is made."""
    assert wish(made_ahead=True, confirmed=0) is Wanted.PRESENT


def test_a_cancelled_occasion_wants_no_room() -> None:
    assert wish(live=False) is Wanted.ABSENT
    assert wish(live=False, made_ahead=True) is Wanted.ABSENT


def test_an_occasion_born_without_a_source_of_links_wants_no_room() -> None:
    assert wish(has_source=False) is Wanted.ABSENT


def test_an_occasion_that_has_ended_wants_no_room() -> None:
    assert wish(ends_at=NOW + timedelta(microseconds=1)) is Wanted.PRESENT
    assert wish(ends_at=NOW) is Wanted.ABSENT


def test_each_failure_in_a_row_waits_longer_until_an_hour_is_reached() -> None:
    waits = [back_off(attempts, jitter=0) for attempts in range(1, len(BACK_OFF) + 3)]

    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=1)
    assert waits[-1] == waits[-2] == timedelta(hours=1)


def test_jitter_adds_up_to_a_fifth() -> None:
    assert back_off(5, jitter=0) == timedelta(minutes=2)
    assert back_off(5, jitter=0.5) == timedelta(minutes=2, seconds=12)
    assert back_off(5, jitter=0.999) < timedelta(minutes=2, seconds=24)


def test_no_failure_at_all_waits_as_after_the_first() -> None:
    assert back_off(0, jitter=0) == back_off(1, jitter=0)
