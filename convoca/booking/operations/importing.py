"""Bringing in a list of users: kept when it is uploaded, worked off once it is confirmed, a few lines at a time.

It is wanted state like the rest: how far it is is committed with the lines themselves, so that whoever was killed
leaves it to the next worker, and no line counts twice.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone

from convoca.booking.models import Account, Group, Membership, PeopleImport
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.groups import set_groups
from convoca.booking.operations.inviting import welcome
from convoca.booking.operations.people import WRITABLE, add_user, edit_user, set_role
from convoca.booking.questions.importing import EMAIL, GROUPS, ROLE, Outcome, changes_of
from convoca.booking.questions.permissions import Action, may_in_account
from convoca.booking.questions.viewers import viewer_of
from convoca.core.admission import Refusal

log = structlog.get_logger(__name__)

# So many lines a transaction: on SQLite nobody else writes meanwhile.
BATCH = 25
# Whoever has not confirmed by then has gone; what they uploaded is full of other people's addresses.
KEPT_UNCONFIRMED = timedelta(days=1)
Role = Membership.Role

type Row = Mapping[str, Any]


def keep_list(
    account: Account,
    rows: Sequence[Row],
    *,
    problems: Sequence[Row],
    unread: str = "",
    ranks: bool,
    by: Membership,
    now: datetime,
) -> PeopleImport:
    """Keep a list that somebody has uploaded. Nothing counts yet. One that they had not confirmed gives way to it."""
    with transaction.atomic():
        PeopleImport.objects.filter(account=account, by=by, confirmed_at__isnull=True).delete()
        return PeopleImport.objects.create(
            account=account,
            by=by,
            rows=list(rows),
            problems=list(problems),
            unread=unread[:300],
            total=len(rows),
            ranks=ranks,
            created_at=now,
        )


def confirm_list(kept: PeopleImport, *, invites: bool, now: datetime) -> bool:
    """Let the list count from now on, and wake a worker. Return False if somebody has confirmed it already."""
    waiting = PeopleImport.objects.filter(account=kept.account_id, pk=kept.pk, confirmed_at__isnull=True)
    if not waiting.update(confirmed_at=now, invites=invites):
        return False
    import_due.enqueue()
    return True


def discard_list(kept: PeopleImport) -> bool:
    """Forget a list that was not confirmed; say whether there was one."""
    waiting = PeopleImport.objects.filter(account=kept.account_id, pk=kept.pk, confirmed_at__isnull=True)
    return bool(waiting.delete()[0])


def imports_under_way() -> QuerySet[PeopleImport]:
    return PeopleImport.objects.filter(confirmed_at__isnull=False, finished_at__isnull=True).order_by("pk")


def forget_abandoned(*, now: datetime) -> None:
    """Forget what was uploaded and never confirmed."""
    PeopleImport.objects.filter(confirmed_at__isnull=True, created_at__lt=now - KEPT_UNCONFIRMED).delete()


@task()
def import_due() -> None:
    """Go on with every list that was confirmed, a batch at a time."""
    while goes_on() and import_next(now=timezone.now()):
        continue


def import_next(*, now: datetime) -> bool:
    """Work off the next lines of one list. Return whether there was a list to work on."""
    begun = time.monotonic()
    with transaction.atomic():
        # Of two workers, one waits here and goes on where the other has ended.
        held = imports_under_way().select_for_update(no_key=True, of=("self",)).select_related("account", "by").first()
        if held is None:
            return False
        lines = held.rows[held.done : held.done + BATCH]
        outcomes = [_take_in(row, held, now=now) for row in lines] if _may_go_on(held) else []
        held.done += len(lines)
        for outcome in (Outcome.ADDED, Outcome.CHANGED, Outcome.SAME):
            setattr(held, outcome.value, getattr(held, outcome.value) + outcomes.count(outcome))
        held.seconds += time.monotonic() - begun
        if held.done >= held.total:
            held.finished_at, held.rows = now, []
            log.info("list of users imported", imported=held.pk, lines=held.total)
        held.save(update_fields=["done", "added", "changed", "same", "seconds", "finished_at", "rows"])
    return True


def _may_go_on(held: PeopleImport) -> bool:
    """Say whether whoever confirmed the list may still do what it does: rights are taken at once."""
    viewer = viewer_of(held.account, held.by.user)
    action = Action.RANK_PEOPLE if held.ranks else Action.ADD_PEOPLE
    return may_in_account(viewer, action, held.account)


def _take_in(row: Row, held: PeopleImport, *, now: datetime) -> Outcome:
    """Add or change one person. What is refused changes nothing of them."""
    try:
        with transaction.atomic():
            return _write(row, held, now=now)
    except Refusal as refusal:
        log.info("line of a list refused", imported=held.pk, line=row["line"], reason=type(refusal).__name__)
        return Outcome.REFUSED


def _write(row: Row, held: PeopleImport, *, now: datetime) -> Outcome:
    details = {column: str(row[column]) for column in WRITABLE if column in row}
    people = Membership.objects.select_related("user").filter(account=held.account, user__email=row[EMAIL])
    person = people.first()
    if person is None:
        name = details.pop("name", "")
        person = add_user(held.account, row[EMAIL], name=name, details=details, by=held.by, now=now)
        _rank(person, row, held, now=now)
        if held.invites:
            welcome(person, by=held.by, now=now)
        return Outcome.ADDED
    person.account = held.account
    if not changes_of(row, person, groups=_groups_of(person), ranks=held.ranks):
        return Outcome.SAME
    edit_user(person, details, by=held.by, now=now)
    _rank(person, row, held, now=now)
    return Outcome.CHANGED


def _groups_of(person: Membership) -> frozenset[str]:
    return frozenset(Group.objects.filter(account=person.account_id, members=person).values_list("name", flat=True))


def _rank(person: Membership, row: Row, held: PeopleImport, *, now: datetime) -> None:
    """Give the rights and the groups that the line names; those that it leaves empty stay."""
    if not held.ranks:
        return
    set_role(person, Role(row.get(ROLE, person.role)), by=held.by, now=now)
    if GROUPS in row:
        set_groups(person, [_group(held.account, name) for name in row[GROUPS]], by=held.by, now=now)


def _group(account: Account, name: str) -> int:
    """Return the id of the account's group called so, however it is written; a new one, if there is none."""
    found = Group.objects.filter(account=account, name__iexact=name).first()
    return (found or Group.objects.create(account=account, name=name)).pk
