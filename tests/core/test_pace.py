"""How long work will still take."""

from datetime import timedelta

from convoca.core.pace import time_left

MINUTE = timedelta(minutes=1)


def test_what_is_left_takes_as_long_as_what_is_done_took() -> None:
    assert time_left(done=20, over=MINUTE, left=60) == 3 * MINUTE
    assert time_left(done=20, over=MINUTE, left=0) == timedelta(0)


def test_nothing_is_told_before_there_is_something_to_tell_from() -> None:
    assert time_left(done=0, over=MINUTE, left=10) is None
    assert time_left(done=2, over=MINUTE, left=10) is None
    assert time_left(done=9, over=timedelta(0), left=10) is None
