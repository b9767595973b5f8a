"""OAuth 2.0 as every vendor speaks it (RFC 6749; PKCE, RFC 7636; revocation, RFC 7009): requests built, answers read.

Authlib knows how parameters are written; nothing here opens a socket or keeps a token.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oauth2.rfc6749.parameters import (
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from convoca.providers.answers import is_refusal, is_success, quote, read_int, read_object, read_text, throttled
from convoca.providers.contract import (
    Application,
    Exchange,
    Json,
    Misconfigured,
    NotAuthorized,
    OutcomeLost,
    ProviderError,
    Request,
    Response,
    Tokens,
    Unreachable,
)

# RFC 6749 section 5.2, and OpenID's names for "the owner must be asked again".
DEAD_GRANT_ERRORS: Final = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
# RFC 6749 section 5.1 only recommends to say it; an hour is what the vendors give.
DEFAULT_EXPIRES_IN: Final = 3600


def challenge_of(code_verifier: str) -> str:
    """Return the S256 challenge that goes with `code_verifier` (RFC 7636 section 4.2)."""
    challenge: str = create_s256_code_challenge(code_verifier)
    return challenge


def consent_url(
    authorize_url: str,
    *,
    application: Application,
    state: str,
    code_challenge: str,
    more: Mapping[str, str] | None = None,
) -> str:
    """Return the vendor's page where the owner is asked; it comes back to `application.redirect_uri` with `state`.

    `more` are the vendor's own parameters.
    """
    url: str = prepare_grant_uri(
        authorize_url,
        application.client_id,
        "code",
        redirect_uri=application.redirect_uri,
        state=state,
        code_challenge=code_challenge,
        code_challenge_method="S256",
        **(more or {}),
    )
    return url


def redeem_code(
    token_url: str,
    code: str,
    *,
    application: Application,
    code_verifier: str,
    usual_scopes: frozenset[str],
    dead_grant_codes: frozenset[int],
    secret_in_form: bool = False,
) -> Exchange[Tokens]:
    """Exchange the code for tokens. `usual_scopes` are granted if the answer names none (RFC 6749 section 5.1)."""
    form = _form_of("authorization_code", application.redirect_uri, code=code, code_verifier=code_verifier)
    response = yield _request(token_url, form, application, secret_in_form=secret_in_form)
    return _read_tokens(response, usual_scopes=usual_scopes, dead_grant_codes=dead_grant_codes)


def refresh(
    token_url: str,
    refresh_token: str,
    *,
    application: Application,
    dead_grant_codes: frozenset[int],
    secret_in_form: bool = False,
) -> Exchange[Tokens]:
    """Exchange the refresh token for new tokens.

    Raises OutcomeLost if the vendor says yes and its answer cannot be read: where tokens rotate, both are gone.
    """
    form = _form_of("refresh_token", "", refresh_token=refresh_token)
    response = yield _request(token_url, form, application, secret_in_form=secret_in_form)
    return _read_tokens(response, usual_scopes=frozenset(), dead_grant_codes=dead_grant_codes)


def token_for_account(
    token_url: str, *, application: Application, usual_scopes: frozenset[str], dead_grant_codes: frozenset[int]
) -> Exchange[Tokens]:
    """Return a token for the account that the application serves by itself (Zoom's `account_credentials`).

    What the vendor refuses is about the application, and the operator's to mend.
    """
    form = _form_of("account_credentials", "", account_id=application.account_id)
    response = yield _request(token_url, form, application)
    try:
        return _read_tokens(response, usual_scopes=usual_scopes, dead_grant_codes=dead_grant_codes)
    except NotAuthorized as refused:
        raise Misconfigured(refused.reason) from refused


def revoke(
    revoke_url: str, token: str, *, application: Application, dead_grant_codes: frozenset[int]
) -> Exchange[None]:
    """Withdraw the grant that `token` belongs to. One that the vendor no longer knows is a success."""
    response = yield _request(revoke_url, {"token": token}, application)
    if not is_success(response):
        reason = refusal(response, dead_grant_codes=dead_grant_codes)
        if not isinstance(reason, NotAuthorized):
            raise reason


def refusal(response: Response, *, dead_grant_codes: frozenset[int]) -> ProviderError:
    """Say what an answer other than success means; `dead_grant_codes` are the vendor's own numbers for a lost grant.

    Anything in JSON that is neither a dead grant nor a throttle is about our application at the vendor. A page of
    HTML comes from the edge of the vendor's network and says nothing about the grant.
    """
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        return throttled(response)
    answer = read_object(response)
    if answer is None or not is_refusal(response):
        return Unreachable(f"The token endpoint answered {response.status}.")
    error = read_text(answer, "error")
    words = quote(read_text(answer, "reason", "error_description", "message", "errorMessage") or error)
    if _names_dead_grant(error, words) or _number_in(answer) in dead_grant_codes:
        return NotAuthorized(words)
    return Misconfigured(words or f"The token endpoint answered {response.status}.")


def _names_dead_grant(error: str, words: str) -> bool:
    """Say whether the vendor's answer is about the grant itself.

    Zoom called a used refresh token `invalid_request` with the words "Invalid Token!" before August 2022. A redirect
    address that does not fit may come as `invalid_grant` too (RFC 6749 section 5.2), but consent would not mend it.
    """
    spoken = words.lower()
    if "redirect" in spoken:
        return False
    return error in DEAD_GRANT_ERRORS or (error == "invalid_request" and "invalid token" in spoken)


def _number_in(answer: dict[str, Json]) -> int | None:
    return next((n for name in ("code", "errorCode", "error") if (n := read_int(answer.get(name))) is not None), None)


def _form_of(grant_type: str, redirect_uri: str, **parameters: str) -> dict[str, str]:
    return dict(parse_qsl(prepare_token_request(grant_type, redirect_uri=redirect_uri, **parameters)))


def _request(url: str, form: dict[str, str], application: Application, *, secret_in_form: bool = False) -> Request:
    """Return a call that proves which application asks: in a header, or where a vendor wants it so in the form."""
    if secret_in_form:
        proof = {"client_id": application.client_id, "client_secret": application.client_secret}
        return Request(method="POST", url=url, form=form | proof)
    headers: dict[str, str] = {}
    try:
        encode_client_secret_basic(application, "POST", url, headers, "")
    except UnicodeEncodeError:
        raise Misconfigured("The client id or secret holds characters that no vendor gives out.") from None
    return Request(method="POST", url=url, headers=headers, form=form)


def _read_tokens(response: Response, *, usual_scopes: frozenset[str], dead_grant_codes: frozenset[int]) -> Tokens:
    if not is_success(response):
        raise refusal(response, dead_grant_codes=dead_grant_codes)
    answer = read_object(response) or {}
    access_token = read_text(answer, "access_token")
    if not access_token:
        raise OutcomeLost("The vendor granted tokens and they could not be read.")
    return Tokens(
        access_token=access_token,
        refresh_token=read_text(answer, "refresh_token"),
        expires_in=read_int(answer.get("expires_in")) or DEFAULT_EXPIRES_IN,
        refresh_expires_in=read_int(answer.get("refresh_token_expires_in")),
        scopes=frozenset(read_text(answer, "scope").split()) or usual_scopes,
        api_url=read_text(answer, "api_url"),
        id_token=read_text(answer, "id_token"),
    )
