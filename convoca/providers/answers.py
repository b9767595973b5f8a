"""Reading what a vendor answered, of which any byte may be missing or odd."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from convoca.providers.contract import Json, Response, Throttled

# A vendor that asks for more is not believed: its daily limits end within a day.
LONGEST_WAIT: Final = timedelta(days=1)
WORDS_MAX_CHARS: Final = 300
# What vendors call a call of ours, for when we must ask them about it: Zoom, Microsoft, many others.
REQUEST_ID_HEADERS: Final = ("x-zm-trackingid", "request-id", "x-request-id")
REQUEST_ID_MAX_CHARS: Final = 100


def is_success(response: Response) -> bool:
    """Say whether the vendor did what was asked."""
    return 200 <= response.status < 300


def is_refusal(response: Response) -> bool:
    """Say whether the vendor definitely did not do what was asked. Neither success nor refusal: nobody knows."""
    return 400 <= response.status < 500 and response.status != HTTPStatus.REQUEST_TIMEOUT


def read_object(response: Response) -> dict[str, Json] | None:
    """Return the JSON object in the body; None if the body holds anything else (nothing, HTML, XML, half a text)."""
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read_text(answer: dict[str, Json], *names: str) -> str:
    """Return the first non-empty text among the members called `names`, or ""."""
    return next((value for name in names if isinstance(value := answer.get(name), str) and value), "")


def read_int(value: Json) -> int | None:
    """Return a whole number that the vendor wrote as a number or as text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
        return int(value)
    return None


def quote(words: str) -> str:
    """Return the vendor's words in a form that can be shown: one line, not too long."""
    line = " ".join(words.split())
    return line if len(line) <= WORDS_MAX_CHARS else line[: WORDS_MAX_CHARS - 1] + "…"


def request_id(response: Response) -> str:
    """Return the vendor's own name for this call, "" if it told none."""
    told = next((id for name in REQUEST_ID_HEADERS if (id := response.headers.get(name, ""))), "")
    return told[:REQUEST_ID_MAX_CHARS] if told.isprintable() else ""


def vendor_now(response: Response) -> datetime | None:
    """Return the vendor's own time when it answered (UTC), None if the answer does not say."""
    return _http_date(response.headers.get("date", ""))


def throttled(response: Response) -> Throttled:
    """Return the wait that the answer asks for.

    `Retry-After` may be seconds, an HTTP date (RFC 9110) or an ISO 8601 date (Zoom). Seconds count from the answer's
    `Date`, or stay relative if it has none. An instant that has passed, and nonsense, count as none.
    """
    wanted = response.headers.get("retry-after", "").strip()
    now = vendor_now(response)
    seconds = read_int(wanted)
    if seconds is not None:
        after = min(timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds())), LONGEST_WAIT)
        return Throttled(after=after) if now is None else Throttled(until=now + after)
    until = _http_date(wanted) or _iso_date(wanted)
    if until is None or now is None:
        return Throttled(until=until)
    return Throttled(until=min(until, now + LONGEST_WAIT) if until > now else None)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return _in_utc(moment)


def _iso_date(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _in_utc(moment)


def _in_utc(moment: datetime) -> datetime | None:
    """Return `moment` in UTC, which is also what a date without offset means here; None outside of the calendar."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
