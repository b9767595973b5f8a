"""Which resource a booking gets where the client has not asked for one."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoca.core.admission import ResourceTaken
from convoca.core.choosing import Choice, by_preference, can_serve, choose_resource, choose_resources
from tests.core.profile import examples


def test_the_first_free_one_is_the_first_in_the_schedules_own_order() -> None:
    assert choose_resource([7, 3, 5], choice=Choice.FIRST, bookings_that_day={7: 9}, seed=1) == 7


def test_the_one_with_the_fewest_bookings_that_day_is_found_and_ties_keep_the_order() -> None:
    assert choose_resource([7, 3, 5], choice=Choice.FEWEST, bookings_that_day={7: 2, 3: 1, 5: 1}, seed=1) == 3
    assert choose_resource([7, 3, 5], choice=Choice.FEWEST, bookings_that_day={7: 2, 3: 1}, seed=1) == 5


def test_a_random_choice_is_fair_and_the_seed_alone_decides_it() -> None:
    chosen = [choose_resource([7, 3, 5], choice=Choice.RANDOM, bookings_that_day={}, seed=seed) for seed in range(300)]

    assert chosen == [
        choose_resource([7, 3, 5], choice=Choice.RANDOM, bookings_that_day={7: 9}, seed=seed) for seed in range(300)
    ]
    assert all(chosen.count(resource) > 60 for resource in (7, 3, 5))


def test_nobody_free_is_a_refusal() -> None:
    with pytest.raises(ResourceTaken):
        choose_resource([], choice=Choice.FIRST, bookings_that_day={}, seed=1)


@examples(40)
@given(candidates=st.lists(st.integers(0, 20), unique=True), seed=st.integers(0))
def test_every_choice_prefers_among_the_candidates_and_forgets_none(candidates: list[int], seed: int) -> None:
    for choice in Choice:
        ordered = by_preference(candidates, choice=choice, bookings_that_day={3: 1}, seed=seed)
        assert sorted(ordered) == sorted(candidates)


def test_a_service_may_need_all_of_some_resources_one_of_others_and_several_of_a_pool() -> None:
    room, courts = {1}, {7, 8, 9}

    assert choose_resources([room, courts], preferred=[9, 1, 7]) == (1, 9)
    assert choose_resources([courts, courts], preferred=[9, 1, 7]) == (9, 7)
    with pytest.raises(ResourceTaken):
        choose_resources([courts, courts], preferred=[9, 1])


def test_a_need_gives_its_resource_up_only_to_one_that_would_get_nothing() -> None:
    assert choose_resources([{1, 2}, {1}], preferred=[1, 2]) == (2, 1)
    assert choose_resources([{1, 2}, {1, 3}], preferred=[1, 2, 3]) == (1, 3)


@examples(80)
@given(
    needs=st.lists(st.sets(st.integers(0, 5), max_size=4), max_size=4),
    free=st.lists(st.integers(0, 5), unique=True),
)
def test_a_service_is_served_exactly_if_some_way_of_sharing_out_serves_it(
    needs: list[set[int]], free: list[int]
) -> None:
    ways = [
        way
        for way in permutations(free, len(needs))
        if all(resource in need for resource, need in zip(way, needs, strict=True))
    ]

    assert can_serve(needs, free=free) == bool(ways)
    if ways:
        assert choose_resources(needs, preferred=free) in ways
