"""What a worker holds while it acts on a meeting, and what it can learn by that."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import QuerySet

from convoca.booking.models import Meeting
from convoca.booking.operations.leasing import LEASE, unleased
from convoca.core.reconcile import Observed, Step
from convoca.providers.contract import MeetingFacts, MeetingSpec, OutcomeLost, ProviderError, Sighting


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A meeting of ours to act on, for as long as the monotonic clock is before `deadline`."""

    meeting: Meeting
    spec: MeetingSpec
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


type Learnt = MeetingFacts | Sighting | ProviderError | OutcomeLost | None
type Columns = dict[str, object]

OBSERVED = {
    Meeting.Observed.NOTHING: Observed.NOTHING,
    Meeting.Observed.GONE: Observed.GONE,
    Meeting.Observed.UNKNOWN: Observed.UNKNOWN,
    Meeting.Observed.EXTERNAL: Observed.EXTERNAL,
    Meeting.Observed.DETACHED: Observed.DETACHED,
}


def observed_of(meeting: Meeting) -> Observed:
    """Read the row's columns as the card's column."""
    if meeting.blocked:
        return Observed.BLOCKED
    if meeting.observed == Meeting.Observed.PRESENT:
        return Observed.STALE if meeting.sent_revision < meeting.wanted_revision else Observed.UP_TO_DATE
    return OBSERVED[Meeting.Observed(meeting.observed)]


def unchanged(meeting: Meeting) -> QuerySet[Meeting]:
    """Return the row of `meeting`, unless somebody holds it or it was changed since it was read."""
    return Meeting.objects.filter(
        unleased(),
        pk=meeting.pk,
        wanted=meeting.wanted,
        wanted_revision=meeting.wanted_revision,
        observed=meeting.observed,
        due_at=meeting.due_at,
    )


def is_free(meeting: Meeting) -> bool:
    """Say whether nobody holds the meeting now, by the database's clock."""
    return Meeting.objects.filter(unleased(), pk=meeting.pk).exists()


def settle(meeting: Meeting) -> None:
    """Put a meeting that needs nothing to rest, unless something changed since it was read."""
    unchanged(meeting).update(due_at=None, waiting=Meeting.Waiting.NOTHING)


def is_doubted(meeting: Meeting) -> bool:
    """Say whether a meeting that stands, as far as we know, is said to have changed at the vendor."""
    stands = meeting.wanted == Meeting.Wanted.PRESENT and meeting.observed == Meeting.Observed.PRESENT
    return stands and not meeting.blocked and meeting.doubted_at is not None
