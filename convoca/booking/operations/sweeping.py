"""The nightly look at what a vendor holds in our name: what came late is deleted, what was changed there is noticed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from convoca.booking.models import Connection, Meeting
from convoca.booking.operations.claiming import is_free
from convoca.booking.operations.leasing import CALL_SECONDS
from convoca.booking.operations.pacing import pacer
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.recording import keep_strays, lock_slot
from convoca.booking.operations.vendors import application_for
from convoca.providers import connected_provider_by_id
from convoca.providers.contract import Marked, MeetingFacts
from convoca.providers.wire import carry_out

log = structlog.get_logger(__name__)

# Changes at the vendor are looked for in what is near; notices, where they are set up, tell of them at once.
LOOKED_AT_AHEAD = timedelta(hours=48)


def sweep(connection: Connection, token: str, *, now: datetime) -> None:
    """Find what the vendor made later than we believed, and doubt what starts within two days. Raises its errors."""
    provider, application = connected_provider_by_id(connection.provider), application_for(connection.provider)
    exchange = provider.marked(application=application, token=token)
    found = carry_out(exchange, seconds=CALL_SECONDS, before=pacer(connection, now=now))
    strays = _take_strays(connection, found, now=now)
    near = Meeting.objects.filter(
        connection=connection,
        wanted=Meeting.Wanted.PRESENT,
        observed=Meeting.Observed.PRESENT,
        due_at__isnull=True,
        slot__starts_at__gt=now,
        slot__starts_at__lte=now + LOOKED_AT_AHEAD,
    )
    doubted = near.update(doubted_at=now, due_at=now)
    provision_due.enqueue()
    log.info("swept", connection=connection.pk, strays=strays, doubted=doubted)


def _take_strays(connection: Connection, found: Sequence[Marked], *, now: datetime) -> int:
    """Keep, to be deleted, each meeting with a marker of ours that no row of ours holds; return how many.

    A marker that we do not know is another installation's, and no business of ours.
    """
    rows = Meeting.objects.filter(
        provider=connection.provider,
        connection__external_user=connection.external_user,
        marker__in={each.marker for each in found},
    )
    ours = {row.marker: row for row in rows.select_related("slot")}
    pairs = [(ours[each.marker], each.remote_id) for each in found if each.marker in ours]
    return sum(_take_stray(row, number, now=now) for row, number in pairs if row.remote_id != number)


def _take_stray(meeting: Meeting, remote_id: str, *, now: datetime) -> bool:
    """Keep a stray unless somebody is just finding out about it: a call under way, or a look that is owed."""
    with transaction.atomic():
        slot = lock_slot(meeting.slot)
        held = Meeting.objects.select_for_update(no_key=True, of=("self",)).get(pk=meeting.pk)
        if held.observed == Meeting.Observed.UNKNOWN or not is_free(held):
            return False
        held.slot = slot
        return keep_strays(held, (MeetingFacts(remote_id=remote_id, link=""),), now=now) > 0
