"""Whose Google account it is, what its grant allows, and how that is asked for and given back.

<https://developers.google.com/identity/protocols/oauth2/web-server>
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from convoca.providers import oauth
from convoca.providers.answers import is_success, read_object, read_text
from convoca.providers.contract import (
    Application,
    Exchange,
    ExternalUser,
    NotAuthorized,
    ProviderError,
    Request,
    Response,
    TokenExpired,
    Unreachable,
)
from convoca.providers.google.api import authorize_url, revoke_url, userinfo_url
from convoca.providers.google.errors import refusal
from convoca.providers.google.limits import TEST_MODE_LIFE

_AUTH: Final = "https://www.googleapis.com/auth/"
EVENTS: Final = _AUTH + "calendar.events"
CALENDAR_LIST: Final = _AUTH + "calendar.calendarlist.readonly"
FREE_BUSY: Final = _AUTH + "calendar.freebusy"
NEW_CALENDARS: Final = _AUTH + "calendar.app.created"
IDENTITY: Final = ("openid", "email")
# The least that each of our calls needs, and the wider scopes that cover it too: an owner may have granted them before.
# <https://developers.google.com/workspace/calendar/api/auth>
COVERED_BY: Final = {
    EVENTS: frozenset({EVENTS, _AUTH + "calendar", _AUTH + "calendar.events.owned"}),
    CALENDAR_LIST: frozenset(
        {CALENDAR_LIST, _AUTH + "calendar", _AUTH + "calendar.readonly", _AUTH + "calendar.calendarlist"}
    ),
    FREE_BUSY: frozenset(
        {FREE_BUSY, _AUTH + "calendar", _AUTH + "calendar.readonly", _AUTH + "calendar.events.freebusy"}
    ),
    NEW_CALENDARS: frozenset({NEW_CALENDARS, _AUTH + "calendar", _AUTH + "calendar.calendars"}),
}
SCOPES: Final = (*IDENTITY, *COVERED_BY)
# Google says when a test mode's token ends, or it dies this near to seven days after consent.
NEAR: Final = timedelta(hours=12)


def consent_url(*, application: Application, state: str, code_challenge: str) -> str:
    """Return Google's consent page.

    Only with `access_type=offline` is there a refresh token, and after a first consent only with `prompt=consent`.
    """
    asked = {
        "scope": " ".join(SCOPES),
        "access_type": "offline",
        "prompt": "consent",
        "include_granted_scopes": "true",
    }
    url = authorize_url(application)
    return oauth.consent_url(url, application=application, state=state, code_challenge=code_challenge, more=asked)


def revoke(token: str, *, application: Application) -> Exchange[None]:
    """Withdraw the whole grant; `token` is either of its tokens. One that Google no longer knows is a success."""
    response = yield Request(method="POST", url=revoke_url(application), form={"token": token})
    if is_success(response):
        return
    error = read_text(read_object(response) or {}, "error")
    if response.status == HTTPStatus.BAD_REQUEST and error in ("invalid_token", "invalid_grant"):
        return
    raise oauth.refusal(response, dead_grant_codes=frozenset())


def who_am_i(*, application: Application, token: str) -> Exchange[ExternalUser]:
    """Return the user whose token this is; the address may change, the id never."""
    headers = {"authorization": f"Bearer {token}"}
    response = yield Request(method="GET", url=userinfo_url(application), headers=headers)
    if not is_success(response):
        raise _unknown(response)
    answer = read_object(response) or {}
    # `sub` of OpenID Connect is called `id` by Google's older address of the same answer.
    user_id = read_text(answer, "sub", "id")
    if not user_id:
        raise Unreachable("Google's answer names no user.")
    return ExternalUser(id=user_id, email=read_text(answer, "email"))


def _unknown(response: Response) -> ProviderError:
    """Say why nobody is named. This address refuses as OAuth does (RFC 6750), not as the calendars do."""
    error = read_text(read_object(response) or {}, "error")
    if response.status == HTTPStatus.UNAUTHORIZED:
        return TokenExpired()
    if error == "insufficient_scope":
        return NotAuthorized(error, frozenset(IDENTITY))
    return refusal(response)


def missing_of(needed: tuple[str, ...], granted: frozenset[str]) -> frozenset[str]:
    """Return which of the scopes `needed` nothing in `granted` covers."""
    return frozenset(scope for scope in needed if not COVERED_BY[scope] & granted)


def died_of_test_mode(*, consented_at: datetime, lost_at: datetime) -> bool:
    """Say whether a grant was lost just when those of an application in test mode are: seven days after consent."""
    return abs(lost_at - consented_at - TEST_MODE_LIFE) <= NEAR
