"""Which mails an owner can word, and which names may stand in the text of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from convoca.booking.mail.reader import is_for_staff
from convoca.booking.models import Alert, Incident, Notification, OwnersMessage
from convoca.core.filling import Vocabulary

Kind = Notification.Kind

# The mails of a schedule to the people who book.
TO_ATTENDEES = (
    Kind.CONFIRMATION,
    Kind.REMINDER,
    Kind.FOLLOW_UP,
    Kind.MOVED,
    Kind.CANCELLATION,
    Kind.LINK_READY,
    Kind.LINK_CHANGED,
    Kind.BACKUP_LINK,
    Kind.REQUEST,
    Kind.DECLINED,
    Kind.WAITING,
    Kind.OFFER,
    Kind.OFFER_PASSED,
)

# Those to the owner, its superusers and whoever gets copies.
TO_STAFF = (
    Kind.APPROVAL_WANTED,
    Kind.LEFT,
    OwnersMessage.NEW_BOOKING,
    OwnersMessage.MOVED,
    OwnersMessage.CANCELLED,
)
WORDED = TO_ATTENDEES + TO_STAFF

# Those that are about no single schedule.
OF_THE_ACCOUNT = (
    OwnersMessage.DIGEST,
    OwnersMessage.LINK_PROBLEM,
    OwnersMessage.ACCESS_LOST,
    OwnersMessage.STILL_OPEN,
    OwnersMessage.ALL_CLEAR,
    OwnersMessage.RECEIPT,
)

# What tells the owner's side the same as another mail tells the attendee.
COPIES = {
    Kind.CONFIRMATION: OwnersMessage.NEW_BOOKING,
    Kind.MOVED: OwnersMessage.MOVED,
    Kind.CANCELLATION: OwnersMessage.CANCELLED,
}
ALERTS = {
    Alert.Kind.STILL_OPEN: OwnersMessage.STILL_OPEN,
    Alert.Kind.ALL_CLEAR: OwnersMessage.ALL_CLEAR,
    Alert.Kind.RECEIPT: OwnersMessage.RECEIPT,
    Alert.Kind.DIGEST: OwnersMessage.DIGEST,
}

# What texts of SuperSaaS call these, so that they can be pasted here.
ALIASES = {
    "dear": "name", "full_name": "name", "login": "email", "title": "what", "description": "what",
    "service": "what", "date": "day", "start": "time", "finish": "end", "location": "place", "url": "booking_page",
    "meeting_url": "meeting_link", "su": "supervisor", "level": "places", "account": "organiser",
    "field_1_r": "field_1", "field_2_r": "field_2", "mobile": "phone",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names that may stand in a mail's text, in the order in which they are offered.

    In a subject there is no room for an address, and it is read by whoever looks over a shoulder: there only what is
    `plain`. `addresses` are ways to somewhere and what opens it.
    """

    plain: Sequence[str]
    addresses: Sequence[str]
    aliases: Mapping[str, str] = field(default_factory=lambda: ALIASES)

    @property
    def of_a_body(self) -> Vocabulary:
        return Vocabulary(names=(*self.plain, *self.addresses), aliases=self.aliases)

    @property
    def of_a_subject(self) -> Vocabulary:
        return Vocabulary(names=tuple(self.plain), aliases=self.aliases)


ABOUT_A_BOOKING = (
    "name", "email", "phone", "what", "schedule", "day", "time", "end", "time_zone", "place", "resource",
    "organiser", "position", "until", "places", "supervisor", "field_1", "field_2",
)  # fmt: skip
OF_ATTENDEES = Names(
    plain=ABOUT_A_BOOKING,
    addresses=("meeting_link", "direct_link", "passcode", "booking_page", "schedule_page"),
)
# The attendee's own addresses are no business of whoever reads a copy.
OF_STAFF = Names(
    plain=tuple(name for name in ABOUT_A_BOOKING if name not in {"position", "until"}),
    addresses=("day_page", "schedule_page"),
    aliases=ALIASES | {"url": "day_page"},
)
OF_TROUBLE = Names(plain=("provider", "count", "first", "since", "reason", "organiser"), addresses=("health_page",))
OF_AN_END = Names(plain=("provider", "organiser"), addresses=("health_page",))
OF_A_DAY = Names(plain=("day", "count", "in_need", "organiser"), addresses=("day_page",))


def names_for(kind: str) -> Names:
    """Return the names that may stand in the text of this mail."""
    match kind:
        case OwnersMessage.DIGEST:
            return OF_A_DAY
        case OwnersMessage.ALL_CLEAR | OwnersMessage.RECEIPT:
            return OF_AN_END
        case _ if kind in set(OF_THE_ACCOUNT):
            return OF_TROUBLE
        case _:
            return OF_STAFF if kind in set(TO_STAFF) else OF_ATTENDEES


def kind_of(notification: Notification) -> str:
    """Return as which mail an owner words this one."""
    kind = Kind(notification.kind)
    return str(COPIES.get(kind, kind)) if is_for_staff(notification) else str(kind)


def kind_of_alert(alert: Alert) -> str:
    """Return as which mail an owner words this one; lost access is told apart from all other trouble."""
    if alert.kind != Alert.Kind.OPENED:
        return str(ALERTS[Alert.Kind(alert.kind)])
    lost = alert.incident is not None and alert.incident.kind == Incident.Kind.ACCESS
    return str(OwnersMessage.ACCESS_LOST if lost else OwnersMessage.LINK_PROBLEM)
