"""Who may do what: the one matrix that every page, mail and programs' interface asks.

Doors ask `may` before they show or do anything; operations bind nobody by rank, only by rules of time and scarcity.
What a link is and who sees it is `links.links_for`'s business, not this module's.
"""

from enum import StrEnum

from convoca.booking.models import Account, Audience, Booking, Changes, Membership, Schedule, Visibility
from convoca.booking.questions.viewers import Viewer


class Rank(StrEnum):
    """What a viewer is to one schedule, or to its account."""

    BLOCKED = "blocked"
    VISITOR = "visitor"
    USER = "user"
    SUPERUSER = "superuser"
    OWNER = "owner"


class Action(StrEnum):
    """What can be done with a schedule, or, below the line, with its account."""

    SEE = "see its page and what is free"
    BOOK = "book, sign up, wait for a place"
    SUPERVISE = "see, approve, change and export all its bookings, type links, make slots, book for anybody"
    CONFIGURE = "change its rules, hours, resources, services, form and link source"
    # Of the account.
    SEE_PEOPLE = "see who its users are"
    ADD_PEOPLE = "add and invite users"
    RANK_PEOPLE = "make superusers of users, and block them"
    GOVERN = "change everything else: access control, integrations, outbox"


SUPERVISORS = frozenset({Rank.SUPERUSER, Rank.OWNER})

# What a rank may always do, whatever the settings say. A blocked person may do nothing.
ALWAYS: dict[Action, frozenset[Rank]] = {
    Action.SEE: SUPERVISORS,
    Action.BOOK: SUPERVISORS,
    Action.SUPERVISE: SUPERVISORS,
    Action.CONFIGURE: frozenset({Rank.OWNER}),
    Action.SEE_PEOPLE: SUPERVISORS,
    Action.ADD_PEOPLE: frozenset({Rank.OWNER}),
    Action.RANK_PEOPLE: frozenset({Rank.OWNER}),
    Action.GOVERN: frozenset({Rank.OWNER}),
}

ADMITTED: dict[Audience, frozenset[Rank]] = {
    Audience.ANYONE: frozenset({Rank.VISITOR, Rank.USER}) | SUPERVISORS,
    Audience.USERS: frozenset({Rank.USER}) | SUPERVISORS,
    Audience.SUPERUSERS: SUPERVISORS,
}

# What superusers of the whole account may do to people, by the owner's word.
GRANTED: dict[Account.SuperusersMay, frozenset[Action]] = {
    Account.SuperusersMay.NOTHING: frozenset(),
    Account.SuperusersMay.ADD: frozenset({Action.ADD_PEOPLE}),
    Account.SuperusersMay.RANK: frozenset({Action.ADD_PEOPLE, Action.RANK_PEOPLE}),
}


class Contradiction(StrEnum):
    """Two choices of a schedule's access that cannot both be meant."""

    BOOKS_UNSEEN = "more people may book than may see the schedule"


# From few to many.
WIDTH = {Audience.SUPERUSERS: 0, Audience.USERS: 1, Audience.ANYONE: 2}


def contradictions(*, who_sees: Audience, who_books: Audience) -> tuple[Contradiction, ...]:
    """Return what cannot be meant together of a schedule's access, in the order of its page."""
    return (Contradiction.BOOKS_UNSEEN,) if WIDTH[who_books] > WIDTH[who_sees] else ()


def rank_of(viewer: Viewer, schedule: Schedule | None = None) -> Rank:
    """Return what the viewer is to `schedule`; without one, to the whole account. In another account, a visitor."""
    if schedule is not None and schedule.account_id != viewer.account_id:
        return Rank.VISITOR
    if viewer.role == Membership.Role.BLOCKED:
        return Rank.BLOCKED
    if viewer.owns_account:
        return Rank.OWNER
    if viewer.supervises_account or (schedule is not None and viewer.supervises(schedule.pk)):
        return Rank.SUPERUSER
    return Rank.VISITOR if viewer.membership is None else Rank.USER


def may(viewer: Viewer, action: Action, schedule: Schedule) -> bool:
    """Say whether the viewer may do this on the schedule of their own account; nobody may in somebody else's.

    Nor on one that is being deleted.
    """
    if viewer.account_id != schedule.account_id or schedule.is_closing:
        return False
    rank = rank_of(viewer, schedule)
    if rank in ALWAYS[action]:
        return True
    if action is Action.SEE:
        return rank in ADMITTED[Audience(schedule.who_sees)]
    if action is Action.BOOK:
        return rank in ADMITTED[Audience(schedule.who_books)] and may(viewer, Action.SEE, schedule)
    return False


def may_in_account(viewer: Viewer, action: Action, account: Account) -> bool:
    """Say whether the viewer may do this in the account, none of whose schedules matters."""
    if viewer.account_id != account.pk:
        return False
    rank = rank_of(viewer)
    granted = GRANTED[Account.SuperusersMay(account.superusers_may)] if rank is Rank.SUPERUSER else frozenset()
    return rank in ALWAYS[action] or action in granted


def may_change(viewer: Viewer, booking: Booking, schedule: Schedule) -> bool:
    """Say whether the viewer may move or cancel this booking, as far as rank goes; the limits of time come on top."""
    if may(viewer, Action.SUPERVISE, schedule):
        return True
    if rank_of(viewer, schedule) is Rank.BLOCKED or is_barred(booking) or schedule.who_changes == Changes.NOBODYS:
        return False
    return is_own(viewer, booking)


def is_barred(booking: Booking) -> bool:
    """Say whether the person whose booking it is has been blocked since: only who supervises changes it then."""
    return booking.membership is not None and booking.membership.role == Membership.Role.BLOCKED


def is_own(viewer: Viewer, booking: Booking) -> bool:
    """Say whether the booking is the viewer's: by its address, or by their log-in."""
    if booking.account_id != viewer.account_id:
        return False
    if viewer.booking is not None:
        return viewer.booking.pk == booking.pk
    return viewer.membership is not None and viewer.membership.pk == booking.membership_id


def sees_of_others(viewer: Viewer, schedule: Schedule) -> Visibility:
    """Return how much of other people's bookings the viewer sees: nothing at all where they may not see the page."""
    if may(viewer, Action.SUPERVISE, schedule):
        return Visibility.EVERYTHING
    return Visibility(schedule.others_see) if may(viewer, Action.SEE, schedule) else Visibility.NOTHING
