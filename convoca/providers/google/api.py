"""Where Google is and how its calendars are spoken to."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from convoca.providers.answers import is_success, read_object
from convoca.providers.contract import Application, Exchange, Json, Request, Unreachable
from convoca.providers.google.errors import refusal
from convoca.providers.google.limits import CALENDAR

AUTHORIZE_URL: Final = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URL: Final = "https://oauth2.googleapis.com/token"
REVOKE_URL: Final = "https://oauth2.googleapis.com/revoke"
USERINFO_URL: Final = "https://openidconnect.googleapis.com/v1/userinfo"
CALENDAR_URL: Final = "https://www.googleapis.com/calendar/v3"
MEET_HOSTS: Final = ("meet.google.com",)


def authorize_url(application: Application) -> str:
    return application.endpoints.get("google_auth") or AUTHORIZE_URL


def token_url(application: Application) -> str:
    return application.endpoints.get("google_token") or TOKEN_URL


def revoke_url(application: Application) -> str:
    return application.endpoints.get("google_revoke") or REVOKE_URL


def userinfo_url(application: Application) -> str:
    return application.endpoints.get("google_userinfo") or USERINFO_URL


def calendar_url(application: Application) -> str:
    return application.endpoints.get("google_calendar") or CALENDAR_URL


def calendar_request(
    method: str,
    path: str,
    *,
    application: Application,
    token: str,
    query: Mapping[str, str] | None = None,
    json: Mapping[str, Json] | None = None,
    etag: str = "",
) -> Request:
    """Return a call of Google Calendar in the name of the owner of `token`.

    With an `etag` it is refused if the thing is no longer as it was when that was read.
    """
    return Request(
        method=method,
        url=calendar_url(application) + path,
        headers={"authorization": f"Bearer {token}", **({"if-match": etag} if etag else {})},
        query=query or {},
        json=json,
        weight=CALENDAR,
    )


def calendar_path(calendar_id: str, *more: str) -> str:
    """Return the address of a calendar, or of something in it. The id is an e-mail address, or has signs like #."""
    return "/".join(["/calendars", *(quote(part, safe="") for part in (calendar_id, *more))])


def ask(request: Request, *, scope: str) -> Exchange[dict[str, Json]]:
    """Return Google's answer to a question that changes nothing, or to a change that may be repeated.

    `scope` is what the call needs. Raises the error that a refusal is, and Unreachable if the answer cannot be read.
    """
    response = yield request
    if not is_success(response):
        raise refusal(response, scope=scope)
    answer = read_object(response)
    if answer is None:
        raise Unreachable("Google's answer could not be read.")
    return answer
