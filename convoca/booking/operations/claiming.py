"""What a worker holds while it acts on a meeting or an event, and what it can learn by that."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import QuerySet

from convoca.booking.models import Remote
from convoca.booking.operations.leasing import LEASE, unleased
from convoca.core.reconcile import Observed, Step
from convoca.providers.calendars import EventFacts, EventSpec
from convoca.providers.contract import MeetingFacts, MeetingSpec, OutcomeLost, ProviderError, Sighting

type Spec = MeetingSpec | EventSpec
type Facts = MeetingFacts | EventFacts
type Learnt = Facts | Sighting | ProviderError | OutcomeLost | None
type Columns = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row of ours to act on, for as long as the monotonic clock is before `deadline`."""

    row: Remote
    spec: Spec
    step: Step
    token: str = field(repr=False)
    key: uuid.UUID
    grant_version: int
    deadline: float

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    @property
    def age(self) -> timedelta:
        return LEASE - timedelta(seconds=self.seconds_left)


OBSERVED = {
    Remote.Observed.NOTHING: Observed.NOTHING,
    Remote.Observed.GONE: Observed.GONE,
    Remote.Observed.UNKNOWN: Observed.UNKNOWN,
    Remote.Observed.EXTERNAL: Observed.EXTERNAL,
    Remote.Observed.DETACHED: Observed.DETACHED,
}


def observed_of(row: Remote) -> Observed:
    """Read the row's columns as the card's column."""
    if row.blocked:
        return Observed.BLOCKED
    if row.observed == Remote.Observed.PRESENT:
        return Observed.STALE if row.sent_revision < row.wanted_revision else Observed.UP_TO_DATE
    return OBSERVED[Remote.Observed(row.observed)]


def unchanged[Row: Remote](row: Row) -> QuerySet[Row]:
    """Return the row, unless somebody holds it or it was changed since it was read."""
    return type(row)._default_manager.filter(
        unleased(),
        pk=row.pk,
        wanted=row.wanted,
        wanted_revision=row.wanted_revision,
        observed=row.observed,
        due_at=row.due_at,
    )


def is_free(row: Remote) -> bool:
    """Say whether nobody holds the row now, by the database's clock."""
    return type(row)._default_manager.filter(unleased(), pk=row.pk).exists()


def settle(row: Remote) -> None:
    """Put a row that needs nothing to rest, unless something changed since it was read."""
    unchanged(row).update(due_at=None, waiting=Remote.Waiting.NOTHING)


def is_doubted(row: Remote) -> bool:
    """Say whether something that stands, as far as we know, may have changed at the vendor."""
    stands = row.wanted == Remote.Wanted.PRESENT and row.observed == Remote.Observed.PRESENT
    return stands and not row.blocked and (row.doubted_at is not None or row.is_awaited)
