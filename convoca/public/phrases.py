"""What visitors and attendees read when a rule says no: what happened, and what they can do."""

from datetime import timedelta

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Schedule
from convoca.booking.operations.refusals import (
    AlreadyBooked,
    AlreadyCancelled,
    AlreadySignedUp,
    BookingsPaused,
    NotOffered,
    NotWaiting,
    RepeatNotAllowed,
    UndoTooLate,
)
from convoca.booking.wording import clock_text, day_text, minutes_text
from convoca.core.admission import (
    Clash,
    InThePast,
    LimitReached,
    NotOnGrid,
    OutsideOpeningHours,
    OverlapsOwn,
    Refusal,
    ResourceTaken,
    SeriesClash,
    SlotFull,
    SlotOver,
    TooFar,
    TooLateToCancel,
    TooLateToChange,
    TooManyRepeats,
    TooSoon,
    WrongLength,
)
from convoca.core.rules import Per
from convoca.core.time import local_day
from convoca.public.forms import BookingForm
from convoca.public.reserving import NotTogether


def say(refusal: Refusal, schedule: Schedule) -> str:
    """Return the sentence for a booking or a cancellation of `schedule` that was refused."""
    match refusal:
        case ResourceTaken():
            return gettext("Someone just booked that time. Your details are kept – pick another time.")
        case SlotFull(left=left):
            return _full(left)
        case InThePast() | SlotOver():
            return gettext("That time has passed. Your details are kept – pick another time.")
        case TooSoon(notice=notice):
            return gettext("That time is too soon: book at least {length} ahead. Pick a later time.").format(
                length=_length(notice)
            )
        case TooFar(horizon=horizon):
            return _too_far(horizon)
        case NotOnGrid() | WrongLength() | OutsideOpeningHours() | NotOffered():
            return gettext("That time is not on offer. Your details are kept – pick another time.")
        case AlreadySignedUp():
            return gettext(
                "You are already signed up for this session. The link in your confirmation opens your booking."
            )
        case AlreadyBooked():
            return gettext("This was booked already. The link in your latest email opens your booking.")
        case OverlapsOwn():
            return gettext("You already have an appointment at that time. Pick another time.")
        case LimitReached(per=per, limit=limit):
            return _limit(per, limit)
        case TooManyRepeats(limit=limit):
            return gettext("That is more than {n} bookings at once. Choose an earlier last day.").format(n=limit)
        case RepeatNotAllowed():
            return gettext("Bookings are made one at a time here. Book without repeating.")
        case NotTogether():
            return gettext(
                "Only sessions of the same course can be booked together, and a full one only by itself. "
                "Choose one at a time."
            )
        case BookingsPaused(message=message):
            return f"{gettext('Bookings are paused.')} {message}".strip()
        case TooLateToCancel(limit=limit):
            return too_late(limit, schedule)
        case TooLateToChange(limit=limit):
            return too_late(limit, schedule)
        case NotWaiting():
            return offer_passed()
        case UndoTooLate():
            return undo_too_late()
        case AlreadyCancelled():
            return gettext("This appointment was already cancelled.")
        case _:
            return gettext("That is not possible here. Nothing was changed.")


def place_of(refusal: Refusal, form: BookingForm) -> str:
    """Return the field that a refusal is about."""
    about_places = isinstance(refusal, SlotFull) and refusal.left > 0
    about_places = about_places or (isinstance(refusal, LimitReached) and refusal.per is Per.SLOT)
    if about_places and form.asked.most_places:
        return "quantity"
    return "until" if isinstance(refusal, TooManyRepeats) and form.asked.repeats else "choice"


def say_clashes(refusal: SeriesClash, schedule: Schedule, time_zone: str) -> list[str]:
    """Return what was not possible, and then day by day why."""
    first = ngettext(
        "Nothing was booked, because {n} of the dates is not possible:",
        "Nothing was booked, because {n} of the dates are not possible:",
        len(refusal.clashes),
    ).format(n=len(refusal.clashes))
    return [first, *(_clash(each, schedule, time_zone) for each in refusal.clashes)]


def not_taken_back(refusal: SeriesClash, schedule: Schedule, time_zone: str) -> str:
    """Return that a cancellation of several dates stands, and day by day what is in the way."""
    first = gettext("Nothing was taken back, because not all of it is free any more:")
    return " ".join([first, *(_clash(each, schedule, time_zone) for each in refusal.clashes)])


def undo(dates: int) -> str:
    """Say how many cancelled dates one press takes back."""
    if dates == 1:
        return gettext("Undo")
    return ngettext("Undo for {n} date", "Undo for all {n} dates", dates).format(n=dates)


def _clash(clash: Clash, schedule: Schedule, time_zone: str) -> str:
    starts_at = clash.interval.starts_at
    when = f"{day_text(local_day(starts_at, time_zone), 'short')}, {clock_text(starts_at, time_zone)}"
    return f"{when}: {_reason(clash.refusal, schedule)}"


def _reason(refusal: Refusal, schedule: Schedule) -> str:
    """Return in a few words why one date of several is not possible."""
    match refusal:
        case ResourceTaken():
            return gettext("Somebody has booked that time.")
        case SlotFull():
            return gettext("There are not enough places left.")
        case AlreadySignedUp():
            return gettext("You are already signed up.")
        case OverlapsOwn():
            return gettext("You already have an appointment then.")
        case OutsideOpeningHours():
            return gettext("Closed at that time.")
        case TooFar(horizon=horizon):
            return ngettext("Bookings open {n} day ahead.", "Bookings open {n} days ahead.", horizon.days).format(
                n=horizon.days
            )
        case LimitReached(per=per, limit=limit):
            return _limit(per, limit)
        case _:
            return gettext("That time is not on offer.")


def _limit(per: Per, limit: int) -> str:
    sentences = {
        Per.DAY: ngettext("You can have {n} booking a day here.", "You can have {n} bookings a day here.", limit),
        Per.WEEK: ngettext("You can have {n} booking a week here.", "You can have {n} bookings a week here.", limit),
        Per.MONTH: ngettext("You can have {n} booking a month here.", "You can have {n} bookings a month here.", limit),
        Per.SLOT: ngettext(
            "You can have {n} place in a session.", "You can have {n} places in a session, all together.", limit
        ),
    }
    other = ngettext(
        "You already have {n} booking, and no more are possible here.",
        "You already have {n} bookings, and no more are possible here.",
        limit,
    )
    return sentences.get(per, other).format(n=limit)


def say_of_move(refusal: Refusal, schedule: Schedule) -> str:
    """Return the sentence for a booking that keeps its time because the other one was refused."""
    if isinstance(refusal, ResourceTaken):
        return gettext("Someone just booked that time. You keep yours – pick another time.")
    if isinstance(refusal, NotOnGrid | WrongLength | OutsideOpeningHours | NotOffered):
        return gettext("That time is not on offer. You keep yours – pick another time.")
    if isinstance(refusal, InThePast | SlotOver):
        return gettext("That time has passed. You keep yours – pick another time.")
    if isinstance(refusal, SlotFull) and not refusal.left:
        return gettext("All places of that session are taken. You keep yours – pick another one.")
    if isinstance(refusal, SlotFull):
        return gettext("There are not enough places left in that session. You keep yours – pick another one.")
    if isinstance(refusal, AlreadySignedUp):
        return gettext("You are already signed up for that session. You keep this one – pick another one.")
    return say(refusal, schedule)


def say_of_their_move(refusal: Refusal, schedule: Schedule, name: str) -> str:
    """Return the same to whoever wanted to move the booking of somebody else, who has this `name`."""
    match refusal:
        case ResourceTaken():
            return gettext("Someone just booked that time. Nothing was changed – pick another time.")
        case NotOnGrid() | WrongLength() | OutsideOpeningHours() | NotOffered():
            return gettext("That time is not on offer. Nothing was changed – pick another time.")
        case InThePast() | SlotOver():
            return gettext("That time has passed. Nothing was changed – pick another time.")
        case SlotFull(left=0):
            return gettext("All places of that session are taken. Nothing was changed – pick another one.")
        case SlotFull():
            return gettext("There are not enough places left in that session. Nothing was changed – pick another one.")
        case AlreadySignedUp():
            return gettext("{name} is already signed up for that session. Pick another one.").format(name=name)
        case OverlapsOwn():
            return gettext("{name} already has an appointment at that time. Pick another time.").format(name=name)
        case LimitReached():
            return gettext("{name} has as many bookings as one may have here. Nothing was changed.").format(name=name)
        case _:
            return say(refusal, schedule)


def offer_passed() -> str:
    return gettext("The time to answer has passed and the place went to the next person. You are still on the list.")


def undo_too_late() -> str:
    return gettext("Someone else may have taken the time.")


def too_late(limit: timedelta, schedule: Schedule) -> str:
    """Return until when changes were possible, and whom to write to instead."""
    contact = schedule.account.contact_email
    if contact:
        return gettext("Changes are possible until {length} before. Please write to {contact}.").format(
            length=_length(limit), contact=contact
        )
    return gettext("Changes are possible until {length} before. Please contact {owner}.").format(
        length=_length(limit), owner=schedule.account.title
    )


def not_yours_to_change(schedule: Schedule) -> str:
    """Return what somebody reads whose booking only superusers change, and whom to write to."""
    owner, contact = schedule.account.title, schedule.account.contact_email
    sentence = gettext("Only {owner} changes bookings.").format(owner=owner)
    return f"{sentence} {gettext('Please write to {contact}.').format(contact=contact)}" if contact else sentence


def _full(left: int) -> str:
    if not left:
        return gettext("All places of that session are taken. Your details are kept – pick another one.")
    return ngettext(
        "That session has {n} place left. Ask for fewer places, or pick another session.",
        "That session has {n} places left. Ask for fewer places, or pick another session.",
        left,
    ).format(n=left)


def _too_far(horizon: timedelta) -> str:
    return ngettext(
        "That time is too far ahead: bookings open {n} day ahead. Pick an earlier time.",
        "That time is too far ahead: bookings open {n} days ahead. Pick an earlier time.",
        horizon.days,
    ).format(n=horizon.days)


def _length(length: timedelta) -> str:
    return minutes_text(int(length.total_seconds() // 60))
