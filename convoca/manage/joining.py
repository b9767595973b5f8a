"""What people type who become users of an account."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.asking import PersonNameField, form_fields
from convoca.booking.models import Account, User
from convoca.booking.operations.joining import Joiner
from convoca.booking.questions.forms import sign_up_fields
from convoca.booking.questions.people import Knock
from convoca.booking.spoken import SpokenForm
from convoca.manage.people import EMAIL_WRONG, LONGEST_EMAIL, NAME_NEEDED, plain_address


def password_field() -> forms.CharField:
    """Return the field for the password of a new log-in."""
    return forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("At least 8 characters, and not one of the most common."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": gettext_lazy("Choose a password"),
            "max_length": gettext_lazy("Use at most 200 characters for the password."),
        },
    )


def check_password(form: forms.Form, *, email: str) -> None:
    """Refuse a new password that is too common, or too like the person's own name or address."""
    if "password" in form.cleaned_data:
        person = User(email=email, name=form.cleaned_data.get("name", ""))
        try:
            validate_password(form.cleaned_data["password"], person)
        except ValidationError as error:
            form.add_error("password", error)


def address_of(request: HttpRequest) -> str:
    """Return the address of the computer that asks; behind a proxy that is trusted, the one that it names."""
    return str(get_adapter().get_client_ip(request))


def ask_for_password(form: forms.Form, account: Account) -> None:
    """Let a form ask for the password that the account gives out, if it does."""
    if account.sign_up == Account.SignUp.PASSWORD:
        form.fields["shared_password"] = forms.CharField(
            label=gettext("Password to register"),
            max_length=200,
            strip=False,
            help_text=gettext("You have it from whoever runs this page. It is not the password of your log-in."),
            widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
            error_messages={"required": gettext("Enter the password that you were given.")},
        )


def knock_of(form: forms.Form, request: HttpRequest) -> Knock:
    """Return what a valid form and its request show."""
    return Knock(password=form.cleaned_data.get("shared_password", ""), address=address_of(request))


class SignUpForm(SpokenForm):
    """The address to which the link goes. `website` is a trap: people do not see it."""

    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        max_length=LONGEST_EMAIL,
        error_messages=EMAIL_WRONG,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    website = forms.CharField(required=False)

    def clean_email(self) -> str:
        return plain_address(self.cleaned_data["email"])

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("Leave this field empty."))
        return ""


class JoinForm(SpokenForm):
    """Who somebody with a log-in is in this account: their name, and what the account asks."""

    name = PersonNameField(
        label=gettext_lazy("Name"),
        error_messages=NAME_NEEDED | {"required": gettext_lazy("Enter your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = form_fields(sign_up_fields(account))
        self.fields.update(self.asked)

    @property
    def joiner(self) -> Joiner:
        """What a valid form says of the person."""
        return Joiner(name=self.cleaned_data["name"], details=self._details())

    def _details(self) -> Mapping[str, str]:
        return {key: str(self.cleaned_data[key]) for key in self.asked}


class NewLogInForm(JoinForm):
    """The same, and a password for a new log-in."""

    password = password_field()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.order_fields(["name", "password"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        check_password(self, email=self.email)
        return cleaned
