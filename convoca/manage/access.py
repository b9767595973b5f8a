"""The forms of Configure > Access and of Access Control."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import Account, Audience, Changes, Group, Schedule, ScheduleGroup, Visibility
from convoca.booking.operations.access import Access, Registration
from convoca.booking.questions.permissions import Contradiction
from convoca.booking.spoken import SpokenForm
from convoca.core.network import read_networks
from convoca.manage import people_phrases as phrases

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.ASCII)
SHORTEST_PASSWORD = 8
CHOOSE = dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of these."))

# Beside which choice a contradiction is told, and beside which groups, if there are any.
WHERE = {
    Contradiction.NOBODY_SEES: ("who_sees", "groups_that_see"),
    Contradiction.NOBODY_BOOKS: ("who_books", "groups_that_book"),
    Contradiction.BOOKS_UNSEEN: ("who_books", ""),
    Contradiction.CHANGES_UNSEEN: ("who_changes", ""),
    Contradiction.CHANGES_UNBOOKED: ("who_changes", ""),
}

# Which choices each choice excludes, and why; the page's script lets nobody choose them meanwhile.
type Excluded = dict[str, tuple[Contradiction, dict[str, str]]]
BOOKS_EXCLUDED: Excluded = {
    Audience.ANYONE: (Contradiction.BOOKS_UNSEEN, {"who_sees": "users groups superusers"}),
    Audience.USERS: (Contradiction.BOOKS_UNSEEN, {"who_sees": "groups superusers"}),
    Audience.GROUPS: (Contradiction.BOOKS_UNSEEN, {"who_sees": "superusers"}),
}
CHANGES_EXCLUDED: Excluded = {
    Changes.EVERYBODYS: (
        Contradiction.CHANGES_UNSEEN,
        {"others_see": "nothing times", "who_books": "superusers"},
    ),
}


class ExplainedRadios(forms.RadioSelect):
    """Radio buttons of which some exclude other choices of the form, and say why."""

    def __init__(self, excluded: Excluded | None = None) -> None:
        super().__init__()
        self.excluded = excluded or {}
        self.has_groups = True

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value in self.excluded:
            why, unless = self.excluded[value]
            option["reason"] = phrases.exclusion(why)
            option["attrs"]["data-unless"] = "; ".join(f"{field} {values}" for field, values in unless.items())
        if value == Audience.GROUPS and not self.has_groups:
            option["reason"], option["attrs"]["disabled"] = phrases.no_groups(), True
            option["attrs"].pop("data-unless", None)
        if "reason" in option:
            option["reason_id"] = f"{option['attrs']['id']}_reason"
            option["attrs"]["aria-describedby"] = option["reason_id"]
        return option


def groups_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("Of which groups?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_list"),
            gettext_lazy("One of these groups is not there any more. Choose again."),
        ),
    )


class AccessForm(SpokenForm):
    """Who sees a schedule, who books on it, whose bookings users change, and what they see of others'."""

    who_sees = forms.ChoiceField(
        label=gettext_lazy("Who can see the schedule?"),
        choices=Audience.choices,
        widget=ExplainedRadios,
        error_messages=CHOOSE,
    )
    groups_that_see = groups_field()
    who_books = forms.ChoiceField(
        choices=Audience.choices, widget=ExplainedRadios(BOOKS_EXCLUDED), error_messages=CHOOSE
    )
    groups_that_book = groups_field()
    who_changes = forms.ChoiceField(
        label=gettext_lazy("Which bookings can users change and cancel?"),
        choices=Changes.choices,
        widget=ExplainedRadios(CHANGES_EXCLUDED),
        error_messages=CHOOSE,
    )
    others_see = forms.ChoiceField(
        label=gettext_lazy("What do users see of the bookings of others?"),
        choices=Visibility.choices,
        widget=ExplainedRadios,
        error_messages=CHOOSE,
    )

    def __init__(self, data: Any = None, *, schedule: Schedule, groups: Iterable[Group]) -> None:
        choices = [(str(group.pk), group.name) for group in groups]
        super().__init__(data, initial=_access_of(schedule))
        for name in ("groups_that_see", "groups_that_book"):
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = choices
            if not choices:
                del self.fields[name]
        for name in ("who_sees", "who_books"):
            widget = self.fields[name].widget
            if isinstance(widget, ExplainedRadios):
                widget.has_groups = bool(choices)
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
            groups_that_see=frozenset(map(int, said.get("groups_that_see", ()))),
            groups_that_book=frozenset(map(int, said.get("groups_that_book", ()))),
        )

    def contradict(self, found: tuple[Contradiction, ...]) -> None:
        """Say beside the choices what cannot be meant together."""
        for contradiction in found:
            choice, groups = WHERE[contradiction]
            # Without groups there is nothing to tick, only a choice that means nobody.
            self.add_error(groups if groups in self.fields else choice, phrases.contradiction(contradiction))


def _access_of(schedule: Schedule) -> dict[str, Any]:
    """Return the schedule's present choices, as the form has them."""
    groups = ScheduleGroup.objects.filter(account=schedule.account_id, schedule=schedule)
    admitted = list(groups.values_list("purpose", "group_id"))
    return {
        "who_sees": schedule.who_sees,
        "who_books": schedule.who_books,
        "who_changes": schedule.who_changes,
        "others_see": schedule.others_see,
        "groups_that_see": [str(group) for purpose, group in admitted if purpose == ScheduleGroup.Purpose.SEES],
        "groups_that_book": [str(group) for purpose, group in admitted if purpose == ScheduleGroup.Purpose.BOOKS],
    }


class RegistrationForm(SpokenForm):
    """Who becomes a user by themselves, and what superusers may do to users."""

    sign_up = forms.ChoiceField(
        label=gettext_lazy("Who can register?"),
        choices=Account.SignUp.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    sign_up_password = forms.CharField(
        label=gettext_lazy("The password that you give out"),
        min_length=SHORTEST_PASSWORD,
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "For who registers with a password: at least 8 characters. Leave it empty to keep the one that there is."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "min_length": gettext_lazy("Use at least 8 characters: whoever guesses it becomes a user."),
            "max_length": gettext_lazy("Use at most 200 characters for the password."),
        },
    )
    sign_up_networks = forms.CharField(
        label=gettext_lazy("Addresses of your network"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"max_length": gettext_lazy("Use at most 500 characters: name whole networks.")},
    )
    sign_up_domain = forms.CharField(
        label=gettext_lazy("Your domain"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "For who registers with an address at your domain: what stands behind the @, as in example.com."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    superusers_may = forms.ChoiceField(
        label=gettext_lazy("What can superusers of the whole account do to users?"),
        choices=Account.SuperusersMay.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def __init__(self, data: Any = None, *, account: Account, address: str) -> None:
        super().__init__(data, initial=registration_of(account))
        self.has_password = bool(account.sign_up_password)
        self.fields["sign_up_networks"].help_text = gettext(
            "For who registers in your network: one or several, as in 192.0.2.0/24 2001:db8::/32. You are at {address}."
        ).format(address=address)

    @property
    def registration(self) -> Registration:
        """The choices of a valid form."""
        said = self.cleaned_data
        return Registration(
            sign_up=Account.SignUp(said["sign_up"]),
            superusers_may=Account.SuperusersMay(said["superusers_may"]),
            domain=said["sign_up_domain"],
            networks=said["sign_up_networks"],
            password=said["sign_up_password"],
        )

    def clean_sign_up_networks(self) -> str:
        try:
            return " ".join(map(str, read_networks(self.cleaned_data["sign_up_networks"])))
        except ValueError as error:
            raise forms.ValidationError(
                gettext("{text} is no network. Write it as in 192.0.2.0/24.").format(text=error.args[0])
            ) from error

    def clean_sign_up_domain(self) -> str:
        domain = str(self.cleaned_data["sign_up_domain"]).strip().removeprefix("@").lower()
        if domain and not DOMAIN.fullmatch(domain):
            raise forms.ValidationError(gettext("Enter only what stands behind the @, like example.com."))
        return domain

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        missing = {
            Account.SignUp.DOMAIN: ("sign_up_domain", gettext("Enter the domain whose addresses may register.")),
            Account.SignUp.NETWORK: ("sign_up_networks", gettext("Enter the network in which people register.")),
            Account.SignUp.PASSWORD: ("sign_up_password", gettext("Enter the password with which people register.")),
        }
        name, said = missing.get(cleaned.get("sign_up", ""), ("", ""))
        is_kept = name == "sign_up_password" and self.has_password
        if name and not cleaned.get(name) and name not in self.errors and not is_kept:
            self.add_error(name, said)
        return cleaned


def registration_of(account: Account) -> dict[str, str]:
    """Return the account's present choices, as the form has them."""
    return {
        "sign_up": account.sign_up,
        "sign_up_domain": account.sign_up_domain,
        "sign_up_networks": account.sign_up_networks,
        "superusers_may": account.superusers_may,
    }
