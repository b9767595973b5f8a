"""What the pages of Configure > Layout say."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.mail.example import Shown
from convoca.booking.mail.kinds import OF_A_PLACE
from convoca.booking.mail.own_words import Text, holds_address
from convoca.booking.mail.worded import OF_THE_ACCOUNT, TO_STAFF, names_for
from convoca.booking.models import Language, MessageText, Notification, OwnersMessage, Schedule
from convoca.core.filling import Fault, Finding, names_in

Kind = Notification.Kind

# When each mail leaves, as an owner would say it.
WHEN: dict[str, str | Promise] = {
    Kind.CONFIRMATION: gettext_lazy("When somebody has booked, or their request was approved."),
    Kind.REMINDER: gettext_lazy("Before the start, as often as the schedule reminds."),
    Kind.FOLLOW_UP: gettext_lazy("After the end, if the schedule writes again."),
    Kind.MOVED: gettext_lazy("When the booking has moved to another time."),
    Kind.CANCELLATION: gettext_lazy("When the booking is cancelled."),
    Kind.LINK_READY: gettext_lazy("When the meeting link is there after the confirmation had left without it."),
    Kind.LINK_CHANGED: gettext_lazy("When the meeting link is another one than before."),
    Kind.BACKUP_LINK: gettext_lazy("When the backup link is used, because the meeting's own was not ready in time."),
    Kind.REQUEST: gettext_lazy("When a request has arrived that you must approve."),
    Kind.DECLINED: gettext_lazy("When you have declined a request."),
    Kind.WAITING: gettext_lazy("When somebody waits for a place."),
    Kind.OFFER: gettext_lazy("When a place is free and held for somebody who waits."),
    Kind.OFFER_PASSED: gettext_lazy("When somebody has let an offer pass."),
    Kind.APPROVAL_WANTED: gettext_lazy("When somebody asks for a time that must be approved."),
    Kind.LEFT: gettext_lazy("When somebody has cancelled and left a message."),
    OwnersMessage.NEW_BOOKING: gettext_lazy("When somebody has booked, to whoever the schedule tells."),
    OwnersMessage.MOVED: gettext_lazy("When a booking has moved, to whoever the schedule tells."),
    OwnersMessage.CANCELLED: gettext_lazy("When a booking is cancelled, to whoever the schedule tells."),
    OwnersMessage.DIGEST: gettext_lazy("In the morning, to everybody who wants their day by email."),
    OwnersMessage.LINK_PROBLEM: gettext_lazy("When meeting links cannot be made."),
    OwnersMessage.ACCESS_LOST: gettext_lazy("When a provider no longer accepts our access."),
    OwnersMessage.STILL_OPEN: gettext_lazy("A day before the first appointment that is still without a link."),
    OwnersMessage.ALL_CLEAR: gettext_lazy("When that trouble is over."),
    OwnersMessage.RECEIPT: gettext_lazy("When you have disconnected a provider from your last schedule."),
}
NAMES = dict(Notification.Kind.choices) | dict(OwnersMessage.choices)

# What each name stands for.
VARIABLES: dict[str, str | Promise] = {
    "name": gettext_lazy("Attendee's name"),
    "email": gettext_lazy("Attendee's email address"),
    "phone": gettext_lazy("Attendee's phone number"),
    "what": gettext_lazy("What was booked"),
    "schedule": gettext_lazy("Name of the schedule"),
    "day": gettext_lazy("Day"),
    "time": gettext_lazy("Start time"),
    "end": gettext_lazy("End time"),
    "time_zone": gettext_lazy("Time zone"),
    "place": gettext_lazy("Place"),
    "resource": gettext_lazy("Resource"),
    "organiser": gettext_lazy("Your name"),
    "position": gettext_lazy("Number on the waiting list"),
    "until": gettext_lazy("Until when a place is held"),
    "places": gettext_lazy("Places taken in the slot"),
    "supervisor": gettext_lazy("Supervisor field"),
    "field_1": gettext_lazy("First question of your form"),
    "field_2": gettext_lazy("Second question of your form"),
    "meeting_link": gettext_lazy("Meeting page (always right)"),
    "direct_link": gettext_lazy("The provider's own link"),
    "passcode": gettext_lazy("Passcode"),
    "booking_page": gettext_lazy("Page to see or cancel the booking"),
    "schedule_page": gettext_lazy("Page to book on"),
    "day_page": gettext_lazy("Page of the day"),
    "health_page": gettext_lazy("Health page"),
    "provider": gettext_lazy("Provider of the meetings"),
    "count": gettext_lazy("How many it concerns"),
    "in_need": gettext_lazy("How many need somebody"),
    "first": gettext_lazy("When the first of them starts"),
    "since": gettext_lazy("Since when"),
    "reason": gettext_lazy("What the provider said"),
}

STATES: dict[Shown, str | Promise] = {
    Shown.READY: gettext_lazy("With the link"),
    Shown.PENDING: gettext_lazy("Link still being prepared"),
    Shown.NONE: gettext_lazy("No online meeting"),
}


def variables(kind: str) -> list[tuple[str, str]]:
    """Return every name as it is written into the text of this mail, and what it stands for."""
    names = names_for(kind)
    return [(f"{{{name}}}", str(VARIABLES[name])) for name in (*names.plain, *names.addresses)]


def wrong(found: Finding, kind: str, *, in_subject: bool) -> str:
    """Say what is wrong with a text."""
    where = gettext("in the subject") if in_subject else gettext("in line {n}").format(n=found.line)
    match found.fault:
        case Fault.UNKNOWN if found.suggestion:
            sentence = gettext("{written} does not exist ({where}). Did you mean {meant}?")
        case Fault.UNKNOWN if in_subject and found.written.strip("{} ") in names_for(kind).addresses:
            sentence = gettext("{written} cannot stand in a subject.")
        case Fault.UNKNOWN:
            sentence = gettext("{written} does not exist ({where}).")
        case Fault.UNCLOSED:
            sentence = gettext("{written} has no {{end}} ({where}).")
        case Fault.STRAY:
            sentence = gettext("{written} has no {{if …}} before it ({where}).")
    return sentence.format(written=found.written, where=where, meant=f"{{{found.suggestion}}}")


def notes(text: Text, kind: str, schedule: Schedule | None) -> Sequence[str]:
    """Say what an owner should know of a text that is not wrong."""
    if schedule is None or kind in set(TO_STAFF):
        return [] if text.body.strip() else [_empty(kind)]
    said = []
    names = names_in(text.body, names_for(kind).of_a_body)
    if not text.body.strip():
        said.append(_empty(kind))
    elif kind in OF_A_PLACE and "meeting_link" not in names and not holds_address(text.body):
        said.append(gettext("The meeting link is not in your text. We add it under the details."))
    if holds_address(text.body):
        said.append(_of_an_address(kind, schedule))
    return said


def _empty(kind: str) -> str:
    if kind in set(OF_THE_ACCOUNT) | set(TO_STAFF):
        return gettext("Your message is empty. The details and the button below are always sent.")
    return gettext("Your message is empty. The details, link and buttons below are always sent.")


def _of_an_address(kind: str, schedule: Schedule) -> str:
    """Say who gets a link that the owner has written into the text, such as a personal meeting ID (M13)."""
    if kind not in OF_A_PLACE:
        return gettext("Your text holds a link, and whoever gets this email has no place yet, or none any more.")
    if schedule.link_source != Schedule.NO_LINK:
        return gettext("Your text holds a link, beside the one of each meeting. People may not know which to use.")
    return gettext(
        "Your text holds a link. Everybody with a place gets it in this email, and it is the same for all: "
        "people whose appointments follow one another can meet in it. Switch on a waiting room there."
    )


def outdated(row: MessageText | None, other: MessageText | None) -> str:
    """Say that the text in the other language was changed after this one, or nothing."""
    if row is None or other is None or row.published_at is None or other.published_at is None:
        return ""
    if other.published_at <= row.published_at:
        return ""
    language = Language(other.language)
    return {
        Language.ENGLISH: gettext("The English version was changed after this one."),
        Language.SPANISH: gettext("The Spanish version was changed after this one."),
    }[language]


def state_of(row: MessageText | None) -> str:
    if row is None or (row.published_at is None and row.drafted_at is None):
        return gettext("Standard text")
    if row.drafted_at is not None:
        return gettext("Draft") if row.published_at is None else gettext("Your text, and a draft")
    return gettext("In place of the standard text") if row.replaces else gettext("Your text added")


def not_sent(reason: str) -> str:
    return gettext("The test could not be sent: {reason}").format(reason=reason)


def undone(what: str) -> str:
    """Say what now stands, after a text was restored, a draft discarded or the owner's words taken back."""
    return {
        "restore": gettext("The standard text is sent again."),
        "discard": gettext("The draft is gone. What was published is still sent."),
        "back": gettext("Your text stands again, as it was."),
    }[what]
