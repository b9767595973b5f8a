"""Zoom's refusals, in its own words."""

from typing import Any

from sandbox.messages import Answer

TOKEN_EXPIRED = "Access token is expired."


def api_error(status: int, code: int, message: str, **more: Any) -> Answer:
    return Answer.of_json(status, {"code": code, "message": message, **more})


def token_not_accepted(message: str = "Invalid access token.") -> Answer:
    return api_error(401, 124, message)


def scope_missing(scope: str) -> Answer:
    words = f"Invalid access token, does not contain scopes:[{scope}, {scope}:admin]."
    return api_error(400, 4711, words)


def meeting_does_not_exist(number: str) -> Answer:
    return api_error(404, 3001, f"Meeting does not exist: {number}.")


def validation_failed(field: str, message: str) -> Answer:
    return api_error(400, 300, "Validation Failed.", errors=[{"field": field, "message": message}])


def body_is_no_object() -> Answer:
    return api_error(400, 300, "Request Body should be a valid JSON object.")


def daily_limit(limit: int) -> Answer:
    """Return the limit on one host's creates and updates. It comes without Retry-After and without a type."""
    words = (
        f"You have exceeded the daily rate limit ({limit}) of Meeting Create/Update API requests permitted for this "
        "particular user. You may resume these requests at GMT 00:00:00."
    )
    headers = {"x-ratelimit-category": "Light", "x-ratelimit-limit": "80", "x-ratelimit-remaining": "79"}
    return Answer.of_json(429, {"code": 429, "message": words}, headers)


def rate_limit(retry_after: str) -> Answer:
    words = "You have reached the maximum per-second rate limit for this API. Try again later."
    headers = {"X-RateLimit-Category": "Medium", "X-RateLimit-Type": "QPS"}
    return Answer.of_json(
        429, {"code": 429, "message": words}, headers | ({"Retry-After": retry_after} if retry_after else {})
    )


def oauth_error(error: str, reason: str, status: int = 400) -> Answer:
    return Answer.of_json(status, {"reason": reason, "error": error})
