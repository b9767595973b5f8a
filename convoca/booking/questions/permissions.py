"""Who may do what: the one matrix that every page, mail and programs' interface asks.

Doors ask `may` before they show or do anything; operations bind nobody by rank, only by rules of time and scarcity.
What a link is and who sees it is `links.links_for`'s business, not this module's.
"""

from collections.abc import Collection
from enum import StrEnum

from convoca.booking.models import (
    Account,
    Audience,
    Booking,
    Changes,
    Membership,
    Right,
    Schedule,
    ScheduleGroup,
    Visibility,
)
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
    SUPERVISE = "see and export all its bookings, see links and send them again, book for anybody"
    CHANGE = "approve, change, move and cancel what others have booked, type links, make and change slots"
    GO_BEYOND = "book and move outside opening hours, and beyond limits"
    OPEN = "change its opening hours and the days that differ"
    WORD = "change what its mails say"
    CONFIGURE = "change its rules, resources, services, form and link source"
    # Of the account.
    SEE_PEOPLE = "see who its users are, and book in their name"
    ADD_PEOPLE = "add and invite users"
    BLOCK_PEOPLE = "block users, and let them in again"
    RANK_PEOPLE = "make superusers of users, and block any of them"
    DRESS = "change the words, colours and logo of its pages"
    GOVERN = "change everything else: access control, integrations, outbox"


SUPERVISORS = frozenset({Rank.SUPERUSER, Rank.OWNER})

# What a rank may always do, whatever the settings say. A blocked person may do nothing.
ALWAYS: dict[Action, frozenset[Rank]] = {
    Action.SEE: SUPERVISORS,
    Action.BOOK: SUPERVISORS,
    Action.SUPERVISE: SUPERVISORS,
    Action.CHANGE: frozenset({Rank.OWNER}),
    Action.GO_BEYOND: frozenset({Rank.OWNER}),
    Action.OPEN: frozenset({Rank.OWNER}),
    Action.WORD: frozenset({Rank.OWNER}),
    Action.CONFIGURE: frozenset({Rank.OWNER}),
    Action.SEE_PEOPLE: frozenset({Rank.OWNER}),
    Action.ADD_PEOPLE: frozenset({Rank.OWNER}),
    Action.BLOCK_PEOPLE: frozenset({Rank.OWNER}),
    Action.RANK_PEOPLE: frozenset({Rank.OWNER}),
    Action.DRESS: frozenset({Rank.OWNER}),
    Action.GOVERN: frozenset({Rank.OWNER}),
}

# What superusers of a schedule may do on it, by the owner's word about each of them.
BY_RIGHT: dict[Action, Right] = {
    Action.CHANGE: Right.BOOKINGS,
    Action.GO_BEYOND: Right.BEYOND_RULES,
    Action.OPEN: Right.HOURS,
    Action.WORD: Right.LAYOUT,
}

ADMITTED: dict[Audience, frozenset[Rank]] = {
    Audience.ANYONE: frozenset({Rank.VISITOR, Rank.USER}) | SUPERVISORS,
    Audience.USERS: frozenset({Rank.USER}) | SUPERVISORS,
    # And those users who are in one of its groups, whom no rank tells.
    Audience.GROUPS: SUPERVISORS,
    Audience.SUPERUSERS: SUPERVISORS,
}

Purpose = ScheduleGroup.Purpose

# Who sees so much of a booking knows whose it is.
TELLING = frozenset({Visibility.NAMES, Visibility.EVERYTHING})

# What superusers may do about people, by the owner's word.
GRANTED: dict[Account.SuperusersMay, frozenset[Action]] = {
    Account.SuperusersMay.UNSEEN: frozenset(),
    Account.SuperusersMay.NOTHING: frozenset({Action.SEE_PEOPLE}),
    Account.SuperusersMay.ADD: frozenset({Action.SEE_PEOPLE, Action.ADD_PEOPLE}),
    Account.SuperusersMay.RANK: frozenset(
        {Action.SEE_PEOPLE, Action.ADD_PEOPLE, Action.BLOCK_PEOPLE, Action.RANK_PEOPLE}
    ),
}

# What the owner may let superusers do; the rest is theirs alone.
GRANTABLE = frozenset({*BY_RIGHT, *GRANTED[Account.SuperusersMay.RANK], Action.DRESS})


class Contradiction(StrEnum):
    """Two choices of a schedule's access that cannot both be meant."""

    NOBODY_SEES = "only users of some groups see the schedule, and no group is chosen"
    NOBODY_BOOKS = "only users of some groups book, and no group is chosen"
    BOOKS_UNSEEN = "more people may book than may see the schedule"
    CHANGES_UNSEEN = "users may change bookings of which they do not see whose they are"
    CHANGES_UNBOOKED = "users may change bookings where they may not book"


# From few to many.
WIDTH = {Audience.SUPERUSERS: 0, Audience.GROUPS: 1, Audience.USERS: 2, Audience.ANYONE: 3}


def contradictions(
    *,
    who_sees: Audience,
    who_books: Audience,
    who_changes: Changes = Changes.OWN,
    others_see: Visibility = Visibility.NOTHING,
    groups_that_see: Collection[int] = (),
    groups_that_book: Collection[int] = (),
) -> tuple[Contradiction, ...]:
    """Return what cannot be meant together of a schedule's access, in the order of its page."""
    both = who_sees == who_books == Audience.GROUPS
    changes_others = who_changes == Changes.EVERYBODYS
    found = {
        Contradiction.NOBODY_SEES: who_sees == Audience.GROUPS and not groups_that_see,
        Contradiction.NOBODY_BOOKS: who_books == Audience.GROUPS and not groups_that_book,
        Contradiction.BOOKS_UNSEEN: WIDTH[who_books] > WIDTH[who_sees]
        or (both and not set(groups_that_book) <= set(groups_that_see)),
        Contradiction.CHANGES_UNSEEN: changes_others and others_see not in TELLING,
        Contradiction.CHANGES_UNBOOKED: changes_others and who_books == Audience.SUPERUSERS,
    }
    return tuple(contradiction for contradiction, is_meant in found.items() if is_meant)


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
    if rank_of(viewer, schedule) in ALWAYS[action]:
        return True
    if action in BY_RIGHT:
        return BY_RIGHT[action] in viewer.rights_on(schedule.pk)
    if action is Action.SEE:
        return _is_admitted(viewer, schedule, Audience(schedule.who_sees), Purpose.SEES)
    if action is Action.BOOK:
        books = _is_admitted(viewer, schedule, Audience(schedule.who_books), Purpose.BOOKS)
        return books and may(viewer, Action.SEE, schedule)
    return False


def _is_admitted(viewer: Viewer, schedule: Schedule, audience: Audience, purpose: ScheduleGroup.Purpose) -> bool:
    rank = rank_of(viewer, schedule)
    if audience is Audience.GROUPS and rank is Rank.USER:
        return (schedule.pk, purpose) in viewer.admissions
    return rank in ADMITTED[audience]


def may_in_account(viewer: Viewer, action: Action, account: Account) -> bool:
    """Say whether the viewer may do this in the account, none of whose schedules matters."""
    if viewer.account_id != account.pk:
        return False
    return rank_of(viewer) in ALWAYS[action] or action in _granted(viewer, account)


def _granted(viewer: Viewer, account: Account) -> frozenset[Action]:
    """Return what the owner lets a superuser, of the account or of any schedule, do in the account."""
    person = viewer.membership
    if person is None or not viewer.supervises_anything:
        return frozenset()
    usual = account.superusers_may if viewer.supervises_account else Account.SuperusersMay.UNSEEN
    level = person.manages_users or usual
    granted = GRANTED[Account.SuperusersMay(level)]
    if person.blocks_users:
        granted |= {Action.SEE_PEOPLE, Action.BLOCK_PEOPLE}
    if viewer.supervises_account and person.changes_layout:
        granted |= {Action.DRESS}
    return granted


def may_change(viewer: Viewer, booking: Booking, schedule: Schedule) -> bool:
    """Say whether the viewer may move or cancel this booking, as far as rank goes; the limits of time come on top."""
    if may(viewer, Action.CHANGE, schedule):
        return True
    if rank_of(viewer, schedule) is Rank.BLOCKED or is_barred(booking) or schedule.who_changes == Changes.NOBODYS:
        return False
    return is_own(viewer, booking) or (booking.account_id == viewer.account_id and changes_others(viewer, schedule))


def changes_others(viewer: Viewer, schedule: Schedule) -> bool:
    """Say whether a user moves and cancels what others have booked: whoever may book there, and sees whose it is.

    Who supervises does anyway, and on other pages. A stranger never does, even where strangers book.
    """
    if schedule.who_changes != Changes.EVERYBODYS or rank_of(viewer, schedule) is not Rank.USER:
        return False
    return may(viewer, Action.BOOK, schedule) and sees_of_others(viewer, schedule) in TELLING


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
