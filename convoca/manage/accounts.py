"""How allauth behaves here."""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convoca.booking.mail.note import note_mail
from convoca.booking.models import User
from convoca.manage import log_in_mails

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up at the installation: people become users of an account, at its own address."""

    # Named here so that our catalogue has them: the library's own Spanish does not say "tú".
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The email address and/or password you specified are not correct."),
        "too_many_login_attempts": _("Too many failed login attempts. Try again later."),
        "incorrect_password": _("That is not your password."),
        "rate_limited": _("Too many attempts. Try again later."),
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

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Return a mail about a log-in, in the look of all our mails. Raises KeyError for one that we never send."""
        to = email if isinstance(email, str) else email[0]
        return note_mail(log_in_mails.NOTES[template_prefix](context), to=to, account=None)

    def get_login_stages(self) -> list[str]:
        """Return what a log-in goes through: a code, for whoever has an app for it."""
        return ["convoca.manage.proving.PasswordStage"]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """Return the ways in which somebody can prove that it is still they, in our words."""
        told = {
            "reauthenticate": gettext("Use your password"),
            "mfa_reauthenticate": gettext("Use a code"),
            "mfa_reauthenticate:webauthn": gettext("Use a passkey"),
        }
        found: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [each | {"description": told[each["id"]]} for each in found]

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell somebody that how they log in has changed. A mail server that is down undoes nothing of it."""
        try:
            self.send_mail(template_prefix, email or user.email, context or {})
        except Exception as error:
            log.warning("notice of a log-in not sent", user=user.pk, error=type(error).__name__)
