"""What the simulated Zoom tells its applications, signed as Zoom signs."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from hmac import new
from typing import Any, Final

from sandbox.zoom.state import USERS, Meeting
from sandbox.zoom.times import written

ANSWER_WITHIN_SECONDS: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One request to an application: its raw body, and the headers that prove where it comes from."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def signed(event: Mapping[str, Any], *, secret: str, now: datetime) -> Delivery:
    """Return `event` as Zoom sends it: the signature covers the raw bytes, whatever letters they spell."""
    body = json.dumps(event, ensure_ascii=False).encode()
    timestamp = int(now.timestamp())
    code = new(secret.encode(), b"v0:%d:%s" % (timestamp, body), sha256).hexdigest()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "x-zm-request-timestamp": str(timestamp),
        "x-zm-signature": f"v0={code}",
    }
    return Delivery(body=body, headers=headers)


def url_validation(plain_token: str, *, now: datetime) -> dict[str, Any]:
    return {"event": "endpoint.url_validation", "event_ts": _stamp(now), "payload": {"plainToken": plain_token}}


def meeting_deleted(meeting: Meeting, *, now: datetime) -> dict[str, Any]:
    return _about(meeting, "meeting.deleted", _brief(meeting), now=now)


def meeting_updated(meeting: Meeting, changes: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return the notice of a change, which names what has changed and the number, and nothing else."""
    thing = {"uuid": meeting.uuid, "id": meeting.number, "host_id": meeting.user_id, **changes}
    return _about(meeting, "meeting.updated", thing, now=now)


def app_deauthorized(user_id: str, client_id: str, *, now: datetime) -> dict[str, Any]:
    payload = {
        "account_id": USERS[user_id].account_id,
        "user_id": user_id,
        "client_id": client_id,
        "deauthorization_time": now.astimezone(UTC).isoformat(timespec="milliseconds"),
        "signature": "simulated",
        "event_ts": _stamp(now),
    }
    return {"event": "app_deauthorized", "payload": payload}


def deliver(url: str, delivery: Delivery) -> int:
    """Send it once and return the status of the answer; 0 if there was none."""
    request = urllib.request.Request(url, data=delivery.body, headers=dict(delivery.headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_WITHIN_SECONDS) as answer:
            return int(answer.status)
    except OSError:
        return 0


def _about(meeting: Meeting, event: str, thing: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    owner = USERS[meeting.user_id]
    payload: dict[str, Any] = {
        "account_id": owner.account_id,
        "operator": owner.email,
        "operator_id": owner.id,
        "object": dict(thing),
    }
    if event == "meeting.deleted":
        payload["operation"] = "all"
    if event == "meeting.updated":
        payload |= {"time_stamp": _stamp(now), "old_object": {"id": meeting.number}}
    return {"event": event, "event_ts": _stamp(now), "payload": payload}


def _brief(meeting: Meeting) -> dict[str, Any]:
    return {
        "uuid": meeting.uuid,
        "id": meeting.number,
        "host_id": meeting.user_id,
        "topic": meeting.topic,
        "type": meeting.type,
        "start_time": written(meeting.starts_at),
        "duration": meeting.duration,
        "timezone": meeting.timezone,
    }


def _stamp(now: datetime) -> int:
    return int(now.timestamp() * 1000)
