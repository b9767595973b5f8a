"""What is said about users, invitations and access: whole sentences, for those who manage and those who join."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext, ngettext

from convoca.booking.asking import label_of
from convoca.booking.models import Account, FormField, Group, Invitation, Membership, Schedule
from convoca.booking.operations.refusals import (
    AlreadyUser,
    GroupExists,
    GroupInUse,
    InvitationClosed,
    IsBlocked,
    NobodyRegisters,
    NoSuchGroup,
    NoSuchUser,
    NoSuperuser,
    NotYourself,
    OutsideNetwork,
    OwnerStays,
    SignUpClosed,
    WrongDomain,
    WrongPassword,
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
        case NoSuperuser():
            return gettext("This person is no superuser any more. Nothing was changed.")
        case InvitationClosed():
            return gettext("This invitation is not open any more. Ask for a new one.")
        case NobodyRegisters():
            return gettext("Access Control says that nobody registers. Add people by hand or from a list.")
        case SignUpClosed():
            return gettext("Only people who are invited can sign up here.")
        case OutsideNetwork():
            return gettext("People sign up here only from inside a network. You are outside it: ask for an invitation.")
        case WrongPassword():
            return gettext("That is not the password of this place. Ask whoever gave it to you.")
        case NoSuchGroup():
            return gettext("One of these groups is not there any more. Choose again.")
        case GroupExists():
            return gettext("There is a group of that name already.")
        case GroupInUse(schedules):
            return gettext(
                "This group decides who may see or book on {schedules}. Change the access there first, then delete it."
            ).format(schedules=", ".join(schedules))
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
        case Contradiction.NOBODY_SEES | Contradiction.NOBODY_BOOKS:
            return gettext("Choose at least one group, or let in other people.")
        case Contradiction.CHANGES_UNSEEN:
            return gettext(
                "Nobody changes bookings without seeing whose they are. Let users see the names, or change less."
            )
        case Contradiction.CHANGES_UNBOOKED:
            return gettext("Who may not book here changes no bookings of others. Let users book, or change less.")


def exclusion(found: Contradiction) -> str:
    """Say beside a choice when it cannot be meant."""
    if found is Contradiction.BOOKS_UNSEEN:
        return gettext("Not while fewer people can see the schedule.")
    return gettext("Only where users can book, and see at least the name of who booked.")


def no_groups() -> str:
    return gettext("There is no group yet: you make groups on the page Users.")


def group_made(group: Group) -> str:
    return gettext("The group {name} is made. Now put users into it.").format(name=group.name)


def group_deleted(group: Group) -> str:
    return gettext("The group {name} is deleted. Its users stay users.").format(name=group.name)


def put_into_group(person: Membership, group: Group) -> str:
    return gettext("{name} is in the group {group} now.").format(name=person.called, group=group.name)


def taken_out_of_group(person: Membership, group: Group) -> str:
    return gettext("{name} is not in the group {group} any more.").format(name=person.called, group=group.name)


def people_in_group(people: int) -> str:
    return ngettext("{n} user", "{n} users", people).format(n=people) if people else gettext("Nobody yet")


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


def removed(person: Membership) -> str:
    return gettext("{name} is not a user any more. Their bookings stay as they are.").format(name=person.called)


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
    if not account.takes_people_in:
        return ""
    return f"{settings.BASE_URL}/accounts/join/{account.name}/"


def asked_at_sign_up(fields: Iterable[FormField]) -> str:
    """Name what the sign-up form asks beside name and e-mail, and what of it must be filled in; "" if nothing."""
    told = [
        gettext("{field} (required)").format(field=label_of(each)) if each.is_required else label_of(each)
        for each in fields
    ]
    return ", ".join(told)
