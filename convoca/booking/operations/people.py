"""What is done to the users of an account. Who may do it is `questions.permissions`' to say; the owner is beyond it.

Rights are asked of the tables on every request: who is blocked or ranked down has lost them at once, open sessions or
not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q

from convoca.booking.models import USUAL_RIGHTS, Account, Membership, Right, Schedule, Supervision, User
from convoca.booking.operations.auditing import Doer, Verb, acting, note_person
from convoca.booking.operations.refusals import (
    AlreadyUser,
    IsBlocked,
    KeyTaken,
    LoginNameTaken,
    NoSuchUser,
    NotYourself,
    OwnerStays,
)
from convoca.booking.questions.people import person_called

Role = Membership.Role

# What may be written about a user; their address is their own.
WRITABLE = frozenset({"name", "phone", "mobile", "address", "country", "field_1", "field_2", "super_field"})
# By what they are found: nobody else's, and not theirs to write.
NAMES = frozenset({"login_name", "external_key"})


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody who is made a user. `names` are a login name and a key of other programs', each if there is one.

    The time zone is theirs only if they had no log-in before.
    """

    email: str
    name: str
    details: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = ""


# The rights of somebody to whom the owner has granted nothing in particular.
USUAL: dict[str, object] = {right.value: right in USUAL_RIGHTS for right in Right}
USUAL |= {"blocks_users": False, "manages_users": ""}


def add_user(
    account: Account, email: str, *, name: str, details: Mapping[str, str], by: Membership, now: datetime
) -> Membership:
    """Make a user of whoever has this address. Raises AlreadyUser.

    Without a log-in they get one, with no password: they set it by mail. Nobody learns whether there was one.
    """
    return take_in(account, Newcomer(email=email, name=name, details=details), by=by, now=now)


def take_in(account: Account, new: Newcomer, *, by: Doer, now: datetime) -> Membership:
    """Make a user as `add_user` does, by the names that are given. Raises AlreadyUser, LoginNameTaken or KeyTaken."""
    log_in = {
        "name": new.name,
        "language": account.language,
        "time_zone": new.time_zone,
        "password": make_password(None),
    }
    with transaction.atomic():
        user, _ = User.objects.get_or_create(email=new.email.lower(), defaults=log_in)
        person = become_user(account, user, role=Role.USER, name=new.name, details=new.details)
        _rename(person, new.names)
        note_person(Verb.ADDED, by=acting(by), account=account, person=person, now=now)
    return person


def _rename(person: Membership, names: Mapping[str, str]) -> None:
    """Find the person by these names from now on. Raises LoginNameTaken or KeyTaken."""
    wanted = {column: value for column, value in names.items() if value and value != getattr(person, column)}
    if not wanted:
        return
    _refuse_taken(person, wanted)
    try:
        with transaction.atomic():
            Membership.objects.filter(account=person.account_id, pk=person.pk).update(**wanted)
    except IntegrityError as error:
        # Somebody else was given it at the same moment.
        raise (LoginNameTaken if "login_name" in wanted else KeyTaken) from error
    for column, value in wanted.items():
        setattr(person, column, value)


def _refuse_taken(person: Membership, names: Mapping[str, str]) -> None:
    others = Membership.objects.filter(account=person.account_id).exclude(pk=person.pk)
    if login_name := names.get("login_name"):
        # Whoever is called by a name is also called by an address.
        called = Q(login_name__iexact=login_name) | Q(user__email__iexact=login_name)
        if others.filter(called).exists():
            raise LoginNameTaken
    if (key := names.get("external_key")) and others.filter(external_key=key).exists():
        raise KeyTaken


def become_user(account: Account, user: User, *, role: str, name: str, details: Mapping[str, str]) -> Membership:
    """Write that the person is in the account from now on. Raises AlreadyUser; a blocked person stays blocked."""
    # Of two requests that make the same person a user, one waits here for the other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Membership.objects.filter(account=account, user=user).exists():
        raise AlreadyUser
    taken = Membership.objects.filter(account=account, login_name=user.email).exists()
    login_name = f"{user.email[:80]} ({user.pk})" if taken else user.email[:100]
    values = {column: value for column, value in details.items() if column in WRITABLE}
    return Membership.objects.create(
        account=account, user=user, role=role, **values | {"login_name": login_name, "name": name}
    )


def edit_user(
    person: Membership, values: Mapping[str, str], *, names: Mapping[str, str] | None = None, by: Doer, now: datetime
) -> None:
    """Write the given columns of a person in the account, and the names by which they are found.

    Raises OwnerStays unless the owner writes their own; LoginNameTaken or KeyTaken.
    """
    if not values.keys() <= WRITABLE:
        raise ValueError(f"Not of a user: {', '.join(sorted(values.keys() - WRITABLE))}")
    if person.role == Role.OWNER and person != acting(by).membership:
        raise OwnerStays
    found_by = {column: value for column, value in (names or {}).items() if value}
    every = {**values, **found_by}
    changed = [column for column, value in every.items() if getattr(person, column) != value]
    if not changed:
        return
    with transaction.atomic():
        _rename(person, found_by)
        for column in changed:
            setattr(person, column, every[column])
        person.save(update_fields=changed)
        _note(Verb.EDITED, person, by=by, fields=", ".join(changed), now=now)


def set_preferences(user: User, *, language: str, time_zone: str) -> None:
    """Write the language of a person's mails and the clocks that their pages show, in every account."""
    user.language, user.time_zone = language, time_zone
    user.save(update_fields=["language", "time_zone"])


def rank(person: Membership, role: Membership.Role, schedules: Iterable[Schedule], *, by: Doer, now: datetime) -> None:
    """Make somebody a superuser of the account, or a user who supervises `schedules`.

    Whoever supervises nothing any more, or not all, begins anew: what was granted to them is so no longer.

    Raises OwnerStays, NotYourself, IsBlocked; ValueError for a role that is given in other ways.
    """
    if role not in {Role.SUPERUSER, Role.USER}:
        raise ValueError(f"Nobody is ranked {role}")
    with transaction.atomic():
        held = hold_for_rights(person, by=by)
        if held.role == Role.BLOCKED:
            raise IsBlocked
        wanted = {schedule.pk: schedule for schedule in schedules if schedule.account_id == held.account_id}
        changed = ["role"] if held.role != role else []
        changed += _supervise(held, wanted)
        anew = USUAL if role == Role.USER and (held.role == Role.SUPERUSER or not wanted) else {}
        Membership.objects.filter(account=held.account_id, pk=held.pk).update(role=role, **anew)
        if changed:
            _note(Verb.RANKED, held, by=by, fields=", ".join(changed), now=now)
    person.role = role


def appoint(schedule: Schedule, name: str, *, by: Membership, now: datetime) -> Membership:
    """Make the user of that login name or address a superuser of this schedule. Raises NoSuchUser.

    Who supervises the schedule already stays as they are.
    """
    person = person_called(schedule.account, name)
    if person is None or person.role == Role.BLOCKED:
        raise NoSuchUser
    if person.role != Role.USER:
        return person
    with transaction.atomic():
        held = hold_for_rights(person, by=by)
        _, is_new = Supervision.objects.get_or_create(account=schedule.account, membership=held, schedule=schedule)
        if is_new:
            _note(Verb.RANKED, held, by=by, fields=schedule.slug, now=now)
    return person


def dismiss(schedule: Schedule, person: Membership, *, by: Membership, now: datetime) -> None:
    """Let somebody be superuser of this schedule no longer."""
    with transaction.atomic():
        held = hold_for_rights(person, by=by)
        gone, _ = Supervision.objects.filter(account=schedule.account, membership=held, schedule=schedule).delete()
        if gone:
            _note(Verb.RANKED, held, by=by, fields=schedule.slug, now=now)
        if held.role == Role.USER and not held.supervisions.exists():
            Membership.objects.filter(account=held.account_id, pk=held.pk).update(**USUAL)


def block(person: Membership, *, by: Doer, now: datetime) -> None:
    """Take every right in the account from somebody, at once. Raises OwnerStays, NotYourself."""
    with transaction.atomic():
        held = hold_for_rights(person, by=by)
        Membership.objects.filter(account=held.account_id, pk=held.pk).update(role=Role.BLOCKED)
        if held.role != Role.BLOCKED:
            _note(Verb.BLOCKED, held, by=by, now=now)
    person.role = Role.BLOCKED


def unblock(person: Membership, *, by: Doer, now: datetime) -> None:
    """Let somebody be a plain user again: what they were before must be given anew. Raises NotYourself."""
    with transaction.atomic():
        held = hold_for_rights(person, by=by)
        if held.role != Role.BLOCKED:
            return
        Supervision.objects.filter(account=held.account_id, membership=held).delete()
        Membership.objects.filter(account=held.account_id, pk=held.pk).update(role=Role.USER, **USUAL)
        _note(Verb.UNBLOCKED, held, by=by, now=now)
    person.role = Role.USER


def set_role(person: Membership, role: Membership.Role, *, by: Doer, now: datetime) -> None:
    """Let somebody be exactly that, and blocked no more or from now on; schedules that they supervise stay theirs.

    Whoever is unblocked supervises none. Raises OwnerStays, NotYourself; ValueError for who would own the account.
    """
    if role == person.role:
        return
    if role == Role.BLOCKED:
        block(person, by=by, now=now)
        return
    with transaction.atomic():
        if person.role == Role.BLOCKED:
            unblock(person, by=by, now=now)
        supervised = Schedule.objects.filter(account=person.account_id, supervisions__membership=person)
        rank(person, role, supervised, by=by, now=now)


def hold_for_rights(person: Membership, *, by: Doer, for_good: bool = False) -> Membership:
    """Hold somebody whose rights change; `for_good`, nobody books as them meanwhile. Raises OwnerStays, NotYourself."""
    rows = Membership.objects.select_for_update(no_key=not for_good)
    held = rows.get(account=person.account_id, pk=person.pk)
    if held.role == Role.OWNER:
        raise OwnerStays
    if held == acting(by).membership:
        raise NotYourself
    return held


def _supervise(held: Membership, wanted: Mapping[int, Schedule]) -> list[str]:
    """Let somebody supervise exactly these schedules; return the slugs of those that changed."""
    current = {each.schedule_id: each for each in held.supervisions.select_related("schedule")}
    gone = [each for pk, each in current.items() if pk not in wanted]
    new = [schedule for pk, schedule in wanted.items() if pk not in current]
    Supervision.objects.filter(account=held.account_id, pk__in=[each.pk for each in gone]).delete()
    Supervision.objects.bulk_create(
        Supervision(account_id=held.account_id, membership=held, schedule=schedule) for schedule in new
    )
    return [*(each.schedule.slug for each in gone), *(schedule.slug for schedule in new)]


def _note(verb: Verb, person: Membership, *, by: Doer, fields: str = "", now: datetime) -> None:
    note_person(verb, by=acting(by), account=person.account, person=person, fields=fields, now=now)
