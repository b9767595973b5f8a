"""What Google tells us by itself: <https://developers.google.com/workspace/calendar/api/guides/push>.

A notice has no body; its headers say under which of our channels something has changed, and no more. It is genuine if
it repeats the secret that only this installation can make from the channel's name.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest, new
from typing import Final

from convoca.providers.answers import is_success, read_int, read_object, read_text
from convoca.providers.calendars import Channel
from convoca.providers.contract import Application, Change, Exchange, Gone, Notice, OutcomeLost
from convoca.providers.google.account import EVENTS
from convoca.providers.google.api import calendar_path, calendar_request
from convoca.providers.google.errors import refusal

# The first notice of a channel says only that it is open.
OPENED: Final = "sync"


def watch(
    calendar_id: str, *, channel_id: str, address: str, application: Application, token: str
) -> Exchange[Channel]:
    """Open a channel for as long as Google likes, about a week.

    Raises Rejected, with Google's words, if it will not call our address. One that was opened and whose answer was lost
    ends by itself; its notices are known by their secret and do no harm.
    """
    body = {
        "id": channel_id,
        "type": "web_hook",
        "address": address,
        "token": channel_secret(channel_id, application=application),
    }
    path = calendar_path(calendar_id, "events", "watch")
    response = yield calendar_request("POST", path, application=application, token=token, json=body)
    if not is_success(response):
        raise refusal(response, scope=EVENTS)
    answer = read_object(response) or {}
    resource_id, expires_ms = read_text(answer, "resourceId"), read_int(answer.get("expiration"))
    if not resource_id or expires_ms is None:
        raise OutcomeLost("Google's answer does not say how long the channel is open.")
    expires_at = datetime.fromtimestamp(expires_ms // 1000, UTC)
    return Channel(id=channel_id, resource_id=resource_id, expires_at=expires_at)


def stop(channel: Channel, *, application: Application, token: str) -> Exchange[None]:
    body = {"id": channel.id, "resourceId": channel.resource_id}
    response = yield calendar_request("POST", "/channels/stop", application=application, token=token, json=body)
    if not is_success(response):
        reason = refusal(response, scope=EVENTS)
        if not isinstance(reason, Gone):
            raise reason


def channel_secret(channel_id: str, *, application: Application) -> str:
    """Return what Google is to repeat in each notice of this channel. It needs to be kept nowhere."""
    return new(application.secret.encode(), b"google channel:" + channel_id.encode(), sha256).hexdigest()


def is_genuine(headers: Mapping[str, str], *, application: Application) -> bool:
    """Say whether a notice comes from whom we told its channel's secret. Names in `headers` are lower-case.

    Compared in constant time.
    """
    channel_id = headers.get("x-goog-channel-id", "")
    if not application.secret or not channel_id:
        return False
    wanted = channel_secret(channel_id, application=application)
    return compare_digest(wanted.encode(), headers.get("x-goog-channel-token", "").encode())


def read_notice(headers: Mapping[str, str]) -> Notice | None:
    """Return where to look; None if the notice says only that its channel is open."""
    channel_id, number = headers.get("x-goog-channel-id", ""), headers.get("x-goog-message-number", "")
    if not channel_id or headers.get("x-goog-resource-state", "") in ("", OPENED):
        return None
    change = Change.CALENDAR_CHANGED
    return Notice(change=change, identity=f"{change} {channel_id} {number}", channel=channel_id)
