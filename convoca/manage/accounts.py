"""How allauth behaves here."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from convoca.booking.mail.note import Note, note_mail

FORGOTTEN = "account/email/password_reset_key"
UNKNOWN = "account/email/unknown_account"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up at the installation: people become users of an account, at its own address."""

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

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Return a mail about a log-in, in the look of all our mails. Raises KeyError for one that we never send."""
        notes = {FORGOTTEN: _forgotten, UNKNOWN: _unknown}
        to = email if isinstance(email, str) else email[0]
        return note_mail(notes[template_prefix](context), to=to, account=None)


def _forgotten(context: dict[str, Any]) -> Note:
    return Note(
        language=get_language() or "en",
        subject=gettext("Set a new password"),
        opening=gettext("Set a new password"),
        paragraphs=(
            gettext("Somebody, you we hope, asked for a new password for this address. Open this link to set one:"),
            gettext("If it was not you, do nothing: your password stays as it is."),
        ),
        button=gettext("Set a new password"),
        address=context["password_reset_url"],
        why=_why(),
    )


def _unknown(context: dict[str, Any]) -> Note:
    return Note(
        language=get_language() or "en",
        subject=gettext("Set a new password"),
        opening=gettext("There is no log-in for this address"),
        paragraphs=(
            gettext(
                "Somebody, you we hope, asked for a new password for this address. There is no log-in for it here."
            ),
            gettext("To book or to change an appointment, no log-in is needed: the link in your mail is enough."),
        ),
        why=_why(),
    )


def _why() -> str:
    sentence = gettext("You get this email because your address was entered at {host}.")
    return sentence.format(host=urlsplit(settings.BASE_URL).netloc)
