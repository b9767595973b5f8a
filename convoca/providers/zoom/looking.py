"""Find a meeting of ours again after a call whose outcome was lost.

Zoom knows no idempotency key. What it lists is the host's upcoming meetings, with the first characters of each agenda,
where our marker stands.
"""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Final

from convoca.providers.answers import is_success, read_int, read_object, read_text, vendor_now
from convoca.providers.contract import (
    Absent,
    Application,
    CannotTell,
    Exchange,
    Found,
    Gone,
    Json,
    Marked,
    MeetingFacts,
    MeetingSpec,
    Rejected,
    Request,
    Response,
    Sighting,
    Unreachable,
)
from convoca.providers.zoom.api import api_request
from convoca.providers.zoom.errors import refusal
from convoca.providers.zoom.limits import MEDIUM, PAGE_SIZE, UPCOMING_HORIZON
from convoca.providers.zoom.meetings import get, in_zoom_time, marker_in, marker_text, usable_facts

# `from` and `to` are days in a zone; a day on either side covers every zone.
DAY: Final = timedelta(days=1)


class _Listing:
    """What the pages of one list hold: candidates with the text of their birth, and whether all pages were read."""

    def __init__(self) -> None:
        self.candidates: list[tuple[str, str]] = []
        self.complete = False
        self.listed_at: datetime | None = None

    def add(self, answer: dict[str, Json], spec: MeetingSpec) -> bool:
        """Take a page in and say whether it could be read as one."""
        items = answer.get("meetings")
        if not isinstance(items, list):
            return False
        for item in items:
            if not isinstance(item, dict) or (number := read_int(item.get("id"))) is None:
                return False
            if _may_be(item, spec):
                self.candidates.append((read_text(item, "created_at"), str(number)))
        return True


def look(spec: MeetingSpec, *, application: Application, token: str) -> Exchange[Sighting]:
    """Say whether a meeting with our marker exists. Costs nothing of the day's allowance.

    First the days around the start, which finds it in one page however full the calendar is. Absence is only believed
    from the whole list: the meeting may still stand at an earlier start. Zoom's own clock decides what the list covers.
    """
    near = _days_around(spec)
    for narrowing in (near, {}):
        listing = yield from _list(spec, narrowing, application, token)
        found = yield from _open(listing.candidates, spec, application, token)
        if found:
            return Found(meetings=tuple(found))
    return Absent() if listing.complete and _covers(listing.listed_at, spec) else CannotTell()


def marked(*, application: Application, token: str) -> Exchange[tuple[Marked, ...]]:
    """Return the upcoming meetings whose listed agenda begins with a marker; a page that fails ends the list."""
    found: list[Marked] = []
    page_tokens = [""]
    while page_tokens[-1] not in page_tokens[:-1]:
        query = {"type": "upcoming", "page_size": str(PAGE_SIZE)}
        query |= {"next_page_token": page_tokens[-1]} if page_tokens[-1] else {}
        response = yield api_request(
            "GET", "/users/me/meetings", application=application, token=token, query=query, weight=MEDIUM
        )
        answer = _read_page(response, is_first=len(page_tokens) == 1) or {}
        items = answer.get("meetings")
        found += filter(None, map(_marked, items if isinstance(items, list) else []))
        page_tokens.append(read_text(answer, "next_page_token"))
    return tuple(found)


def _marked(item: Json) -> Marked | None:
    if not isinstance(item, dict) or (number := read_int(item.get("id"))) is None:
        return None
    marker = marker_in(read_text(item, "agenda"))
    return Marked(marker=marker, remote_id=str(number)) if marker else None


def _list(
    spec: MeetingSpec, narrowing: dict[str, str], application: Application, token: str
) -> Generator[Request, Response, _Listing]:
    listing, page_tokens = _Listing(), [""]
    while True:
        query = {"type": "upcoming", "page_size": str(PAGE_SIZE), **narrowing}
        if page_tokens[-1]:
            query["next_page_token"] = page_tokens[-1]
        response = yield api_request(
            "GET", "/users/me/meetings", application=application, token=token, query=query, weight=MEDIUM
        )
        answer = _read_page(response, is_first=len(page_tokens) == 1)
        if answer is None or not listing.add(answer, spec):
            return listing
        listing.listed_at = listing.listed_at or vendor_now(response)
        page_tokens.append(read_text(answer, "next_page_token"))
        if page_tokens[-1] in page_tokens[:-1]:
            # "" after the last page; a token given twice would send us in circles.
            listing.complete = page_tokens[-1] == ""
            return listing


def _read_page(response: Response, *, is_first: bool) -> dict[str, Json] | None:
    """Return the page; None if Zoom refuses a later one (its token is void), which leaves the list incomplete."""
    if is_success(response):
        answer = read_object(response)
        if answer is None:
            raise Unreachable("Zoom's list could not be read.")
        return answer
    reason = refusal(response)
    if isinstance(reason, Rejected) and not is_first:
        return None
    raise reason


def _open(
    candidates: list[tuple[str, str]], spec: MeetingSpec, application: Application, token: str
) -> Generator[Request, Response, list[MeetingFacts]]:
    """Return the candidates that are ours, oldest first, each read by itself: a list names no passcode."""
    found: list[MeetingFacts] = []
    for _, number in sorted(candidates):
        try:
            answer = yield from get(number, application=application, token=token)
        except Gone as gone:
            raise Unreachable("Zoom lists a meeting that it does not know.") from gone
        if marker_text(spec.marker) in read_text(answer, "agenda"):
            found.append(usable_facts(answer, application))
    return found


def _may_be(item: dict[str, Json], spec: MeetingSpec) -> bool:
    """Say whether a listed meeting may be ours: it carries the marker, or has no agenda listed and starts with ours."""
    if "agenda" in item:
        return marker_text(spec.marker) in read_text(item, "agenda")
    return read_text(item, "start_time") == in_zoom_time(spec.starts_at)


def _days_around(spec: MeetingSpec) -> dict[str, str]:
    first, last = (spec.starts_at - DAY).date(), (spec.starts_at + DAY).date()
    return {"from": first.isoformat(), "to": last.isoformat(), "timezone": "UTC"}


def _covers(listed_at: datetime | None, spec: MeetingSpec) -> bool:
    return listed_at is not None and listed_at < spec.starts_at <= listed_at + UPCOMING_HORIZON
