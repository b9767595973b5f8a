"""What the owner and superusers read about meetings as they were made, started, shared and limited: whole sentences."""

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from convoca.booking.models import Slot
from convoca.booking.operations.granting import AccessLost, NoTokenNow
from convoca.booking.operations.hosting import NoHostLink
from convoca.booking.questions.differences import Difference
from convoca.booking.questions.neighbours import overlaps
from convoca.booking.questions.viewers import Viewer
from convoca.booking.wording import span_text
from convoca.providers.contract import (
    Gone,
    KnownLink,
    Misconfigured,
    NotAuthorized,
    QuotaExhausted,
    Rejected,
    Throttled,
    TokenExpired,
)


def difference(which: Difference, provider: str) -> str:
    """Say what the vendor made otherwise than it was asked (T40)."""
    match which:
        case Difference.WAITING_ROOM_ADDED:
            sentence = gettext("{provider} made it with a waiting room although you asked for none: let people in.")
        case Difference.WAITING_ROOM_MISSING:
            sentence = gettext("{provider} made it without the waiting room that you asked for.")
        case Difference.PASSCODE_ADDED:
            sentence = gettext("{provider} made it with a passcode although you asked for none.")
        case Difference.PASSCODE_MISSING:
            sentence = gettext("{provider} made it without the passcode that you asked for.")
        case Difference.TIME:
            sentence = gettext("At {provider} it has another time: somebody has changed it there.")
        case Difference.TOPIC:
            sentence = gettext("At {provider} it has another name: somebody has changed it there.")
    return sentence.format(provider=provider)


def no_host_link(refusal: NoHostLink) -> str:
    """Say why the meeting cannot be started from here, and what can be done instead."""
    provider = refusal.provider
    match refusal.__cause__:
        case None:
            sentence = gettext("There is no meeting to start yet: its link is not ready.")
        case Gone():
            sentence = gettext(
                "{provider} says that this meeting no longer exists. We look again and make a new one; try in a minute."
            )
        case AccessLost() | NotAuthorized() | TokenExpired():
            sentence = gettext(
                "{provider} no longer accepts our access. Reconnect it on its page; until then start the meeting in "
                "{provider} itself."
            )
        case NoTokenNow():
            sentence = gettext("Access to {provider} is not usable at the moment. Try again in a few seconds.")
        case Throttled() | QuotaExhausted():
            sentence = gettext("{provider} asks us to slow down. Try again in a few seconds.")
        case Rejected(reason):
            return gettext(
                "{provider} does not let us start it: {reason}. Perhaps somebody else is its host; start it there."
            ).format(provider=provider, reason=reason.rstrip("."))
        case Misconfigured():
            sentence = gettext(
                "{provider} does not accept this server's application. Start the meeting in {provider} itself, and "
                "tell whoever runs this server."
            )
        case _:
            sentence = gettext("{provider} did not answer. Try again, or start the meeting in {provider} itself.")
    return sentence.format(provider=provider)


def recognised(provider: str, known: KnownLink) -> str:
    """Say what a typed link is, as far as it can be read: "Zoom meeting 852 0000 0000, passcode included"."""
    if not known.number:
        return ""
    pattern = (
        gettext("{provider} meeting {number}, passcode included")
        if known.has_passcode
        else gettext("{provider} meeting {number}, without passcode")
    )
    return pattern.format(provider=provider, number=_grouped(known.number))


def _grouped(number: str) -> str:
    """Return a meeting's number as its vendor writes it: "852 0000 0000", "555 123 4567"."""
    return f"{number[:3]} {number[3:-4]} {number[-4:]}"


def same_link(slot: Slot, near: Sequence[Slot], viewer: Viewer) -> str:
    """Warn of one link for occasions that meet, or follow each other closely (T39); others\' people are not named."""
    meanwhile = [other for other in near if overlaps(slot, other)]
    who = _named(meanwhile or near, viewer)
    if meanwhile:
        return gettext("You use this link for another booking at the same time ({who}).").format(who=who)
    return gettext(
        "You use this link also for what comes right before or after ({who}): guests may walk into the other meeting. "
        "A waiting room prevents that."
    ).format(who=who)


def _named(slots: Sequence[Slot], viewer: Viewer) -> str:
    first = slots[0]
    name = first.title or first.schedule.name if viewer.supervises(first.schedule_id) else ""
    when = span_text(first.starts_at, first.ends_at, first.schedule.time_zone)
    told = f"{name}, {when}" if name else when
    others = len(slots) - 1
    if not others:
        return told
    return ngettext("{first} and {n} more", "{first} and {n} more", others).format(first=told, n=others)
