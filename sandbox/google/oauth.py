"""Google's consent page, its token endpoint, its revocation, and who it was."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from sandbox.google import pages
from sandbox.google.errors import oauth_error
from sandbox.google.openid import id_token
from sandbox.google.scopes import EMAIL, OPENID, PROFILE, TICKABLE, spelled_out
from sandbox.google.state import ACCESS_TOKEN_LIFE, CODE_LIFE, USERS, Code, GoogleState, Grant
from sandbox.messages import Answer, Request
from sandbox.vendor import Clock

# While an application is in test mode its refresh tokens die after this time.
TEST_MODE_LIFE: Final = timedelta(days=7)


class OAuth:
    """Asks people and hands out tokens.

    Any application is known here, under any secret, unless `client_secret` names the right one. `test_mode`: the
    application was never published. `email_verified`: whether it has seen that people's addresses are theirs.
    """

    def __init__(self, state: GoogleState, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self.client_secret = ""
        self.test_mode = False
        self.email_verified = True

    def ask(self, request: Request) -> Answer:
        """Show the consent page, or say what is wrong with the address that led here."""
        problem = _problem_with(request.query)
        if problem:
            return pages.error_page(request.language(), problem)
        return pages.consent_page(request.language(), list(USERS.values()), request.query, _scopes_in(request.query))

    def decide(self, request: Request) -> Answer:
        """Send the person back to the client, with a code or with a refusal."""
        form = request.form()
        problem = _problem_with(form)
        if problem:
            return pages.error_page(request.language(), problem)
        if form.get("decision") != "allow" or form.get("user") not in USERS:
            return _back(form, error="access_denied")
        scopes = [each for each in _scopes_in(form) if each not in TICKABLE or pages.box_name(each) in form]
        code = f"4/{secrets.token_urlsafe(48)}"
        before = self._state.grant_between(form["user"], form["client_id"])
        self._state.codes[code] = Code(
            user_id=form["user"],
            client_id=form["client_id"],
            redirect_uri=form["redirect_uri"],
            challenge=form.get("code_challenge", ""),
            scopes=scopes,
            is_offline=form.get("access_type") == "offline" and (before is None or form.get("prompt") == "consent"),
            expires_at=self._clock() + CODE_LIFE,
            nonce=form.get("nonce", ""),
        )
        return _back(form, code=code, scope=" ".join(map(spelled_out, scopes)))

    def token(self, request: Request) -> Answer:
        form = request.form()
        client_id = self._client_of(request, form)
        if not client_id:
            return oauth_error("invalid_client", "The OAuth client was not found.", 401)
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(client_id, form)
            case "refresh_token":
                return self._refresh(client_id, form.get("refresh_token", ""))
            case other:
                return oauth_error("unsupported_grant_type", f"Invalid grant_type: {other}")

    def revoke(self, request: Request) -> Answer:
        """Withdraw a grant by either of its tokens."""
        token = request.form().get("token", "") or request.query.get("token", "")
        grant = self._state.grant_of(token) or self._state.grant_refreshed_by(token)
        if grant is None:
            return oauth_error("invalid_token", "Token expired or revoked")
        self._state.withdraw(grant)
        return Answer.of_json(200, {})

    def userinfo(self, request: Request) -> Answer:
        grant = self.grant_at_work(request)
        if grant is None:
            return oauth_error("invalid_request", "Invalid Credentials", 401)
        if OPENID not in grant.scopes:
            return oauth_error("insufficient_scope", "Insufficient Permission", 403)
        user = USERS[grant.user_id]
        value = {"sub": user.id, "email": user.email, "email_verified": self.email_verified}
        return Answer.of_json(200, value if EMAIL in grant.scopes else {"sub": user.id})

    def grant_at_work(self, request: Request) -> Grant | None:
        """Return the grant behind a call, None if its access token has expired or never was one."""
        token = request.bearer_token()
        grant = self._state.grant_of(token)
        return grant if grant is not None and grant.access_tokens[token] > self._clock() else None

    def _client_of(self, request: Request, form: Mapping[str, str]) -> str:
        """Return the application that asks, "" if it does not prove to be one; the proof may stand in the form."""
        client_id, secret = request.basic_credentials()
        client_id, secret = client_id or form.get("client_id", ""), secret or form.get("client_secret", "")
        return client_id if secret and secret == (self.client_secret or secret) else ""

    def _redeem(self, client_id: str, form: dict[str, str]) -> Answer:
        code = self._state.codes.pop(form.get("code", ""), None)
        if code is None or code.client_id != client_id or code.expires_at <= self._clock():
            return oauth_error("invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect_uri:
            return oauth_error("redirect_uri_mismatch", "Bad Request")
        if code.challenge and _challenge_of(form.get("code_verifier", "")) != code.challenge:
            return oauth_error("invalid_grant", "Invalid code verifier.")
        grant = self._granted(code)
        return self._tokens(grant, new_refresh_token=code.is_offline, code=code)

    def _granted(self, code: Code) -> Grant:
        """Return the grant, made or widened: what was granted once stays granted until it is revoked."""
        scopes = list(map(spelled_out, code.scopes))
        grant = self._state.grant_between(code.user_id, code.client_id)
        if grant is None:
            grant = Grant(user_id=code.user_id, client_id=code.client_id, scopes=[], consented_at=self._clock())
            self._state.grants.append(grant)
        grant.scopes = list(dict.fromkeys([*grant.scopes, *scopes]))
        grant.consented_at = self._clock()
        return grant

    def _refresh(self, client_id: str, refresh_token: str) -> Answer:
        """Give a new access token. The refresh token stays as it is and is not told again."""
        grant = self._state.grant_refreshed_by(refresh_token)
        if grant is None or grant.client_id != client_id or self._has_died(grant):
            return oauth_error("invalid_grant", "Token has been expired or revoked.")
        return self._tokens(grant, new_refresh_token=False)

    def _has_died(self, grant: Grant) -> bool:
        return self.test_mode and self._clock() - grant.consented_at >= TEST_MODE_LIFE

    def _tokens(self, grant: Grant, *, new_refresh_token: bool, code: Code | None = None) -> Answer:
        now: datetime = self._clock()
        value: dict[str, Any] = {
            "access_token": grant.new_access_token(now),
            "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()) - 1,
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
        }
        if new_refresh_token:
            grant.refresh_tokens.append(f"1//{secrets.token_urlsafe(64)}")
            value["refresh_token"] = grant.refresh_tokens[-1]
        if self.test_mode:
            left = grant.consented_at + TEST_MODE_LIFE - now
            value["refresh_token_expires_in"] = max(0, int(left.total_seconds()) - 1)
        if code is not None and OPENID in code.scopes:
            value["id_token"] = self._identity(code, now)
        return Answer.of_json(200, value, {"Cache-Control": "no-store"})

    def _identity(self, code: Code, now: datetime) -> str:
        asked = list(map(spelled_out, code.scopes))
        return id_token(
            USERS[code.user_id],
            client_id=code.client_id,
            nonce=code.nonce,
            with_email=EMAIL in asked,
            with_name=PROFILE in asked,
            is_verified=self.email_verified,
            now=now,
        )


def _scopes_in(values: Mapping[str, str]) -> list[str]:
    return values.get("scope", "").split()


def _problem_with(values: Mapping[str, str]) -> str:
    """Return what is wrong with a request for consent, "" if nothing."""
    if not values.get("client_id"):
        return "Error 401: invalid_client"
    if not values.get("redirect_uri", "").startswith(("http://", "https://")):
        return "Error 400: redirect_uri_mismatch"
    if values.get("response_type") != "code":
        return "Error 400: unsupported_response_type"
    known = (*TICKABLE, OPENID, "email", EMAIL, "profile", PROFILE)
    if unknown := [each for each in _scopes_in(values) if each not in known]:
        return f"Error 400: invalid_scope {unknown}"
    return "" if values.get("scope") else "Error 400: invalid_request Missing required parameter: scope"


def _back(form: dict[str, str], **result: str) -> Answer:
    joint = "&" if "?" in form["redirect_uri"] else "?"
    state = {"state": form["state"]} if form.get("state") else {}
    return Answer.of_redirect(form["redirect_uri"] + joint + urlencode(state | result))


def _challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
