"""Access got anew: for one schedule, or to mend a connection with all that depends on it."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from convoca.booking.models import Connection, Schedule, User
from convoca.booking.operations.auditing import Actor, acting
from convoca.booking.operations.calendars import read_calendars
from convoca.booking.operations.connecting import connect_schedule
from convoca.booking.operations.granting import NoTokenNow
from convoca.booking.operations.reconnecting import take_over
from convoca.booking.questions.viewers import viewer_of
from convoca.manage import health_phrases, phrases
from convoca.manage import synchronize_phrases as say
from convoca.providers import CALENDAR_PROVIDERS
from convoca.providers.contract import ConnectedProvider, OutcomeLost, ProviderError

# What an access to calendars is asked for: to publish, and then to choose Meet.
FOR_MEET = "meet"


def connect_by(
    request: HttpRequest,
    wanted_for: Schedule | Connection,
    provider: ConnectedProvider,
    prove: Callable[[], Connection],
    *,
    now: datetime,
) -> Connection | None:
    """Connect or mend by the access that `prove` gets and return it, or say why there is none.

    What becomes of an access to calendars is chosen afterwards.
    """
    try:
        connection = prove()
    except (ProviderError, OutcomeLost) as error:
        messages.error(request, phrases.not_connected_because(error, provider))
        return None
    of_calendars = provider in CALENDAR_PROVIDERS
    if connection.state != Connection.State.OPEN:
        unticked = say.boxes_missing(connection.reason.split())
        messages.error(request, unticked if of_calendars else phrases.scopes_missing(provider, connection.reason))
        return None
    by = _who_acts(request, wanted_for)
    if of_calendars and isinstance(wanted_for, Schedule):
        _read_calendars(request, connection, provider, now=now)
    elif of_calendars and connection.pk != wanted_for.pk:
        messages.error(request, say.another_account(connection.email))
    elif isinstance(wanted_for, Connection):
        take_over(wanted_for, connection, by=by, now=now)
        messages.success(request, health_phrases.reconnected(provider))
    else:
        connect_schedule(wanted_for, connection, by=by, now=now)
        messages.success(request, phrases.connected(provider))
    return connection


def _read_calendars(
    request: HttpRequest, connection: Connection, provider: ConnectedProvider, *, now: datetime
) -> None:
    try:
        read_calendars(connection, now=now)
    except (ProviderError, OutcomeLost, NoTokenNow) as error:
        messages.error(request, phrases.not_reached(error, provider))
    else:
        messages.success(request, say.connected(connection.email))


def _who_acts(request: HttpRequest, wanted_for: Schedule | Connection) -> Actor:
    user = request.user if isinstance(request.user, User) else None
    return acting(viewer_of(wanted_for.account, user).membership)


def to_vendor(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


def to_calendars(schedule: Schedule, connection: Connection, *, for_meet: bool) -> HttpResponse:
    """Go on to the calendars of an access that was just given."""
    page = reverse("manage:synchronize-calendars", args=[schedule.account.name, schedule.slug, connection.pk])
    return HttpResponse(status=303, headers={"Location": page + ("?for_meet=1" if for_meet else "")})


def to_synchronize(schedule: Schedule) -> HttpResponse:
    page = reverse("manage:synchronize", args=[schedule.account.name, schedule.slug])
    return HttpResponse(status=303, headers={"Location": page})


def back_to_row(connection: Connection) -> HttpResponse:
    """Go back to the row of the health page from which the reconnection began."""
    page = reverse("manage:health", args=[connection.account.name])
    return HttpResponse(status=303, headers={"Location": f"{page}#connection-{connection.pk}"})
