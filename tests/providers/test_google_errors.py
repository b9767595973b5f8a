"""What Google's refusals mean, by their reason; and Google's own limits."""

from datetime import timedelta

import pytest

from convoca.providers.calendars import ChangedMeanwhile, SyncLost
from convoca.providers.contract import (
    Gone,
    Misconfigured,
    NotAuthorized,
    ProviderError,
    Rejected,
    Response,
    Throttled,
    TokenExpired,
    Unreachable,
)
from convoca.providers.google.account import EVENTS, FREE_BUSY
from convoca.providers.google.errors import AlreadyThere, NoMeetHere, refusal
from tests.providers.recorded import APPLICATION, TOKEN
from tests.providers.recorded_google import GOOGLE, KEY, SPEC, error
from tests.providers.replay import answer, page, replay

DETAILED = answer(
    403,
    {
        "error": {
            "code": 403,
            "message": "Request had insufficient authentication scopes.",
            "status": "PERMISSION_DENIED",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
            ],
        }
    },
)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (error(403, "rateLimitExceeded", domain="usageLimits"), Throttled),
        (error(429, "rateLimitExceeded", domain="usageLimits"), Throttled),
        (error(403, "userRateLimitExceeded", domain="usageLimits"), Throttled),
        (error(403, "quotaExceeded", domain="usageLimits"), Throttled),
        (page(429), Throttled),
        (error(401, "authError", "Invalid Credentials"), TokenExpired),
        (page(401), TokenExpired),
        (error(403, "insufficientPermissions"), NotAuthorized),
        (DETAILED, NotAuthorized),
        (error(403, "accessNotConfigured", domain="usageLimits"), Misconfigured),
        (error(403, "requiredAccessLevel", domain="calendar"), Rejected),
        (error(403, "forbiddenForNonOrganizer", domain="calendar"), Rejected),
        (error(404, "notFound"), Gone),
        (error(410, "deleted"), Gone),
        (error(410, "fullSyncRequired"), SyncLost),
        (error(410, "updatedMinTooLongAgo"), SyncLost),
        (error(409, "duplicate"), AlreadyThere),
        (error(409, "conflict"), Unreachable),
        (error(412, "conditionNotMet"), ChangedMeanwhile),
        (error(400, "timeRangeEmpty"), Rejected),
        (error(400, "invalid", "Invalid conference type value."), NoMeetHere),
        (error(401, "push.webhookUrlUnauthorized"), Rejected),
        (error(500, "backendError"), Unreachable),
        (page(404), Unreachable),
        (page(400), Unreachable),
        (page(503), Unreachable),
        (Response(status=403), Unreachable),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_each_refusal_has_its_own_next_step(response: Response, expected: type[ProviderError]) -> None:
    found = refusal(response)

    assert type(found) is expected


def test_google_s_own_words_are_shown_to_the_owner() -> None:
    found = refusal(error(403, "requiredAccessLevel", "You need to have writer access to this calendar."))

    assert isinstance(found, Rejected)
    assert found.reason == "You need to have writer access to this calendar."


def test_a_missing_scope_is_named_by_the_call_that_needed_it() -> None:
    """J7: a box that was unticked."""
    refused = error(403, "insufficientPermissions", "Insufficient Permission")
    with pytest.raises(NotAuthorized) as writing:
        replay(GOOGLE.insert(SPEC, application=APPLICATION, token=TOKEN), refused)
    with pytest.raises(NotAuthorized) as reading:
        replay(GOOGLE.read_event(KEY, application=APPLICATION, token=TOKEN), DETAILED)

    assert writing.value.missing_scopes == reading.value.missing_scopes == {EVENTS}
    assert refusal(refused, scope=FREE_BUSY) == NotAuthorized("Insufficient Permission", frozenset({FREE_BUSY}))


def test_a_wait_that_google_names_is_kept_and_none_is_promised() -> None:
    assert refusal(error(403, "rateLimitExceeded")) == Throttled()
    told = answer(429, {"error": {"code": 429, "message": "Slow down"}}, retry_after="7")
    assert refusal(told) == Throttled(after=timedelta(seconds=7))


def test_our_own_pace_stays_below_600_calls_in_any_minute() -> None:
    per_second = GOOGLE.calls_per_second("calendar", plan="")

    assert per_second is not None
    # Sixty spans of a second, and the one that a minute may begin in the middle of.
    assert per_second * 61 < 600
    assert GOOGLE.calls_per_second("", plan="") is None
