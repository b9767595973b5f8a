"""Answers in the shapes that Zoom gives."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from convoca.providers.contract import Application, MeetingFacts, MeetingSpec, Response
from tests.providers.replay import answer

APPLICATION = Application(
    client_id="client", client_secret="client-secret", redirect_uri="https://book.example/callback", secret="secret"
)
MARKER = UUID("0190d5b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b")
SPEC = MeetingSpec(
    marker=MARKER,
    topic="Consultation with Ana",
    starts_at=datetime(2030, 3, 31, 8, 0, tzinfo=UTC),
    ends_at=datetime(2030, 3, 31, 8, 45, tzinfo=UTC),
    time_zone="Europe/Madrid",
)
# Everything that an update may tell.
ALL = frozenset(SPEC.told())
TOKEN = "an-access-token"
# Eleven digits: more than 32 bits hold.
NUMBER = 85746065432
LINK = f"https://us02web.zoom.us/j/{NUMBER}?pwd=aGVsbG8gd29ybGQ.1"

MEETING: dict[str, Any] = {
    "uuid": "/4444AAAiAAAAA+iAiAiiAii==",
    "id": NUMBER,
    "host_id": "KdYKjnimT4KPd8FFgQt9FQ",
    "host_email": "ana@example.org",
    "topic": "Consultation with Ana",
    "type": 2,
    "status": "waiting",
    "start_time": "2030-03-31T08:00:00Z",
    "duration": 45,
    "timezone": "Europe/Madrid",
    "agenda": f"[ref:{MARKER}] Convoca",
    "created_at": "2030-03-01T09:00:00Z",
    "start_url": f"https://us02web.zoom.us/s/{NUMBER}?zak=eyJ0eXAiOiJKV1QifQ",
    "join_url": LINK,
    "password": "123456",
    "settings": {"join_before_host": True, "waiting_room": False},
}

# What of it is of use to us.
FACTS = MeetingFacts(
    remote_id=str(NUMBER),
    link=LINK,
    passcode="123456",
    topic="Consultation with Ana",
    starts_at=SPEC.starts_at,
    minutes=45,
    waiting_room=False,
)

TOKENS: dict[str, Any] = {
    "access_token": "new-access-token",
    "token_type": "bearer",
    "refresh_token": "new-refresh-token",
    "expires_in": 3599,
    "scope": "meeting:write:meeting meeting:read:meeting",
    "api_url": "https://api.zoom.us",
}

UNREADABLE = {
    "an empty body": b"",
    "HTML": b"<!DOCTYPE html><html><body>Please wait</body></html>",
    "XML": b'<?xml version="1.0"?><error/>',
    "half of a JSON text": b'{"id": 857460654',
    "a JSON list": b"[]",
    "bytes that are no text": b"\xff\xfe\x00",
    "brackets without end": b"[" * 100_000,
}


def error(status: int, code: int, message: str, **headers: str) -> Response:
    return answer(status, {"code": code, "message": message}, **headers)


def listed(*meetings: dict[str, Any], token: str = "", date: str = "Fri, 01 Mar 2030 10:00:00 GMT") -> Response:
    """Return a page of Zoom's list: no passcodes, agendas cut."""
    items = [{k: v for k, v in m.items() if k not in ("password", "settings", "start_url")} for m in meetings]
    body = {"page_size": 300, "total_records": len(items), "next_page_token": token, "meetings": items}
    return answer(200, body, date=date)
