"""Which resources a booking gets, where more than one would do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from random import Random

from convoca.core.refusals import ResourceTaken


class Choice(Enum):
    """How a schedule prefers one free resource to another."""

    FIRST = "first"
    FEWEST = "fewest"
    RANDOM = "random"


def by_preference(
    candidates: Iterable[int], *, choice: Choice, bookings_that_day: Mapping[int, int], seed: int
) -> list[int]:
    """Return the candidates, best first.

    FIRST keeps the order given, which is the schedule's; FEWEST puts those with the fewest bookings that day first and
    breaks ties by that order; RANDOM is decided by the seed alone.
    """
    ordered = list(candidates)
    match choice:
        case Choice.FIRST:
            return ordered
        case Choice.FEWEST:
            return sorted(ordered, key=lambda resource: bookings_that_day.get(resource, 0))
        case Choice.RANDOM:
            return Random(seed).sample(ordered, k=len(ordered))


def choose_resource(
    candidates: Iterable[int], *, choice: Choice, bookings_that_day: Mapping[int, int], seed: int
) -> int:
    """Return the best of the free candidates; raise ResourceTaken if there is none."""
    preferred = by_preference(candidates, choice=choice, bookings_that_day=bookings_that_day, seed=seed)
    if not preferred:
        raise ResourceTaken
    return preferred[0]


def choose_resources(needs: Sequence[Collection[int]], *, preferred: Sequence[int]) -> tuple[int, ...]:
    """Return one free resource for each need, all different; raise ResourceTaken if there are not enough.

    A need is the resources of which it takes any one: "room 1 and anybody of the pool" is ({1}, {7, 8, 9}), two courts
    of a pool are the pool twice. `preferred` are the free ones, best first. A later need takes from an earlier one only
    where it would otherwise get nothing.
    """
    holder: dict[int, int] = {}  # resource → need; grows by augmenting paths

    def serve(need: int, asked: set[int]) -> bool:
        suitable = [resource for resource in preferred if resource in needs[need] and resource not in asked]
        for resource in sorted(suitable, key=lambda resource: resource in holder):
            if resource in asked:
                continue
            asked.add(resource)
            if resource not in holder or serve(holder[resource], asked):
                holder[resource] = need
                return True
        return False

    if not all(serve(need, set()) for need in range(len(needs))):
        raise ResourceTaken
    chosen = {need: resource for resource, need in holder.items()}
    return tuple(chosen[need] for need in range(len(needs)))


def can_serve(needs: Sequence[Collection[int]], *, free: Sequence[int]) -> bool:
    """Say whether the free resources suffice for all the needs at once."""
    try:
        choose_resources(needs, preferred=free)
    except ResourceTaken:
        return False
    return True
