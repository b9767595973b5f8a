"""Who looks at the pages on the walk, and the links that there are to be seen."""

from enum import StrEnum


class Looker(StrEnum):
    """One person with one browser."""

    STRANGER = "a stranger"
    ELSEWHERE = "the owner of another account"
    MEMBER = "a user of the account who has booked nothing"
    WAITING = "a person on the waiting list, and with a booking that awaits approval, in the browser that booked"
    CANCELLED = "a person whose bookings are cancelled, in the browser that booked"
    HOLDER = "the person who booked, by the address in the mail, in a fresh browser"
    BOOKER = "the person who booked, in the browser that booked"
    ELSEWHERE_SUPERUSER = "a superuser of another schedule"
    CLASS_SUPERUSER = "a superuser of the class's schedule alone"
    SUPERUSER = "a superuser"
    OWNER = "the owner"


class Secret(StrEnum):
    """One meeting whose link nobody may see who has no right to it."""

    ZOOM = "zoom"
    JITSI = "jitsi"
    TYPED = "typed"
    CLASS = "class"
    PENDING = "pending"
    CANCELLED = "cancelled"


WITH_ADDRESS = frozenset({Looker.WAITING, Looker.CANCELLED, Looker.HOLDER, Looker.BOOKER})
WITH_LOG_IN = frozenset(Looker) - WITH_ADDRESS - {Looker.STRANGER}
SUPERVISING = frozenset({Looker.ELSEWHERE_SUPERUSER, Looker.CLASS_SUPERUSER, Looker.SUPERUSER, Looker.OWNER})

# What each person booked, as far as links are concerned.
BOOKED = {
    Looker.BOOKER: (Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS),
    Looker.HOLDER: (Secret.ZOOM, Secret.JITSI, Secret.TYPED, Secret.CLASS),
    Looker.WAITING: (Secret.PENDING, Secret.CLASS),
    Looker.CANCELLED: (Secret.CANCELLED, Secret.CLASS),
}
