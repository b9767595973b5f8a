"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves yet: an owner is made with the installation."""

    # Named here so that our catalogue has them: the library's own Spanish does not say "tú".
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The email address and/or password you specified are not correct."),
        "too_many_login_attempts": _("Too many failed login attempts. Try again later."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """Count wrong passwords for a log-in, whatever host the request named.

        allauth counts them for each host and port, and a browser may name any port: each one would give five guesses.
        """
        return credentials.get("email", "").lower()

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the address under which people reach us, whatever host the request named."""
        person, _, rest = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": person, "key": rest})
        return f"{settings.BASE_URL}{path}"
