"""What the owner lets one superuser do, in the account or on one schedule. It counts from their next request on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from convoca.booking.models import Account, Membership, Right, Schedule, Supervision
from convoca.booking.operations.auditing import Verb, acting, note_person
from convoca.booking.operations.people import hold_for_rights
from convoca.booking.operations.refusals import NoSuperuser


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What is granted to one person in the account. `rights` count everywhere, if they supervise all of it.

    `manages_users` is empty where the account's own word on its superusers counts.
    """

    rights: Collection[Right]
    blocks_users: bool
    manages_users: Account.SuperusersMay | None


def entrust(person: Membership, trust: Trust, *, by: Membership, now: datetime) -> None:
    """Grant a superuser exactly this. Raises OwnerStays, NotYourself, or NoSuperuser for who supervises nothing."""
    wanted: dict[str, object] = {right.value: right in trust.rights for right in Right}
    wanted |= {"blocks_users": trust.blocks_users, "manages_users": trust.manages_users or ""}
    with transaction.atomic():
        held = hold_for_rights(person, by=by)
        if held.role != Membership.Role.SUPERUSER and not _supervises_one(held):
            raise NoSuperuser
        changed = [column for column, value in wanted.items() if getattr(held, column) != value]
        if changed:
            Membership.objects.filter(account=held.account_id, pk=held.pk).update(**wanted)
            note_person(
                Verb.RANKED, by=acting(by), account=person.account, person=held, fields=", ".join(changed), now=now
            )


def entrust_schedule(
    schedule: Schedule, person: Membership, rights: Collection[Right], *, by: Membership, now: datetime
) -> None:
    """Grant a superuser of the schedule exactly these rights on it. Raises OwnerStays, NotYourself, NoSuperuser."""
    with transaction.atomic():
        held = hold_for_rights(person, by=by)
        supervision = Supervision.objects.filter(account=schedule.account, membership=held, schedule=schedule).first()
        if supervision is None or held.role == Membership.Role.BLOCKED:
            raise NoSuperuser
        changed = [right.value for right in Right if (right in supervision.rights) != (right in rights)]
        if changed:
            wanted = {right.value: right in rights for right in Right}
            Supervision.objects.filter(account=schedule.account, pk=supervision.pk).update(**wanted)
            fields = ", ".join([schedule.slug, *changed])
            note_person(Verb.RANKED, by=acting(by), account=schedule.account, person=held, fields=fields, now=now)


def _supervises_one(held: Membership) -> bool:
    return held.role == Membership.Role.USER and held.supervisions.exists()
