"""The calendars of an account's owner: which there are, and new ones. Called by a person who waits for the answer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from convoca.booking.models import Calendar, Connection
from convoca.booking.operations.pacing import OF_A_PERSON
from convoca.booking.operations.reaching import reach
from convoca.booking.operations.vendors import calendars_at
from convoca.providers import calendar_provider_by_id
from convoca.providers.calendars import CalendarFacts


def read_calendars(connection: Connection, *, now: datetime) -> Sequence[CalendarFacts]:
    """Note which calendars the connection's user sees, and return them.

    Raises the provider's errors, OutcomeLost and NoTokenNow; then what was known before stays.
    """
    provider, application = calendars_at(connection)
    found = reach(
        connection,
        lambda token: provider.calendars(application=application, token=token),
        now=now,
        patience=OF_A_PERSON,
    )
    with transaction.atomic():
        seen = [note_calendar(connection, each).pk for each in found]
        Calendar.objects.filter(connection=connection).exclude(pk__in=seen).update(is_listed=False)
    return found


def note_calendar(connection: Connection, facts: CalendarFacts) -> Calendar:
    """Return the account's row of a calendar, made or brought up to date."""
    calendar, _ = Calendar.objects.update_or_create(
        account_id=connection.account_id,
        connection=connection,
        remote_id=facts.id,
        defaults={
            "name": facts.name[:200],
            "makes_meetings": facts.makes_meetings,
            "may_write": facts.may_write,
            "is_listed": True,
        },
    )
    return calendar


def calendar_called(connection: Connection, calendar_id: str, *, now: datetime) -> CalendarFacts | None:
    """Return the calendar of that id as it is at the vendor now, None if the user does not see it. Raises as above."""
    return next((each for each in read_calendars(connection, now=now) if each.id == calendar_id), None)


def new_calendar(connection: Connection, name: str, *, time_zone: str, now: datetime) -> CalendarFacts:
    """Make a calendar for a schedule and return it. Raises as `read_calendars`."""
    provider, application = calendars_at(connection)
    return reach(
        connection,
        lambda token: provider.make_calendar(name, time_zone=time_zone, application=application, token=token),
        now=now,
        patience=OF_A_PERSON,
    )


def may_make_calendars(connection: Connection) -> bool:
    """Say whether the person who consented left that box ticked."""
    return not calendar_provider_by_id(connection.provider).missing_for_new_calendars(_granted(connection))


def may_ask_when_busy(connection: Connection) -> bool:
    """Say whether the person who consented left that box ticked."""
    return not calendar_provider_by_id(connection.provider).missing_for_busy_times(_granted(connection))


def _granted(connection: Connection) -> frozenset[str]:
    return frozenset(connection.grant.scopes.split()) if connection.grant else frozenset()
