"""The forms of Configure > Access and of Access Control."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Account, Audience, Changes, Schedule, Visibility
from convoca.booking.operations.access import Access
from convoca.booking.questions.permissions import Contradiction
from convoca.manage import people_phrases as phrases

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.ASCII)
CHOOSE = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of these."))

# Beside which choice a contradiction is told.
WHERE = {Contradiction.BOOKS_UNSEEN: "who_books"}


class AccessForm(forms.Form):
    """Who sees a schedule, who books on it, whose bookings users change, and what they see of others'."""

    who_sees = forms.ChoiceField(
        label=gettext_lazy("Who can see the schedule?"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    who_books = forms.ChoiceField(choices=Audience.choices, widget=forms.RadioSelect, error_messages=CHOOSE)
    who_changes = forms.ChoiceField(
        label=gettext_lazy("Which bookings can users change and cancel?"),
        choices=Changes.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    others_see = forms.ChoiceField(
        label=gettext_lazy("What do users see of the bookings of others?"),
        choices=Visibility.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def __init__(self, data: Any = None, *, schedule: Schedule) -> None:
        super().__init__(data, initial={name: getattr(schedule, name) for name in self.base_fields})
        self.fields["who_books"].label = (
            gettext("Once you have made a slot, who can sign up?") if schedule.is_capacity else gettext("Who can book?")
        )

    @property
    def access(self) -> Access:
        """The choices of a valid form."""
        said = self.cleaned_data
        return Access(
            who_sees=Audience(said["who_sees"]),
            who_books=Audience(said["who_books"]),
            who_changes=Changes(said["who_changes"]),
            others_see=Visibility(said["others_see"]),
        )

    def contradict(self, found: tuple[Contradiction, ...]) -> None:
        """Say beside the choices what cannot be meant together."""
        for contradiction in found:
            self.add_error(WHERE[contradiction], phrases.contradiction(contradiction))


class SuperuserForm(forms.Form):
    """The login name or address of a user who becomes superuser of one schedule."""

    person = forms.CharField(
        label=gettext_lazy("Login name or email address of a user"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Enter a login name or an email address."),
            "max_length": gettext_lazy("Nobody here has such a long name."),
        },
    )


class RegistrationForm(forms.Form):
    """Who becomes a user by themselves, and what superusers may do to users."""

    sign_up = forms.ChoiceField(
        label=gettext_lazy("Who can register?"),
        choices=Account.SignUp.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    sign_up_domain = forms.CharField(
        label=gettext_lazy("Your domain"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "What stands behind the @ in your addresses: example.com. It counts for the second choice."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    superusers_may = forms.ChoiceField(
        label=gettext_lazy("What can superusers of the whole account do to users?"),
        choices=Account.SuperusersMay.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def clean_sign_up_domain(self) -> str:
        domain = str(self.cleaned_data["sign_up_domain"]).strip().removeprefix("@").lower()
        if domain and not DOMAIN.fullmatch(domain):
            raise forms.ValidationError(gettext("Enter only what stands behind the @, like example.com."))
        return domain

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        wants_domain = cleaned.get("sign_up") == Account.SignUp.DOMAIN
        if wants_domain and not cleaned.get("sign_up_domain") and "sign_up_domain" not in self.errors:
            self.add_error("sign_up_domain", gettext("Enter the domain whose addresses may register."))
        return cleaned


def registration_of(account: Account) -> dict[str, str]:
    """Return the account's present choices, as the form has them."""
    return {
        "sign_up": account.sign_up,
        "sign_up_domain": account.sign_up_domain,
        "superusers_may": account.superusers_may,
    }
