"""What Zoom tells us by itself: <https://developers.zoom.us/docs/api/webhooks/>.

Each request is signed over its raw bytes. Its body is read only afterwards, and only to learn where to look.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, new
from typing import Final

from convoca.providers.answers import read_int, read_object, read_text
from convoca.providers.contract import Change, Json, Notice, Response

# An older request may be somebody's recording of one that was true once.
WINDOW: Final = timedelta(minutes=5)
CHANGES: Final = {
    "meeting.deleted": Change.MEETING_DELETED,
    "meeting.updated": Change.MEETING_CHANGED,
    "app_deauthorized": Change.ACCESS_WITHDRAWN,
}
URL_VALIDATION: Final = "endpoint.url_validation"


def is_genuine(headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime) -> bool:
    """Say whether the request carries Zoom's signature and is not older (or newer) than five minutes.

    Names in `headers` are lower-case. Compared in constant time.
    """
    timestamp = read_int(headers.get("x-zm-request-timestamp", "")[:12])
    if not secret or timestamp is None or abs(now.astimezone(UTC).timestamp() - timestamp) > WINDOW.total_seconds():
        return False
    wanted = f"v0={_code(secret, b'v0:%d:%s' % (timestamp, body))}"
    return compare_digest(wanted.encode(), headers.get("x-zm-signature", "").encode())


def answer_validation(body: bytes, *, secret: str) -> dict[str, str] | None:
    """Return what proves to Zoom that this address is ours; None if the request asks for something else.

    Only for genuine requests: for anybody else's, this would sign whatever text they choose, with the key of our
    own signatures.
    """
    event = _read(body)
    if read_text(event, "event") != URL_VALIDATION:
        return None
    plain = read_text(_object(event.get("payload")), "plainToken")
    return {"plainToken": plain, "encryptedToken": _code(secret, plain.encode())}


def read_notice(body: bytes) -> Notice | None:
    """Return what has changed, or None if it does not concern us. Numbers may be written as text, and the reverse."""
    event = _read(body)
    change = CHANGES.get(read_text(event, "event"))
    if change is None:
        return None
    payload = _object(event.get("payload"))
    meeting = _object(payload.get("object"))
    number = read_int(meeting.get("id"))
    stamp = read_int(event.get("event_ts")) or read_text(payload, "deauthorization_time")
    user = read_text(meeting, "host_id") or read_text(payload, "user_id")
    return Notice(
        change=change,
        identity=f"{change} {stamp} {read_text(meeting, 'uuid') or number or user}",
        external_user=user,
        external_account=read_text(payload, "account_id"),
        remote_id=str(number) if number is not None else "",
    )


def _read(body: bytes) -> dict[str, Json]:
    return read_object(Response(status=200, body=body)) or {}


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _code(secret: str, text: bytes) -> str:
    return new(secret.encode(), text, sha256).hexdigest()
