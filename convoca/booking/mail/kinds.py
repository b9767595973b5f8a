"""What kinds of mails have in common."""

from convoca.booking.models import Notification

Kind = Notification.Kind

# About a place that its reader has: with the way into the meeting and an entry for the calendar.
OF_A_PLACE = frozenset(
    {Kind.CONFIRMATION, Kind.LINK_READY, Kind.LINK_CHANGED, Kind.BACKUP_LINK, Kind.REMINDER, Kind.MOVED}
)

# About something that will not take place.
OF_AN_END = frozenset({Kind.CANCELLATION, Kind.DECLINED, Kind.LEFT})
