"""What an owner types about publication, checked."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Schedule
from convoca.booking.operations.publishing import EventTexts
from convoca.providers.calendars import CalendarFacts

NEW = "new"


class CalendarForm(forms.Form):
    """One of the calendars offered, or a new one with a name."""

    calendar = forms.ChoiceField(required=False)
    name = forms.CharField(
        label=gettext_lazy("Name of the new calendar"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, calendars: Sequence[CalendarFacts], may_make: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = {each.id: each for each in calendars}
        self._may_make = may_make
        field = self.fields["calendar"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each, each) for each in (*self._offered, NEW)]
            field.error_messages = {"invalid_choice": gettext("Choose a calendar.")}

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        chosen = typed.get("calendar")
        if chosen == NEW and self._may_make and not typed.get("name"):
            self.add_error("name", gettext("Give the new calendar a name."))
        if chosen == "" or (chosen == NEW and not self._may_make):
            self.add_error("calendar", gettext("Choose a calendar."))
        return typed

    @property
    def chosen(self) -> CalendarFacts | None:
        """Return the calendar that a valid form names; None for a new one."""
        return self._offered.get(self.data.get("calendar", ""))

    @property
    def new_name(self) -> str:
        return str(self.cleaned_data["name"])


class EventTextsForm(forms.Form):
    """How the schedule's events are written."""

    title = forms.CharField(
        label=gettext_lazy("Title of the events"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "You may use $what, $schedule, $resource, $places, $name, $email, $phone and $details. Left empty, it is "
            "what is booked and the client's name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=gettext_lazy("Description of the events"),
        max_length=4000,
        required=False,
        help_text=gettext_lazy("The same names may be used. Left empty, it is the client's details."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    names_client = forms.BooleanField(
        label=gettext_lazy("With the client's name and details"),
        required=False,
        help_text=gettext_lazy("Whoever may read the calendar reads them there."),
    )
    invites_client = forms.BooleanField(
        label=gettext_lazy("Let Google invite the client"),
        required=False,
        help_text=gettext_lazy("Google then sends mails of its own, beside ours."),
    )

    @property
    def texts(self) -> EventTexts:
        return EventTexts(**self.cleaned_data)


def texts_of(schedule: Schedule) -> dict[str, object]:
    """Return what the form holds of a schedule."""
    return {
        "title": schedule.event_title,
        "description": schedule.event_description,
        "names_client": schedule.event_names_client,
        "invites_client": schedule.event_invites_client,
    }
