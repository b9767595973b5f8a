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
from convoca.manage import health_phrases, phrases
from convoca.providers.contract import ConnectedProvider, OutcomeLost, ProviderError


def connect_by(
    request: HttpRequest,
    wanted_for: Schedule | Connection,
    provider: ConnectedProvider,
    prove: Callable[[], Connection],
    *,
    now: datetime,
) -> None:
    """Connect or mend by the access that `prove` gets, or say why there is none."""
    try:
        connection = prove()
    except (ProviderError, OutcomeLost) as error:
        messages.error(request, phrases.not_connected_because(error, provider))
        return
    if connection.state != Connection.State.OPEN:
        messages.error(request, phrases.scopes_missing(provider, connection.reason))
        return
    by = _who_acts(request, wanted_for)
    if isinstance(wanted_for, Connection):
        take_over(wanted_for, connection, by=by, now=now)
        messages.success(request, health_phrases.reconnected(provider))
    else:
        connect_schedule(wanted_for, connection, by=by, now=now)
        messages.success(request, phrases.connected(provider))


def _who_acts(request: HttpRequest, wanted_for: Schedule | Connection) -> Actor:
    user = request.user if isinstance(request.user, User) else None
    return acting(viewer_of(wanted_for.account, user).membership)


def to_vendor(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


def back_to_row(connection: Connection) -> HttpResponse:
    """Go back to the row of the health page from which the reconnection began."""
    page = reverse("manage:health", args=[connection.account.name])
    return HttpResponse(status=303, headers={"Location": f"{page}#connection-{connection.pk}"})
