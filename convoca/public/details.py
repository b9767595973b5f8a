"""What an attendee may correct of their own booking: who they are, what they answered, their clocks and language."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from convoca.booking.asking import PersonNameField, form_fields
from convoca.booking.models import Booking, FormField, Language
from convoca.booking.operations.correcting import Correction
from convoca.booking.spoken import SpokenForm
from convoca.public.forms import LONGEST_EMAIL, check_email, mistyped_email
from convoca.public.zones import zone_choices

WRONG_EMAIL = _("Enter an email address in the format name@example.com")


class DetailsForm(SpokenForm):
    """A booking's own details. `email_again` carries an address that we asked about once, as when booking."""

    name = PersonNameField(
        label=_("Name"),
        error_messages={
            "required": _("Enter your name"),
            "max_length": _("Enter a name of 100 characters at most"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Email address"),
        max_length=LONGEST_EMAIL,
        help_text=_("If you correct it, the new address gets a mail with new links; those sent before stop working."),
        error_messages=dict.fromkeys(("required", "invalid", "max_length"), WRONG_EMAIL),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Show times in"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a time zone.")),
    )
    language = forms.ChoiceField(
        label=_("Language of the mails"),
        choices=Language.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a language.")),
    )

    new_links = forms.BooleanField(
        label=_("Give me new links"),
        required=False,
        help_text=_("If somebody else has yours: those sent before stop working, and you get a mail with new ones."),
    )

    def __init__(self, data: Any = None, *, booking: Booking, asked: Sequence[FormField], now: datetime) -> None:
        columns = ("name", "email", "time_zone", "language", *(each.key for each in asked))
        super().__init__(data, initial={column: getattr(booking, column) for column in columns})
        self.asked = form_fields(asked)
        self.fields.update(self.asked)
        self.order_fields(["name", "email", *self.asked, "time_zone", "language", "new_links"])
        zones = self.fields["time_zone"]
        if isinstance(zones, forms.ChoiceField):
            zones.choices = zone_choices(booking.time_zone, now=now)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email != self.initial["email"]:
            check_email(email, again=self.data.get("email_again"))
        return email

    @property
    def asks_about_email(self) -> str:
        return mistyped_email(self)

    @property
    def correction(self) -> Correction:
        """What a valid form says."""
        typed = self.cleaned_data
        return Correction(
            name=typed["name"],
            email=typed["email"],
            details={key: str(typed[key]) for key in self.asked},
            language=typed["language"],
            time_zone=typed["time_zone"],
            new_addresses=typed["new_links"],
        )
