"""The owner's word on who may what: of one schedule, and of the account."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.db import transaction

from convoca.booking.models import Account, Audience, Changes, Group, Invitation, Schedule, ScheduleGroup, Visibility
from convoca.booking.operations.refusals import ContradictoryAccess, NoSuchGroup
from convoca.booking.questions.permissions import contradictions
from convoca.core.network import read_networks

Purpose = ScheduleGroup.Purpose
REGISTRATION = ["sign_up", "sign_up_domain", "sign_up_networks", "sign_up_password", "superusers_may"]

# With these, who asks has shown that they may; the link in their mail asks for nothing more.
SHOWN_WHEN_ASKED = frozenset({Account.SignUp.PASSWORD, Account.SignUp.NETWORK})


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who sees a schedule, who books on it, whose bookings users change, and what they see of others'.

    The groups, by their ids, count where only users of some groups are let in.
    """

    who_sees: Audience
    who_books: Audience
    who_changes: Changes
    others_see: Visibility
    groups_that_see: frozenset[int] = frozenset()
    groups_that_book: frozenset[int] = frozenset()


def set_access(schedule: Schedule, access: Access) -> None:
    """Save who may what on the schedule, from now on. Raises ContradictoryAccess, or NoSuchGroup."""
    found = contradictions(**vars(access))
    if found:
        raise ContradictoryAccess(found)
    schedule.who_sees, schedule.who_books = access.who_sees, access.who_books
    schedule.who_changes, schedule.others_see = access.who_changes, access.others_see
    with transaction.atomic():
        schedule.save(update_fields=["who_sees", "who_books", "who_changes", "others_see"])
        _admit(schedule, Purpose.SEES, access.groups_that_see if access.who_sees == Audience.GROUPS else ())
        _admit(schedule, Purpose.BOOKS, access.groups_that_book if access.who_books == Audience.GROUPS else ())


def _admit(schedule: Schedule, purpose: ScheduleGroup.Purpose, wanted: Collection[int]) -> None:
    """Let exactly these groups in. Raises NoSuchGroup if one of them is not, or no longer, the account's."""
    # Whoever deletes a group holds it as well: one of the two comes first.
    own = Group.objects.select_for_update(no_key=True).filter(account=schedule.account_id, pk__in=wanted)
    groups = list(own.order_by("pk"))
    if len(groups) != len(set(wanted)):
        raise NoSuchGroup
    admitted = ScheduleGroup.objects.filter(account=schedule.account_id, schedule=schedule, purpose=purpose)
    admitted.exclude(group__in=groups).delete()
    ScheduleGroup.objects.bulk_create(
        (
            ScheduleGroup(account_id=schedule.account_id, schedule=schedule, group=group, purpose=purpose)
            for group in groups
        ),
        ignore_conflicts=True,
    )


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Who becomes a user by themselves, and what superusers may do to users.

    An empty `password` leaves the one that is kept. `networks` as `core.network` reads them.
    """

    sign_up: Account.SignUp
    superusers_may: Account.SuperusersMay
    domain: str = ""
    networks: str = ""
    password: str = field(default="", repr=False)


def set_registration(account: Account, said: Registration) -> None:
    """Save it. Who asked to join in another way, or with another password, must ask again.

    Raises ValueError if what decides is missing, or a network cannot be read.
    """
    networks = " ".join(map(str, read_networks(said.networks)))
    hashed = make_password(said.password) if said.password else account.sign_up_password
    decides = {
        Account.SignUp.DOMAIN: said.domain,
        Account.SignUp.NETWORK: networks,
        Account.SignUp.PASSWORD: hashed,
    }
    if not decides.get(said.sign_up, "nothing"):
        raise ValueError("Who is it that may register?")
    was = (account.sign_up, account.sign_up_networks, account.sign_up_password)
    account.sign_up, account.sign_up_domain, account.superusers_may = (
        said.sign_up,
        said.domain.lower(),
        said.superusers_may,
    )
    account.sign_up_networks, account.sign_up_password = networks, hashed
    with transaction.atomic():
        account.save(update_fields=REGISTRATION)
        if was != (account.sign_up, networks, hashed) and said.sign_up in SHOWN_WHEN_ASKED:
            Invitation.objects.filter(account=account, accepted_at__isnull=True, invited_by__isnull=True).delete()
