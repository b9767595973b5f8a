"""Layout Settings as the owner fills them in: words, days and clocks, colour, logo, what stands above and below."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy, pgettext_lazy

from convoca.booking.manner import Clock, Dates, FirstWeekday
from convoca.booking.models import Account, Language
from convoca.booking.models.look import LONGEST_FOOTER, LONGEST_HEADER
from convoca.booking.operations.looking import LARGEST_LOGO_BYTES, Looks
from convoca.booking.renaming import LONGEST_WORD, OUR_OWN, Thing, is_feminine_by_ending, plural_of
from convoca.booking.spoken import SpokenForm
from convoca.core.colour import is_colour

# Letters, and what joins them: a word stands in sentences that are filled in, on pages and in mails.
A_WORD = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*")
FEMININE, MASCULINE = "f", "m"
USUAL_COLOUR = "#0b5cad"

LEGENDS = {
    Thing.BOOKING: pgettext_lazy("our own word, whatever an account calls it", "A booking"),
    Thing.SLOT: pgettext_lazy("our own word, whatever an account calls it", "A slot"),
    Thing.USER: pgettext_lazy("our own word, whatever an account calls it", "A user"),
}
HINTS = {
    Thing.BOOKING: pgettext_lazy(
        "our own word, whatever an account calls it",
        "What somebody has when they have taken a time: appointment, reservation, lesson.",
    ),
    Thing.SLOT: pgettext_lazy(
        "our own word, whatever an account calls it", "What you open for several people: class, session, workshop."
    ),
    Thing.USER: pgettext_lazy(
        "our own word, whatever an account calls it", "Who books with a log-in: client, student, member, patient."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Naming:
    """The fields of one thing's words in one language; `gender` where the language has one."""

    language: str
    name: str
    one: BoundField
    many: BoundField
    gender: BoundField | None


class LooksForm(SpokenForm):
    """How pages and mails look and speak. Empty words are ours."""

    clock = forms.ChoiceField(
        label=gettext_lazy("Times"),
        choices=[
            (Clock.FULL.value, gettext_lazy("24 hours: 16:30")),
            (Clock.HALF.value, gettext_lazy("12 hours: 4:30 PM")),
            (Clock.LANGUAGE.value, gettext_lazy("By language: 4:30 PM in English, 16:30 in Spanish")),
        ],
        widget=forms.RadioSelect,
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Dates"),
        choices=[
            (Dates.DAY_FIRST.value, gettext_lazy("Day first: Tuesday 24 November 2026")),
            (Dates.LANGUAGE.value, gettext_lazy("By language: November 24 in English, day first in Spanish")),
            (Dates.NUMBERS.value, gettext_lazy("In numbers: Tuesday 2026-11-24")),
        ],
        widget=forms.RadioSelect,
    )
    first_weekday = forms.ChoiceField(
        label=gettext_lazy("First day of the week"),
        choices=[
            (FirstWeekday.MONDAY.value, gettext_lazy("Monday")),
            (FirstWeekday.SUNDAY.value, gettext_lazy("Sunday")),
            (FirstWeekday.SATURDAY.value, gettext_lazy("Saturday")),
            (FirstWeekday.LANGUAGE.value, gettext_lazy("By language: Sunday in English, Monday in Spanish")),
        ],
    )
    own_colour = forms.BooleanField(label=gettext_lazy("A colour of your own"), required=False)
    colour = forms.CharField(
        label=gettext_lazy("Colour of buttons and links"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("PNG, JPEG or WebP, 200 kB and 2000 pixels at most. It is drawn 40 pixels high."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Show no logo"), required=False)
    page_header = forms.CharField(
        label=gettext_lazy("Above every page"),
        required=False,
        max_length=LONGEST_HEADER,
        help_text=gettext_lazy("A line under your name, such as: Closed in August."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    page_footer = forms.CharField(
        label=gettext_lazy("Below every page"),
        required=False,
        max_length=LONGEST_FOOTER,
        help_text=gettext_lazy("Your address, telephone, legal notice."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, account: Account) -> None:
        super().__init__(data, files, initial=_initial(account))
        for language in Language:
            for thing in Thing:
                ours = OUR_OWN[language.value][thing][0]
                self.fields[_name(thing, language, "one")] = _word(gettext_lazy("One"), ours.one)
                self.fields[_name(thing, language, "many")] = _word(gettext_lazy("Several"), ours.many)
                if language is Language.SPANISH:
                    self.fields[_name(thing, language, "gender")] = _gender()

    @property
    def things(self) -> list[tuple[str, str, list[Naming]]]:
        """The fieldsets of words: legend, hint, and the fields of each language."""
        return [
            (str(LEGENDS[thing]), str(HINTS[thing]), [self._naming(thing, language) for language in Language])
            for thing in Thing
        ]

    @property
    def looks(self) -> Looks:
        """What a valid form says."""
        said = self.cleaned_data
        words = {language.value: self._words(language) for language in Language}
        return Looks(
            words={language: own for language, own in words.items() if own},
            clock=said["clock"],
            dates=said["dates"],
            first_weekday=said["first_weekday"],
            brand_colour=said["colour"] if said["own_colour"] else "",
            page_header=said["page_header"],
            page_footer=said["page_footer"],
        )

    @property
    def picture(self) -> bytes | None:
        """What was uploaded, as far as a logo may go and one byte more; None if nothing was."""
        upload = self.cleaned_data.get("logo")
        return upload.read(LARGEST_LOGO_BYTES + 1) if isinstance(upload, UploadedFile) else None

    def clean_colour(self) -> str:
        colour = str(self.cleaned_data["colour"]).lower()
        if colour and not is_colour(colour):
            raise forms.ValidationError(gettext_lazy("Write a colour like #0b5cad."))
        return colour or USUAL_COLOUR

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for thing in Thing:
            for language in Language:
                one = _name(thing, language, "one")
                if said.get(_name(thing, language, "many")) and not said.get(one) and one not in self.errors:
                    self.add_error(one, gettext_lazy("Write what one of them is called, too."))
        return said

    def _naming(self, thing: Thing, language: Language) -> Naming:
        gender = _name(thing, language, "gender")
        return Naming(
            language=language.value,
            name=str(language.label),
            one=self[_name(thing, language, "one")],
            many=self[_name(thing, language, "many")],
            gender=self[gender] if gender in self.fields else None,
        )

    def _words(self, language: Language) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for thing in Thing:
            one = self.cleaned_data[_name(thing, language, "one")]
            if one:
                many = self.cleaned_data[_name(thing, language, "many")] or plural_of(one, language.value)
                gender = self.cleaned_data.get(_name(thing, language, "gender"), "")
                is_feminine = gender == FEMININE or (not gender and is_feminine_by_ending(one))
                found[thing] = [one, many, *([FEMININE] if language is Language.SPANISH and is_feminine else [])]
        return found


def _name(thing: Thing, language: Language, part: str) -> str:
    return f"{thing}-{language.value}-{part}"


def _word(label: Any, ours: str) -> forms.RegexField:
    return forms.RegexField(
        A_WORD.pattern.join((r"\A", r"\Z")),
        label=label,
        required=False,
        max_length=LONGEST_WORD,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": ours}),
        error_messages={"invalid": gettext_lazy("Use letters only, and spaces or hyphens between them.")},
    )


def _gender() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Said with"),
        required=False,
        choices=[("", gettext_lazy("by its ending")), (FEMININE, "la"), (MASCULINE, "el")],
    )


def _initial(account: Account) -> dict[str, object]:
    initial: dict[str, object] = {
        "clock": account.clock,
        "dates": account.dates,
        "first_weekday": account.first_weekday,
        "own_colour": bool(account.brand_colour),
        "colour": account.brand_colour or USUAL_COLOUR,
        "page_header": account.page_header,
        "page_footer": account.page_footer,
    }
    for language in Language:
        for thing, word in account.words.get(language.value, {}).items():
            named = Thing(thing)
            initial[_name(named, language, "one")], initial[_name(named, language, "many")] = word[0], word[1]
            initial[_name(named, language, "gender")] = FEMININE if len(word) > 2 else MASCULINE
    return initial
