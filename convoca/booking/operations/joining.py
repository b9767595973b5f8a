"""Becoming a user of an account: with a link from a mail, or with a log-in whose address is proven already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from convoca.booking.models import Account, Invitation, Membership, User
from convoca.booking.operations.auditing import Verb, acting, note_person
from convoca.booking.operations.inviting import NOTHING_SHOWN, require_admitted
from convoca.booking.operations.people import become_user
from convoca.booking.operations.refusals import AddressNotProven, HasLogIn, InvitationClosed
from convoca.booking.questions.people import Knock, admits


@dataclass(frozen=True, kw_only=True)
class Joiner:
    """What somebody says of themselves when they become a user; `details` by the names of the columns."""

    name: str
    details: Mapping[str, str] = field(default_factory=dict)


def has_log_in(email: str) -> bool:
    """Say whether somebody logs in with this address. To be told only to whoever has shown that it is theirs."""
    user = User.objects.filter(email=email.lower()).first()
    return user is not None and user.has_usable_password()


def accept_as(invitation: Invitation, user: User, joiner: Joiner, *, now: datetime) -> Membership:
    """Let a person with a log-in accept their own invitation. Raises InvitationClosed or AlreadyUser."""
    with transaction.atomic():
        held = _hold_open(invitation, now=now)
        if user.email != held.email:
            raise InvitationClosed
        return _enter(held, user, joiner, now=now)


def accept_anew(
    invitation: Invitation, joiner: Joiner, *, password: str, language: str, time_zone: str, now: datetime
) -> Membership:
    """Let somebody without a log-in accept: they get one. Raises InvitationClosed, AlreadyUser or HasLogIn."""
    try:
        with transaction.atomic():
            held = _hold_open(invitation, now=now)
            user = _new_log_in(held.email, joiner.name, password=password, language=language, time_zone=time_zone)
            return _enter(held, user, joiner, now=now)
    except IntegrityError as error:
        # Somebody made this log-in at the same moment, from another account's invitation.
        raise HasLogIn from error


def join(account: Account, user: User, joiner: Joiner, *, now: datetime, knock: Knock = NOTHING_SHOWN) -> Membership:
    """Make a person with a log-in a user of an account that takes them in.

    Raises AlreadyUser, and as `require_admitted`; AddressNotProven where the address decides and nobody has shown that
    it is theirs.
    """
    require_admitted(account, user.email, knock)
    proven = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    if account.sign_up == Account.SignUp.DOMAIN and not proven:
        raise AddressNotProven
    with transaction.atomic():
        return _become(account, user, Membership.Role.USER, joiner, now=now)


def _hold_open(invitation: Invitation, *, now: datetime) -> Invitation:
    held = Invitation.objects.select_for_update(no_key=True).filter(pk=invitation.pk).first()
    if held is None or held.accepted_at is not None or held.expires_at <= now:
        raise InvitationClosed
    held.account = Account.objects.get(pk=held.account_id)
    if held.account.sign_up == Account.SignUp.NOBODY:
        raise InvitationClosed
    # Who asked by themselves is taken in only if the account still takes such people in.
    if held.invited_by_id is None and not admits(held.account, held.email):
        raise InvitationClosed
    return held


def _new_log_in(email: str, name: str, *, password: str, language: str, time_zone: str) -> User:
    """Return a log-in with this password: a new one, or one that has had no password yet. Raises HasLogIn."""
    user = User.objects.select_for_update(no_key=True).filter(email=email).first()
    if user is None:
        return User.objects.create_user(email, password, name=name, language=language, time_zone=time_zone)
    if user.has_usable_password():
        raise HasLogIn
    user.set_password(password)
    user.name, user.language, user.time_zone = name, language, time_zone
    user.save(update_fields=["password", "name", "language", "time_zone"])
    return user


def _enter(held: Invitation, user: User, joiner: Joiner, *, now: datetime) -> Membership:
    EmailAddress.objects.update_or_create(user=user, email=held.email, defaults={"verified": True, "primary": True})
    Invitation.objects.filter(pk=held.pk).update(accepted_at=now, due_at=None)
    return _become(held.account, user, Membership.Role(held.role), joiner, now=now)


def _become(account: Account, user: User, role: Membership.Role, joiner: Joiner, *, now: datetime) -> Membership:
    person = become_user(account, user, role=role, name=joiner.name, details=joiner.details)
    note_person(Verb.JOINED, by=acting(person), account=account, person=person, now=now)
    return person
