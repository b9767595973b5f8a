"""The first account: made by whoever holds an address that the server printed, before anybody has a log-in.

The address holds a key that we signed: until when it holds, and after which account. So it needs no table, and the
account that it makes is what uses it up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Max

from convoca.booking.models import Account, Membership, Schedule, User
from convoca.booking.operations.counting import hold_name
from convoca.booking.operations.furnishing import NewSchedule, free_address, make_schedule, numbered, plain_address
from convoca.booking.operations.people import become_user
from convoca.booking.operations.refusals import HasLogIn
from convoca.core.refusals import Refusal

KEY_LIVES = timedelta(minutes=60)
SALT = "convoca.founding"

# What an owner is reminded of until it is done or left out, by name.
FIRST_STEPS = ("link", "calendar", "mail", "hours", "passkey")


class KeyUsed(Refusal):
    """An account was made with this key already, or the key is too old or none of ours."""


@dataclass(frozen=True, kw_only=True)
class Founder:
    """What the first owner says of themselves, and of the first thing that can be booked with them."""

    name: str
    email: str
    password: str
    offer: str
    language: str
    time_zone: str


def make_key(*, now: datetime) -> str:
    """Return a key that makes one account, within the hour."""
    return signing.dumps({"until": (now + KEY_LIVES).timestamp(), "after": _newest_account()}, salt=SALT)


def is_open(key: str, *, now: datetime) -> bool:
    """Say whether an account can still be made with the key."""
    try:
        told = signing.loads(key, salt=SALT)
    except signing.BadSignature:
        return False
    return bool(told["until"] > now.timestamp() and told["after"] == _newest_account())


def found(key: str, founder: Founder, *, now: datetime) -> Schedule:
    """Make the account, its owner and a schedule that can be booked at once. Raises KeyUsed or HasLogIn.

    Who makes the first account of an installation looks after the installation.
    """
    with transaction.atomic():
        # Of two who open the address at the same moment, the second finds it used.
        hold_name(SALT)
        if not is_open(key, now=now):
            raise KeyUsed
        if User.objects.filter(email=founder.email.lower()).exists():
            raise HasLogIn
        return establish(founder)


def establish(founder: Founder, *, hashed: str = "") -> Schedule:
    """Make the account, its owner and the schedule, in the caller's transaction.

    `hashed` is the owner's password where they asked for the account by mail: they look after nothing but it.
    """
    account = _make_account(founder)
    if hashed:
        User.objects.filter(email=founder.email.lower()).update(password=hashed, is_superuser=False)
    return _make_schedule(account, founder)


def leave_out(account: Account, step: str) -> None:
    """Remind the owner no more of one of the first steps."""
    with transaction.atomic():
        held = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        held.first_steps = " ".join(each for each in held.first_steps.split() if each != step)
        held.save(update_fields=["first_steps"])


def _newest_account() -> int:
    newest: int | None = Account.objects.aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def _make_account(founder: Founder) -> Account:
    is_first = not User.objects.exists()
    user = User.objects.create_user(
        founder.email,
        founder.password,
        name=founder.name,
        language=founder.language,
        time_zone=founder.time_zone,
        is_superuser=is_first,
    )
    account = Account.objects.create(
        name=_free_name(founder.name),
        title=founder.name,
        time_zone=founder.time_zone,
        language=founder.language,
        contact_email=user.email,
        first_steps=" ".join(FIRST_STEPS),
    )
    become_user(account, user, role=Membership.Role.OWNER, name=founder.name, details={})
    return account


def _make_schedule(account: Account, founder: Founder) -> Schedule:
    offer = NewSchedule(
        kind=Schedule.Kind.RESOURCE,
        name=founder.offer,
        slug=free_address(account, founder.offer),
        time_zone=founder.time_zone,
        resources=(founder.name,),
    )
    return make_schedule(account, offer)


def _free_name(name: str) -> str:
    """Return what the account's address is made of: the person's name, numbered if another account has it."""
    plain = plain_address(name) or "bookings"
    return numbered(plain, Account.objects.filter(name__startswith=plain).values_list("name", flat=True))
