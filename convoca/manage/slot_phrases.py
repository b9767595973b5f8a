"""What the owner and superusers read about slots made ahead: whole sentences."""

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Slot
from convoca.booking.operations.refusals import UndoTooLate
from convoca.booking.wording import day_text, span_text
from convoca.core.admission import InThePast, Refusal, SlotOver, TooManyRepeats
from convoca.core.time import local_day
from convoca.manage import phrases


def opened(slots: int) -> str:
    if slots == 1:
        return gettext("The slot is open for sign-up.")
    return ngettext("{n} slot is open for sign-up.", "{n} slots are open for sign-up.", slots).format(n=slots)


def edited(slots: int) -> str:
    if not slots:
        return gettext("Nothing was different, so nothing was changed.")
    if slots == 1:
        return gettext("The slot is changed.")
    return ngettext("{n} slot is changed.", "{n} slots are changed.", slots).format(n=slots)


def called_off(slots: int) -> str:
    if slots == 1:
        return gettext("The slot is cancelled. Whoever signed up is told by email.")
    return ngettext(
        "{n} slot is cancelled. Whoever signed up is told by email.",
        "{n} slots are cancelled. Whoever signed up is told by email.",
        slots,
    ).format(n=slots)


def back(slots: int) -> str:
    if slots == 1:
        return gettext("The slot takes place again. Whoever had signed up has their place, and is told by email.")
    return ngettext(
        "{n} slot takes place again. Whoever had signed up has their place, and is told by email.",
        "{n} slots take place again. Whoever had signed up has their place, and is told by email.",
        slots,
    ).format(n=slots)


def called_off_just_now(slots: Sequence[Slot], zone: str) -> str:
    """Name what was called off in one act: the first of it, and how many follow."""
    first = slots[0]
    when = f"{day_text(local_day(first.starts_at, zone), 'short')}, {span_text(first.starts_at, first.ends_at, zone)}"
    named = f"{first.title or first.schedule.name}, {when}"
    if len(slots) == 1:
        return named
    return ngettext("{first}, and {n} more", "{first}, and {n} more", len(slots) - 1).format(
        first=named, n=len(slots) - 1
    )


def waiting(people: int) -> str:
    return ngettext("{n} waiting", "{n} waiting", people).format(n=people) if people else ""


def told(people: int) -> str:
    """Say how many people get the email."""
    if not people:
        return gettext("Nobody has signed up.")
    return ngettext("{n} person is told by email.", "{n} people are told by email.", people).format(n=people)


def told_of(slots: int, people: int) -> str:
    """Say of how many slots how many people are told."""
    count = ngettext("{n} slot.", "{n} slots.", slots).format(n=slots)
    return f"{count} {told(people)}"


def dates_asked(requests: int) -> str:
    """Say that somebody asked for several dates at once, or nothing if it was one."""
    if requests < 2:
        return ""
    return ngettext(
        "{n} date was asked for together.", "{n} dates were asked for together.", requests
    ).format(n=requests)  # fmt: skip


def say(refusal: Refusal) -> str:
    """Return the sentence for a refusal that somebody who makes or changes slots may meet."""
    match refusal:
        case TooManyRepeats(limit):
            return ngettext(
                "At most {n} slot is made at once. Choose an earlier last day.",
                "At most {n} slots are made at once. Choose an earlier last day.",
                limit,
            ).format(n=limit)
        case SlotOver():
            return gettext("This slot is over. Nothing was changed.")
        case UndoTooLate():
            return gettext("A slot that was cancelled can be taken back for five minutes. Make a new one instead.")
        case InThePast():
            return gettext("Choose a time that has not passed.")
        case _:
            return phrases.say(refusal)
