"""Invitations, and the mails that carry them.

Who signs up by themselves invites themselves: in every case a link in a mail shows that the address is theirs before
there is a log-in for it, and the page that asked for the address says the same to everybody.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone

from convoca.booking.mail.inviting import compose_invitation
from convoca.booking.mail.outcomes import AnswerLost, NotNow, Undeliverable
from convoca.booking.mail.post import Post
from convoca.booking.models import Account, Invitation, Membership, Sealed
from convoca.booking.operations.addresses import digest, new_token
from convoca.booking.operations.auditing import Verb, acting, note_person
from convoca.booking.operations.ending import goes_on
from convoca.booking.operations.refusals import (
    AlreadyUser,
    NobodyRegisters,
    OutsideNetwork,
    SignUpClosed,
    WrongDomain,
    WrongPassword,
)
from convoca.booking.questions.people import Knock, admits, is_inside, knows_password

log = structlog.get_logger(__name__)

INVITED_FOR = timedelta(days=14)
ASKED_FOR = timedelta(days=1)

NOTHING_SHOWN = Knock()

# Whoever presses the button again at once has the mail already, or will have.
NOT_AGAIN_WITHIN = timedelta(minutes=5)

# Whoever takes a mail has so long to hand it over; a mail server that cannot take it is asked again after as long.
AGAIN_AFTER = timedelta(minutes=5)


def invite(
    account: Account, email: str, *, role: Membership.Role, language: str, by: Membership, now: datetime
) -> Invitation:
    """Invite whoever has this address as a user or a superuser; who is invited already is written to again.

    Raises AlreadyUser, or NobodyRegisters.
    """
    if account.sign_up == Account.SignUp.NOBODY:
        raise NobodyRegisters
    if Membership.objects.filter(account=account, user__email=email.lower()).exists():
        raise AlreadyUser
    with transaction.atomic():
        earlier = Invitation.objects.filter(account=account, email=email.lower(), accepted_at__isnull=True)
        earlier.filter(invited_by__isnull=False).delete()
        invitation = _write(
            account, email, role=role, language=language, invited_by=by, expires_at=now + INVITED_FOR, now=now
        )
        note_person(Verb.INVITED, by=acting(by), account=account, person=None, now=now)
    return invitation


def welcome(person: Membership, *, by: Membership, now: datetime) -> None:
    """Owe a mail that tells somebody who was made a user that they have a log-in. It opens nothing."""
    with transaction.atomic():
        invitation = _write(
            person.account,
            person.user.email,
            role=Membership.Role.USER,
            language=person.user.language,
            invited_by=by,
            expires_at=now + INVITED_FOR,
            now=now,
        )
        Invitation.objects.filter(pk=invitation.pk).update(accepted_at=now)


def send_again(invitation: Invitation, *, now: datetime) -> None:
    """Owe the mail once more; the link in the earlier one works on, too, until the new last day."""
    own = Invitation.objects.filter(account=invitation.account_id, pk=invitation.pk, accepted_at__isnull=True)
    own.update(due_at=now, sent_at=None, expires_at=now + INVITED_FOR)
    invite_due.enqueue()


def withdraw_invitation(invitation: Invitation) -> bool:
    """Let the link in the mail open nothing any more; say whether it could have."""
    own = Invitation.objects.filter(account=invitation.account_id, pk=invitation.pk, accepted_at__isnull=True)
    return bool(own.delete()[0])


def ask_to_join(account: Account, email: str, *, language: str, now: datetime, knock: Knock = NOTHING_SHOWN) -> None:
    """Owe a mail with which whoever has this address becomes a user. Raises as `require_admitted`.

    Nothing that is raised depends on who has a log-in.
    """
    require_admitted(account, email, knock)
    own = Invitation.objects.filter(account=account, email=email.lower(), accepted_at__isnull=True, invited_by=None)
    if own.filter(created_at__gt=now - NOT_AGAIN_WITHIN, expires_at__gt=now).exists():
        return
    with transaction.atomic():
        own.delete()
        _write(
            account,
            email,
            role=Membership.Role.USER,
            language=language,
            invited_by=None,
            expires_at=now + ASKED_FOR,
            now=now,
        )


def require_admitted(account: Account, email: str, knock: Knock = NOTHING_SHOWN) -> None:
    """Return if whoever has this address, and knocks so, may become a user by themselves.

    Raises SignUpClosed, WrongDomain, OutsideNetwork or WrongPassword.
    """
    if not admits(account, email):
        raise WrongDomain(account.sign_up_domain) if account.sign_up == Account.SignUp.DOMAIN else SignUpClosed
    if not is_inside(account, knock.address):
        raise OutsideNetwork
    if not knows_password(account, knock.password):
        raise WrongPassword


def _write(
    account: Account,
    email: str,
    *,
    role: Membership.Role,
    language: str,
    invited_by: Membership | None,
    expires_at: datetime,
    now: datetime,
) -> Invitation:
    token = new_token()
    invitation = Invitation.objects.create(
        account=account,
        email=email.lower(),
        role=role,
        language=language,
        invited_by=invited_by,
        token=Sealed.seal(token),
        token_digest=digest(token),
        expires_at=expires_at,
        due_at=now,
    )
    invite_due.enqueue()
    return invitation


@task
def invite_due() -> None:
    """Send the invitations that are due, one by one, until none is left."""
    with Post() as post:
        while goes_on() and send_next(now=timezone.now(), post=post):
            continue


def due_invitations(*, now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(due_at__lte=now, expires_at__gt=now)


def send_next(*, now: datetime, post: Post) -> bool:
    """Send the invitation that is due first; say whether there was one. A mail that fails is tried again later."""
    invitation = due_invitations(now=now).select_related("account").order_by("due_at", "pk").first()
    if invitation is None:
        return False
    # One of several workers takes it; killed before the mail has left, it leaves it to the next.
    mine = Invitation.objects.filter(pk=invitation.pk, due_at=invitation.due_at).update(due_at=now + AGAIN_AFTER)
    if mine:
        _send(invitation, post=post, now=now)
    return True


def _send(invitation: Invitation, *, post: Post, now: datetime) -> None:
    row = Invitation.objects.filter(pk=invitation.pk)
    users = Membership.objects.filter(account=invitation.account_id, user__email=invitation.email)
    try:
        post.send(compose_invitation(invitation, is_user=users.exists()))
    except NotNow as delay:
        log.warning("invitation not taken", invitation=invitation.pk, reason=delay.reason)
    except Undeliverable as failure:
        log.warning("invitation undeliverable", invitation=invitation.pk, reason=failure.reason)
        row.update(due_at=None)
    except AnswerLost:
        # It may have arrived: whoever invited can send it once more.
        log.warning("invitation unanswered", invitation=invitation.pk)
        row.update(due_at=None)
    else:
        row.update(due_at=None, sent_at=now)
