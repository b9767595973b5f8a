"""The log-in page, which knows where somebody was going."""

import re
from typing import Any

from allauth.account.views import LoginView
from django.urls import reverse

from convoca.booking.models import Account

OF_AN_ACCOUNT = re.compile(r"/(?:my|schedule)/(?P<name>[A-Za-z0-9][A-Za-z0-9_-]{0,59})(?:[/?].*)?", re.DOTALL)


class LogIn(LoginView):  # type: ignore[misc]
    """Offers to sign up where the account that somebody was going to takes people in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sign_up": _sign_up_address(str(context.get("redirect_field_value") or ""))}


def _sign_up_address(going_to: str) -> str:
    """Return where people sign up for the account to whose page `going_to` leads; empty if they cannot."""
    found = OF_AN_ACCOUNT.fullmatch(going_to)
    if found is None:
        return ""
    account = Account.objects.filter(name=found["name"]).first()
    return reverse("account_join", args=[account.name]) if account and account.takes_people_in else ""
