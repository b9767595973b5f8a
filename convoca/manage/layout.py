"""What an owner types to word a mail, and how it is looked at before it is published (J9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from convoca.booking.mail.example import Shown, usual_state
from convoca.booking.mail.own_words import SUBJECT_MAX_CHARS, Text, text_of
from convoca.booking.models import MessageText, Schedule
from convoca.booking.questions.texts import Message
from convoca.booking.spoken import SpokenForm
from convoca.core.plain import plain

type Texts = dict[tuple[str, str], MessageText]

LONGEST_BODY = 5000

ADD, REPLACE = "add", "replace"


class TextForm(SpokenForm):
    """The owner's own words for one mail in one language."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=SUBJECT_MAX_CHARS,
        required=False,
        help_text=gettext_lazy("Left empty, the standard subject is used: what happens, the day and the hour."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=LONGEST_BODY,
        required=False,
        help_text=gettext_lazy("An empty line begins a new paragraph. What begins with https:// becomes a link."),
        widget=forms.Textarea(attrs={"rows": 12, "autocomplete": "off"}),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Where does it stand?"),
        choices=[
            (ADD, gettext_lazy("Added to the standard text")),
            (REPLACE, gettext_lazy("In place of the standard sentences; its first line is the heading")),
        ],
        widget=forms.RadioSelect,
    )

    @property
    def text(self) -> Text:
        """What was typed, or pasted from another system. Only of a valid form."""
        typed = self.cleaned_data
        body = plain("\n".join(typed["body"].splitlines()))
        return Text(subject=typed["subject"], body=body, replaces=typed["way"] == REPLACE)


def form_of(text: Text, data: Mapping[str, Any] | None = None) -> TextForm:
    way = REPLACE if text.replaces else ADD
    return TextForm(data, initial={"subject": text.subject, "body": text.body, "way": way})


def draft_of(row: MessageText | None) -> Text:
    """Return what is being written, or else what is published."""
    if row is not None and row.drafted_at is not None:
        return Text(subject=row.draft_subject, body=row.draft_body.open(), replaces=row.draft_replaces)
    return published_of(row)


def published_of(row: MessageText | None) -> Text:
    return text_of(row if row is not None and row.published_at is not None else None)


@dataclass(frozen=True, kw_only=True)
class Looking:
    """How the preview is looked at. What the address does not say, or says wrongly, is as usual."""

    shown: Shown
    as_text: bool
    is_dark: bool
    is_wide: bool
    of_next: bool

    @property
    def query(self) -> str:
        """The address that says so, for the frame."""
        said = QueryDict(mutable=True)
        said.update(
            {
                "link": str(self.shown),
                "form": "text" if self.as_text else "html",
                "scheme": "dark" if self.is_dark else "light",
                "width": "desktop" if self.is_wide else "phone",
                "about": "next" if self.of_next else "example",
            }
        )
        return said.urlencode()


def looking(asked: Mapping[str, str], schedule: Schedule | None) -> Looking:
    link = asked.get("link", "")
    return Looking(
        shown=Shown(link) if link in set(Shown) else usual_state(schedule),
        as_text=asked.get("form") == "text",
        is_dark=asked.get("scheme") == "dark",
        is_wide=asked.get("width") == "desktop",
        of_next=asked.get("about") == "next",
    )


def address_of(message: Message, page: str = "text") -> str:
    """Return where the mail is worded, or another page about it."""
    where = [message.account.name, message.kind, message.language]
    if message.schedule is None:
        return reverse(f"manage:account-{page}", args=where)
    return reverse(f"manage:{page}", args=[where[0], message.schedule.slug, *where[1:]])
