"""The log-in page, which knows where somebody was going, and the ways in besides a password."""

import re
from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csp import csp_override

from convoca.booking.models import Account
from convoca.booking.operations.accepting import takes_accounts
from convoca.manage.csp import TO_VENDORS
from convoca.manage.google_log_in import is_offered
from convoca.manage.proving import passkeys_work

OF_AN_ACCOUNT = re.compile(r"/(?:my|schedule)/(?P<name>[A-Za-z0-9][A-Za-z0-9_-]{0,59})(?:[/?].*)?", re.DOTALL)


class LogIn(LoginView):  # type: ignore[misc]
    """Offers to sign up where the account that somebody was going to takes people in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        going_to = str(context.get("redirect_field_value") or "")
        offered = {"passkeys_work": passkeys_work(), "google": is_offered(), "takes_accounts": takes_accounts()}
        return context | {"sign_up": _sign_up_address(going_to)} | offered

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponseBase:
        """Let the form of Google's button lead to Google, where there is one."""
        render: Any = super().render_to_response
        if context["google"]:
            render = csp_override(TO_VENDORS)(render)
        answer: HttpResponseBase = render(context, **kwargs)
        return answer


class LogInByPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """Takes a passkey's answer. A browser without one is led to the log-in page."""


def _sign_up_address(going_to: str) -> str:
    """Return where people sign up for the account to whose page `going_to` leads; empty if they cannot."""
    found = OF_AN_ACCOUNT.fullmatch(going_to)
    if found is None:
        return ""
    account = Account.objects.filter(name=found["name"]).first()
    return reverse("account_join", args=[account.name]) if account and account.takes_people_in else ""
