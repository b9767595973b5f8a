"""What starts within the hour is not slowed by a thousand meetings that are owed for another day."""

import threading
from collections.abc import Callable

from convoca.booking.operations.turns import ask_nobody, in_turn, out_of_turn

AT_ONCE = 0.001
PATIENCE = 30.0


def elsewhere[T](ask: Callable[[], T]) -> T:
    """Return what `ask` says on another thread."""
    said: list[T] = []
    thread = threading.Thread(target=lambda: said.append(ask()))
    thread.start()
    thread.join(PATIENCE)
    return said[0]


def can_have_turn() -> bool:
    with in_turn(patience=AT_ONCE) as had:
        return had


def test_whoever_works_for_another_day_does_it_one_after_the_other() -> None:
    with in_turn() as had:
        assert had
        assert not elsewhere(can_have_turn)
    assert elsewhere(can_have_turn)


def test_nobody_waits_while_a_vendor_is_being_waited_for() -> None:
    with in_turn():
        with out_of_turn():
            assert elsewhere(can_have_turn)
        assert not elsewhere(can_have_turn)


def test_what_is_near_takes_nobody_s_turn() -> None:
    with in_turn():
        ask_nobody()
        assert elsewhere(can_have_turn)
        with out_of_turn():
            pass
        assert elsewhere(can_have_turn), "what is near took the turn back"


def test_a_hand_that_hangs_stops_nobody_for_good() -> None:
    """The block is carried out without a turn, and ends without giving away somebody else's."""
    with in_turn():
        assert not elsewhere(can_have_turn)
        assert not elsewhere(can_have_turn)
    assert elsewhere(can_have_turn)


def test_a_turn_ends_with_whatever_goes_wrong() -> None:
    try:
        with in_turn():
            raise RuntimeError
    except RuntimeError:
        pass
    assert elsewhere(can_have_turn)
