"""What a visitor types."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convoca.public.typos import likely_meant

START_FORM = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z", re.ASCII)
SLOT_FORM = re.compile(r"\d{1,18}", re.ASCII)
# Beyond it nothing can be on offer, and far beyond it instants do not exist.
SENSIBLE = timedelta(days=20 * 366)
LONGEST_NAME = 100
LONGEST_EMAIL = 254


class BookingForm(forms.Form):
    """A visitor's details, and the `start` or the `slot` that they chose.

    `website` is a trap: people do not see it, programs that fill in every field do. `email_again` carries an address
    that we asked about once; whoever sends it again means it.
    """

    start = forms.CharField(required=False, max_length=40)
    slot = forms.CharField(required=False, max_length=40)
    name = forms.CharField(
        max_length=LONGEST_NAME,
        error_messages={
            "required": _("Enter your name"),
            "max_length": _("Enter a name of 100 characters at most"),
        },
    )
    email = forms.EmailField(
        max_length=LONGEST_EMAIL,
        error_messages={
            "required": _("Enter an email address in the format name@example.com"),
            "invalid": _("Enter an email address in the format name@example.com"),
            "max_length": _("Enter an email address in the format name@example.com"),
        },
    )
    email_again = forms.CharField(required=False, max_length=LONGEST_EMAIL)
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, chooses_slot: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice = "slot" if chooses_slot else "start"

    @property
    def starts_at(self) -> datetime:
        """The chosen start; known once the form is valid, also when it is refused afterwards."""
        # An error that is added takes the field out of the cleaned data.
        return _instant(self.chosen.strip())

    @property
    def slot_id(self) -> int:
        return int(self.cleaned_data["slot"])

    @property
    def chosen(self) -> str:
        """What was chosen, as its radio button says it; empty if nothing was."""
        return str(self.data.get(self.choice, "")) if self.is_bound else ""

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, in the page's order: where it is, and a sentence."""
        found = [(field, text) for field in ("choice", "name", "email") for text in self._texts(field)]
        return [*(("choice", text) for text in self._texts("__all__")), *found]

    @property
    def choice_error(self) -> str:
        return " ".join(self._texts("choice"))

    def _texts(self, field: str) -> list[str]:
        key = self.choice if field == "choice" else field
        return [str(text) for text in self.errors.get(key, [])]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise forms.ValidationError(gettext("Enter your name"))
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not email.rpartition("@")[0].isascii():
            # The validator's pattern ignores case and so lets a few letters pass that no mail server takes.
            raise forms.ValidationError(gettext("Enter an email address in the format name@example.com"))
        meant = likely_meant(email)
        if meant and self.data.get("email_again") != email:
            raise forms.ValidationError(gettext("Did you mean {suggestion}?").format(suggestion=meant), code="typo")
        return email

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("Leave this field empty."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get(self.choice, "")
        understood = SLOT_FORM.fullmatch(chosen) if self.choice == "slot" else _is_start(chosen)
        if not understood:
            text = gettext("Choose a session") if self.choice == "slot" else gettext("Choose a time")
            self.add_error(self.choice, text)
        if "website" in self.errors:
            self.add_error(None, gettext("This looks like an automatic entry. Leave the field “Website” empty."))
        return cleaned

    @property
    def asks_about_email(self) -> str:
        """Return the address that looks mistyped, to be sent again by those who mean it."""
        asked = self.is_bound and any(error.code == "typo" for error in self.errors.as_data().get("email", []))
        return str(self.data.get("email", "")).strip() if asked else ""


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


def _is_start(text: str) -> bool:
    """Say whether `text` is an instant that could be on offer: about now, or some years ahead."""
    if not START_FORM.fullmatch(text):
        return False
    try:
        instant = _instant(text)
    except ValueError:
        return False
    return abs(instant - datetime.now(UTC)) < SENSIBLE
