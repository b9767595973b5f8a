"""How long work has been waiting for us."""

from datetime import timedelta

import pytest

from convoca.booking.models import Connection, Notification
from convoca.booking.questions.health import NOT_OVERDUE, oldest_overdue
from tests.booking.building import NOW, book, connect_zoom, make_account, make_resource_schedule

pytestmark = pytest.mark.django_db


def test_the_longest_waiting_row_counts_and_what_waits_for_its_owner_or_the_vendor_does_not() -> None:
    schedule = make_resource_schedule(make_account())
    connect_zoom(schedule)
    book(schedule)
    Notification.objects.all().delete()
    later = NOW + timedelta(minutes=3)

    assert oldest_overdue(now=NOW - timedelta(seconds=1)) == NOT_OVERDUE
    assert oldest_overdue(now=later) == timedelta(minutes=3)
    Connection.objects.update(blocked_until=later + timedelta(seconds=1))
    assert oldest_overdue(now=later) == NOT_OVERDUE
    Connection.objects.update(blocked_until=None, state=Connection.State.NEEDS_OWNER)
    assert oldest_overdue(now=later) == NOT_OVERDUE
