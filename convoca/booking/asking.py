"""The owner's questions as form fields, the same at every door: on a booking form and at sign-up."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import CharField
from django.utils.translation import gettext

from convoca.booking.models import Booking, FormField

Key = FormField.Key

# What a browser fills in by itself, by the names of the HTML standard.
AUTOCOMPLETE: Mapping[str, str] = {
    Key.PHONE: "tel",
    Key.MOBILE: "tel",
    Key.ADDRESS: "street-address",
    Key.COUNTRY: "country-name",
}


class OneLineField(forms.CharField):
    """Text that is kept as one line: the lines of an address are joined by commas."""

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        lines = (" ".join(line.split()) for line in text.splitlines())
        return ", ".join(line for line in lines if line)

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value.isprintable():
            raise forms.ValidationError(gettext("Leave out characters that cannot be seen."))


class PersonNameField(forms.CharField):
    """A person's name on one line, as long as the column takes. What cannot be seen is no name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": longest_answer("name"), **options})

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value.isprintable():
            raise forms.ValidationError(self.error_messages["required"], code="required")


def form_fields(asked: Sequence[FormField]) -> dict[str, forms.Field]:
    """Return a form's fields for what is asked, by the names of the columns that take the answers.

    Every answer is one line of text, empty where somebody left out what is optional. A choice takes its options only.
    """
    return {each.key: _choice(each) if each.kind == FormField.Kind.CHOICE else _text(each) for each in asked}


def label_of(asked: FormField) -> str:
    """Return the owner's words for a field, or its usual name in the reader's language."""
    return asked.label or str(Key(asked.key).label)


def longest_answer(key: str) -> int:
    """Return how many characters the column takes."""
    column = Booking._meta.get_field(key)
    if not isinstance(column, CharField) or column.max_length is None:
        raise TypeError(f"{key} is no line of text")
    return column.max_length


def _text(asked: FormField) -> forms.Field:
    label, longest = label_of(asked), longest_answer(asked.key)
    return OneLineField(
        label=label,
        required=asked.is_required,
        max_length=longest,
        widget=_widget(asked.key),
        error_messages={
            "required": gettext("Fill in “{label}”").format(label=label),
            "max_length": gettext("Use at most {n} characters for “{label}”").format(n=longest, label=label),
        },
    )


def _widget(key: str) -> forms.Widget:
    fills_in = {"autocomplete": AUTOCOMPLETE.get(key, "off")}
    if key == Key.ADDRESS:
        # The standard gives a whole street address to fields of several lines only.
        return forms.Textarea(attrs=fills_in | {"rows": "2"})
    if key in {Key.PHONE, Key.MOBILE}:
        return forms.TextInput(attrs=fills_in | {"type": "tel"})
    return forms.TextInput(attrs=fills_in)


def _choice(asked: FormField) -> forms.Field:
    label = label_of(asked)
    choose = gettext("Choose one for “{label}”").format(label=label)
    return forms.ChoiceField(
        label=label,
        required=asked.is_required,
        choices=[("", gettext("Choose one")), *((option, option) for option in asked.choices)],
        error_messages={"required": choose, "invalid_choice": choose},
    )
