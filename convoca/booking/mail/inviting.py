"""What is written to people who are invited, or who have asked to sign up."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext

from convoca.booking.mail.envelope import BookingMail, one_line
from convoca.booking.mail.note import Note, note_mail
from convoca.booking.manner import speaking
from convoca.booking.models import Invitation, Membership
from convoca.booking.wording import day_text
from convoca.core.time import local_day


def invitation_address(invitation: Invitation) -> str:
    return f"{settings.BASE_URL}/accounts/invitation/{invitation.token.open()}/"


def compose_invitation(invitation: Invitation, *, is_user: bool) -> BookingMail:
    """Return the mail that an invitation owes; to somebody who is a user of the account already, that they are.

    Raises Undeliverable if the address cannot be written to.
    """
    with speaking(invitation.language, invitation.account):
        return note_mail(_note(invitation, is_user=is_user), to=invitation.email, account=invitation.account)


def _note(invitation: Invitation, *, is_user: bool) -> Note:
    if is_user:
        return _for_user(invitation)
    return _for_asker(invitation) if invitation.invited_by_id is None else _for_invited(invitation)


def _for_invited(invitation: Invitation) -> Note:
    account = _title(invitation)
    about = gettext("With a log-in you find your bookings in one place, and book without typing your details again.")
    if invitation.role == Membership.Role.SUPERUSER:
        about = gettext("As a superuser you see and handle the bookings of all its schedules.")
    subject = gettext("{account} invites you").format(account=account)
    return Note(
        language=invitation.language,
        subject=subject,
        opening=gettext("You are invited to {account}").format(account=account),
        paragraphs=(about, gettext("The invitation is open until {day}.").format(day=_last_day(invitation))),
        button=gettext("Accept the invitation"),
        address=invitation_address(invitation),
        organiser=account,
        contact=invitation.account.contact_email,
        why=_why(gettext("You get this email because {account} entered your address at {host}."), invitation),
    )


def _for_asker(invitation: Invitation) -> Note:
    account = _title(invitation)
    subject = gettext("Finish signing up at {account}").format(account=account)
    return Note(
        language=invitation.language,
        subject=subject,
        opening=subject,
        paragraphs=(
            gettext("Open this page within a day and choose a password; then you are a user."),
            gettext("If it was not you who signed up, do nothing, and nothing happens."),
        ),
        button=gettext("Finish signing up"),
        address=invitation_address(invitation),
        organiser=account,
        contact=invitation.account.contact_email,
        why=_why(gettext("You get this email because somebody signed up with your address at {host}."), invitation),
    )


def _for_user(invitation: Invitation) -> Note:
    account = _title(invitation)
    return Note(
        language=invitation.language,
        subject=gettext("You have a log-in at {account}").format(account=account),
        opening=gettext("You have a log-in at {account}").format(account=account),
        paragraphs=(
            gettext("You are a user here already, so there is nothing to sign up for: log in with this address."),
            gettext("If you do not know your password, choose “Forgot your password?” there."),
        ),
        button=gettext("Log in"),
        address=f"{settings.BASE_URL}/accounts/login/?next=/my/{invitation.account.name}",
        organiser=account,
        contact=invitation.account.contact_email,
        why=_why(_how_it_came(invitation), invitation),
    )


def _how_it_came(invitation: Invitation) -> str:
    if invitation.invited_by_id is None:
        return gettext("You get this email because somebody signed up with your address at {host}.")
    return gettext("You get this email because {account} entered your address at {host}.")


def _title(invitation: Invitation) -> str:
    return one_line(invitation.account.title)


def _last_day(invitation: Invitation) -> str:
    return day_text(local_day(invitation.expires_at, invitation.account.time_zone), "full")


def _why(sentence: str, invitation: Invitation) -> str:
    return sentence.format(account=_title(invitation), host=urlsplit(settings.BASE_URL).netloc)
