"""What Google Calendar's answers other than success mean for us.

Bodies are `{"error": {"code", "message", "errors": [{"domain", "reason", "message"}]}}`; the reason decides, not the
status: <https://developers.google.com/workspace/calendar/api/guides/errors>.
"""

from http import HTTPStatus
from typing import Final

from convoca.providers.answers import is_refusal, quote, read_object, read_text, throttled
from convoca.providers.calendars import ChangedMeanwhile, SyncLost
from convoca.providers.contract import (
    Gone,
    Json,
    Misconfigured,
    NotAuthorized,
    ProviderError,
    Rejected,
    Response,
    TokenExpired,
    Unreachable,
)

TOO_MANY: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
SCOPE_MISSING: Final = frozenset({"insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
NOT_CONFIGURED: Final = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
SYNC_LOST: Final = frozenset({"fullSyncRequired", "updatedMinTooLongAgo"})
NOT_THERE: Final = frozenset({"notFound", "deleted"})


class AlreadyThere(ProviderError):
    """An event has this id, now or before it was deleted: read it."""


class NoMeetHere(Rejected):
    """Google will not make a Meet call in this calendar."""


def refusal(response: Response, *, scope: str = "") -> ProviderError:
    """Return the error that `response` is; `scope` is what the call needed.

    Anything that Google's calendar did not say itself is Unreachable.
    """
    error = _object((read_object(response) or {}).get("error"))
    reason, words = _reason(error), quote(read_text(error, "message"))
    if response.status == HTTPStatus.TOO_MANY_REQUESTS or reason in TOO_MANY:
        return throttled(response)
    if not is_refusal(response):
        return Unreachable(f"Google answered {response.status}.")
    if reason in SCOPE_MISSING:
        return NotAuthorized(words or reason, frozenset({scope}) - {""})
    if reason in NOT_CONFIGURED:
        return Misconfigured(words or reason)
    # Of the channels for notices: 401 `push.webhookUrlUnauthorized` is about our address, not about the token.
    if response.status == HTTPStatus.UNAUTHORIZED and not reason.startswith("push."):
        return TokenExpired()
    return _definite(response.status, reason, words)


def _definite(status: int, reason: str, words: str) -> ProviderError:
    """Return what a refusal means that is neither about limits nor about access."""
    if reason in SYNC_LOST:
        return SyncLost()
    if reason in NOT_THERE or status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return Gone() if reason else Unreachable(f"Google answered {status}.")
    if reason == "duplicate":
        return AlreadyThere()
    if status == HTTPStatus.PRECONDITION_FAILED:
        return ChangedMeanwhile()
    if status == HTTPStatus.CONFLICT or not (reason or words):
        return Unreachable(f"Google answered {status}.")
    if "conference" in words.lower():
        return NoMeetHere(words)
    return Rejected(words or reason)


def _reason(error: dict[str, Json]) -> str:
    """Return why Google refuses: the first listed reason, or that of its newer details; "" if it says none."""
    for list_name in ("errors", "details"):
        listed = error.get(list_name)
        for item in listed if isinstance(listed, list) else []:
            if isinstance(item, dict) and (reason := read_text(item, "reason")):
                return reason
    return ""


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
