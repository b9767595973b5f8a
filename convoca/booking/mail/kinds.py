"""What kinds of mails have in common."""

from convoca.booking.models import Notification

Kind = Notification.Kind

# About a place that its reader has: with the way into the meeting and an entry for the calendar.
OF_A_PLACE = frozenset(
    {Kind.CONFIRMATION, Kind.LINK_READY, Kind.LINK_CHANGED, Kind.BACKUP_LINK, Kind.REMINDER, Kind.MOVED}
)

# About a place and when it is: what is owed of it is outdated once that changes.
OF_A_TIME = OF_A_PLACE | {Kind.FOLLOW_UP}

# What nobody needs, and whoever gets it may want no more of.
NUDGES = frozenset({Kind.REMINDER, Kind.FOLLOW_UP})

# About something that will not take place.
OF_AN_END = frozenset({Kind.CANCELLATION, Kind.DECLINED, Kind.LEFT})


def carries_a_place(notification: Notification) -> bool:
    """Say whether the mail brings its reader their own way into the meeting. A copy for the owner's side never does."""
    return notification.kind in OF_A_PLACE and notification.recipient == Notification.Recipient.ATTENDEE
