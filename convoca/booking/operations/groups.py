"""Groups of an account's users: made, named, filled and deleted. What a group opens, each schedule's access says.

Rights are asked of the tables on every request: whoever is put into a group, or taken out, has that at once.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction

from convoca.booking.models import Account, Group, GroupMember, Membership
from convoca.booking.operations.auditing import Doer, Verb, acting, note_person
from convoca.booking.operations.refusals import GroupExists, GroupInUse, NoSuchGroup, NoSuchUser
from convoca.booking.questions.groups import schedules_of
from convoca.booking.questions.people import person_called


def make_group(account: Account, name: str) -> Group:
    """Make a group with nobody in it. Raises GroupExists."""
    _refuse_taken(account, name)
    try:
        with transaction.atomic():
            return Group.objects.create(account=account, name=name)
    except IntegrityError as error:
        raise GroupExists from error


def rename_group(group: Group, name: str) -> None:
    """Raises GroupExists."""
    _refuse_taken(group.account, name, but=group)
    try:
        with transaction.atomic():
            Group.objects.filter(account=group.account_id, pk=group.pk).update(name=name)
    except IntegrityError as error:
        raise GroupExists from error
    group.name = name


def delete_group(group: Group) -> None:
    """Delete a group; its users stay users. Raises GroupInUse while it decides who may what on a schedule."""
    with transaction.atomic():
        # Whoever names the group in a schedule's access holds it as well: one of the two comes first.
        held = Group.objects.select_for_update(no_key=True).filter(account=group.account_id, pk=group.pk).first()
        if held is None:
            return
        used = schedules_of(held)
        if used:
            raise GroupInUse(tuple(used))
        held.delete()


def put_into_group(group: Group, name: str, *, by: Membership, now: datetime) -> Membership:
    """Put the user of that login name or address into the group. Raises NoSuchUser."""
    person = person_called(group.account, name)
    if person is None:
        raise NoSuchUser
    with transaction.atomic():
        if _put([group], person):
            _note(person, by=by, now=now)
    return person


def take_out_of_group(group: Group, person: Membership, *, by: Membership, now: datetime) -> None:
    """Let the person be in the group no longer; they stay a user."""
    with transaction.atomic():
        gone, _ = GroupMember.objects.filter(account=group.account_id, group=group, membership=person).delete()
        if gone:
            _note(person, by=by, now=now)


def set_groups(person: Membership, groups: Collection[int], *, by: Doer, now: datetime) -> None:
    """Let the person be in exactly these groups of the account, by their ids. Raises NoSuchGroup."""
    with transaction.atomic():
        wanted = list(Group.objects.filter(account=person.account_id, pk__in=groups))
        if len(wanted) != len(set(groups)):
            raise NoSuchGroup
        gone, _ = (
            GroupMember.objects.filter(account=person.account_id, membership=person).exclude(group__in=wanted).delete()
        )
        if _put(wanted, person) or gone:
            _note(person, by=by, now=now)


def _put(groups: Collection[Group], person: Membership) -> bool:
    """Put the person into the groups; return whether they were not in all of them."""
    held = set(
        GroupMember.objects.filter(account=person.account_id, membership=person).values_list("group_id", flat=True)
    )
    new = [group for group in groups if group.pk not in held]
    GroupMember.objects.bulk_create(
        (GroupMember(account_id=group.account_id, group=group, membership=person) for group in new),
        # Of two who press at the same moment, the other has done it.
        ignore_conflicts=True,
    )
    return bool(new)


def _refuse_taken(account: Account, name: str, *, but: Group | None = None) -> None:
    """Raise GroupExists if another group is called so, however it is written."""
    same = Group.objects.filter(account=account, name__iexact=name)
    others = same if but is None else same.exclude(pk=but.pk)
    if others.exists():
        raise GroupExists


def _note(person: Membership, *, by: Doer, now: datetime) -> None:
    note_person(Verb.RANKED, by=acting(by), account=person.account, person=person, fields="groups", now=now)
