"""Refusals of operations that need the database to be known; those of time and scarcity are `core.admission`'s."""

from convoca.core.admission import Refusal


class NotOffered(Refusal):
    """What was asked for is not on offer here: another account's, cancelled, hidden, or of another kind."""


class AlreadyCancelled(Refusal):
    """The booking was cancelled before."""


class AlreadySignedUp(Refusal):
    """This person has a place in this slot."""
