"""Zoom's consent page, its token endpoint and its revocation."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlencode

from sandbox.messages import Answer, Request
from sandbox.vendor import Clock
from sandbox.zoom import pages
from sandbox.zoom.errors import oauth_error
from sandbox.zoom.state import ACCESS_TOKEN_LIFE, CODE_LIFE, USERS, Code, Grant, ZoomState


class OAuth:
    """Asks people and hands out tokens.

    `scopes` are those of the application, given whole with each consent. Any application is known here, under any
    secret, unless `client_secret` names the right one.
    """

    def __init__(self, state: ZoomState, clock: Clock, scopes: list[str]) -> None:
        self._state = state
        self._clock = clock
        self.scopes = scopes
        self.client_secret = ""

    def ask(self, request: Request) -> Answer:
        """Show the consent page, or say what is wrong with the address that led here."""
        problem = _problem_with(request.query)
        if problem:
            return pages.error_page(request.language(), problem)
        return pages.consent_page(request.language(), list(USERS.values()), request.query)

    def decide(self, request: Request) -> Answer:
        """Send the person back to the client, with a code or with a refusal."""
        form = request.form()
        problem = _problem_with(form)
        if problem:
            return pages.error_page(request.language(), problem)
        if form.get("decision") != "allow" or form.get("user") not in USERS:
            return _back(form, error="access_denied")
        code = secrets.token_urlsafe(24)
        self._state.codes[code] = Code(
            user_id=form["user"],
            client_id=form["client_id"],
            redirect_uri=form["redirect_uri"],
            challenge=form.get("code_challenge", ""),
            expires_at=self._clock() + CODE_LIFE,
        )
        return _back(form, code=code)

    def token(self, request: Request) -> Answer:
        client_id = self._client_of(request)
        if not client_id:
            return oauth_error("invalid_client", "Invalid client_id or client_secret", 401)
        form = request.form()
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(client_id, form)
            case "refresh_token":
                return self._refresh(client_id, form.get("refresh_token", ""))
            case "account_credentials":
                return self._serve(client_id, form.get("account_id", ""))
            case _:
                return oauth_error("unsupported_grant_type", "The grant type is not supported.")

    def revoke(self, request: Request) -> Answer:
        """Withdraw a grant by any of its access tokens."""
        if not self._client_of(request):
            return oauth_error("invalid_client", "Invalid client_id or client_secret", 401)
        grant = self._state.grant_of(request.form().get("token", ""))
        if grant is None:
            return oauth_error("invalid_request", "Invalid Token!")
        self._state.grants.remove(grant)
        return Answer.of_json(200, {"status": "success"})

    def _client_of(self, request: Request) -> str:
        """Return the application that asks, "" if it does not prove to be one."""
        client_id, secret = request.basic_credentials()
        return client_id if secret and secret == (self.client_secret or secret) else ""

    def _redeem(self, client_id: str, form: dict[str, str]) -> Answer:
        code = self._state.codes.pop(form.get("code", ""), None)
        if code is None or code.client_id != client_id or code.expires_at <= self._clock():
            return oauth_error("invalid_grant", "Invalid authorization code.")
        if form.get("redirect_uri") != code.redirect_uri:
            return oauth_error("invalid_request", "Redirect URI mismatch.")
        if code.challenge and _challenge_of(form.get("code_verifier", "")) != code.challenge:
            return oauth_error("invalid_grant", "The code verifier does not fit.")
        grant = Grant(user_id=code.user_id, client_id=code.client_id, scopes=list(self.scopes))
        self._state.authorize(grant)
        return self._tokens(grant)

    def _refresh(self, client_id: str, refresh_token: str) -> Answer:
        grant = self._state.grant_refreshed_by(refresh_token)
        if grant is None or grant.client_id != client_id:
            return oauth_error("invalid_grant", "Invalid Token!")
        return self._tokens(grant)

    def _serve(self, client_id: str, account_id: str) -> Answer:
        """Give a server-to-server application a token for its account's owner. There is nothing to refresh."""
        owner = next((user for user in USERS.values() if user.account_id == account_id), None)
        if owner is None:
            return oauth_error("invalid_request", "Invalid account_id")
        grant = Grant(user_id=owner.id, client_id=client_id, scopes=[f"{scope}:admin" for scope in self.scopes])
        self._state.grants.append(grant)
        value = {
            "access_token": grant.renew(self._clock()),
            "token_type": "bearer",
            "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
            "scope": " ".join(grant.scopes),
            "api_url": "https://api.zoom.us",
        }
        return Answer.of_json(200, value, {"Cache-Control": "no-store"})

    def _tokens(self, grant: Grant) -> Answer:
        value = {
            "access_token": grant.renew(self._clock()),
            "token_type": "bearer",
            "refresh_token": grant.refresh_token,
            "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()) - 1,
            "scope": " ".join(grant.scopes),
            "api_url": "https://api.zoom.us",
        }
        return Answer.of_json(200, value, {"Cache-Control": "no-store"})


def _problem_with(values: Mapping[str, str]) -> str:
    """Return what is wrong with a request for consent, "" if nothing."""
    if not values.get("client_id"):
        return "Invalid client_id (4,702)"
    if not values.get("redirect_uri", "").startswith(("http://", "https://")):
        return "Invalid redirect (4,700)"
    if values.get("response_type") != "code":
        return "Invalid response_type (4,705)"
    if "scope" in values:
        return "Invalid scope (4,700)"
    return ""


def _back(form: dict[str, str], **result: str) -> Answer:
    joint = "&" if "?" in form["redirect_uri"] else "?"
    state = {"state": form["state"]} if form.get("state") else {}
    return Answer.of_redirect(form["redirect_uri"] + joint + urlencode(result | state))


def _challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
