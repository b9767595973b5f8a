"""Refusals of operations that need the database to be known; those of time and scarcity are `core.admission`'s."""

from dataclasses import dataclass

from convoca.booking.questions.permissions import Contradiction
from convoca.core.admission import Refusal


class NotOffered(Refusal):
    """What was asked for is not on offer here: another account's, cancelled, hidden, or of another kind."""


class AlreadyCancelled(Refusal):
    """The booking was cancelled before."""


class AlreadySignedUp(Refusal):
    """This person has a place in this slot."""


class AlreadyBooked(Refusal):
    """This very form has made a booking, which is by now somebody else's to open."""


class UndoTooLate(Refusal):
    """The minutes in which a cancellation can be taken back are over."""


class NoPlaceYet(Refusal):
    """Who waits for a place, or is only offered one, has none to move."""


class NotWaiting(Refusal):
    """Nothing is open here: no request to answer, or no offer to take."""


@dataclass(eq=False)
class BookingsPaused(Refusal):
    """The owner lets nobody book for the moment, and says why in `message`, which may be empty."""

    message: str


class PlacesFree(Refusal):
    """There are places: nobody needs to wait."""


class LinkOfAClass(Refusal):
    """A link typed into one person's booking would be everybody's: it belongs into the slot's location."""


class HostLink(Refusal):
    """The link gives whoever opens it the host's rights: guests need the one to join by."""


class RepeatNotAllowed(Refusal):
    """Who books here books one occasion at a time."""


class NotBegun(Refusal):
    """Nobody has missed yet what has not begun, or what they have no place in."""


class NothingToSend(Refusal):
    """There is no meeting link that this person could be sent."""


class AlreadyUser(Refusal):
    """This person is a user of the account."""


class LoginNameTaken(Refusal):
    """Another user of the account is called so."""


class KeyTaken(Refusal):
    """Another user of the account has this key."""


class AddressStays(Refusal):
    """Nobody but themselves changes the address with which somebody logs in."""


class NotYourself(Refusal):
    """Nobody changes their own rights."""


class OwnerStays(Refusal):
    """Nobody changes, blocks or replaces the owner."""


class InvitationClosed(Refusal):
    """The invitation was used, withdrawn, or is too old; or the account takes nobody in any more."""


class HasLogIn(Refusal):
    """There is a log-in for this address: whoever it belongs to must log in."""


class SignUpClosed(Refusal):
    """The account takes in only people whom it invites."""


class NobodyRegisters(Refusal):
    """The owner has said that nobody is invited: users are added."""


@dataclass(eq=False)
class WrongDomain(Refusal):
    """The account takes in only people with an address at `domain`."""

    domain: str


class AddressNotProven(Refusal):
    """Nobody has shown yet that the log-in's address is theirs."""


class IsBlocked(Refusal):
    """A blocked person is given no rights: first they are unblocked."""


class NoSuchUser(Refusal):
    """No user of the account has this login name or address."""


class OutsideNetwork(Refusal):
    """People register in the account's own network alone, and this is outside it."""


class WrongPassword(Refusal):
    """People register with a password that the account gives out, and this is another one."""


class NoSuperuser(Refusal):
    """Rights of superusers are for superusers, and this person is none there, or not any more."""


class NoSuchGroup(Refusal):
    """The account has no such group, or not any more."""


class GroupExists(Refusal):
    """The account has a group of that name."""


@dataclass(eq=False)
class GroupInUse(Refusal):
    """The group decides who sees or books on these schedules, so it stays until they name it no more."""

    schedules: tuple[str, ...]


@dataclass(eq=False)
class ContradictoryAccess(Refusal):
    """Two of a schedule's choices about access cannot both be meant."""

    contradictions: tuple[Contradiction, ...]


class TooManyFeeds(Refusal):
    """One person has as many calendar addresses as one may have."""


class AddressNotAllowed(Refusal):
    """A webhook may not lead there: no https, no host, or an address of our own network."""


class TooManyWebhooks(Refusal):
    """The account has as many webhooks as one may have."""


class LengthStays(Refusal):
    """A booking that is moved keeps its length."""


class ResourceStays(Refusal):
    """A booking that is moved stays with its resource."""
