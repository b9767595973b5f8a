"""The calendars of an account's owner: which there are, and new ones. Called by a person who waits for the answer."""

from collections.abc import Sequence
from datetime import datetime

from convoca.booking.models import Connection
from convoca.booking.operations.reaching import reach
from convoca.booking.operations.vendors import calendars_at
from convoca.providers import calendar_provider_by_id
from convoca.providers.calendars import CalendarFacts


def calendars_of(connection: Connection, *, now: datetime) -> Sequence[CalendarFacts]:
    """Return the calendars that the user sees. Raises the provider's errors, OutcomeLost and NoTokenNow."""
    provider, application = calendars_at(connection)
    return reach(connection, lambda token: provider.calendars(application=application, token=token), now=now)


def calendar_called(connection: Connection, calendar_id: str, *, now: datetime) -> CalendarFacts | None:
    """Return the calendar of that id as the vendor has it now, None if the user does not see it. Raises as above."""
    return next((each for each in calendars_of(connection, now=now) if each.id == calendar_id), None)


def new_calendar(connection: Connection, name: str, *, time_zone: str, now: datetime) -> CalendarFacts:
    """Make a calendar for a schedule and return it. Raises as `calendars_of`."""
    provider, application = calendars_at(connection)
    return reach(
        connection,
        lambda token: provider.make_calendar(name, time_zone=time_zone, application=application, token=token),
        now=now,
    )


def may_make_calendars(connection: Connection) -> bool:
    """Say whether the person who consented left that box ticked."""
    granted = frozenset(connection.grant.scopes.split()) if connection.grant else frozenset[str]()
    return not calendar_provider_by_id(connection.provider).missing_for_new_calendars(granted)


def may_ask_when_busy(connection: Connection) -> bool:
    """Say whether the person who consented left that box ticked."""
    granted = frozenset(connection.grant.scopes.split()) if connection.grant else frozenset[str]()
    return not calendar_provider_by_id(connection.provider).missing_for_busy_times(granted)
