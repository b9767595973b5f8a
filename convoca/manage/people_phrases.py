"""What is said about users, invitations and access: whole sentences, for those who manage and those who join."""

from django.conf import settings
from django.utils.translation import gettext, ngettext

from convoca.booking.models import Account, Invitation, Membership, Schedule
from convoca.booking.operations.refusals import (
    AlreadyUser,
    InvitationClosed,
    IsBlocked,
    NoSuchUser,
    NotYourself,
    OwnerStays,
    SignUpClosed,
    WrongDomain,
)
from convoca.booking.questions.permissions import Contradiction
from convoca.core.admission import Refusal


def say(refusal: Refusal) -> str:
    """Return the sentence for a refusal that somebody meets who adds, ranks, invites or joins."""
    match refusal:
        case AlreadyUser():
            return gettext("This person is a user here already. Nothing was changed.")
        case NotYourself():
            return gettext("Nobody changes their own rights. Ask the owner.")
        case OwnerStays():
            return gettext("The owner's rights stay as they are.")
        case IsBlocked():
            return gettext("This person is blocked. Unblock them first, then give them rights.")
        case NoSuchUser():
            return gettext("No user here has that login name or address. Add or invite them on the page Users first.")
        case InvitationClosed():
            return gettext("This invitation is not open any more. Ask for a new one.")
        case SignUpClosed():
            return gettext("Only people who are invited can sign up here.")
        case WrongDomain(domain):
            return gettext("Only people with an email address at {domain} can sign up here.").format(domain=domain)
        case _:
            return gettext("That is not possible. Nothing was changed.")


def contradiction(found: Contradiction) -> str:
    """Say which two choices of a schedule's access cannot both be meant, and what to do."""
    match found:
        case Contradiction.BOOKS_UNSEEN:
            return gettext(
                "Nobody books what they cannot see. Let more people see the schedule, or fewer people book on it."
            )


def user_count(people: int) -> str:
    return ngettext("{n} user", "{n} users", people).format(n=people)


def added(person: Membership) -> str:
    return gettext(
        "{name} is a user now. They set their password with “Forgot your password?” on the log-in page."
    ).format(name=person.called)


def invited(invitation: Invitation) -> str:
    return gettext("The invitation to {email} is on its way.").format(email=invitation.email)


def withdrawn(invitation: Invitation) -> str:
    return gettext("The invitation to {email} is withdrawn. Its link opens nothing any more.").format(
        email=invitation.email
    )


def ranked(person: Membership) -> str:
    return gettext("Saved. The rights of {name} count from now on.").format(name=person.called)


def blocked(person: Membership) -> str:
    return gettext("{name} is blocked from now on. Bookings already made stay as they are.").format(name=person.called)


def unblocked(person: Membership) -> str:
    return gettext("{name} is a user again.").format(name=person.called)


def appointed(person: Membership, schedule: Schedule) -> str:
    if person.role in {Membership.Role.OWNER, Membership.Role.SUPERUSER}:
        return gettext("{name} is a superuser of all schedules already. Nothing was changed.").format(
            name=person.called
        )
    return gettext("{name} is a superuser of {schedule} now.").format(name=person.called, schedule=schedule.name)


def dismissed(person: Membership, schedule: Schedule) -> str:
    return gettext("{name} is no superuser of {schedule} any more.").format(name=person.called, schedule=schedule.name)


def join_address(account: Account) -> str:
    """Return the address under which people sign up by themselves; empty where nobody does."""
    if account.sign_up == Account.SignUp.INVITATION:
        return ""
    return f"{settings.BASE_URL}/accounts/join/{account.name}/"
