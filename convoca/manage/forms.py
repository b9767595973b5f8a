"""What the owner and superusers type, checked. Sentences for what is wrong stand here, beside the rule."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Account
from convoca.booking.operations.configuring import AT_ONCE, Process
from convoca.booking.spoken import SpokenForm
from convoca.core.time import local_day
from convoca.providers import PROVIDERS

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
    # `asked` says that the form held the box: one that is not ticked sends nothing.
    asked = forms.BooleanField(required=False)
    tell = forms.BooleanField(required=False)
    for_all = forms.BooleanField(required=False)

    @property
    def tells(self) -> bool:
        """Whether everybody with a place is to get the link by mail."""
        return "tell" in self.data or "asked" not in self.data


class SharedLinkForm(forms.Form):
    """The one link for all bookings of a schedule, or the invitation that holds it."""

    shared_link = forms.CharField(
        label=gettext_lazy("Meeting link"),
        max_length=10_000,
        help_text=gettext_lazy("Only people with a booking can see it. You may paste a whole invitation."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter a full address that starts with https://")},
    )


class ProcessForm(SpokenForm):
    """The choice under "Add an online meeting link to the booking?", and what belongs to it.

    Whether a link is one, and a choice open, is the operation's to say.
    """

    source = forms.ChoiceField()
    # `asked` says that the form held the boxes of how guests come in: one that is not ticked is not wanted.
    asked = forms.BooleanField(required=False)
    passcode = forms.BooleanField(
        label=gettext_lazy("With a passcode"),
        required=False,
        help_text=gettext_lazy(
            "It is in the link: nobody types it. A meeting with neither passcode nor waiting room gets a waiting room "
            "all the same."
        ),
    )
    waiting_room = forms.BooleanField(
        label=gettext_lazy("With a waiting room"),
        required=False,
        help_text=gettext_lazy("You let people in one by one. Without it they may enter ten minutes before you."),
    )
    backup_link = forms.CharField(
        label=gettext_lazy("Backup link"),
        required=False,
        max_length=10_000,
        help_text=gettext_lazy(
            "If a booking has no link 30 minutes before it starts, people get this one, and read that it is the backup "
            "link. Choose one that you can always open. You may paste a whole invitation; left empty, there is none."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )
    reveal = forms.TypedChoiceField(
        label=gettext_lazy("People with a booking see the link"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            (AT_ONCE, gettext_lazy("as soon as it is there")),
            (5, gettext_lazy("from 5 minutes before the start")),
            (15, gettext_lazy("from 15 minutes before the start")),
            (30, gettext_lazy("from 30 minutes before the start")),
            (60, gettext_lazy("from one hour before the start")),
            (24 * 60, gettext_lazy("from one day before the start")),
        ],
        help_text=gettext_lazy(
            "Before that, their page and their mails say when it opens. It counts for existing bookings too; you and "
            "your superusers always see it."
        ),
        error_messages={"invalid_choice": gettext_lazy("Choose from when on people see the link.")},
    )
    applies = forms.BooleanField(required=False)

    def __init__(self, *args: Any, sources: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(source, source) for source in sources]
        field.error_messages = {
            "required": gettext("Choose where the link comes from."),
            "invalid_choice": gettext("Choose where the link comes from."),
        }

    @property
    def process(self) -> Process:
        """What a valid form says; of what the chosen source's meetings cannot have, nothing."""
        typed, asked = self.cleaned_data, self.cleaned_data["asked"]
        provider = next((each for each in PROVIDERS if each.id == typed["source"]), None)
        return Process(
            source=typed["source"],
            passcode=typed["passcode"] if asked and provider and provider.capabilities.passcodes else None,
            waiting_room=typed["waiting_room"] if asked and provider and provider.capabilities.waiting_rooms else None,
            backup_link=typed["backup_link"] if "backup_link" in self.data else None,
            reveal_minutes=typed["reveal"],
            applies=typed["applies"],
        )


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
