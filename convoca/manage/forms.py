"""What the owner and superusers type, checked. Sentences for what is wrong stand here, beside the rule."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Account
from convoca.core.time import local_day

MINUTES_A_DAY = 24 * 60
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


def read_day(text: str | None, *, time_zone: str, now: datetime) -> date:
    """Return the day of an address (?day=2026-11-24); today, if there is none or it makes no sense."""
    today = local_day(now.astimezone(UTC), time_zone)
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return today
    return day if abs(day - today) <= FURTHEST_AHEAD else today
