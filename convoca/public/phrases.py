"""What visitors and attendees read when a rule says no: what happened, and what they can do."""

from datetime import timedelta

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Schedule
from convoca.booking.operations.refusals import AlreadyCancelled, AlreadySignedUp, NotOffered
from convoca.booking.wording import minutes_text
from convoca.core.admission import (
    InThePast,
    LimitReached,
    NotOnGrid,
    OutsideOpeningHours,
    OverlapsOwn,
    Refusal,
    ResourceTaken,
    SlotFull,
    SlotOver,
    TooFar,
    TooLateToCancel,
    TooSoon,
    WrongLength,
)


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
        case OverlapsOwn():
            return gettext("You already have an appointment at that time. Pick another time.")
        case LimitReached(limit=limit):
            return ngettext(
                "You already have {n} booking, and no more are possible here.",
                "You already have {n} bookings, and no more are possible here.",
                limit,
            ).format(n=limit)
        case TooLateToCancel(limit=limit):
            return too_late(limit, schedule)
        case AlreadyCancelled():
            return gettext("This appointment was already cancelled.")
        case _:
            return gettext("That is not possible here. Nothing was changed.")


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


def _full(left: int) -> str:
    if not left:
        return gettext("All places of that session are taken. Your details are kept – pick another one.")
    return ngettext(
        "That session has {n} place left. Pick another one.",
        "That session has {n} places left. Pick another one.",
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
