"""Why a booking is not made, changed or cancelled: classes with values.

What people read about them stands in the phrases of each door.
"""

from dataclasses import dataclass
from datetime import timedelta

from convoca.core.lengths import LengthRule
from convoca.core.rules import Per
from convoca.core.time import Interval


class Refusal(Exception):
    """A booking's rule says no. Nothing was changed."""


@dataclass(eq=False)
class InThePast(Refusal):
    """It would have started already."""


@dataclass(eq=False)
class SlotOver(Refusal):
    """The slot has ended."""


@dataclass(eq=False)
class TooSoon(Refusal):
    """It starts in less than `notice` from now."""

    notice: timedelta


@dataclass(eq=False)
class TooFar(Refusal):
    """It starts in more than `horizon` from now."""

    horizon: timedelta


@dataclass(eq=False)
class WrongLength(Refusal):
    """Its length is none that `allowed` knows."""

    allowed: LengthRule


@dataclass(eq=False)
class NotOnGrid(Refusal):
    """Bookings do not start at this time of this day."""


@dataclass(eq=False)
class OutsideOpeningHours(Refusal):
    """Part of it is outside opening hours."""


@dataclass(eq=False)
class ResourceTaken(Refusal):
    """Somebody has the resource then, or needs it so soon before or after that the buffer does not fit."""


@dataclass(eq=False)
class SlotFull(Refusal):
    """More places are wanted than the `left` ones of `capacity`."""

    capacity: int
    left: int


@dataclass(eq=False)
class LimitReached(Refusal):
    """This person would hold more than `limit` bookings per `per` (places, where it is per slot)."""

    per: Per
    limit: int


@dataclass(eq=False)
class OverlapsOwn(Refusal):
    """This person is booked elsewhere then: `own`."""

    own: Interval


@dataclass(eq=False)
class TooLateToCancel(Refusal):
    """It may be cancelled until `limit` before its start."""

    limit: timedelta


@dataclass(eq=False)
class TooLateToChange(Refusal):
    """It may be changed until `limit` before its start."""

    limit: timedelta


@dataclass(eq=False)
class TooManyRepeats(Refusal):
    """A series has at most `limit` occurrences."""

    limit: int


@dataclass(frozen=True)
class Clash:
    """An occurrence of a series that cannot be booked, and why."""

    interval: Interval
    refusal: Refusal


@dataclass(eq=False)
class SeriesClash(Refusal):
    """Some occurrences cannot be booked, so none is: each of `clashes` with its own reason, in order."""

    clashes: tuple[Clash, ...]
