"""The health page tells how the events of a connected calendar stand (B5, M4)."""

import pytest
from django.test import Client

from convoca.booking.models import Account, Connection, Publication
from convoca.booking.questions.troubles import Kind, troubles
from tests.booking.building import NOW, book, make_resource_schedule, publish_at_google
from tests.manage.reading import buttons, words

pytestmark = pytest.mark.django_db


def test_b5_what_is_not_in_the_calendar_as_it_should_be_is_said(owner: Client, account: Account) -> None:
    schedule = make_resource_schedule(account)
    publish_at_google(schedule)
    first, second, _ = (book(schedule, clock) for clock in ("10:00", "11:00", "12:00"))
    events = Publication.objects
    events.filter(slot=first.slot).update(blocked="rejected", reason="The event is too long.")
    events.filter(slot=second.slot).update(observed="gone")

    page = words(owner.get(f"/manage/{account.name}/health"))

    assert "Google refused 1 event: The event is too long." in page
    assert "1 event was changed in the calendar by hand" in page
    assert "1 event is on its way to the calendar." in page
    assert "Schedules Consultations" in page


def test_b5_access_to_a_calendar_that_was_lost_is_trouble_with_one_button(owner: Client, account: Account) -> None:
    publish_at_google(make_resource_schedule(account))
    Connection.objects.update(state=Connection.State.NEEDS_OWNER, reason="invalid_grant")

    assert [each.kind for each in troubles(now=NOW)] == [Kind.ACCESS]
    assert "Reconnect" in " ".join(buttons(owner.get(f"/manage/{account.name}/health")))
