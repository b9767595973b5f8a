"""What is said about the rights of superusers: what each lets them do, and that somebody has not been granted one."""

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Membership, Right
from convoca.booking.questions.permissions import Action
from convoca.core.admission import Refusal
from convoca.core.refusals import (
    InThePast,
    LimitReached,
    NotOnGrid,
    OutsideOpeningHours,
    OverlapsOwn,
    SlotOver,
    TooFar,
    TooLateToChange,
    TooSoon,
    WrongLength,
)
from convoca.manage import phrases

BLOCKS = "blocks_users"
MANAGES = "manages_users"

# In the order in which the pages show them.
NAMES: dict[str, str | Promise] = {
    Right.BOOKINGS: gettext_lazy("Change bookings of others: approve, move and cancel them, type links, make slots"),
    Right.BEYOND_RULES: gettext_lazy("Book and move outside opening hours and beyond limits"),
    Right.HOURS: gettext_lazy("Change opening hours and the days that differ"),
    Right.LAYOUT: gettext_lazy("Change what mails say, and, of the whole account, the looks of its pages"),
    BLOCKS: gettext_lazy("Block users, and let them in again"),
}

# What is on record of a change, in few words.
CHANGED: dict[str, str | Promise] = {
    "role": gettext_lazy("what they are"),
    Right.BOOKINGS: gettext_lazy("bookings of others"),
    Right.BEYOND_RULES: gettext_lazy("hours and limits"),
    Right.HOURS: gettext_lazy("opening hours"),
    Right.LAYOUT: gettext_lazy("mails and looks"),
    BLOCKS: gettext_lazy("blocking users"),
    MANAGES: gettext_lazy("managing users"),
}


def not_granted(action: Action) -> str:
    """Say what somebody may not do who is a superuser here."""
    match action:
        case Action.CHANGE:
            return gettext(
                "You see these bookings and book for people, but you may not change what others have booked."
            )
        case Action.OPEN:
            return gettext("You may not change the opening hours here.")
        case Action.WORD:
            return gettext("You may not change what the mails say here.")
        case Action.DRESS:
            return gettext("You may not change the looks of these pages.")
        case Action.SEE_PEOPLE:
            return gettext("You may not see the list of users.")
        case Action.ADD_PEOPLE:
            return gettext("You may not add, invite or edit users.")
        case Action.BLOCK_PEOPLE:
            return gettext("You may not block users, or let them in again.")
        case Action.RANK_PEOPLE:
            return gettext("You may not change what users are.")
        case _:
            return gettext("You may not do that here.")


def say(refusal: Refusal) -> str:
    """Return the sentence for a refusal that somebody who supervises meets where hours and limits bind them, too."""
    match refusal:
        case InThePast() | SlotOver():
            return gettext("That time has passed. Nothing was changed.")
        case OutsideOpeningHours():
            return gettext("That is outside the opening hours, and you may not go beyond them. Choose another time.")
        case TooSoon() | TooFar() | NotOnGrid() | WrongLength() | TooLateToChange() | LimitReached() | OverlapsOwn():
            return gettext("The rules of this schedule do not allow it, and you may not go beyond them. Ask the owner.")
        case _:
            return phrases.say(refusal)


def changed(fields: str) -> str:
    """Say which rights an entry of the trail is about; a schedule is called by its address."""
    return ", ".join(str(CHANGED.get(each, each)) for each in fields.split(", ") if each)


def granted(person: Membership) -> str:
    return gettext("The rights of {name} are saved. They count from now on.").format(name=person.called)
