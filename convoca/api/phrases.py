"""What programs are told when something cannot be done: one English sentence each, for whoever wrote the program."""

from collections.abc import Mapping
from typing import Any

from convoca.booking.operations.refusals import (
    AlreadyCancelled,
    AlreadySignedUp,
    HostLink,
    LengthStays,
    LinkOfAClass,
    NoPlaceYet,
    NotOffered,
    ResourceStays,
)
from convoca.core.admission import Refusal, ResourceTaken, SlotFull
from convoca.core.refusals import OutsideOpeningHours, SlotOver, WrongLength

SENTENCES: Mapping[type[Refusal], str] = {
    AlreadyCancelled: "The booking was cancelled before.",
    AlreadySignedUp: "This person has a place in this slot.",
    HostLink: "The link gives whoever opens it the host's rights.",
    LengthStays: "A booking that is moved keeps its length.",
    ResourceStays: "A booking that is moved stays with its resource.",
    LinkOfAClass: "A link in the supervisor field would be everybody's: put it into the slot's location.",
    NoPlaceYet: "Who waits for a place has none to move.",
    NotOffered: "There is nothing of that kind to book on this schedule.",
    OutsideOpeningHours: "Part of it is outside opening hours.",
    ResourceTaken: "The resource is taken then.",
    SlotFull: "The slot has not so many places left.",
    SlotOver: "The slot has ended.",
    WrongLength: "Its length is not possible here.",
}


def refused(refusal: Refusal | type[Refusal]) -> str:
    return next((said for kind, said in SENTENCES.items() if isinstance(refusal, kind)), "That cannot be done.")


def invalid(error: Mapping[str, Any]) -> str:
    """Say which parameter is wrong, without repeating what was sent."""
    where = [str(part) for part in error.get("loc", ()) if part not in {"query", "path", "body", "asked"}]
    return f"Bad request: {'.'.join(where) or 'something'}: {error.get('msg', 'invalid')}."
