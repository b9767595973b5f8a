"""To where a booking can be moved: the free times, or the other slots, of a week."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Booking, Resource, Slot
from convoca.booking.questions.offers import local_window, slots_on_offer, starts_on_offer
from convoca.booking.questions.terms import kept_length
from convoca.booking.wording import clock_text, day_text, span_text
from convoca.core.time import Interval, local_day, localize
from convoca.manage import phrases
from convoca.manage.forms import FURTHEST_AHEAD
from convoca.manage.week import clock_field

DAYS_SHOWN = 7
TIMES_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Target:
    """One time to move to; `value` is what its button sends."""

    value: str
    text: str


@dataclass(frozen=True, kw_only=True)
class TargetDay:
    name: str
    targets: Sequence[Target]


class TimeForm(forms.Form):
    """Any other time: who supervises is bound by nothing but what is taken."""

    on = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    at = clock_field(gettext_lazy("Start"))

    def __init__(self, data: Any = None, *, booking: Booking, now: datetime) -> None:
        super().__init__(data)
        self.zone = booking.slot.schedule.time_zone
        self.today = local_day(now, self.zone)
        self.fields["at"].required = True

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if abs(day - self.today) > FURTHEST_AHEAD:
            raise forms.ValidationError(gettext("Choose a date within three years of today."))
        return day

    @property
    def instant(self) -> datetime:
        """The time that was typed, in UTC. Only of a valid form."""
        clock = self.cleaned_data["at"]
        return localize(self.cleaned_data["on"], clock.hour * 60 + clock.minute, self.zone)


def targets_from(booking: Booking, first_day: date, *, now: datetime) -> list[TargetDay]:
    """Return what is free in the week from `first_day`, by day; days without anything free are left out."""
    schedule = booking.slot.schedule
    window = local_window(first_day, DAYS_SHOWN, schedule.time_zone)
    if schedule.is_capacity:
        slots = [slot for slot in slots_on_offer(schedule, window=window, now=now) if slot.pk != booking.slot_id]
        return _by_day(((slot.starts_at, _of_slot(slot, schedule.time_zone)) for slot in slots), schedule.time_zone)
    free = _free_for(booking, resource_of(booking), window, now=now)
    times = ((each.starts_at, _of_time(each.starts_at, schedule.time_zone)) for each in free)
    return _by_day(times, schedule.time_zone)


def _free_for(booking: Booking, resource: Resource | None, window: Interval, *, now: datetime) -> list[Interval]:
    """Return what is free in `window` for an appointment that stays as long as it is."""
    slot = booking.slot
    return starts_on_offer(
        slot.schedule, window=window, now=now, resource=resource, service=slot.service, kept=kept_length(slot)
    )


def resource_of(booking: Booking) -> Resource | None:
    """Return what an appointment of a resource schedule takes; it stays with it. A service finds its own anew."""
    if booking.slot.service_id is not None:
        return None
    return Resource.objects.filter(account_id=booking.account_id, occupancies__slot=booking.slot).first()


def busy(booking: Booking, wanted: datetime, *, now: datetime) -> str:
    """Say what is taken then, and which times of that day are free."""
    schedule = booking.slot.schedule
    resource = resource_of(booking)
    window = local_window(local_day(wanted, schedule.time_zone), 1, schedule.time_zone)
    free = _free_for(booking, resource, window, now=now)
    clocks = [clock_text(each.starts_at, schedule.time_zone) for each in free]
    return phrases.is_busy(resource.name if resource else schedule.name, clocks[:TIMES_NAMED])


def read_instant(text: str, *, now: datetime) -> datetime | None:
    """Return the instant that a button sent, or None if it makes no sense."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None or abs(instant - now) > FURTHEST_AHEAD:
        return None
    return instant.astimezone(UTC)


def _of_time(starts_at: datetime, zone: str) -> Target:
    return Target(value=starts_at.isoformat(), text=clock_text(starts_at, zone))


def _of_slot(slot: Slot, zone: str) -> Target:
    places = phrases.places(slot.taken, slot.capacity)
    return Target(value=str(slot.pk), text=f"{span_text(slot.starts_at, slot.ends_at, zone)} · {slot.title} · {places}")


def _by_day(targets: Iterable[tuple[datetime, Target]], zone: str) -> list[TargetDay]:
    days: defaultdict[date, list[Target]] = defaultdict(list)
    for starts_at, target in targets:
        days[local_day(starts_at, zone)].append(target)
    return [TargetDay(name=day_text(day, "full"), targets=found) for day, found in days.items()]
