"""The host's own way into a meeting: asked for at the click, handed on, and never written down."""

from datetime import datetime

from convoca.booking.models import Meeting, Slot
from convoca.booking.operations.granting import NoTokenNow, usable_token
from convoca.booking.operations.leasing import CALL_SECONDS
from convoca.booking.operations.pacing import pacer
from convoca.booking.operations.vendors import application_for
from convoca.booking.operations.wishing import wanted_meeting
from convoca.providers import provider_by_id
from convoca.providers.contract import OutcomeLost, ProviderError
from convoca.providers.wire import carry_out


class NoHostLink(Exception):
    """There is no way in with the host's rights now; `__cause__` is the vendor's reason, if it gave one."""


def host_link(slot: Slot, *, now: datetime) -> str:
    """Return the address that starts the slot's meeting with the host's rights. Raises NoHostLink.

    For people who supervise the slot, in the moment in which they press the button: it is a secret, lives for hours
    at most, and is in no table, log or mail. Of a link that was typed, the link itself is all there is.
    """
    meeting = wanted_meeting(slot)
    if meeting is None or not meeting.link:
        raise NoHostLink
    if meeting.observed != Meeting.Observed.PRESENT:
        return meeting.link.open()
    provider, application = provider_by_id(meeting.provider), application_for(meeting.provider)
    try:
        token = usable_token(meeting.connection, now=now) if meeting.connection else ""
        exchange = provider.host_url(meeting.remote_id, application=application, token=token)
        return carry_out(exchange, seconds=CALL_SECONDS, before=pacer(meeting.connection, now=now))
    except (NoTokenNow, ProviderError, OutcomeLost) as error:
        raise NoHostLink from error
