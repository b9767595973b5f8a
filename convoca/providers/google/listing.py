"""A user's calendars, what has changed in one of them, and when they are taken."""

from collections.abc import Generator, Iterable
from datetime import datetime
from typing import Final

from convoca.core.time import Interval
from convoca.providers.answers import is_refusal, is_success, read_object, read_text
from convoca.providers.calendars import Busy, CalendarFacts, Changes, EventFacts
from convoca.providers.contract import Application, Exchange, Json, OutcomeLost, Request, Response, Unreachable
from convoca.providers.google.account import CALENDAR_LIST, EVENTS, FREE_BUSY, NEW_CALENDARS
from convoca.providers.google.api import ask, calendar_path, calendar_request
from convoca.providers.google.errors import refusal
from convoca.providers.google.limits import CALENDARS_PAGE, EVENTS_PAGE, FREE_BUSY_CALENDARS, FREE_BUSY_SPAN
from convoca.providers.google.shapes import MEET, in_google_time, read_event, read_instant

WRITERS: Final = frozenset({"owner", "writer"})
# Of foreign events as little as possible is asked for, and nothing of it is kept.
EVENT_MEMBERS: Final = (
    "nextPageToken,nextSyncToken,items(id,status,etag,summary,location,start,end,htmlLink,iCalUID,hangoutLink,"
    "conferenceData,extendedProperties/private)"
)


def calendars(*, application: Application, token: str) -> Exchange[tuple[CalendarFacts, ...]]:
    query = {"maxResults": str(CALENDARS_PAGE)}
    pages = yield from _pages("/users/me/calendarList", query, application, token, scope=CALENDAR_LIST)
    found = [facts for item in _items(pages) if (facts := _read_calendar(item))]
    return tuple(sorted(found, key=lambda each: (not each.is_primary, not each.may_write)))


def make_calendar(name: str, *, time_zone: str, application: Application, token: str) -> Exchange[CalendarFacts]:
    """Make a calendar of the user's own. That it makes Meet calls is known from the list only, or from the answer."""
    body = {"summary": name, "timeZone": time_zone}
    response = yield calendar_request("POST", "/calendars", application=application, token=token, json=body)
    if is_refusal(response):
        raise refusal(response, scope=NEW_CALENDARS)
    answer = read_object(response) if is_success(response) else None
    facts = _read_calendar({**(answer or {}), "accessRole": "owner"})
    if facts is None:
        raise OutcomeLost("Google's answer does not say whether the calendar was made.")
    return facts


def changes(
    calendar_id: str, *, sync_token: str, since: datetime | None, application: Application, token: str
) -> Exchange[Changes]:
    """Read a calendar's changes. The members and the size of pages must be the same with a token as without."""
    query = {"maxResults": str(EVENTS_PAGE), "fields": EVENT_MEMBERS}
    if sync_token:
        query["syncToken"] = sync_token
    elif since is not None:
        query["timeMin"] = in_google_time(since)
    path = calendar_path(calendar_id, "events")
    pages = yield from _pages(path, query, application, token, scope=EVENTS)
    events = (read_event(item, calendar_id=calendar_id, application=application) for item in _items(pages))
    return Changes(
        events=tuple(each for each in events if each is not None and _concerns_us(each)),
        sync_token=read_text(pages[-1], "nextSyncToken"),
    )


def busy(
    calendar_ids: tuple[str, ...], during: Interval, *, application: Application, token: str
) -> Exchange[tuple[Busy, ...]]:
    """Ask for all calendars at once, as far as Google lets us. One calendar's problem is not another's."""
    taken: dict[str, list[Interval]] = {each: [] for each in calendar_ids}
    problems: dict[str, str] = {}
    for span in _spans(during):
        for start in range(0, len(calendar_ids), FREE_BUSY_CALENDARS):
            some = calendar_ids[start : start + FREE_BUSY_CALENDARS]
            answer = yield from ask(_busy_request(some, span, application, token), scope=FREE_BUSY)
            told = _object(answer.get("calendars"))
            for each in some:
                problems[each] = problems.get(each) or _read_busy(told.get(each), taken[each])
    return tuple(
        Busy(calendar_id=each, intervals=_merged(taken[each]), problem=problems.get(each, "")) for each in calendar_ids
    )


def _busy_request(calendar_ids: tuple[str, ...], span: Interval, application: Application, token: str) -> Request:
    body: dict[str, Json] = {
        "timeMin": in_google_time(span.starts_at),
        "timeMax": in_google_time(span.ends_at),
        "items": [{"id": each} for each in calendar_ids],
    }
    return calendar_request("POST", "/freeBusy", application=application, token=token, json=body)


def _read_busy(told: Json, taken: list[Interval]) -> str:
    """Add to `taken` what a calendar's part of the answer says, and return why it says nothing, or ""."""
    if not isinstance(told, dict):
        return "not told"
    for item in _list(told.get("errors")):
        return read_text(_object(item), "reason") or "not told"
    for item in _list(told.get("busy")):
        start, end = (read_instant({"dateTime": _object(item).get(name)}) for name in ("start", "end"))
        if start is None or end is None or end < start:
            return "not told"
        taken.append(Interval(start, end))
    return ""


def _spans(during: Interval) -> Iterable[Interval]:
    start = during.starts_at
    while start < during.ends_at:
        end = min(start + FREE_BUSY_SPAN, during.ends_at)
        yield Interval(start, end)
        start = end


def _merged(intervals: list[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for each in sorted(intervals, key=lambda interval: interval.starts_at):
        if merged and each.starts_at <= merged[-1].ends_at:
            merged[-1] = Interval(merged[-1].starts_at, max(merged[-1].ends_at, each.ends_at))
        else:
            merged.append(each)
    return tuple(merged)


def _concerns_us(event: EventFacts) -> bool:
    return event.reference is not None or event.is_cancelled


def _pages(
    path: str, query: dict[str, str], application: Application, token: str, *, scope: str
) -> Generator[Request, Response, list[dict[str, Json]]]:
    """Return all pages of a list. A page that is missing makes the whole list unknown."""
    pages: list[dict[str, Json]] = []
    page_tokens = [""]
    while True:
        more = {"pageToken": page_tokens[-1]} if page_tokens[-1] else {}
        request = calendar_request("GET", path, application=application, token=token, query=query | more)
        pages.append((yield from ask(request, scope=scope)))
        page_tokens.append(read_text(pages[-1], "nextPageToken"))
        if page_tokens[-1] == "":
            return pages
        if page_tokens[-1] in page_tokens[:-1]:
            raise Unreachable("Google's list has no end.")


def _items(pages: list[dict[str, Json]]) -> Iterable[dict[str, Json]]:
    return (item for page in pages for item in _list(page.get("items")) if isinstance(item, dict))


def _read_calendar(item: dict[str, Json]) -> CalendarFacts | None:
    """Return a calendar as its list shows it; None without an id, or if it was deleted."""
    calendar_id = read_text(item, "id")
    if not calendar_id or item.get("deleted") is True:
        return None
    allowed = _list(_object(item.get("conferenceProperties")).get("allowedConferenceSolutionTypes"))
    return CalendarFacts(
        id=calendar_id,
        name=read_text(item, "summaryOverride", "summary") or calendar_id,
        time_zone=read_text(item, "timeZone"),
        is_primary=item.get("primary") is True,
        may_write=read_text(item, "accessRole") in WRITERS,
        makes_meetings=MEET in allowed,
    )


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
