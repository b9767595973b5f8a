"""Insert, read, patch and delete one event, which is called by an id of ours.

Google never makes two events of one id in a calendar, and never gives the id of a deleted one away again.
"""

import re
from base64 import b32hexencode
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from uuid import UUID

from convoca.providers.answers import is_refusal, is_success, read_object
from convoca.providers.calendars import Conference, EventFacts, EventKey, EventSpec
from convoca.providers.contract import (
    Application,
    Exchange,
    Gone,
    Json,
    OutcomeLost,
    ProviderError,
    Request,
    Unreachable,
)
from convoca.providers.google.account import EVENTS
from convoca.providers.google.api import ask, calendar_path, calendar_request
from convoca.providers.google.errors import AlreadyThere, NoMeetHere, refusal
from convoca.providers.google.shapes import changed_parts, new_event, read_event

# Base32hex in lower case, 5 to 1024 characters (the `id` of an event).
OUR_IDS: Final = re.compile(r"[a-v0-9]{5,1024}")
# Without it Google ignores, in silence, everything that is said of a Meet call.
WITH_CONFERENCES: Final = {"conferenceDataVersion": "1"}


def event_id(reference: UUID) -> str:
    return b32hexencode(reference.bytes).decode().rstrip("=").lower()


def insert(spec: EventSpec, *, application: Application, token: str) -> Exchange[EventFacts]:
    """Make the event, without a Meet call if Google will not make one here; adopt it if it is there already."""
    body = new_event(spec)
    try:
        facts = yield from _insert(spec, body, application=application, token=token)
    except NoMeetHere:
        body = new_event(spec, with_conference=False)
        facts = yield from _insert(spec, body, application=application, token=token)
    return _with_verdict(facts, spec)


def _insert(spec: EventSpec, body: dict[str, Json], *, application: Application, token: str) -> Exchange[EventFacts]:
    response = yield calendar_request(
        "POST",
        calendar_path(spec.key.calendar_id, "events"),
        application=application,
        token=token,
        query=WITH_CONFERENCES | _mails(spec.tells_attendees),
        json=body,
    )
    if is_refusal(response):
        reason = refusal(response, scope=EVENTS)
        if isinstance(reason, AlreadyThere):
            return (yield from _adopt(spec, application=application, token=token))
        raise reason
    answer = read_object(response) if is_success(response) else None
    facts = read_event(answer or {}, calendar_id=spec.key.calendar_id, application=application)
    if facts is None:
        raise OutcomeLost("Google's answer does not say whether the event was made.")
    return facts


def _adopt(spec: EventSpec, *, application: Application, token: str) -> Exchange[EventFacts]:
    """Return the event that has our id already. It may be an earlier insert of ours, so a failure proves nothing."""
    try:
        facts = yield from look_up(spec.key, application=application, token=token)
    except Unreachable as unread:
        raise OutcomeLost("Google has the event and does not show it.") from unread
    if facts is None or facts.is_cancelled or facts.reference != spec.reference:
        raise Gone
    return facts


def look_up(key: EventKey, *, application: Application, token: str) -> Exchange[EventFacts | None]:
    try:
        return (yield from _answered(_request("GET", key, application, token), key, application))
    except Gone:
        return None


def read(key: EventKey, *, application: Application, token: str) -> Exchange[EventFacts]:
    facts = yield from _answered(_request("GET", key, application, token), key, application)
    return _if_it_stands(facts)


def patch(
    spec: EventSpec, *, changed: frozenset[str], etag: str, application: Application, token: str
) -> Exchange[EventFacts]:
    """Change parts of the event. A Meet call that Google will not make is told; all else has then been changed."""
    try:
        facts = yield from _patch(spec, changed, etag=etag, application=application, token=token)
    except NoMeetHere:
        rest = changed - {"conference"}
        facts = yield from _patch(spec, rest, etag=etag, application=application, token=token)
    return _with_verdict(_if_it_stands(facts), spec) if "conference" in changed else _if_it_stands(facts)


def _with_verdict(facts: EventFacts, spec: EventSpec) -> EventFacts:
    """Return the event; the Meet call has failed if Google left our wish out, with a word or without one."""
    is_left_out = bool(spec.conference_request) and facts.conference is Conference.NONE
    return replace(facts, conference=Conference.FAILURE) if is_left_out else facts


def _patch(
    spec: EventSpec, changed: frozenset[str], *, etag: str, application: Application, token: str
) -> Exchange[EventFacts]:
    query = WITH_CONFERENCES | _mails(spec.tells_attendees)
    body = changed_parts(spec, changed)
    request = _request("PATCH", spec.key, application, token, query=query, json=body, etag=etag)
    return (yield from _answered(request, spec.key, application))


def remove(key: EventKey, *, tells_attendees: bool, application: Application, token: str) -> Exchange[None]:
    response = yield _request("DELETE", key, application, token, query=_mails(tells_attendees))
    if not is_success(response):
        reason: ProviderError = refusal(response, scope=EVENTS)
        if not isinstance(reason, Gone) and response.status != HTTPStatus.GONE:
            raise reason


def _mails(tells_attendees: bool) -> dict[str, str]:
    return {"sendUpdates": "all" if tells_attendees else "none"}


def _answered(request: Request, key: EventKey, application: Application) -> Exchange[EventFacts]:
    answer = yield from ask(request, scope=EVENTS)
    facts = read_event(answer, calendar_id=key.calendar_id, application=application)
    if facts is None:
        raise Unreachable("Google's answer holds no event.")
    return facts


def _if_it_stands(facts: EventFacts) -> EventFacts:
    if facts.is_cancelled:
        raise Gone
    return facts


def _request(
    method: str,
    key: EventKey,
    application: Application,
    token: str,
    *,
    query: dict[str, str] | None = None,
    json: dict[str, Json] | None = None,
    etag: str = "",
) -> Request:
    """Return a call about one event. Raises ValueError if its id is none of ours."""
    if not OUR_IDS.fullmatch(key.event_id):
        raise ValueError("Events are called by base32hex ids.")
    path = calendar_path(key.calendar_id, "events", key.event_id)
    return calendar_request(method, path, application=application, token=token, query=query, json=json, etag=etag)
