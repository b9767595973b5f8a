"""What a visitor types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convoca.booking.asking import PersonNameField
from convoca.booking.models import Series
from convoca.booking.operations.series import Repeat
from convoca.booking.spoken import SpokenForm
from convoca.public.choices import TO_WAIT
from convoca.public.typos import likely_meant

START_FORM = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z", re.ASCII)
SLOT_FORM = re.compile(rf"\d{{1,18}}({TO_WAIT})?", re.ASCII)
# Beyond it nothing can be on offer, and far beyond it instants do not exist.
SENSIBLE = timedelta(days=20 * 366)
LONGEST_EMAIL = 254
LONGEST_MESSAGE = 500
# Where a person may have any number of places; nobody brings more in one go.
MOST_PLACES = 1000
# More are never sent by the page.
MOST_SESSIONS = 60

PERSON = ("name", "email")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a form asks beside the choice itself.

    `chooses_slot`: a session and not a time, of a series `several` at once. `person`: name and e-mail address, which
    are known of somebody with a log-in. `most_places` is how many one may have, 0 if that is not asked. `fields` are
    the owner's own, and `known` what we know of them already.
    """

    chooses_slot: bool
    several: bool = False
    person: bool = False
    repeats: bool = False
    most_places: int = 0
    fields: Mapping[str, forms.Field] | None = None
    known: Mapping[str, str] | None = None


class ChangeForm(SpokenForm):
    """The `start` or the `slot` that somebody chose; what is wrong with it is an error of `choice`."""

    # Not read itself: what was chosen is sent as `start` or `slot`.
    choice = forms.Field(required=False, disabled=True)

    def __init__(self, data: QueryDict | None = None, *, asked: Asked) -> None:
        super().__init__(data)
        self.asked = asked
        self.chooses = "slot" if asked.chooses_slot else "start"
        self.fields |= asked.fields or {}

    @property
    def starts_at(self) -> datetime:
        """The chosen start; known once the form is valid, also when it is refused afterwards."""
        return _instant(self.chosen[0])

    @property
    def slot_ids(self) -> list[int]:
        return [int(each.removesuffix(TO_WAIT)) for each in self.chosen]

    @property
    def waits(self) -> bool:
        """Whether a full session was chosen, to wait for a place in it."""
        return any(each.endswith(TO_WAIT) for each in self.chosen)

    @property
    def chosen(self) -> list[str]:
        """What was chosen, as its buttons say it; nothing twice."""
        values = self.data.getlist(self.chooses) if isinstance(self.data, QueryDict) else []
        chosen = list(dict.fromkeys(value.strip() for value in values if value.strip()))
        return chosen if self.asked.several else chosen[-1:]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, in the page's order: where it is, and a sentence."""
        order = ("__all__", "choice", "quantity", "repeat", "until", *PERSON, *(self.asked.fields or {}))
        found = [(field, str(text)) for field in order for text in self.errors.get(field, [])]
        return [("choice" if field == "__all__" else field, text) for field, text in found]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_slot = self.asked.chooses_slot
        understood = _is_slot if is_slot else _is_start
        if not self.chosen or not all(map(understood, self.chosen)) or len(self.chosen) > MOST_SESSIONS:
            self.add_error("choice", gettext("Choose a session") if is_slot else gettext("Choose a time"))
        return cleaned


class AddressForm(forms.Form):
    """To which address the links are to go again."""

    email = forms.EmailField(
        max_length=LONGEST_EMAIL,
        error_messages=dict.fromkeys(
            ("required", "invalid", "max_length"), _("Enter an email address in the format name@example.com")
        ),
    )


class CancelForm(SpokenForm):
    """What somebody says to the owner when they cancel; they need not."""

    message = forms.CharField(
        required=False,
        max_length=LONGEST_MESSAGE,
        error_messages={"max_length": _("Write 500 characters at most")},
    )


class BookingForm(ChangeForm):
    """A visitor's details beside their choice.

    `website` is a trap: people do not see it, programs that fill in every field do. `email_again` carries an address
    that we asked about once; whoever sends it again means it.
    """

    name = PersonNameField(
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

    def __init__(self, data: QueryDict | None = None, *, asked: Asked) -> None:
        super().__init__(data, asked=asked)
        if not asked.person:
            for field in (*PERSON, "email_again"):
                del self.fields[field]
        if asked.most_places:
            self._ask_for_places(asked.most_places)
        if asked.repeats:
            self._ask_for_repeats()

    def _ask_for_places(self, most: int) -> None:
        sentence = gettext("Enter a number from 1 to {n}").format(n=most)
        self.fields["quantity"] = forms.IntegerField(
            required=False,
            min_value=1,
            max_value=most,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), sentence),
        )

    def _ask_for_repeats(self) -> None:
        self.fields["repeat"] = forms.ChoiceField(
            required=False,
            choices=[("", gettext("Does not repeat")), *Series.Frequency.choices],
            error_messages={"invalid_choice": gettext("Choose how often to repeat it")},
        )
        self.fields["until"] = forms.DateField(
            required=False,
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": gettext("Enter a day such as 2026-12-31")},
        )

    @property
    def quantity_wanted(self) -> int:
        return int(self.cleaned_data.get("quantity") or 1)

    @property
    def repeat_wanted(self) -> Repeat | None:
        frequency, until = self.cleaned_data.get("repeat"), self.cleaned_data.get("until")
        if not frequency or not isinstance(until, date):
            return None
        return Repeat(Series.Frequency(frequency), until)

    @property
    def answers(self) -> dict[str, str]:
        """The answers to the owner's own questions, by the names of the columns that take them."""
        return {key: str(self.cleaned_data.get(key, "")) for key in self.asked.fields or {}}

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        check_email(email, again=self.data.get("email_again"))
        return email

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("Leave this field empty."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("repeat") and "until" not in self.errors and cleaned.get("until") is None:
            self.add_error("until", gettext("Enter the last day of the repeats"))
        if "website" in self.errors:
            self.add_error(None, gettext("This looks like an automatic entry. Leave the field “Website” empty."))
        return cleaned

    @property
    def asks_about_email(self) -> str:
        return mistyped_email(self)


def check_email(email: str, *, again: object) -> None:
    """Raise ValidationError for an address that no mail server takes, or that looks mistyped and was not sent again."""
    if not email.rpartition("@")[0].isascii():
        # The validator's pattern ignores case and so lets a few letters pass that no mail server takes.
        raise forms.ValidationError(gettext("Enter an email address in the format name@example.com"))
    meant = likely_meant(email)
    if meant and again != email:
        raise forms.ValidationError(gettext("Did you mean {suggestion}?").format(suggestion=meant), code="typo")


def mistyped_email(form: forms.Form) -> str:
    """Return the address that looks mistyped, to be sent again by those who mean it."""
    asked = form.is_bound and any(error.code == "typo" for error in form.errors.as_data().get("email", []))
    return str(form.data.get("email", "")).strip() if asked else ""


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


def _is_slot(text: str) -> bool:
    return SLOT_FORM.fullmatch(text) is not None


def _is_start(text: str) -> bool:
    """Say whether `text` is an instant that could be on offer: about now, or some years ahead."""
    if not START_FORM.fullmatch(text):
        return False
    try:
        instant = _instant(text)
    except ValueError:
        return False
    return abs(instant - datetime.now(UTC)) < SENSIBLE
