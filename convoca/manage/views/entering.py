"""The log-in page, which knows where somebody was going, and the ways in besides a password."""

import re
from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.urls import reverse

from convoca.booking.models import Account
from convoca.manage.proving import passkeys_work

OF_AN_ACCOUNT = re.compile(r"/(?:my|schedule)/(?P<name>[A-Za-z0-9][A-Za-z0-9_-]{0,59})(?:[/?].*)?", re.DOTALL)


class LogIn(LoginView):  # type: ignore[misc]
    """Offers to sign up where the account that somebody was going to takes people in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        going_to = str(context.get("redirect_field_value") or "")
        return context | {"sign_up": _sign_up_address(going_to), "passkeys_work": passkeys_work()}


class LogInByPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """Takes a passkey's answer. A browser without one is led to the log-in page."""


def _sign_up_address(going_to: str) -> str:
    """Return where people sign up for the account to whose page `going_to` leads; empty if they cannot."""
    found = OF_AN_ACCOUNT.fullmatch(going_to)
    if found is None:
        return ""
    account = Account.objects.filter(name=found["name"]).exclude(sign_up=Account.SignUp.INVITATION).first()
    return reverse("account_join", args=[account.name]) if account else ""
