"""What people type about their own log-in, and how its page shows it."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from convoca.booking.models import User
from convoca.manage.joining import password_field
from convoca.manage.people import EMAIL_WRONG, LONGEST_EMAIL, plain_address

Type = Authenticator.Type


class PasswordForm(forms.Form):
    """A new password; whoever has one shows first that they know it."""

    current = forms.CharField(
        label=gettext_lazy("Your password now"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Enter your password")},
    )
    password = password_field()

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.fields["password"].label = gettext("New password")
        if not user.has_usable_password():
            del self.fields["current"]

    def clean_current(self) -> str:
        if not self.user.check_password(self.cleaned_data["current"]):
            raise forms.ValidationError(gettext("That is not your password."))
        return ""

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            validate_password(password, self.user)
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from error
        return password


class AddressForm(forms.Form):
    """The address with which somebody wants to log in from now on."""

    email = forms.EmailField(
        label=gettext_lazy("New email address"),
        max_length=LONGEST_EMAIL,
        error_messages=EMAIL_WRONG,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_email(self) -> str:
        email = plain_address(self.cleaned_data["email"])
        if email.lower() == self.user.email:
            raise forms.ValidationError(gettext("You log in with this address already."))
        return email


def ways_in(user: User) -> dict[str, Any]:
    """Return the person's passkeys, their app, and how many recovery codes are left; by the names of the page."""
    kept = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    app = next((each for each in kept if each.type == Type.TOTP), None)
    codes = next((each.wrap() for each in kept if each.type == Type.RECOVERY_CODES), None)
    return {
        "passkeys": [each for each in kept if each.type == Type.WEBAUTHN],
        "app": app,
        "codes_left": len(codes.get_unused_codes()) if app and codes else 0,
    }


def has_passkey(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).exists())
