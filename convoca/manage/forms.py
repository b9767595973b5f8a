"""What the owner and superusers type, checked. Sentences for what is wrong stand here, beside the rule."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Account, Schedule
from convoca.booking.operations.linking import LONGEST_LINK, find_link
from convoca.core.time import Interval, local_day, localize

MINUTES_A_DAY = 24 * 60
LONGEST_LOCATION = 200
FURTHEST_AHEAD = timedelta(days=3 * 365)
MOST_PLACES = 10_000


class LinkForm(forms.Form):
    """A link, or the whole invitation that holds it. Whether it does is the operation's to say."""

    link = forms.CharField(
        label=gettext_lazy("Meeting link"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter a full address that starts with https://")},
    )


class LinkSourceForm(forms.Form):
    """The choice under "Add an online meeting link to the booking?"."""

    source = forms.ChoiceField()

    def __init__(self, *args: Any, sources: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(source, source) for source in sources]
        field.error_messages = {
            "required": gettext("Choose where the link comes from."),
            "invalid_choice": gettext("Choose where the link comes from."),
        }


class SupervisorFieldForm(forms.Form):
    """Whether bookings carry the superusers' own field, who reads it, and what it is called."""

    choice = forms.ChoiceField(
        choices=Account.SupervisorField.choices,
        error_messages={"required": gettext_lazy("Choose who sees the field.")},
    )
    label = forms.CharField(
        label=gettext_lazy("Name of the field"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Left empty, it is called the supervisor field."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SlotForm(forms.Form):
    """One occasion of a capacity schedule, on the clocks of the schedule's zone."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    day = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    starts = forms.TimeField(
        label=gettext_lazy("Start"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), min_value=5, max_value=MINUTES_A_DAY, initial=60
    )
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
        if day < today:
            raise forms.ValidationError(gettext("Choose a date that has not passed."))
        if day > today + FURTHEST_AHEAD:
            raise forms.ValidationError(gettext("Choose a date within the next three years."))
        return day

    def clean_location(self) -> str:
        location: str = self.cleaned_data["location"]
        if len(location) > LONGEST_LOCATION and find_link(location) is None:
            raise forms.ValidationError(gettext("Use at most 200 characters for the location."))
        return location

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if {"day", "starts", "minutes"} <= cleaned.keys() and self.when.starts_at <= self.now:
            self.add_error("starts", gettext("Choose a time that has not passed."))
        return cleaned

    @property
    def when(self) -> Interval:
        """The occasion in UTC. Only of a form whose day, start and length are valid."""
        clock = self.cleaned_data["starts"]
        start = localize(self.cleaned_data["day"], clock.hour * 60 + clock.minute, self.schedule.time_zone)
        return Interval(start, start + timedelta(minutes=self.cleaned_data["minutes"]))


def read_day(text: str | None, *, time_zone: str, now: datetime) -> date:
    """Return the day of an address (?day=2026-11-24); today, if there is none or it makes no sense."""
    today = local_day(now.astimezone(UTC), time_zone)
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST_AHEAD else today
