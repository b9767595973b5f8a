"""Who looks at the pages on the walk, and the links that there are to be seen."""

from enum import StrEnum


class Looker(StrEnum):
    """One person with one browser."""

    STRANGER = "a stranger"
    ELSEWHERE = "the owner of another account"
    BLOCKED = "a blocked user of the account, who had booked before"
    MEMBER = "a user of the account who has booked nothing"
    REGISTERED = "a user of the account with a place in the class, booked with their log-in"
    WAITING = "a person on the waiting list, in the browser that booked"
    PENDING = "a person whose booking awaits approval, in the browser that booked"
    CANCELLED = "a person whose bookings are cancelled, in the browser that booked"
    HOLDER = "the person who booked, by the address in the mail, in a fresh browser"
    BOOKER = "the person who booked, in the browser that booked"
    ELSEWHERE_SUPERUSER = "a superuser of another schedule"
    CLASS_SUPERUSER = "a superuser of the class's schedule alone"
    SUPERUSER = "a superuser"
    OWNER = "the owner"
    OPERATOR = "whoever looks after the installation, and has nothing to do with any account"


class Secret(StrEnum):
    """One meeting whose link nobody may see who has no right to it."""

    ZOOM = "zoom"
    JITSI = "jitsi"
    TYPED = "typed"
    CLASS = "class"
    PENDING = "pending"
    CANCELLED = "cancelled"
    BACKUP = "the schedules' backup link, which nobody needs yet"
    SHARED = "the link that all bookings of a schedule share, and whose only booking has one of its own"
    PERSONAL = "the link that the owner has put into the words of a confirmation, such as a personal meeting ID"


# Who waits, was asked to wait for a yes, or has left, holds an address but no place.
WITHOUT_A_PLACE = (Looker.WAITING, Looker.PENDING, Looker.CANCELLED)
WITH_ADDRESS = frozenset({*WITHOUT_A_PLACE, Looker.HOLDER, Looker.BOOKER})
WITH_LOG_IN = frozenset(Looker) - WITH_ADDRESS - {Looker.STRANGER}
SUPERVISING = frozenset({Looker.ELSEWHERE_SUPERUSER, Looker.CLASS_SUPERUSER, Looker.SUPERUSER, Looker.OWNER})

# What each person booked by an address, as far as links are concerned.
BOOKED = {
    Looker.BOOKER: (Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS),
    Looker.HOLDER: (Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS),
    Looker.WAITING: (Secret.CLASS,),
    Looker.PENDING: (Secret.PENDING,),
    Looker.CANCELLED: (Secret.CANCELLED, Secret.CLASS),
}

_OF_THE_ACCOUNT = frozenset({Looker.SUPERUSER, Looker.OWNER})
_OF_THE_CLASS = _OF_THE_ACCOUNT | {Looker.CLASS_SUPERUSER}

# Whose e-mail address may be told to whom: to themselves, and to those who supervise what they booked.
ADDRESSES: dict[str, frozenset[Looker]] = {
    "luis@example.org": _OF_THE_CLASS | {Looker.BOOKER, Looker.HOLDER},
    "pau@example.org": _OF_THE_ACCOUNT | {Looker.ELSEWHERE_SUPERUSER},
    "eva@example.org": _OF_THE_CLASS | {Looker.WAITING},
    "iris@example.org": _OF_THE_ACCOUNT | {Looker.PENDING},
    "marta@example.org": _OF_THE_CLASS | {Looker.CANCELLED},
    "registered@lumbre.example": _OF_THE_CLASS | {Looker.REGISTERED},
    "member@lumbre.example": _OF_THE_ACCOUNT | {Looker.MEMBER},
    "blocked@lumbre.example": _OF_THE_CLASS | {Looker.BLOCKED},
    "visits@lumbre.example": _OF_THE_ACCOUNT | {Looker.ELSEWHERE_SUPERUSER},
    "yoga@lumbre.example": _OF_THE_CLASS,
    "superuser@lumbre.example": _OF_THE_ACCOUNT,
    "owner@lumbre.example": _OF_THE_ACCOUNT,
    "owner@otra.example": frozenset({Looker.ELSEWHERE}),
    "operator@convoca.example": frozenset({Looker.OPERATOR}),
}
