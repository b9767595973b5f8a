"""Logging in with an account elsewhere. It is linked to a log-in here once, and opens that one from then on.

An address alone opens nothing that has a password: whoever has the address elsewhere shows first that they have the
password here, too. So nobody who gets hold of an address, there or here, gets into what somebody else has made.
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from convoca.booking.models import OutsideLogIn, User
from convoca.core.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Outsider:
    """Who somebody is elsewhere. `owns_email`: the provider has seen that the address is theirs."""

    provider: str
    subject: str
    email: str = ""
    owns_email: bool = False


class NotTheirAddress(Refusal):
    """The provider does not vouch for the address, so it says nothing of who it is here."""


class Unknown(Refusal):
    """Nobody logs in here with that account, or with its address."""


class ProveFirst(Refusal):
    """There is a log-in with this address. Its password, or passkey, must be shown before the account is linked."""


class LinkedAlready(Refusal):
    """The account elsewhere opens another log-in, or this one has another account there."""


def enter(outsider: Outsider, *, now: datetime) -> User:
    """Return whose log-in the account opens; a log-in that has had no password yet is linked to it now.

    Raises NotTheirAddress, Unknown, ProveFirst or LinkedAlready.
    """
    of = OutsideLogIn.objects.filter(provider=outsider.provider, subject=outsider.subject)
    known = of.select_related("user").first()
    if known is not None:
        if not known.user.is_active:
            raise Unknown
        OutsideLogIn.objects.filter(pk=known.pk).update(used_at=now)
        return known.user
    if not outsider.owns_email or not outsider.email:
        raise NotTheirAddress
    user = User.objects.filter(email=outsider.email.lower(), is_active=True).first()
    if user is None:
        raise Unknown
    if user.has_usable_password() or _has_other_ways_in(user):
        raise ProveFirst
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    link(user, outsider, now=now)
    return user


def link(user: User, outsider: Outsider, *, now: datetime) -> None:
    """Let the account elsewhere log the person in. Raises LinkedAlready."""
    known = OutsideLogIn.objects.filter(provider=outsider.provider, subject=outsider.subject).first()
    if known is not None and known.user_id == user.pk:
        return
    values = {"provider": outsider.provider, "subject": outsider.subject, "email": outsider.email[:254]}
    try:
        with transaction.atomic():
            OutsideLogIn.objects.create(user=user, linked_at=now, **values)
    except IntegrityError as error:
        raise LinkedAlready from error


def unlink(user: User, provider: str) -> bool:
    """Let the account elsewhere log the person in no more; say whether it did.

    Whoever has no password, and so perhaps no other way in, still gets one by mail.
    """
    return bool(OutsideLogIn.objects.filter(user=user, provider=provider).delete()[0])


def _has_other_ways_in(user: User) -> bool:
    """Say whether somebody has made a passkey, or linked another account: then it is not theirs by address alone."""
    from allauth.mfa.models import Authenticator

    others = OutsideLogIn.objects.filter(user=user)
    return bool(others.exists() or Authenticator.objects.filter(user=user).exists())
