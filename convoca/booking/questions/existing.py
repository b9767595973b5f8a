"""What is booked already, seen from its schedule's source of links: what has none, or another, or is being made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, Min, OuterRef, Q, QuerySet

from convoca.booking.models import Booking, Meeting, Schedule, Sealed, Slot
from convoca.booking.questions.pace import time_left_of

Observed = Meeting.Observed

HAS_NONE = Q(now_has__isnull=True)
# A link that somebody typed in place of an automatic one is theirs to change; where all are typed, it is the source's.
OF_THE_SOURCE = Q(now_has__observed=Observed.EXTERNAL, link_source=Schedule.MANUAL) | (
    Q(now_has__isnull=False) & ~Q(now_has__observed=Observed.EXTERNAL)
)
BY_HAND = Q(schedule__link_source=Schedule.MANUAL)
# The link that all shared before they shared another. What was typed for one slot alone stays.
SHARED_BEFORE = BY_HAND & Q(now_has__is_shared=True, now_has__wanted_at__lt=F("schedule__shared_at"))
SHARED_NOW = BY_HAND & Q(now_has__is_shared=True, now_has__wanted_at__gte=F("schedule__shared_at"))
FROM_ELSEWHERE = (OF_THE_SOURCE & ~(BY_HAND & Q(now_has__observed=Observed.EXTERNAL))) & (
    ~Q(now_has__provider=F("schedule__link_source"))
    | Q(now_has__observed__in=[Observed.DETACHED, Observed.EXTERNAL])
    | (Q(schedule__connection__isnull=False) & ~Q(now_has__connection=F("schedule__connection")))
)
OF_THIS_SOURCE = Q(now_has__provider=F("schedule__link_source")) & ~Q(now_has__observed=Observed.EXTERNAL)
NOT_MADE = OF_THIS_SOURCE & Q(now_has__link=Sealed())


@dataclass(frozen=True, kw_only=True)
class Existing:
    """The occasions to come of one schedule that are to have a link, counted.

    `missing` have none and none is being made; `elsewhere` have one of another source; `ready` have one of this source,
    `making` are to get one: `waiting` of these when the day's allowance is renewed, at `again_at`, and `refused` not
    before somebody tries again. `applying` while the source is being applied to what exists.
    """

    total: int = 0
    missing: int = 0
    elsewhere: int = 0
    ready: int = 0
    making: int = 0
    waiting: int = 0
    refused: int = 0
    again_at: datetime | None = None
    applying: bool = False

    @property
    def in_play(self) -> int:
        """How many have a link of this source or are to get one; what keeps another is not counted."""
        return self.ready + self.making

    @property
    def coming(self) -> int:
        """How many are on their way; what waits for another day is not."""
        return self.making - self.refused - self.waiting

    @property
    def is_moving(self) -> bool:
        """Whether the next minutes change something by themselves."""
        return self.applying or self.coming > 0


NOTHING = Existing()


def existing_of(schedules: Sequence[Schedule], *, now: datetime) -> dict[int, Existing]:
    """Return how it stands with what is booked on each of these schedules, by the schedule's id. One query."""
    if not schedules:
        return {}
    rows = upcoming(schedules, now=now).values("schedule_id").order_by("schedule_id")
    counted = rows.annotate(
        total=Count("pk"),
        missing=Count("pk", filter=HAS_NONE),
        elsewhere=Count("pk", filter=FROM_ELSEWHERE),
        ready=Count("pk", filter=(OF_THIS_SOURCE & ~Q(now_has__link=Sealed())) | SHARED_NOW),
        making=Count("pk", filter=NOT_MADE),
        waiting=Count("pk", filter=NOT_MADE & Q(now_has__waiting=Meeting.Waiting.QUOTA, now_has__blocked="")),
        refused=Count("pk", filter=NOT_MADE & ~Q(now_has__blocked="")),
        again_at=Min("now_has__due_at", filter=NOT_MADE & Q(now_has__waiting=Meeting.Waiting.QUOTA)),
    )
    applying = {schedule.pk: schedule.applying != Schedule.Applying.NOTHING for schedule in schedules}
    found = {row["schedule_id"]: row for row in counted}
    return {pk: _existing(found.get(pk, {}), applying=is_applied) for pk, is_applied in applying.items()}


def _existing(counted: Mapping[str, Any], *, applying: bool) -> Existing:
    return Existing(applying=applying, **{name: value for name, value in counted.items() if name != "schedule_id"})


def upcoming(schedules: Sequence[Schedule], *, now: datetime) -> QuerySet[Slot]:
    """Return the occasions to come on some schedules of one account that are to have a meeting.

    The meeting that is wanted is joined as `now_has`.

    Classes, and appointments that are confirmed. What has begun is left as it is: people are in it.
    """
    confirmed = Booking.objects.filter(slot=OuterRef("pk"), status=Booking.Status.CONFIRMED)
    to_come = Slot.objects.filter(
        account_id=schedules[0].account_id,
        schedule__in=[schedule.pk for schedule in schedules],
        cancelled_at__isnull=True,
        starts_at__gt=now,
    )
    held = to_come.filter(Q(schedule__kind=Schedule.Kind.CAPACITY) | Exists(confirmed))
    return held.annotate(now_has=FilteredRelation("meetings", condition=Q(meetings__wanted=Meeting.Wanted.PRESENT)))


def to_be_turned(schedule: Schedule, extent: str, *, now: datetime) -> QuerySet[Slot]:
    """Return the occasions that applying the schedule's source to `extent` gives a new meeting, the soonest first."""
    of = HAS_NONE | SHARED_BEFORE
    if extent != Schedule.Applying.MISSING:
        of |= FROM_ELSEWHERE
    return upcoming([schedule], now=now).filter(of).order_by("starts_at", "pk")


def time_left(schedule: Schedule, existing: Existing, *, now: datetime) -> timedelta | None:
    """Return how long what is on its way will take; None if nobody knows yet. One query."""
    of_schedule = Meeting.objects.filter(
        account_id=schedule.account_id, slot__schedule=schedule, wanted=Meeting.Wanted.PRESENT
    )
    return time_left_of(of_schedule, left=existing.coming, now=now)
