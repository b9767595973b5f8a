"""Access got anew: for one schedule, or to mend a connection with all that depends on it."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from convoca.booking.models import Connection, Schedule, User
from convoca.booking.operations.auditing import Actor, acting
from convoca.booking.operations.connecting import connect_schedule
from convoca.booking.operations.reconnecting import take_over
from convoca.booking.questions.viewers import viewer_of
from convoca.manage import health_phrases, phrases, sync_phrases
from convoca.providers import CALENDAR_PROVIDERS
from convoca.providers.contract import ConnectedProvider, OutcomeLost, ProviderError


def connect_by(
    request: HttpRequest,
    wanted_for: Schedule | Connection,
    provider: ConnectedProvider,
    prove: Callable[[], Connection],
    *,
    now: datetime,
) -> Connection | None:
    """Connect or mend by the access that `prove` gets, and return it; or say why there is none."""
    try:
        connection = prove()
    except (ProviderError, OutcomeLost) as error:
        messages.error(request, phrases.not_connected_because(error, provider))
        return None
    if connection.state != Connection.State.OPEN:
        if provider in CALENDAR_PROVIDERS:
            messages.error(request, sync_phrases.box_unticked())
        else:
            messages.error(request, phrases.scopes_missing(provider, connection.reason))
        return None
    by = _who_acts(request, wanted_for)
    if isinstance(wanted_for, Schedule) and provider in CALENDAR_PROVIDERS:
        # Nothing is published before its owner has chosen where.
        messages.success(request, sync_phrases.connected(connection))
    elif isinstance(wanted_for, Connection):
        take_over(wanted_for, connection, by=by, now=now)
        messages.success(request, health_phrases.reconnected(provider))
    else:
        connect_schedule(wanted_for, connection, by=by, now=now)
        messages.success(request, phrases.connected(provider))
    return connection


def _who_acts(request: HttpRequest, wanted_for: Schedule | Connection) -> Actor:
    user = request.user if isinstance(request.user, User) else None
    return acting(viewer_of(wanted_for.account, user).membership)


def to_vendor(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


def back_to_row(connection: Connection) -> HttpResponse:
    """Go back to the row of the health page from which the reconnection began."""
    page = reverse("manage:health", args=[connection.account.name])
    return HttpResponse(status=303, headers={"Location": f"{page}#connection-{connection.pk}"})


def back_to_calendars(schedule: Schedule, connection: Connection | None) -> HttpResponse:
    """Go on to the choice of a calendar for the schedule; without access, back to where it was asked for."""
    where = [schedule.account.name, schedule.slug]
    if connection is None:
        page = reverse("manage:publication", args=where)
    else:
        page = reverse("manage:choose-calendar", args=[*where, connection.pk])
    return HttpResponse(status=303, headers={"Location": page})
