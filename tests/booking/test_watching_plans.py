"""The sweep asks every five seconds, so what it asks must be read from what is open, not from all that ever was."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from convoca.booking.models import Incident
from convoca.booking.questions.troubles import OF_MEETINGS, troubles
from convoca.booking.questions.unready import condition_of, unready
from tests.booking.building import NOW, book, make_account, make_resource_schedule

pytestmark = pytest.mark.django_db


def plan_of(asked: QuerySet[Any]) -> str:
    """Return how the database would answer, from the statement with its values beside it as it is really asked."""
    statement, values = asked.query.sql_with_params()
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of so few rows it would rather read the whole table.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} {statement}", values)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize("kind", OF_MEETINGS)
def test_watching_read_every_meeting_there_ever_was(kind: Incident.Kind) -> None:
    book(make_resource_schedule(make_account(), link_source="jitsi"))
    asked = unready(now=NOW).filter(condition_of(kind, now=NOW)).order_by().values_list("account_id").distinct()

    assert "meeting_unready" in plan_of(asked)


def test_what_is_written_into_the_statement_is_found() -> None:
    booking = book(make_resource_schedule(make_account(), link_source="jitsi"))

    assert [meeting.slot for meeting in unready(now=NOW)] == [booking.slot]
    assert troubles(now=NOW) == set()
