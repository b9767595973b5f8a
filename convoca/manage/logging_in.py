"""What people type to log in, and when they have forgotten their password: allauth's forms, with our sentences.

Each says what is missing, so that two of them at the top of a page are not the same words twice.
"""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django.utils.translation import gettext_lazy

from convoca.manage.people import EMAIL_WRONG


class LogInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].error_messages |= EMAIL_WRONG
        self.fields["password"].error_messages["required"] = gettext_lazy("Enter your password")


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].error_messages |= EMAIL_WRONG


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].error_messages["required"] = gettext_lazy("Choose a password")
        self.fields["password2"].error_messages["required"] = gettext_lazy("Enter the new password once more")
