"""Whose Zoom account it is, and whether its grant is enough."""

from typing import Final

from convoca.providers.answers import is_success, read_int, read_object, read_text
from convoca.providers.contract import Application, Exchange, ExternalUser, Unreachable
from convoca.providers.zoom.api import api_request
from convoca.providers.zoom.errors import refusal

# What our calls need: the granular scope, and the classic one that older applications have instead.
# <https://developers.zoom.us/docs/integrations/oauth-scopes-overview/>
SCOPES: Final = {
    "user:read:user": "user:read",
    "meeting:write:meeting": "meeting:write",
    "meeting:read:list_meetings": "meeting:read",
    "meeting:read:meeting": "meeting:read",
    "meeting:update:meeting": "meeting:write",
    "meeting:delete:meeting": "meeting:write",
}

# <https://developers.zoom.us/docs/api/users/> (`type`); 4 cannot host meetings, 99 has no plan at all.
LICENSED: Final = "licensed"
PLANS: Final = {1: "basic", 2: LICENSED, 4: "unassigned", 99: "none"}


def who_am_i(*, application: Application, token: str) -> Exchange[ExternalUser]:
    """Return the user whose token this is. Raises Unreachable if the answer names nobody."""
    response = yield api_request("GET", "/users/me", application=application, token=token)
    if not is_success(response):
        raise refusal(response)
    answer = read_object(response) or {}
    user_id = read_text(answer, "id")
    if not user_id:
        raise Unreachable("Zoom's answer names no user.")
    return ExternalUser(
        id=user_id,
        account_id=read_text(answer, "account_id"),
        email=read_text(answer, "email"),
        plan=PLANS.get(read_int(answer.get("type")) or 0, ""),
    )


def missing_scopes(granted: frozenset[str]) -> frozenset[str]:
    """Return the granular scopes that no spelling in `granted` covers; `:admin` is the account-wide form of each."""
    names = {scope.removesuffix(":admin") for scope in granted}
    return frozenset(granular for granular, classic in SCOPES.items() if not {granular, classic} & names)
