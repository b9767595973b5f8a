"""What programs are told when something cannot be done: one English sentence each, for whoever wrote the program."""

from collections.abc import Mapping
from typing import Any

from convoca.booking.operations.refusals import (
    AddressStays,
    AlreadyCancelled,
    AlreadySignedUp,
    AlreadyUser,
    HostLink,
    KeyTaken,
    LengthStays,
    LinkOfAClass,
    LoginNameTaken,
    NoPlaceYet,
    NoSuchGroup,
    NotOffered,
    OwnerStays,
    ResourceStays,
)
from convoca.core.admission import Refusal, ResourceTaken, SlotFull
from convoca.core.refusals import OutsideOpeningHours, SlotOver, WrongLength

SENTENCES: Mapping[type[Refusal], str] = {
    AddressStays: "A user's email address is how they log in: only they change it.",
    AlreadyCancelled: "The booking was cancelled before.",
    AlreadySignedUp: "This person has a place in this slot.",
    AlreadyUser: "This person is a user already.",
    HostLink: "The link gives whoever opens it the host's rights.",
    KeyTaken: "Another user has this key.",
    LengthStays: "A booking that is moved keeps its length.",
    ResourceStays: "A booking that is moved stays with its resource.",
    LinkOfAClass: "A link in the supervisor field would be everybody's: put it into the slot's location.",
    LoginNameTaken: "Another user has this name.",
    NoPlaceYet: "Who waits for a place has none to move.",
    NoSuchGroup: "There is no such group.",
    NotOffered: "There is nothing of that kind to book on this schedule.",
    OwnerStays: "The owner is not a user that programs change.",
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
