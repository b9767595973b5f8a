"""The host's own way into a meeting: asked for at the click, handed on, and never written down."""

from datetime import datetime

from convoca.booking.models import Meeting, Slot
from convoca.booking.operations.granting import NoTokenNow, usable_token
from convoca.booking.operations.leasing import CALL_SECONDS
from convoca.booking.operations.pacing import OF_A_PERSON, pacer
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.vendors import application_for
from convoca.booking.questions.links import link_of
from convoca.providers import provider_by_id
from convoca.providers.contract import Gone, OutcomeLost, ProviderError
from convoca.providers.wire import carry_out


class NoHostLink(Exception):
    """There is no way in with the host's rights now; `__cause__` is the reason, if there is one beside its absence.

    `provider` is the brand that gave none; "" if there is no meeting yet.
    """

    def __init__(self, provider: str = "") -> None:
        super().__init__()
        self.provider = provider


def host_link(slot: Slot, *, now: datetime) -> str:
    """Return the address that starts the slot's meeting with the host's rights. Raises NoHostLink.

    For people who supervise the slot, in the moment in which they press the button: it is a secret, lives for hours
    at most, and is in no table, log or mail. Of a link that was typed, of the backup link, and of a meeting that is no
    longer ours to change, the link itself is all there is. No transaction is open while the vendor is asked.
    """
    link = link_of(slot, now=now)
    if not link.is_ready:
        raise NoHostLink
    if link.meeting_id is None:
        return link.url
    meeting = Meeting.objects.select_related("connection__grant").get(account_id=slot.account_id, pk=link.meeting_id)
    if meeting.observed != Meeting.Observed.PRESENT:
        return link.url
    try:
        return _ask(meeting, now=now)
    except (NoTokenNow, ProviderError, OutcomeLost) as error:
        if isinstance(error, Gone):
            _doubt(meeting, now=now)
        raise NoHostLink(link.label) from error


def _ask(meeting: Meeting, *, now: datetime) -> str:
    provider, application = provider_by_id(meeting.provider), application_for(meeting.provider)
    token = usable_token(meeting.connection, now=now) if meeting.connection else ""
    exchange = provider.host_url(meeting.remote_id, application=application, token=token)
    return carry_out(exchange, seconds=CALL_SECONDS, before=pacer(meeting.connection, now=now, patience=OF_A_PERSON))


def _doubt(meeting: Meeting, *, now: datetime) -> None:
    """Have a meeting looked at that the vendor has just denied: what is gone is made anew."""
    stands = {"wanted": Meeting.Wanted.PRESENT, "observed": Meeting.Observed.PRESENT}
    if Meeting.objects.filter(pk=meeting.pk, **stands).update(doubted_at=now, due_at=now):
        provision_due.enqueue()
