"""What the engine does otherwise for a meeting than for an event; all else it does for both alike."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet

from convoca.booking.models import Attempt, Booking, Meeting, Publication, Remote, Slot
from convoca.booking.operations.claiming import Claim, Columns, Facts, Learnt, Spec
from convoca.booking.operations.making_events import EventCraft
from convoca.booking.operations.making_meetings import MeetingCraft
from convoca.providers.contract import Exchange


class Craft(Protocol):
    """How rows of one kind are worked on. `name` is what logs call one of them."""

    name: str

    def rows(self) -> QuerySet[Any]:
        """Return all rows, with what a worker needs to know of each."""
        ...

    def rests(self, row: Remote) -> bool:
        """Say whether there is nothing to do about the row whatever its columns say."""
        ...

    def spec_of(self, row: Remote) -> Spec:
        """Return what we want at the vendor."""
        ...

    def exchange(self, claim: Claim, changed: frozenset[str]) -> Exchange[Learnt]:
        """Return the calls that take the claim's step; what has `changed` is told in an update."""
        ...

    def bear_next(self, row: Remote, slot: Slot, *, now: datetime) -> None:
        """Want the next generation in place of a row that was just retired. The slot is held."""
        ...

    def attempt(self, row: Remote) -> Attempt:
        """Return a line of the row's log, not saved yet."""
        ...

    def hold(self, claim: Claim) -> Remote | None:
        """Hold the row until the transaction ends and return it as it is now; None if the claim was lost."""
        ...

    def present(self, claim: Claim, facts: Sequence[Facts], *, now: datetime) -> Columns | None:
        """Return the columns of what was made, changed or found at the vendor; None if none of it is the row's."""
        ...

    def still_stands(self, claim: Claim, facts: Facts, *, now: datetime) -> Columns:
        """Return the columns of what stood and stands, as the vendor has it now."""
        ...

    def erased(self) -> Columns:
        """Return the columns of what is not there."""
        ...

    def keep_strays(self, row: Remote, facts: Sequence[Facts], *, now: datetime) -> None:
        """See to what was made under a lost claim."""
        ...

    def tell_others(
        self, asked: Remote, held: Remote, facts: Sequence[Facts], places: Sequence[Booking], *, now: datetime
    ) -> None:
        """Let rows and people know that depend on this one; `places` are of those who have one, held."""
        ...


CRAFTS: Mapping[type[Remote], Craft] = {Meeting: MeetingCraft(), Publication: EventCraft()}


def craft_of(row: Remote) -> Craft:
    return CRAFTS[type(row)]
