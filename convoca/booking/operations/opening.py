"""When a schedule or one resource is open, and when bookings may start. What is booked already stays booked."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from convoca.booking.models import OpeningHours, Resource, Schedule, SpecialDay, StartTime
from convoca.core.hours import OpeningPeriod

type Opened = Schedule | Resource

# A fortnight at Christmas, a summer, a year away.
LONGEST_CLOSURE_DAYS = 366


def set_weekly_hours(opened: Opened, periods: Iterable[OpeningPeriod]) -> None:
    """Replace the week, all of it or nothing. A resource without a week of its own has its schedule's."""
    with transaction.atomic():
        _hold(opened)
        _hours_of(opened).delete()
        OpeningHours.objects.bulk_create(
            OpeningHours(
                account_id=opened.account_id,
                schedule=_schedule(opened),
                resource=_resource(opened),
                weekday=period.weekday,
                opens=period.opens,
                closes=period.closes,
            )
            for period in sorted(set(periods))
        )


def close_days(opened: Opened, first: date, last: date) -> None:
    """Close on every date from `first` to `last`. Raises ValueError if that is no stretch of a year at most."""
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST_CLOSURE_DAYS:
        raise ValueError(f"Closed for {length} days")
    with transaction.atomic():
        _hold(opened)
        closed = _special_days_of(opened).filter(kind=SpecialDay.Kind.CLOSED, day__range=(first, last))
        already = set(closed.values_list("day", flat=True))
        days = (first + timedelta(days=number) for number in range(length))
        SpecialDay.objects.bulk_create(
            SpecialDay(
                account_id=opened.account_id,
                schedule=_schedule(opened),
                resource=_resource(opened),
                day=day,
                kind=SpecialDay.Kind.CLOSED,
            )
            for day in days
            if day not in already
        )


def open_extra(opened: Opened, day: date, *, opens: int, closes: int) -> SpecialDay:
    """Open on one date also from `opens` to `closes`, in minutes from its midnight."""
    extra, _ = SpecialDay.objects.get_or_create(
        account_id=opened.account_id,
        schedule=_schedule(opened),
        resource=_resource(opened),
        day=day,
        kind=SpecialDay.Kind.EXTRA,
        opens=opens,
        closes=closes,
    )
    return extra


def forget_special_day(opened: Opened, special_day: int) -> bool:
    """Let a date be as its weekday again, and the closed days that follow it without a gap; say whether it differed."""
    with transaction.atomic():
        _hold(opened)
        own = _special_days_of(opened)
        special = own.filter(pk=special_day).first()
        if special is None:
            return False
        closed = own.filter(kind=SpecialDay.Kind.CLOSED, day__gt=special.day).order_by("day")
        last = special.day
        if special.kind == SpecialDay.Kind.CLOSED:
            for day in closed.values_list("day", flat=True):
                if day - last > timedelta(days=1):
                    break
                last = day
        closed.filter(day__lte=last).delete()
        special.delete()
    return True


def set_start_times(schedule: Schedule, *, every: int | None, listed: Iterable[tuple[int | None, int]]) -> None:
    """Let bookings start every so many minutes; or, if that is None, at the listed times.

    `listed` are (weekday, minutes from midnight), None for every day: a weekday with times of its own has only those.
    They are kept also where they do not count.
    """
    with transaction.atomic():
        _hold(schedule)
        schedule.start_every_minutes = every
        schedule.save(update_fields=["start_every_minutes"])
        schedule.start_times.all().delete()
        StartTime.objects.bulk_create(
            StartTime(account_id=schedule.account_id, schedule=schedule, weekday=weekday, minutes=minutes)
            for weekday, minutes in dict.fromkeys(listed)
        )


def _hold(opened: Opened) -> None:
    """Of two that save at once, the later one's page stands alone."""
    rows = type(opened)._default_manager.select_for_update(no_key=True, of=("self",))
    rows.get(account=opened.account_id, pk=opened.pk)


def _hours_of(opened: Opened) -> QuerySet[OpeningHours]:
    return OpeningHours.objects.filter(
        account=opened.account_id, schedule=_schedule(opened), resource=_resource(opened)
    )


def _special_days_of(opened: Opened) -> QuerySet[SpecialDay]:
    return SpecialDay.objects.filter(account=opened.account_id, schedule=_schedule(opened), resource=_resource(opened))


def _schedule(opened: Opened) -> Schedule | None:
    return opened if isinstance(opened, Schedule) else None


def _resource(opened: Opened) -> Resource | None:
    return opened if isinstance(opened, Resource) else None
