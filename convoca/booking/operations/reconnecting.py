"""Another account at the same vendor: what waited is made there, and the owner is asked about the links that exist.

A meeting's connection is fixed at its birth, so what moves to another one is a next generation.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from convoca.booking.models import Connection, Meeting
from convoca.booking.operations.auditing import SYSTEM, Actor
from convoca.booking.operations.connecting import connect_schedule
from convoca.booking.operations.provisioning import provision_due
from convoca.booking.operations.recording import lock_slot
from convoca.booking.operations.wishing import bear_meeting, withdraw
from convoca.booking.questions.health import living_links
from convoca.booking.questions.unready import unready


def take_over(old: Connection, new: Connection, *, by: Actor = SYSTEM, now: datetime) -> None:
    """Let `new` make the links of all schedules of `old`, and of whatever waits for it.

    The same external user was mended in place, and there is nothing to take over. Links that exist stay as they are
    until the owner has said what becomes of them.
    """
    if old.pk == new.pk:
        return
    for schedule in old.schedules.order_by("pk"):
        connect_schedule(schedule, new, by=by, now=now)
    _replace(unready(now=now).filter(connection=old), new, as_old=True, now=now)
    if _links_of(old, now=now).exists():
        Connection.objects.filter(account_id=new.account_id, pk=old.pk).update(replaced_by=new)


def keep_links(old: Connection) -> bool:
    """Leave the links of a connection that was replaced as they are. False if nobody asked."""
    asked = Connection.objects.filter(account_id=old.account_id, pk=old.pk, replaced_by__isnull=False)
    return bool(asked.update(replaced_by=None))


def create_new_links(old: Connection, *, now: datetime) -> int:
    """Make new meetings instead of those of a connection that was replaced; return how many.

    Cut off in the middle, it is asked again and goes on. Everybody is told their new link when it is there.
    """
    new = old.replaced_by
    if new is None:
        return 0
    number = _replace(_links_of(old, now=now), new, as_old=False, now=now)
    keep_links(old)
    return number


def _links_of(connection: Connection, *, now: datetime) -> QuerySet[Meeting]:
    return living_links(now=now).filter(account_id=connection.account_id, connection=connection)


def _replace(meetings: Iterable[Meeting], new: Connection, *, as_old: bool, now: datetime) -> int:
    """Retire each meeting and want the next generation from `new`; `as_old`: people have waited for it since before."""
    replaced = 0
    for meeting in list(meetings):
        replaced += _replace_one(meeting, new, as_old=as_old, now=now)
    if replaced:
        provision_due.enqueue()
    return replaced


def _replace_one(meeting: Meeting, new: Connection, *, as_old: bool, now: datetime) -> bool:
    with transaction.atomic():
        slot = lock_slot(meeting.slot)
        held = Meeting.objects.filter(pk=meeting.pk, wanted=Meeting.Wanted.PRESENT).first()
        if held is None or slot.schedule.connection_id != new.pk or slot.link_source != new.provider:
            return False
        withdraw(held, now=now, due_at=now)
        following = bear_meeting(slot, now=now)
        if as_old and following is not None:
            Meeting.objects.filter(pk=following.pk).update(wanted_at=held.wanted_at)
    return True
