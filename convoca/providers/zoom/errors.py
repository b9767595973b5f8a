"""What Zoom's answers other than success mean for us.

Bodies are `{"code": n, "message": "…"}`, with `errors: [{"field", "message"}]` beside code 300; pages of HTML and
empty bodies come from the edge of Zoom's network.
"""

import re
from http import HTTPStatus
from typing import Final

from convoca.providers.answers import is_refusal, quote, read_int, read_object, read_text, throttled
from convoca.providers.contract import (
    Gone,
    Json,
    NotAuthorized,
    ProviderError,
    QuotaExhausted,
    Rejected,
    Response,
    TokenExpired,
    Unreachable,
)

# <https://developers.zoom.us/docs/integrations/oauth/>: code expired, code unknown, owner removed, application disabled
# by the owner's administrator, token revoked; the token's scopes are no longer the application's.
DEAD_GRANT_CODES: Final = frozenset({4733, 4734, 4735, 4738, 4741, 4711})

TOKEN_NOT_ACCEPTED: Final = 124
TOKEN_LACKS_SCOPES: Final = 4711
MEETING_DOES_NOT_EXIST: Final = 3001


def refusal(response: Response) -> ProviderError:
    """Return the error that `response` is. Anything that Zoom's application did not say itself is Unreachable."""
    answer = read_object(response) or {}
    code, message = read_int(answer.get("code")), read_text(answer, "message")
    if response.status == HTTPStatus.TOO_MANY_REQUESTS or (is_refusal(response) and "rate limit" in message.lower()):
        return _limit(response, message)
    if is_refusal(response) and (code == TOKEN_LACKS_SCOPES or "does not contain scopes" in message):
        return NotAuthorized(quote(message), _scopes_in(message))
    if response.status == HTTPStatus.UNAUTHORIZED or (is_refusal(response) and code == TOKEN_NOT_ACCEPTED):
        return TokenExpired()
    if not is_refusal(response) or (code is None and not message):
        return Unreachable(f"Zoom answered {response.status}.")
    if code == MEETING_DOES_NOT_EXIST:
        return Gone()
    return Rejected(_words(answer, message) or f"Zoom's code {code}.")


def _limit(response: Response, message: str) -> ProviderError:
    """Tell a day's allowance from too many calls at once.

    The limit on one host's creates and updates comes without any header that says so, only with these words; the
    limits on an account name their type in a header that Zoom no longer documents.
    """
    wait = throttled(response)
    kind = response.headers.get("x-ratelimit-type", "").lower()
    if "daily" in message.lower() or kind.startswith("daily"):
        return QuotaExhausted(wait.until)
    return wait


def _scopes_in(message: str) -> frozenset[str]:
    """Return the scopes named in `… does not contain scopes:[a, b].`; of two spellings the one for a single user."""
    listed = re.search(r"scopes?\s*:\s*\[([^\]]*)\]", message)
    names = frozenset(re.split(r"[\s,]+", listed[1].strip())) - {""} if listed else frozenset()
    return frozenset(name for name in names if name.removesuffix(":admin") not in names - {name})


def _words(answer: dict[str, Json], message: str) -> str:
    """Return Zoom's own words: its message, and the fields that it complains about."""
    listed = answer.get("errors")
    details = [_detail(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return quote(" ".join([message, *filter(None, details)]))


def _detail(item: dict[str, Json]) -> str:
    field, message = read_text(item, "field"), read_text(item, "message")
    return f"{field}: {message}" if field else message
