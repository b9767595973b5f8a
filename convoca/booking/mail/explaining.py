"""What a mail explains beyond its first sentence, and the one page that it leads to."""

from dataclasses import dataclass

from django.utils.translation import gettext

from convoca.booking.mail.calendar import day_address, manage_address, schedule_address
from convoca.booking.mail.envelope import one_line
from convoca.booking.mail.kinds import OF_A_PLACE
from convoca.booking.mail.phrases import until_text
from convoca.booking.models import Booking, Changes, Notification
from convoca.booking.questions.bookings import position_of
from convoca.booking.questions.links import Link
from convoca.booking.wording import queue_text

Kind = Notification.Kind


@dataclass(frozen=True, kw_only=True)
class Managing:
    """The way to the page where the reader acts, and what the attached file is for.

    `is_asked` if the mail asks for just that: then it is a button.
    """

    sentence: str
    button: str
    address: str
    calendar_note: str = ""
    is_asked: bool = False


def explanation(notification: Notification, link: Link, *, is_several: bool = False) -> str:
    """Return what comes next, or nothing where the mail's one sentence says it all; of one booking or of several."""
    booking = notification.booking
    owner = one_line(notification.account.title)
    match notification.kind:
        case Kind.REQUEST:
            return gettext("{owner} answers, usually within a day. You will get an email at {email}.").format(
                owner=owner, email=booking.email
            )
        case Kind.APPROVAL_WANTED:
            return gettext("The time is held until you answer. Their address: {email}").format(email=booking.email)
        case Kind.DECLINED:
            return gettext("{owner} could not accept your request.").format(owner=owner)
        case Kind.CANCELLATION:
            return _why_cancelled(booking, owner)
        case Kind.LEFT:
            return gettext("Their message: {message}").format(message=one_line(booking.parting_message))
        case Kind.MOVED if is_several:
            # Nobody's calendar reads the file of many by itself.
            return ""
        case Kind.MOVED if link.is_ready and not booking.slot.schedule.is_capacity:
            return gettext("Your calendar entry will update. The meeting link stays the same.")
        case Kind.MOVED:
            return gettext("Your calendar entry will update.")
        case Kind.BACKUP_LINK:
            return gettext("The usual link was not ready in time. {owner} uses this backup link instead.").format(
                owner=owner
            )
        case Kind.WAITING:
            return queue_text(position_of(booking), booking.slot.schedule.offer_hours)
        case Kind.OFFER:
            return gettext("Take it before {time}.").format(time=until_text(booking))
        case Kind.OFFER_PASSED:
            return gettext(
                "The time to answer has passed and the place went to the next person. You are still on the list."
            )
        case _:
            return ""


def was_called_off(booking: Booking) -> bool:
    """Say whether the session itself was cancelled, for everybody."""
    return booking.slot.schedule.is_capacity and not booking.slot.is_live


def _why_cancelled(booking: Booking, owner: str) -> str:
    if was_called_off(booking):
        return gettext("This session was cancelled by {owner}.").format(owner=owner)
    return gettext("It was cancelled by {owner}.").format(owner=owner) if booking.cancel_message.strip() else ""


def message_of(notification: Notification) -> list[list[str]]:
    """Return what the owner wrote to everybody about a cancellation: its paragraphs, each line by line."""
    if notification.kind != Kind.CANCELLATION:
        return []
    paragraphs: list[list[str]] = [[]]
    for line in notification.booking.cancel_message.splitlines():
        if told := one_line(line):
            paragraphs[-1].append(told)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def managing(notification: Notification, *, is_several: bool = False) -> Managing:
    """Return the way to act on what the mail says, of one booking or of several."""
    if notification.kind in OF_A_PLACE and is_several:
        return Managing(
            sentence=gettext("See or cancel the first one (no account needed):"),
            button=gettext("See or cancel the first one"),
            address=manage_address(notification.booking),
            calendar_note=gettext("Open the attached file to bring your calendar up to date.")
            if notification.kind == Kind.MOVED
            else gettext("Open the attached file to add all of them to your calendar."),
        )
    if notification.kind == Kind.CANCELLATION and (is_several or was_called_off(notification.booking)):
        return _of_what_was_called_off(notification, is_several=is_several)
    if notification.kind in OF_A_PLACE:
        return _of_one(notification.booking)
    if notification.kind == Kind.CANCELLATION:
        return Managing(
            sentence=gettext("What was booked:"),
            button=gettext("See the booking"),
            address=manage_address(notification.booking),
            calendar_note=gettext("Open the attached file to take it out of your calendar."),
        )
    return _of_a_question(notification)


def _of_one(booking: Booking) -> Managing:
    """Return the way to one booking: to another time and out of it, as far as its schedule lets people change."""
    may_change = booking.slot.schedule.who_changes != Changes.NOBODYS
    return Managing(
        sentence=gettext("Change the time or cancel (no account needed):")
        if may_change
        else gettext("See it (no account needed):"),
        button=gettext("Change the time or cancel") if may_change else gettext("See the booking"),
        address=manage_address(booking),
        calendar_note=gettext("Open the attached file to add it to your calendar."),
    )


def _of_what_was_called_off(notification: Notification, *, is_several: bool) -> Managing:
    return Managing(
        sentence=gettext("Choose another:"),
        button=gettext("Choose another"),
        address=schedule_address(notification.booking),
        calendar_note=gettext("Open the attached file to take all of them out of your calendar.")
        if is_several
        else gettext("Open the attached file to take it out of your calendar."),
        is_asked=was_called_off(notification.booking),
    )


def _of_a_question(notification: Notification) -> Managing:
    booking = notification.booking
    match notification.kind:
        case Kind.REQUEST:
            return Managing(
                sentence=gettext("See or cancel the request (no account needed):"),
                button=gettext("See or cancel the request"),
                address=manage_address(booking),
            )
        case Kind.APPROVAL_WANTED:
            return Managing(
                sentence=gettext("Approve or decline it:"),
                button=gettext("Answer the request"),
                address=day_address(booking),
                is_asked=True,
            )
        case Kind.LEFT:
            return Managing(
                sentence=gettext("What was booked:"), button=gettext("See the day"), address=day_address(booking)
            )
        case Kind.DECLINED:
            return Managing(
                sentence=gettext("Choose another time:"),
                button=gettext("Choose another time"),
                address=schedule_address(booking),
                is_asked=True,
            )
        case Kind.FOLLOW_UP:
            return Managing(
                sentence=gettext("Book again:"),
                button=gettext("Book again"),
                address=schedule_address(booking),
                is_asked=True,
            )
        case Kind.OFFER:
            return Managing(
                sentence=gettext("Take the place, or say that you no longer need it (no account needed):"),
                button=gettext("Take the place"),
                address=manage_address(booking),
                is_asked=True,
            )
        case _:
            return Managing(
                sentence=gettext("See your place in the list, or leave it (no account needed):"),
                button=gettext("See your place in the list"),
                address=manage_address(booking),
            )
