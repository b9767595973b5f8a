"""What one person has booked is found by an index: it costs what they have, not what the account has."""

from typing import Any

import pytest
from django.db import connection

from convoca.booking.models import Booking
from convoca.booking.operations.counting import bookings_of
from tests.booking.building import NOW, book, make_account, make_client, make_member, make_resource_schedule

pytestmark = pytest.mark.django_db


def plan_of(sql: str, params: tuple[Any, ...]) -> str:
    """Return how the database would look for it in a table too large to be read through."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {sql}", params)
        return str(cursor.fetchall())


def test_a_guest_s_bookings_were_looked_for_among_all_of_the_account() -> None:
    account = make_account()
    guest = bookings_of(account.pk, None, "Luis@Example.org")

    assert "booking_of_guest" in plan_of(*guest.query.sql_with_params())


def test_a_guest_is_the_same_however_their_address_is_written() -> None:
    account = make_account()
    schedule = make_resource_schedule(account)
    member = make_member(account, email="luis@example.org")
    own = book(schedule, "10:00", client=make_client(email="Luis@Example.org"))
    book(schedule, "11:00", client=make_client(email="luisa@example.org"))
    book(schedule, "12:00", client=make_client(email="luis@example.org", membership=member))

    assert list(bookings_of(account.pk, None, "luis@example.ORG")) == [own]
    assert bookings_of(account.pk, member, "luis@example.org").get().membership == member
    assert Booking.objects.filter(slot__starts_at__gt=NOW).count() == 3
