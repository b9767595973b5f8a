"""A list of users against those who are there: who is new, what would change, and how far the work is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from convoca.booking.models import Account, Group, GroupMember, Membership, PeopleImport
from convoca.core.pace import time_left

LINE, EMAIL, ROLE, GROUPS = "line", "email", "role", "groups"
TEXTS = ("name", "phone", "mobile", "address", "country", "field_1", "field_2", "super_field")

type Row = Mapping[str, Any]


class Outcome(StrEnum):
    """What becomes of a line."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A line, and what would become of it now."""

    row: Row
    outcome: Outcome
    changes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What would become of a list now; of its lines the first. `new_groups` would be made."""

    added: int
    changed: int
    same: int
    refused: int
    first: Sequence[Expected]
    new_groups: Sequence[str]

    @property
    def does_something(self) -> bool:
        return bool(self.added or self.changed)


def outlook_of(kept: PeopleImport, *, shown: int) -> Outlook:
    """Return what would become of the list if it were confirmed now. Three queries, however long it is."""
    people = {each.user.email: each for each in _people(kept.account)}
    groups = _groups_by_person(kept.account)
    expected = [_expected(row, people.get(row[EMAIL]), groups, kept) for row in kept.rows]
    counts = {outcome: sum(each.outcome is outcome for each in expected) for outcome in Outcome}
    return Outlook(
        added=counts[Outcome.ADDED],
        changed=counts[Outcome.CHANGED],
        same=counts[Outcome.SAME],
        refused=counts[Outcome.REFUSED],
        first=expected[:shown],
        new_groups=_new_groups(kept) if kept.ranks else (),
    )


def _people(account: Account) -> Iterable[Membership]:
    return Membership.objects.filter(account=account).select_related("user")


def _groups_by_person(account: Account) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for person, name in GroupMember.objects.filter(account=account).values_list("membership_id", "group__name"):
        found.setdefault(person, set()).add(name)
    return {person: frozenset(names) for person, names in found.items()}


def _expected(
    row: Row, person: Membership | None, groups: Mapping[int, frozenset[str]], kept: PeopleImport
) -> Expected:
    if person is None:
        return Expected(row=row, outcome=Outcome.ADDED, changes=())
    changes = changes_of(row, person, groups=groups.get(person.pk, frozenset()), ranks=kept.ranks)
    if changes and is_beyond(person, changes, by=kept.by):
        return Expected(row=row, outcome=Outcome.REFUSED, changes=changes)
    return Expected(row=row, outcome=Outcome.CHANGED if changes else Outcome.SAME, changes=changes)


def changes_of(row: Row, person: Membership, *, groups: frozenset[str], ranks: bool) -> list[str]:
    """Return the columns in which the line differs from the person. What it leaves empty stays as it is."""
    changes = [column for column in TEXTS if column in row and row[column] != getattr(person, column)]
    if ranks and ROLE in row and row[ROLE] != person.role:
        changes.append(ROLE)
    if ranks and GROUPS in row and {_folded(name) for name in row[GROUPS]} != {_folded(name) for name in groups}:
        changes.append(GROUPS)
    return changes


def is_beyond(person: Membership, changes: Iterable[str], *, by: Membership) -> bool:
    """Say whether nobody changes this of the person in a list: the owner's row, and one's own rights."""
    if person.role == Membership.Role.OWNER and person.pk != by.pk:
        return True
    return ROLE in changes and (person.role == Membership.Role.OWNER or person.pk == by.pk)


def _new_groups(kept: PeopleImport) -> Sequence[str]:
    known = {_folded(name) for name in Group.objects.filter(account=kept.account).values_list("name", flat=True)}
    named = {_folded(name): name for row in kept.rows for name in row.get(GROUPS, ())}
    return sorted(name for folded, name in named.items() if folded not in known)


def _folded(name: str) -> str:
    return name.casefold()


def left_of(kept: PeopleImport) -> timedelta | None:
    """Return how long the rest of the list will take, at the pace at which it went so far; None if nobody knows."""
    return time_left(done=kept.done, over=timedelta(seconds=kept.seconds), left=kept.total - kept.done)
