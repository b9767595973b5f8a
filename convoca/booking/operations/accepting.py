"""Further accounts of an installation: whether it takes any, and how somebody founds one by a link in a mail."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from convoca.booking.models import FoundingRequest, Installation, Schedule, User
from convoca.booking.operations.addresses import digest, new_token
from convoca.booking.operations.counting import hold_name
from convoca.booking.operations.founding import Founder, KeyUsed, establish
from convoca.booking.operations.refusals import HasLogIn
from convoca.core.refusals import Refusal

FINISH_WITHIN = timedelta(days=1)
ONLY = 1


class NoAccountsTaken(Refusal):
    """Whoever looks after the installation lets nobody found an account by themselves."""


def takes_accounts() -> bool:
    """Say whether anybody may found an account here. As long as nobody has decided, nobody may."""
    return Installation.objects.filter(pk=ONLY, takes_accounts=True).exists()


def decide(*, takes: bool, now: datetime) -> None:
    """Open or close the founding of accounts. Who has a link already finishes only while it is open."""
    Installation.objects.update_or_create(pk=ONLY, defaults={"takes_accounts": takes, "changed_at": now})


def ask_to_found(founder: Founder, *, now: datetime) -> str:
    """Keep what somebody wants to found, and return what the link to their address holds.

    Raises NoAccountsTaken; HasLogIn, which only whoever reads that address may be told.
    """
    if not takes_accounts():
        raise NoAccountsTaken
    # First, as it takes longest: else the answer's haste would tell who has a log-in.
    hashed, token = make_password(founder.password), new_token()
    if User.objects.filter(email=founder.email.lower()).exists():
        raise HasLogIn
    with transaction.atomic():
        FoundingRequest.objects.filter(email=founder.email.lower()).delete()
        FoundingRequest.objects.create(
            email=founder.email.lower(),
            name=founder.name,
            offer=founder.offer,
            password=hashed,
            language=founder.language,
            time_zone=founder.time_zone,
            token_digest=digest(token),
            created_at=now,
            expires_at=now + FINISH_WITHIN,
        )
    return token


def request_by_token(token: str, *, now: datetime) -> FoundingRequest | None:
    """Return what the link is about, if an account can still be founded with it."""
    if not takes_accounts():
        return None
    return FoundingRequest.objects.filter(token_digest=digest(token), expires_at__gt=now).first()


def found_requested(token: str, *, now: datetime) -> Schedule:
    """Make the account that was asked for. Raises KeyUsed or HasLogIn."""
    with transaction.atomic():
        # Of two who open the link at the same moment, the second finds it used.
        hold_name(f"founding {digest(token)}")
        wanted = request_by_token(token, now=now)
        if wanted is None:
            raise KeyUsed
        if User.objects.filter(email=wanted.email).exists():
            raise HasLogIn
        schedule = establish(_founder_of(wanted), hashed=wanted.password)
        owner = User.objects.get(email=wanted.email)
        EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
        wanted.delete()
    return schedule


def _founder_of(wanted: FoundingRequest) -> Founder:
    return Founder(
        name=wanted.name,
        email=wanted.email,
        password="",
        offer=wanted.offer,
        language=wanted.language,
        time_zone=wanted.time_zone,
    )
