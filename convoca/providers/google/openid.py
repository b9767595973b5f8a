"""Who somebody is at Google, for a log-in (OpenID Connect, authorization code with PKCE).

<https://developers.google.com/identity/openid-connect/openid-connect>
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from convoca.providers import oauth
from convoca.providers.answers import read_int, read_text
from convoca.providers.contract import Application, Exchange, Json, NotAuthorized
from convoca.providers.google.api import authorize_url, token_url

SCOPES: Final = ("openid", "email")
# The second is what Google's tokens said at first, and its reference still names.
ISSUERS: Final = frozenset({"https://accounts.google.com", "accounts.google.com"})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One person at Google. The address may change, `subject` never; `owns_email`: Google saw that it is theirs."""

    subject: str
    email: str = ""
    owns_email: bool = False


def log_in_url(*, application: Application, state: str, nonce: str, code_challenge: str) -> str:
    """Return Google's page where somebody chooses which of their accounts they are."""
    asked = {"scope": " ".join(SCOPES), "nonce": nonce, "prompt": "select_account"}
    url = authorize_url(application)
    return oauth.consent_url(url, application=application, state=state, code_challenge=code_challenge, more=asked)


def who_logs_in(
    code: str, *, application: Application, code_verifier: str, nonce: str, now: datetime
) -> Exchange[Identity]:
    """Exchange the code for who it is. Raises NotAuthorized for a token that is not about this log-in, at this moment.

    Its signature need not be checked: it comes from Google itself, over a connection that proved to be Google's
    (OpenID Connect Core 1.0, section 3.1.3.7).
    """
    tokens = yield from oauth.redeem_code(
        token_url(application),
        code,
        application=application,
        code_verifier=code_verifier,
        usual_scopes=frozenset(SCOPES),
        dead_grant_codes=frozenset(),
        secret_in_form=True,
    )
    claims = _claims_in(tokens.id_token)
    subject = read_text(claims, "sub")
    is_ours = read_text(claims, "iss") in ISSUERS and claims.get("aud") == application.client_id
    is_now = (read_int(claims.get("exp")) or 0) > now.timestamp() and claims.get("nonce") == nonce
    if not (subject and is_ours and is_now):
        raise NotAuthorized("Google's answer is not about this log-in.")
    return Identity(subject=subject, email=read_text(claims, "email"), owns_email=claims.get("email_verified") is True)


def _claims_in(token: str) -> dict[str, Json]:
    """Return what a JSON Web Token says (RFC 7519); nothing if it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        read = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
