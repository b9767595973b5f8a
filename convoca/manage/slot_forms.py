"""What is typed about a slot made ahead: when and what it is, how it repeats, and which of a series is meant."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Schedule, Series, Slot
from convoca.booking.operations.editing import LONGEST_LOCATION, SlotChanges
from convoca.booking.operations.linking import LONGEST_LINK, find_link
from convoca.booking.operations.series import Repeat
from convoca.booking.spoken import SpokenForm
from convoca.core.admission import TooManyRepeats
from convoca.core.lengths import AnyLength
from convoca.core.recurrence import Frequency, expand
from convoca.core.time import Interval, local_day, localize
from convoca.manage.forms import FURTHEST_AHEAD, MOST_PLACES

LONGEST_DESCRIPTION = 2000
LONGEST_MESSAGE = 1000

THIS = "this"
FOLLOWING = "following"


class OccasionForm(SpokenForm):
    """One occasion of a capacity schedule, on the clocks of the schedule's zone."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=LONGEST_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    day = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    starts = forms.TimeField(
        label=gettext_lazy("Start"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    ends = forms.TimeField(label=gettext_lazy("End"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    capacity = forms.IntegerField(
        label=gettext_lazy("Places"),
        min_value=1,
        max_value=MOST_PLACES,
        required=False,
        help_text=gettext_lazy("Left empty, there is room for everybody."),
    )
    location = forms.CharField(
        label=gettext_lazy("Location"),
        max_length=LONGEST_LINK * 2,
        required=False,
        help_text=gettext_lazy("A room, or a meeting link. A link is shown only to people who have signed up."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, schedule: Schedule, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedule, self.now = schedule, now

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        today = local_day(self.now, self.schedule.time_zone)
        if day < today and day != self._own_day():
            raise forms.ValidationError(gettext("Choose a date that has not passed."))
        if day > today + FURTHEST_AHEAD:
            raise forms.ValidationError(gettext("Choose a date within the next three years."))
        return day

    def _own_day(self) -> date | None:
        """Return the day on which it is already, if it is anywhere."""
        return None

    def clean_location(self) -> str:
        location: str = self.cleaned_data["location"]
        if len(location) > LONGEST_LOCATION and find_link(location) is None:
            raise forms.ValidationError(gettext("Use at most 200 characters for the location."))
        return location

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if {"day", "starts", "ends"} <= cleaned.keys():
            self._check_times(cleaned["starts"], cleaned["ends"])
        return cleaned

    def _check_times(self, starts: time, ends: time) -> None:
        if starts == ends:
            self.add_error("ends", gettext("Choose an end that differs from the start."))
        elif not self.when.duration:
            self.add_error("ends", gettext("The clock is moved that night, and nothing is left of this time."))
        elif self.when.starts_at <= self.now:
            self.add_error("starts", gettext("Choose a time that has not passed."))

    @property
    def when(self) -> Interval:
        """The occasion in UTC; what ends before it starts, ends on the next day. Only of valid day, start and end."""
        day, starts, ends = (self.cleaned_data[name] for name in ("day", "starts", "ends"))
        last_day = day + timedelta(days=1) if ends <= starts else day
        start = self._start(day, starts)
        return Interval(start, max(start, localize(last_day, _minutes(ends), self.schedule.time_zone)))

    def _start(self, day: date, clock: time) -> datetime:
        return localize(day, _minutes(clock), self.schedule.time_zone)


class NewSlotForm(OccasionForm):
    """An occasion to be made, and how it repeats."""

    repeats = forms.ChoiceField(
        label=gettext_lazy("Repeat"),
        choices=[("", gettext_lazy("No repeat")), *Series.Frequency.choices],
        required=False,
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The last day, if it repeats. At most 52 slots are made at once."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    # Pressed by somebody who has read on which days the links will be made.
    foretold = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        until, day = cleaned.get("until"), cleaned.get("day")
        if cleaned.get("repeats") and "until" in cleaned and until is None:
            self.add_error("until", gettext("Choose until when it repeats."))
        elif cleaned.get("repeats") and until is not None and day is not None and until < day:
            self.add_error("until", gettext("Choose a day that is not before the first one."))
        return cleaned

    @property
    def repeat(self) -> Repeat | None:
        """How it repeats, or None if it does not."""
        frequency, until = self.cleaned_data["repeats"], self.cleaned_data["until"]
        return Repeat(Series.Frequency(frequency), until) if frequency else None

    @property
    def meetings(self) -> list[datetime]:
        """When the meetings start that are to be made for it; none with a typed link, or if there would be too many."""
        if find_link(self.cleaned_data["location"]):
            return []
        repeat, first = self.repeat, self.when
        if repeat is None:
            return [first.starts_at]
        frequency, zone = Frequency(repeat.frequency.value), self.schedule.time_zone
        try:
            times = expand(first, frequency=frequency, until=repeat.until, length=AnyLength(), time_zone=zone)
        except TooManyRepeats:
            return []
        return [each.starts_at for each in times]


class WhichForm(SpokenForm):
    """Which slots of a series are meant: this one, or this and the following ones."""

    which = forms.ChoiceField(
        choices=[(THIS, gettext_lazy("This one")), (FOLLOWING, gettext_lazy("This and following"))],
        error_messages={
            "required": gettext_lazy("Choose whether only this one or the following ones, too."),
            "invalid_choice": gettext_lazy("Choose whether only this one or the following ones, too."),
        },
        required=False,
    )

    @property
    def following(self) -> bool:
        return bool(self.cleaned_data["which"] == FOLLOWING)


class EditSlotForm(OccasionForm, WhichForm):
    """A slot as it is to be."""

    def __init__(self, *args: Any, slot: Slot, shown_location: str, **kwargs: Any) -> None:
        zone = ZoneInfo(slot.schedule.time_zone)
        self.slot = slot
        initial = {
            "title": slot.title,
            "description": slot.description,
            "day": slot.starts_at.astimezone(zone).date(),
            "starts": slot.starts_at.astimezone(zone).time(),
            "ends": slot.ends_at.astimezone(zone).time(),
            "capacity": slot.capacity,
            "location": shown_location,
            "which": THIS,
        }
        super().__init__(*args, schedule=slot.schedule, initial=initial, **kwargs)

    def _own_day(self) -> date | None:
        return local_day(self.slot.starts_at, self.slot.schedule.time_zone)

    def _check_times(self, starts: time, ends: time) -> None:
        # What has begun may still be called something else, or end at another time.
        if self.when.starts_at != self.slot.starts_at or starts == ends:
            super()._check_times(starts, ends)
        elif self.when.ends_at <= self.now:
            self.add_error("ends", gettext("Choose a time that has not passed."))

    @property
    def when(self) -> Interval:
        """The occasion in UTC. Where nobody touched the times, exactly as it is: a clock may show one of them twice."""
        if not {"day", "starts", "ends"} & set(self.changed_data):
            return Interval(self.slot.starts_at, self.slot.ends_at)
        return super().when

    def _start(self, day: date, clock: time) -> datetime:
        return super()._start(day, clock) if {"day", "starts"} & set(self.changed_data) else self.slot.starts_at

    @property
    def changes(self) -> SlotChanges:
        typed = self.cleaned_data
        return SlotChanges(
            title=typed["title"],
            description=typed["description"],
            location=typed["location"],
            capacity=typed["capacity"],
            starts_at=self.when.starts_at,
            ends_at=self.when.ends_at,
        )


class MessageForm(forms.Form):
    """What everybody is told about what will not take place."""

    message = forms.CharField(
        label=gettext_lazy("Message to all"),
        max_length=LONGEST_MESSAGE,
        required=False,
        help_text=gettext_lazy("It goes into the email: why, and what people can do instead."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelSlotForm(WhichForm, MessageForm):
    """Which slots of a series are called off, and what everybody is told."""


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
