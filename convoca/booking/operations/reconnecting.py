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
from convoca.booking.operations.wishing import connection_of, replace_meeting
from convoca.booking.questions.health import living_links
from convoca.booking.questions.unready import unready


def take_over(old: Connection, new: Connection, *, by: Actor = SYSTEM, now: datetime) -> None:
    """Let `new` make the links of all schedules of `old`, and of whatever waits for it.

    The same external user was mended in place, and there is nothing to take over. Links that exist stay as they are
    until the owner has said what becomes of them.
    """
    if old.pk == new.pk:
        return
    # Noted first: whoever is cut off in the middle of what follows is finished for by `go_on_taking_over`.
    Connection.objects.filter(account_id=new.account_id, pk=old.pk).update(replaced_by=new)
    for schedule in old.schedules.order_by("pk"):
        connect_schedule(schedule, new, by=by, now=now)
    _finish(old, now=now)


def go_on_taking_over(*, now: datetime) -> None:
    """Finish what was cut off: let what waits for a connection that was replaced be made by its successor."""
    for old in Connection.objects.filter(replaced_by__isnull=False, schedules__isnull=True).order_by("pk"):
        _finish(old, now=now)


def _finish(old: Connection, *, now: datetime) -> None:
    """Replace what waits; the question of the links that exist is the owner's, if there are any."""
    _replace(unready(now=now).filter(connection=old), as_old=True, now=now)
    if not _links_of(old, now=now).exists():
        keep_links(old)


def keep_links(old: Connection) -> bool:
    """Leave the links of a connection that was replaced as they are. False if nobody asked."""
    asked = Connection.objects.filter(account_id=old.account_id, pk=old.pk, replaced_by__isnull=False)
    return bool(asked.update(replaced_by=None))


def create_new_links(old: Connection, *, now: datetime) -> int:
    """Make new meetings instead of those of a connection that was replaced; return how many.

    Cut off in the middle, it is asked again and goes on. Everybody keeps the old link until the new one is there, and
    is told it then.
    """
    if old.replaced_by is None:
        return 0
    number = _replace(_links_of(old, now=now), as_old=False, now=now)
    keep_links(old)
    return number


def _links_of(connection: Connection, *, now: datetime) -> QuerySet[Meeting]:
    return living_links(now=now).filter(account_id=connection.account_id, connection=connection)


def _replace(meetings: Iterable[Meeting], *, as_old: bool, now: datetime) -> int:
    """Retire each meeting and want the next generation, from what its schedule is connected to by now.

    `as_old`: people have waited for it since before.
    """
    replaced = 0
    for meeting in list(meetings):
        replaced += _replace_one(meeting, as_old=as_old, now=now)
    if replaced:
        provision_due.enqueue()
    return replaced


def _replace_one(meeting: Meeting, *, as_old: bool, now: datetime) -> bool:
    with transaction.atomic():
        slot = lock_slot(meeting.slot)
        held = Meeting.objects.filter(pk=meeting.pk, wanted=Meeting.Wanted.PRESENT).first()
        new = connection_of(slot.schedule, slot.link_source)
        if held is None or new is None or new.pk == held.connection_id or new.provider != held.provider:
            return False
        following = replace_meeting(slot, now=now)
        if as_old and following is not None:
            Meeting.objects.filter(pk=following.pk).update(wanted_at=held.wanted_at)
    return True
