"""What somebody changes about their own log-in: the address, once it is shown to be theirs, and the ways in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction

from convoca.booking.models import Membership, User
from convoca.booking.operations.refusals import HasLogIn
from convoca.core.refusals import Refusal

CONFIRM_WITHIN = timedelta(days=1)
SALT = "convoca.log-in-address"


class LinkOver(Refusal):
    """The link is too old, was used already, or is none of ours."""


@dataclass(frozen=True, kw_only=True)
class NewAddress:
    """Somebody wants to log in with another address, and can read what is sent there."""

    user: User
    email: str


def address_token(user: User, email: str, *, now: datetime) -> str:
    """Return what a link to `email` holds. It dies with the password and the address that the person has now."""
    told = {"user": user.pk, "to": email.lower(), "until": (now + CONFIRM_WITHIN).timestamp(), "of": _state_of(user)}
    return signing.dumps(told, salt=SALT)


def address_in(token: str, *, now: datetime) -> NewAddress | None:
    """Return whose address would change to what; None for a token that changes nothing."""
    try:
        told = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=told["user"], is_active=True).first()
    if user is None or told["until"] <= now.timestamp() or told["of"] != _state_of(user):
        return None
    return NewAddress(user=user, email=told["to"])


def change_address(token: str, *, now: datetime) -> User:
    """Let the person log in with the new address. Raises LinkOver; HasLogIn if somebody else has it meanwhile.

    Where accounts call them by their old address, they call them by the new one.
    """
    wanted = address_in(token, now=now)
    if wanted is None:
        raise LinkOver
    try:
        with transaction.atomic():
            user = User.objects.select_for_update(no_key=True).get(pk=wanted.user.pk)
            if address_in(token, now=now) is None:
                raise LinkOver
            _rename(user, wanted.email)
    except IntegrityError as error:
        raise HasLogIn from error
    return user


def drop_second_factor(email: str) -> bool:
    """Delete the app and the recovery codes of whoever logs in with this address; say whether there were any."""
    from allauth.mfa.models import Authenticator

    codes = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    return bool(Authenticator.objects.filter(user__email=email.lower(), type__in=codes).delete()[0])


def _rename(user: User, email: str) -> None:
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise HasLogIn
    old, user.email = user.email, email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    for person in Membership.objects.filter(user=user, login_name=old).order_by("pk"):
        if not Membership.objects.filter(account=person.account_id, login_name=email).exists():
            Membership.objects.filter(pk=person.pk).update(login_name=email[:100])


def _state_of(user: User) -> str:
    """Return what changes with the person's address and password, and tells neither."""
    signed = signing.Signer(salt=SALT).signature(f"{user.email} {user.password}")
    return signed[:16]
