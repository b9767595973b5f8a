"""Groups of users: which there are, who is in them, and what they open."""

from django.db.models import Count, QuerySet

from convoca.booking.models import Account, Group, GroupMember, Membership, Schedule


def groups_of(account: Account) -> QuerySet[Group]:
    return Group.objects.filter(account=account).order_by("name", "pk")


def people_by_group(account: Account) -> dict[int, int]:
    """Return how many are in each of the account's groups, by its id; empty ones are left out."""
    members = GroupMember.objects.filter(account=account).values_list("group_id")
    return dict(members.annotate(people=Count("pk")))


def schedules_of(group: Group) -> list[str]:
    """Return the names of the schedules on which this group decides who sees or books, in the account's order."""
    named = Schedule.objects.filter(account=group.account_id, admitted__group=group)
    return list(dict.fromkeys(named.order_by("position", "pk").values_list("name", flat=True)))


def schedules_by_group(account: Account) -> dict[int, list[str]]:
    """Return the same for every group of the account, by its id; those that open nothing are left out."""
    named = Schedule.objects.filter(account=account, admitted__isnull=False).order_by("position", "pk")
    found: dict[int, list[str]] = {}
    for group, name in named.values_list("admitted__group", "name"):
        if name not in found.setdefault(group, []):
            found[group].append(name)
    return found


def groups_of_person(person: Membership) -> QuerySet[Group]:
    return Group.objects.filter(account=person.account_id, members=person).order_by("name", "pk")
