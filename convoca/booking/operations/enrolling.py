"""What programs say of users: written as the owner writes it on the page Users, all of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from convoca.booking.models import Account, GroupMember, Membership
from convoca.booking.operations.auditing import Actor
from convoca.booking.operations.groups import set_groups
from convoca.booking.operations.people import Newcomer, edit_user, set_role, take_in
from convoca.booking.operations.refusals import AddressStays, OwnerStays

NO_GROUP = 0


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a program says of a user; what it does not say is None, and of `details` and `names` not there.

    `details` are columns, the name among them; `group` is one group's id, or NO_GROUP.
    """

    email: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = ""
    role: Membership.Role | None = None
    group: int | None = None


def enrol(account: Account, email: str, profile: Profile, *, by: Actor, now: datetime) -> Membership:
    """Make whoever has this address a user. Raises a Refusal; then nothing was written."""
    details = dict(profile.details)
    new = Newcomer(
        email=email,
        name=details.pop("name", ""),
        details=details,
        names=profile.names,
        time_zone=profile.time_zone,
    )
    with transaction.atomic():
        person = take_in(account, new, by=by, now=now)
        _give(person, profile, by=by, now=now)
    return person


def revise(person: Membership, profile: Profile, *, by: Actor, now: datetime) -> None:
    """Write what is said of a user, and leave the rest. Raises a Refusal; then nothing has changed.

    Their address is their own: another one is refused, and nothing is anybody's to write of the owner.
    """
    if person.role == Membership.Role.OWNER:
        raise OwnerStays
    if profile.email and profile.email.lower() != person.user.email:
        raise AddressStays
    with transaction.atomic():
        edit_user(person, profile.details, names=profile.names, by=by, now=now)
        _give(person, profile, by=by, now=now)


def _give(person: Membership, profile: Profile, *, by: Actor, now: datetime) -> None:
    """Give the rights and the group that are said."""
    if profile.role is not None:
        set_role(person, profile.role, by=by, now=now)
    if profile.group is not None:
        _put(person, profile.group, by=by, now=now)


def _put(person: Membership, group: int, *, by: Actor, now: datetime) -> None:
    """Let the group be the person's only one, as programs know it. To say what was told changes nothing."""
    members = GroupMember.objects.filter(account=person.account_id, membership=person).order_by("pk")
    wanted = [] if group == NO_GROUP else [group]
    if list(members.values_list("group_id", flat=True)[:1]) != wanted:
        set_groups(person, wanted, by=by, now=now)
