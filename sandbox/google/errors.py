"""Google's refusals, in its own words."""

from sandbox.messages import Answer


def api_error(status: int, reason: str, message: str, *, domain: str = "global") -> Answer:
    """Return a refusal of the calendar's."""
    listed = [{"domain": domain, "reason": reason, "message": message}]
    return Answer.of_json(status, {"error": {"errors": listed, "code": status, "message": message}})


def invalid_credentials() -> Answer:
    message = "Request had invalid authentication credentials."
    listed = [
        {
            "message": "Invalid Credentials",
            "domain": "global",
            "reason": "authError",
            "location": "Authorization",
            "locationType": "header",
        }
    ]
    value = {"error": {"code": 401, "message": message, "errors": listed, "status": "UNAUTHENTICATED"}}
    return Answer.of_json(401, value, {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/"'})


def scope_missing() -> Answer:
    message = "Request had insufficient authentication scopes."
    details = [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
        }
    ]
    listed = [{"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}]
    value = {
        "error": {
            "code": 403,
            "message": message,
            "errors": listed,
            "status": "PERMISSION_DENIED",
            "details": details,
        }
    }
    return Answer.of_json(403, value)


def rate_limit() -> Answer:
    """Return the limit per minute and user. No Retry-After is promised, and none comes."""
    return api_error(403, "rateLimitExceeded", "Rate Limit Exceeded", domain="usageLimits")


def usage_limit() -> Answer:
    return api_error(403, "quotaExceeded", "Calendar usage limits exceeded.", domain="usageLimits")


def not_found() -> Answer:
    return api_error(404, "notFound", "Not Found")


def deleted() -> Answer:
    return api_error(410, "deleted", "Resource has been deleted")


def duplicate() -> Answer:
    return api_error(409, "duplicate", "The requested identifier already exists.")


def changed_meanwhile() -> Answer:
    return api_error(412, "conditionNotMet", "Precondition Failed")


def writer_needed() -> Answer:
    words = "You need to have writer access to this calendar."
    return api_error(403, "requiredAccessLevel", words, domain="calendar")


def sync_lost() -> Answer:
    words = "Sync token is no longer valid, a full sync is required."
    return api_error(410, "fullSyncRequired", words, domain="calendar")


def time_range_empty() -> Answer:
    return api_error(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")


def invalid(message: str = "Invalid Value") -> Answer:
    return api_error(400, "invalid", message)


def body_is_no_object() -> Answer:
    return api_error(400, "parseError", "Parse Error")


def oauth_error(error: str, description: str, status: int = 400) -> Answer:
    return Answer.of_json(status, {"error": error, "error_description": description})
