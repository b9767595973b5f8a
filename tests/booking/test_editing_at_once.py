"""A whole series is changed by few statements: on SQLite a write keeps all others waiting."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convoca.booking.models import Account, Membership
from convoca.booking.operations.auditing import Actor, acting
from tests.booking.building import at, make_account, make_capacity_schedule, make_member, sign_up
from tests.booking.test_editing_slots import edit, make_course

pytestmark = pytest.mark.django_db


def statements_of_moving(weeks: int, account: Account, owner: Actor) -> int:
    schedule = make_capacity_schedule(account, slug=f"course-{weeks}")
    slots = make_course(schedule, weeks)
    for slot in slots:
        for person in range(2):
            sign_up(slot, f"person-{person}@example.org")
    with CaptureQueriesContext(connection) as queries:
        assert len(edit(slots[0], owner, following=True, starts_at=at("18:30"), ends_at=at("19:30"))) == weeks
    return len(queries)


def test_moving_a_whole_series_took_statements_for_each_of_its_sessions() -> None:
    """On SQLite a write keeps all others waiting: a series costs as many statements as one that is a fourth of it."""
    account = make_account()
    owner = acting(make_member(account, Membership.Role.OWNER))

    assert statements_of_moving(3, account, owner) == statements_of_moving(12, account, owner)
