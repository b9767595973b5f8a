"""What an owner asks people beside their name and e-mail: on a schedule's booking form, or at sign-up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.asking import longest_answer
from convoca.booking.models import FormField
from convoca.booking.operations.configuring import Question
from convoca.booking.spoken import SpokenForm

Key = FormField.Key

STANDARD = (Key.PHONE, Key.MOBILE, Key.ADDRESS, Key.COUNTRY)
OWN = (Key.FIELD_1, Key.FIELD_2)
LONGEST_LABEL = 60
MOST_OPTIONS = 100


class Asked(TextChoices):
    """Whether a field is asked."""

    NOT = "not", gettext_lazy("Not asked")
    OPTIONAL = "optional", gettext_lazy("May be left empty")
    REQUIRED = "required", gettext_lazy("Must be filled in")


@dataclass(frozen=True, kw_only=True)
class OwnField:
    """The parts of one field of the owner's own."""

    key: str
    name: str
    asked: BoundField
    label: BoundField
    kind: BoundField
    options: BoundField


class QuestionsForm(SpokenForm):
    """Each standard field, and two of the owner's own with their labels."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, saved: Iterable[FormField]) -> None:
        of_key = {field.key: field for field in saved}
        super().__init__(data, initial=_initial(of_key))
        for key in STANDARD:
            self.fields[_asked(key)] = _asked_field(str(key.label))
        for key in OWN:
            self._add_own(key)

    def _add_own(self, key: Key) -> None:
        self.fields[_asked(key)] = _asked_field(gettext("Is it asked?"))
        self.fields[_label(key)] = forms.CharField(
            label=gettext("What people read"),
            max_length=LONGEST_LABEL,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields[_kind(key)] = forms.ChoiceField(
            label=gettext("How is it answered?"), choices=FormField.Kind.choices, widget=forms.RadioSelect
        )
        self.fields[_options(key)] = forms.CharField(
            label=gettext("Choices, one per line"),
            max_length=MOST_OPTIONS * longest_answer(key),
            required=False,
            widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        )

    @property
    def standard(self) -> list[BoundField]:
        return [self[_asked(key)] for key in STANDARD]

    @property
    def own(self) -> list[OwnField]:
        return [
            OwnField(
                key=key,
                name=str(key.label),
                asked=self[_asked(key)],
                label=self[_label(key)],
                kind=self[_kind(key)],
                options=self[_options(key)],
            )
            for key in OWN
        ]

    @property
    def questions(self) -> list[Question]:
        """What is to be asked. Only of a valid form."""
        typed = self.cleaned_data
        standard = [
            Question(key=key, is_required=typed[_asked(key)] == Asked.REQUIRED)
            for key in STANDARD
            if typed[_asked(key)] != Asked.NOT
        ]
        own = [
            Question(
                key=key,
                is_required=typed[_asked(key)] == Asked.REQUIRED,
                label=typed[_label(key)],
                kind=FormField.Kind(typed[_kind(key)]),
                options=_lines(typed[_options(key)]) if typed[_kind(key)] == FormField.Kind.CHOICE else (),
            )
            for key in OWN
            if typed[_asked(key)] != Asked.NOT
        ]
        return [*standard, *own]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for key in OWN:
            if cleaned.get(_asked(key)) in {Asked.OPTIONAL, Asked.REQUIRED}:
                self._check_own(key, cleaned)
            else:
                self._pass_over(key)
        return cleaned

    def _check_own(self, key: Key, cleaned: Mapping[str, Any]) -> None:
        if not cleaned.get(_label(key)) and _label(key) not in self.errors:
            self.add_error(_label(key), gettext("Enter what people read beside the field."))
        if cleaned.get(_kind(key)) != FormField.Kind.CHOICE or _options(key) in self.errors:
            return
        options, longest = _lines(cleaned[_options(key)]), longest_answer(key)
        if len(options) < 2:
            self.add_error(_options(key), gettext("Enter at least two choices, each on a line of its own."))
        elif len(options) > MOST_OPTIONS or any(len(option) > longest for option in options):
            self.add_error(_options(key), gettext("Use at most 100 lines of 200 characters."))

    def _pass_over(self, key: Key) -> None:
        """What is not asked is not checked."""
        for name in (_label(key), _kind(key), _options(key)):
            self.errors.pop(name, None)


def _initial(saved: Mapping[str, FormField]) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for key in (*STANDARD, *OWN):
        field = saved.get(key)
        initial[_asked(key)] = Asked.NOT if field is None else Asked.REQUIRED if field.is_required else Asked.OPTIONAL
    for key in OWN:
        field = saved.get(key) or FormField()
        initial |= {_label(key): field.label, _kind(key): field.kind, _options(key): field.options}
    return initial


def _asked_field(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Asked.choices)


def _lines(text: str) -> Sequence[str]:
    """Return the lines that say something, each once."""
    return tuple(dict.fromkeys(line for line in (" ".join(line.split()) for line in text.splitlines()) if line))


def _asked(key: Key) -> str:
    return f"{key}-asked"


def _label(key: Key) -> str:
    return f"{key}-label"


def _kind(key: Key) -> str:
    return f"{key}-kind"


def _options(key: Key) -> str:
    return f"{key}-options"
