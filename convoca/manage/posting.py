"""Mails that somebody waits for with the page open: they leave at once, and the page says if they did not."""

from datetime import datetime

import structlog
from django.conf import settings
from django.urls import reverse

from convoca.booking.mail.note import Note, note_mail
from convoca.booking.mail.outcomes import AnswerLost, NotNow, Undeliverable
from convoca.booking.mail.post import Post
from convoca.booking.models import User
from convoca.booking.operations.accepting import ask_to_found
from convoca.booking.operations.founding import Founder
from convoca.booking.operations.log_ins import address_token
from convoca.booking.operations.refusals import HasLogIn
from convoca.manage.log_in_mails import new_account, new_address, taken_address

log = structlog.get_logger(__name__)


def send_address_link(user: User, email: str, *, now: datetime) -> bool:
    """Write to the address that somebody wants to log in with; say whether the mail has left.

    Whoever has that address already is told so there, and nobody else is.
    """
    if User.objects.filter(email=email.lower()).exists():
        return send(taken_address(), to=email)
    token = address_token(user, email, now=now)
    return send(new_address(f"{settings.BASE_URL}{reverse('account_confirm_email', args=[token])}"), to=email)


def send_founding_link(founder: Founder, *, now: datetime) -> bool:
    """Write to the address of somebody who wants an account; say whether the mail has left. Raises NoAccountsTaken.

    Whoever has a log-in already is told so there, and nobody else is.
    """
    try:
        token = ask_to_found(founder, now=now)
    except HasLogIn:
        return send(taken_address(), to=founder.email)
    return send(new_account(f"{settings.BASE_URL}{reverse('account_found', args=[token])}"), to=founder.email)


def send(note: Note, *, to: str) -> bool:
    """Hand a mail over now; say whether the mail server took it."""
    try:
        with Post() as post:
            post.send(note_mail(note, to=to, account=None))
    except (Undeliverable, NotNow, AnswerLost) as failure:
        log.warning("mail about a log-in not sent", error=type(failure).__name__)
        return False
    return True
