"""The users of an account, as those see them who may; and invitations, found by their tokens."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.db.models import Prefetch, Q, QuerySet

from convoca.booking.models import Account, AuditEntry, Booking, Invitation, Membership, Schedule, Supervision
from convoca.booking.questions.words import holding
from convoca.core.network import lies_within, read_networks

LONGEST_HISTORY = 50


def people_of(account: Account, search: str = "") -> QuerySet[Membership]:
    """Return the account's people whose name, login name or address holds `search`, by login name.

    With their log-ins and the schedules that they supervise: three queries, however many people.
    """
    people = Membership.objects.filter(account=account).select_related("user").order_by("login_name", "pk")
    if search:
        # What somebody is called elsewhere is not this account's to search, unless it calls them nothing else.
        unnamed = Q(name="") & holding(search, among=["user__name"])
        people = people.filter(holding(search, among=["name", "login_name", "user__email"]) | unnamed)
    supervisions = Supervision.objects.filter(account=account).select_related("schedule").order_by("schedule__position")
    return people.prefetch_related(Prefetch("supervisions", supervisions))


def superusers_of(schedule: Schedule) -> QuerySet[Membership]:
    """Return the superusers of the schedule: those of the whole account, and those of this schedule alone."""
    everywhere = Q(role=Membership.Role.SUPERUSER)
    here = Q(role=Membership.Role.USER, supervisions__schedule=schedule)
    people = Membership.objects.filter(everywhere | here, account_id=schedule.account_id)
    return people.select_related("user").distinct().order_by("pk")


def person_called(account: Account, name: str) -> Membership | None:
    """Return the account's user of that login name or address, or None."""
    people = Membership.objects.filter(account=account).select_related("user")
    return people.filter(Q(login_name__iexact=name) | Q(user__email__iexact=name)).order_by("pk").first()


def invited_to(account: Account) -> QuerySet[Invitation]:
    """Return whom somebody has invited and who has not come yet, expired ones included, the latest first.

    Who asked to join by themselves is not among them: anybody may type any address.
    """
    asked = Invitation.objects.filter(account=account, accepted_at__isnull=True, invited_by__isnull=False)
    return asked.order_by("-pk")


def invitation_by_token(token: str, *, now: datetime) -> Invitation | None:
    """Return the open invitation whose address holds `token`, or None. The token yields the account."""
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    invitations = Invitation.objects.select_related("account").filter(token_digest=digest)
    invitations = invitations.exclude(account__sign_up=Account.SignUp.NOBODY)
    return invitations.filter(accepted_at__isnull=True, expires_at__gt=now).first()


def history_of(person: Membership) -> QuerySet[AuditEntry]:
    """Return what was done about this person, the latest first."""
    lines = AuditEntry.objects.filter(account_id=person.account_id, person=person)
    return lines.select_related("membership__user").order_by("-pk")[:LONGEST_HISTORY]


def admits(account: Account, email: str) -> bool:
    """Say whether whoever has this address may become a user by themselves, as far as the address decides."""
    if account.sign_up == Account.SignUp.DOMAIN:
        domain = email.rpartition("@")[2].lower()
        return bool(domain) and domain == account.sign_up_domain.lower()
    return account.takes_people_in


@dataclass(frozen=True, kw_only=True)
class Knock:
    """What somebody shows who wants to become a user: the password that the account gives out, where they are now."""

    password: str = field(default="", repr=False)
    address: str = ""


def is_inside(account: Account, address: str) -> bool:
    """Say whether the address of somebody's computer lies where people register, if the account says where that is."""
    if account.sign_up != Account.SignUp.NETWORK:
        return True
    return lies_within(address, read_networks(account.sign_up_networks))


def knows_password(account: Account, password: str) -> bool:
    """Say whether this is the password with which people register, if there must be one."""
    if account.sign_up != Account.SignUp.PASSWORD:
        return True
    return check_password(password, account.sign_up_password)


def coming_bookings(person: Membership, *, now: datetime) -> QuerySet[Booking]:
    """Return the person's own bookings that are not over, the soonest first."""
    return _live(person).filter(slot__ends_at__gt=now).order_by("slot__starts_at", "pk")


def earlier_bookings(person: Membership, *, now: datetime) -> QuerySet[Booking]:
    """Return the person's own bookings that are over or were cancelled, the latest first."""
    coming = _live(person).filter(slot__ends_at__gt=now)
    return _own(person).exclude(pk__in=coming.values("pk")).order_by("-slot__starts_at", "-pk")


def _live(person: Membership) -> QuerySet[Booking]:
    return _own(person).filter(slot__cancelled_at__isnull=True).exclude(status=Booking.Status.CANCELLED)


def _own(person: Membership) -> QuerySet[Booking]:
    own = Booking.objects.filter(membership=person, membership__account=person.account_id)
    return own.select_related("slot__schedule", "slot__service")
