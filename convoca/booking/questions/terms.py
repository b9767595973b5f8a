"""On which terms somebody books: a schedule's rules for its clients, or none but scarcity for those who supervise."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta

from convoca.booking.manner import manner_of
from convoca.booking.models import Account, Schedule, Service, Slot
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.viewers import Viewer
from convoca.core.availability import (
    UNLIMITED,
    ChosenLength,
    FixedLength,
    LengthRule,
    Limits,
    Rules,
    StartGrid,
    WholeDays,
)
from convoca.core.lengths import KeptLength
from convoca.core.time import Interval

NO_LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What binds whoever books. `hours_bind`: only within opening hours. `approval`: somebody must say yes first.

    `paused`: nobody books for the moment. `repeats`: whether one act may, or must, make the bookings of a whole series.
    """

    rules: Rules
    limits: Limits = NO_LIMITS
    hours_bind: bool = True
    approval: bool = False
    paused: bool = False
    repeats: Schedule.Repeats = Schedule.Repeats.MAY

    @property
    def counts_the_person(self) -> bool:
        """Whether what else this person has booked matters."""
        return self.limits != NO_LIMITS


def client_terms(schedule: Schedule, *, service: Service | None = None) -> Terms:
    """Return the terms of a schedule's users and visitors."""
    return Terms(
        rules=rules_of(schedule, service=service),
        limits=limits_of(schedule),
        approval=schedule.requires_approval,
        paused=schedule.is_paused,
        repeats=Schedule.Repeats(schedule.repeats),
    )


def supervisor_terms() -> Terms:
    """Return the terms of the owner and superusers: what is taken stays taken, nothing else binds."""
    return Terms(rules=UNLIMITED, hours_bind=False)


def terms_of(viewer: Viewer, schedule: Schedule, *, service: Service | None = None) -> Terms:
    """Return the terms on which somebody who supervises books for people and moves their bookings.

    Hours and limits bind whom the owner does not let go beyond them; nobody has to approve, and no pause counts.
    """
    if may(viewer, Action.GO_BEYOND, schedule):
        return supervisor_terms()
    as_clients = client_terms(schedule, service=service)
    return replace(as_clients, approval=False, paused=False, repeats=Schedule.Repeats.MAY)


def undo_terms(schedule: Schedule, *, service: Service | None = None) -> Terms:
    """Return the terms on which a client takes a cancellation back.

    The time was theirs, so neither hours nor notice bind; others and what they have booked since do.
    """
    rules = rules_of(schedule, service=service)
    kept = replace(
        UNLIMITED,
        buffer_before=rules.buffer_before,
        buffer_after=rules.buffer_after,
        places_per_person=rules.places_per_person,
    )
    return Terms(rules=kept, limits=limits_of(schedule), hours_bind=False)


def limits_of(schedule: Schedule) -> Limits:
    return Limits(
        day=schedule.most_per_day,
        week=schedule.most_per_week,
        month=schedule.most_per_month,
        total=schedule.most_in_total,
        future=schedule.most_ahead,
        no_overlap=schedule.no_overlap,
        first_weekday=_first_weekday(schedule.account) if schedule.most_per_week is not None else 0,
    )


def _first_weekday(account: Account) -> int:
    """Return where the account's week begins. It is one for all its people, whatever they read."""
    return manner_of(account, account.language).first_weekday


def rules_of(schedule: Schedule, *, service: Service | None = None) -> Rules:
    """Return what `schedule` asks of a booking, of `service` if it is one of a service schedule."""
    return Rules(
        grid=_grid(schedule),
        length=_length_rule(schedule, service),
        buffer_before=timedelta(minutes=schedule.buffer_before_minutes),
        buffer_after=timedelta(minutes=schedule.buffer_after_minutes),
        notice=timedelta(minutes=schedule.notice_minutes),
        horizon=None if schedule.horizon_days is None else timedelta(days=schedule.horizon_days),
        change_limit=timedelta(minutes=schedule.change_limit_minutes),
        cancel_limit=timedelta(minutes=schedule.cancel_limit_minutes),
        places_per_person=schedule.places_per_person,
    )


def length_of(schedule: Schedule, service: Service | None) -> timedelta:
    """Return the length of a booking whose booker chose none: the service's, the schedule's, or its shortest."""
    if service is not None:
        return timedelta(minutes=service.minutes)
    if schedule.length_kind == Schedule.LengthKind.DAYS:
        return timedelta(days=1)
    return timedelta(minutes=schedule.length_minutes)


def kept_length(slot: Slot) -> KeptLength:
    """Return how long an appointment stays that is moved: as long as it was booked, whatever is on offer by now."""
    rule = _length_rule(slot.schedule, slot.service)
    return rule.kept(Interval(slot.starts_at, slot.ends_at), slot.schedule.time_zone)


def _length_rule(schedule: Schedule, service: Service | None) -> LengthRule:
    if service is not None or schedule.length_kind == Schedule.LengthKind.FIXED:
        return FixedLength(length_of(schedule, service))
    if schedule.length_kind == Schedule.LengthKind.DAYS:
        return WholeDays(maximum=schedule.most_days, check_out=schedule.check_out_minutes)
    return ChosenLength(
        minimum=timedelta(minutes=schedule.length_minutes),
        maximum=timedelta(minutes=max(schedule.length_minutes, schedule.longest_minutes)),
        step=timedelta(minutes=schedule.length_step_minutes),
    )


def _grid(schedule: Schedule) -> StartGrid:
    """Return the starts: every so many minutes; or the times that are listed, each weekday's own where it has any."""
    if schedule.start_every_minutes is not None:
        return StartGrid(every=schedule.start_every_minutes)
    every_day: list[int] = []
    by_weekday: defaultdict[int, list[int]] = defaultdict(list)
    for weekday, minutes in schedule.start_times.values_list("weekday", "minutes"):
        (every_day if weekday is None else by_weekday[weekday]).append(minutes)
    own = {weekday: StartGrid(at=tuple(times)) for weekday, times in by_weekday.items()}
    return StartGrid(at=tuple(every_day), by_weekday=own)
