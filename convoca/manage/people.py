"""The forms and the lines of the page Users."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.asking import form_fields
from convoca.booking.models import Account, AuditEntry, FormField, Group, Invitation, Language, Membership, Schedule
from convoca.booking.questions.forms import sign_up_fields
from convoca.booking.spoken import SpokenForm
from convoca.manage import phrases, right_phrases

Role = Membership.Role
PHONE = FormField(key=FormField.Key.PHONE)
LONGEST_EMAIL = 254

NAME_NEEDED = {
    "required": gettext_lazy("Enter the name"),
    "max_length": gettext_lazy("Enter a name of 100 characters at most"),
}
EMAIL_WRONG = dict.fromkeys(
    ("required", "invalid", "max_length"), gettext_lazy("Enter an email address in the format name@example.com")
)


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=LONGEST_EMAIL,
        error_messages=EMAIL_WRONG,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


def plain_address(email: str) -> str:
    """Return the address in lower case. Raises ValidationError for one that not every mail server takes."""
    if not email.rpartition("@")[0].isascii():
        raise forms.ValidationError(str(EMAIL_WRONG["invalid"]))
    return email.lower()


class SearchForm(forms.Form):
    """Whom to look for; what cannot be understood looks for everybody."""

    q = forms.CharField(max_length=100, required=False)

    @property
    def wanted(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


class PersonForm(SpokenForm):
    """What an account knows of a person: their name, what sign-up asks, and the superusers' own note.

    Nothing but the name must be filled in: who writes here may not know it.
    """

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        error_messages=NAME_NEEDED,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, account: Account, person: Membership | None = None) -> None:
        asked = _asked(account)
        known = {"name": person.called, "super_field": person.super_field} if person else {}
        known |= {each.key: getattr(person, each.key) for each in asked} if person else {}
        super().__init__(data, initial=known)
        for key, field in form_fields(asked).items():
            field.required = False
            field.widget.attrs["autocomplete"] = "off"
            _keep_what_is_there(field, known.get(key, ""))
            self.fields[key] = field
        if account.supervisor_field != Account.SupervisorField.OFF:
            self.fields["super_field"] = _note_field(account)

    @property
    def values(self) -> dict[str, str]:
        """The columns and what was typed, of a valid form."""
        return {column: str(value) for column, value in self.cleaned_data.items() if column != "email"}


def _asked(account: Account) -> list[FormField]:
    asked = sign_up_fields(account)
    return asked if any(each.key == PHONE.key for each in asked) else [PHONE, *asked]


def _keep_what_is_there(field: forms.Field, value: str) -> None:
    """Let a choice keep an answer that is no longer among its options."""
    if value and isinstance(field, forms.ChoiceField):
        options = list(field.choices)  # type: ignore[arg-type]
        if value not in {option for option, _ in options}:
            field.choices = [*options, (value, value)]


def _note_field(account: Account) -> forms.CharField:
    return forms.CharField(
        label=account.supervisor_label or gettext("Supervisor field"),
        max_length=200,
        required=False,
        help_text=gettext("A note about this person. They do not see it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewPersonForm(PersonForm):
    """Somebody who is added by hand."""

    email = email_field()
    field_order = ("name", "email")

    def clean_email(self) -> str:
        return plain_address(self.cleaned_data["email"])


class InvitationForm(SpokenForm):
    """Somebody who is invited by mail."""

    email = email_field()
    language = forms.ChoiceField(label=gettext_lazy("Language of the mail"), choices=Language.choices)
    role = forms.ChoiceField(
        label=gettext_lazy("They become"),
        choices=[
            (Role.USER, gettext_lazy("A user, who books for themselves")),
            (Role.SUPERUSER, gettext_lazy("A superuser, who handles the bookings of all schedules")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, account: Account, may_rank: bool) -> None:
        super().__init__(data, initial={"role": Role.USER, "language": account.language})
        if not may_rank:
            del self.fields["role"]

    def clean_email(self) -> str:
        return plain_address(self.cleaned_data["email"])

    @property
    def wanted_role(self) -> Membership.Role:
        return Role(self.cleaned_data.get("role", Role.USER))


class RightsForm(forms.Form):
    """What a person may do in the account: all of it, or some of its schedules."""

    role = forms.ChoiceField(
        label=gettext_lazy("This person is"),
        choices=[
            (Role.USER, gettext_lazy("A user, who books for themselves")),
            (Role.SUPERUSER, gettext_lazy("A superuser of the whole account")),
        ],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose what this person is.")),
    )
    schedules = forms.MultipleChoiceField(
        label=gettext_lazy("Superuser just for these schedules"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": gettext_lazy("One of these schedules is not there any more. Choose again."),
            "invalid_list": gettext_lazy("One of these schedules is not there any more. Choose again."),
        },
    )

    def __init__(self, data: Any = None, *, person: Membership, schedules: Iterable[Schedule]) -> None:
        self.every = {str(schedule.pk): schedule for schedule in schedules}
        held = [str(each.schedule_id) for each in person.supervisions.all()]
        super().__init__(data, initial={"role": person.role, "schedules": held})
        field = self.fields["schedules"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(key, schedule.name) for key, schedule in self.every.items()]

    @property
    def chosen(self) -> list[Schedule]:
        return [self.every[key] for key in self.cleaned_data["schedules"]]


class GroupsForm(forms.Form):
    """The groups that one person is in."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("In these groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"),
            gettext_lazy("One of these groups is not there any more. Choose again."),
        ),
    )

    def __init__(self, data: Any = None, *, groups: Iterable[Group], held: Iterable[Group]) -> None:
        super().__init__(data, initial={"groups": [str(group.pk) for group in held]})
        field = self.fields["groups"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(group.pk), group.name) for group in groups]

    @property
    def chosen(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["groups"]]


class GroupForm(forms.Form):
    """The name of a group."""

    name = forms.CharField(
        label=gettext_lazy("Name of the group"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Enter a name for the group"),
            "max_length": gettext_lazy("Enter a name of 60 characters at most"),
        },
    )


class KnownPersonForm(forms.Form):
    """The login name or address of somebody who is a user already: to be in a group, or superuser of a schedule."""

    person = forms.CharField(
        label=gettext_lazy("Login name or email address of a user"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Enter a login name or an email address."),
            "max_length": gettext_lazy("Nobody here has such a long name."),
        },
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person in the list."""

    pk: int
    name: str
    email: str
    rank: str
    is_blocked: bool


def line_of(person: Membership) -> Line:
    return Line(
        pk=person.pk,
        name=person.called,
        email=person.user.email,
        rank=rank_words(person),
        is_blocked=person.role == Role.BLOCKED,
    )


def rank_words(person: Membership) -> str:
    """Say what a person is, and of which schedules."""
    supervised = [each.schedule.name for each in person.supervisions.all()]
    if person.role == Role.USER and supervised:
        return gettext("Superuser of {schedules}").format(schedules=", ".join(supervised))
    return str(person.get_role_display())


@dataclass(frozen=True, kw_only=True)
class Invited:
    """One open invitation in the list."""

    pk: int
    email: str
    role: str
    state: str


def invited_of(invitation: Invitation, *, now: datetime) -> Invited:
    return Invited(
        pk=invitation.pk,
        email=invitation.email,
        role=str(invitation.get_role_display()),
        state=_state(invitation, now=now),
    )


def _state(invitation: Invitation, *, now: datetime) -> str:
    zone = invitation.account.time_zone
    if invitation.expires_at <= now:
        return gettext("Expired on {when}").format(when=phrases.moment(invitation.expires_at, zone))
    if invitation.sent_at is not None:
        return gettext("Sent on {when}").format(when=phrases.moment(invitation.sent_at, zone))
    return gettext("Being sent") if invitation.due_at else gettext("The mail could not be sent")


def history_lines(entries: Iterable[AuditEntry], *, time_zone: str) -> list[dict[str, str]]:
    """Return what was done, when and by whom, as the page shows it."""
    return [
        {
            "at": phrases.moment(entry.at, time_zone),
            "what": str(entry.get_verb_display()),
            "about": right_phrases.changed(entry.fields) if entry.verb == AuditEntry.Verb.RANKED else "",
            "who": entry.membership.called if entry.membership else str(entry.get_actor_display()),
        }
        for entry in entries
    ]
