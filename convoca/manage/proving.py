"""How people prove who they are besides by a password: passkeys, and codes of an app. How allauth's mfa behaves."""

from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from convoca.booking.models import Sealed, User

# Pixels for each square of the code that an app reads off the screen.
QR_SCALE = 5
LONGEST_NAME = 60
Type = Authenticator.Type


class ProvingAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed with the keys that seal all others; the installation is named as people reach it."""

    # Named here so that our catalogue has them: the library's own Spanish does not say "tú".
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That did not work. Try again."),
    }

    def encrypt(self, text: str) -> str:
        return Sealed.seal(text).ciphertext

    def decrypt(self, encrypted_text: str) -> str:
        return Sealed(encrypted_text).open()

    def get_totp_issuer(self) -> str:
        return f"Convoca ({_host()})"

    def build_totp_svg(self, url: str) -> str:
        # Nothing of anybody's is in it: the library draws squares.
        drawn: str = segno.make(url, error="m").svg_inline(scale=QR_SCALE, svgclass="qr", lineclass=None)
        return drawn

    def generate_authenticator_name(self, user: User, type: str) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey {number}").format(number=number)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return who asks for passkeys, whatever host the request named."""
        return {"id": _host(), "name": "Convoca"}


class PasswordStage(AuthenticateStage):  # type: ignore[misc]
    """After a password, a code is asked of whoever has an app for it.

    A passkey is another way in: having one makes no log-in by password ask for more.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        return bool(is_mfa_enabled(user, [Type.TOTP])) and not did_use_passwordless_login(request, user)


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app. Until it is proven the secret waits in the person's session, sealed."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        # Not the library's own: that leaves the secret in the session in the clear.
        forms.Form.__init__(self, *args, **kwargs)
        self.secret = self._waiting() or self._fresh()

    def _waiting(self) -> str:
        """Return the secret that was shown; a page that is asked for anew shows it again."""
        return Sealed(context.request.session.get(SECRET_SESSION_KEY, "")).open()

    def _fresh(self) -> str:
        secret: str = generate_totp_secret()
        context.request.session[SECRET_SESSION_KEY] = Sealed.seal(secret).ciphertext
        return secret


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey and its name. It must be one that knows its owner by itself: a finger, a face, a PIN."""

    def clean(self) -> dict[str, Any]:
        _require_object(self.cleaned_data)
        self.cleaned_data["passwordless"] = True
        cleaned: dict[str, Any] = super().clean()
        cleaned["name"] = cleaned.get("name", "")[:LONGEST_NAME]
        return cleaned


class PasskeyLogInForm(LoginWebAuthnForm):  # type: ignore[misc]
    """What a passkey answers to whoever logs in with it."""

    def clean_credential(self) -> Authenticator:
        _require_object(self.cleaned_data)
        found: Authenticator = super().clean_credential()
        if not found.user.is_active:
            raise forms.ValidationError(ProvingAdapter.error_messages["incorrect_code"])
        return found


def _require_object(cleaned: dict[str, Any]) -> None:
    """Refuse what no browser sends; the library would look for names in it."""
    answer = cleaned.get("credential", {})
    if not isinstance(answer, dict) or not isinstance(answer.get("response", {}), dict):
        raise forms.ValidationError(ProvingAdapter.error_messages["incorrect_code"])


def passkeys_work() -> bool:
    """Say whether browsers make passkeys for this installation: they do over https, and on this computer."""
    return settings.BASE_URL.startswith("https://") or _host() == "localhost"


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"
