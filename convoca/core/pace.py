"""How long work that is under way will take, from the pace at which it went so far."""

from datetime import timedelta

# From fewer nothing can be told: the first takes longer than the rest, or there was one by chance.
TELLING = 3


def time_left(*, done: int, over: timedelta, left: int) -> timedelta | None:
    """Return how long `left` will take if they go as `done` went, which took `over`.

    None while too few are done to tell.
    """
    if done < TELLING or over <= timedelta(0):
        return None
    return left * over / done
