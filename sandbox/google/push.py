"""Channels: whoever opened one is called when its calendar changes, and never told what."""

import secrets
import threading
import urllib.request
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from sandbox.google import errors, shapes
from sandbox.google.state import Calendar, Channel, GoogleState
from sandbox.messages import Answer, Request
from sandbox.vendor import Clock

ANSWER_WITHIN_SECONDS: Final = 3.0
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class Channels:
    """Opens and closes channels, each for `life`."""

    def __init__(self, state: GoogleState, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self.life = timedelta(days=7)

    def open(self, request: Request, calendar: Calendar) -> Answer:
        body = request.json_object()
        if body is None:
            return errors.body_is_no_object()
        if body.get("type") != "web_hook" or not 0 < len(str(body.get("id", ""))) <= 64:
            return errors.invalid()
        if not _may_be_called(str(body.get("address", ""))):
            words = f"WebHook callback must be HTTPS: {body.get('address')}"
            return errors.api_error(400, "push.webhookUrlNotHttps", words)
        if body["id"] in self._state.channels:
            return errors.api_error(400, "channelIdNotUnique", f"Channel id {body['id']} not unique")
        channel = Channel(
            id=body["id"],
            resource_id=secrets.token_urlsafe(20),
            calendar_id=calendar.id,
            address=body["address"],
            token=body.get("token", ""),
            expires_at=self._clock().replace(microsecond=0) + self.life,
        )
        self._state.channels[channel.id] = channel
        in_background([self._notice(channel, "sync", request.base)])
        return Answer.of_json(200, shapes.channel(channel, request.base))

    def close(self, request: Request) -> Answer:
        body = request.json_object() or {}
        channel = self._state.channels.get(str(body.get("id")))
        if channel is None or channel.resource_id != body.get("resourceId"):
            return errors.api_error(404, "notFound", f"Channel '{body.get('id')}' not found for project")
        del self._state.channels[channel.id]
        return Answer(status=204)

    def notices_of(self, calendar_id: str, base: str) -> list[urllib.request.Request]:
        """Return what is to be sent, now that the calendar has changed."""
        open_now = self._state.channels_of(calendar_id, now=self._clock())
        return [self._notice(channel, "exists", base) for channel in open_now]

    def _notice(self, channel: Channel, state: str, base: str) -> urllib.request.Request:
        """Return the next notice of a channel: no body, all of it in headers."""
        channel.sent += 1
        headers = {
            "X-Goog-Channel-ID": channel.id,
            "X-Goog-Message-Number": str(channel.sent),
            "X-Goog-Resource-ID": channel.resource_id,
            "X-Goog-Resource-State": state,
            "X-Goog-Resource-URI": shapes.resource_uri(channel, base),
            "X-Goog-Channel-Expiration": channel.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }
        headers |= {"X-Goog-Channel-Token": channel.token} if channel.token else {}
        return urllib.request.Request(channel.address, data=b"", headers=headers, method="POST")


def deliver(notices: Sequence[urllib.request.Request]) -> int:
    """Send each once and return the status of the last answer; 0 if there was none."""
    status = 0
    for notice in notices:
        try:
            with urllib.request.urlopen(notice, timeout=ANSWER_WITHIN_SECONDS) as answer:
                status = int(answer.status)
        except OSError:
            status = 0
    return status


def in_background(notices: Sequence[urllib.request.Request]) -> None:
    """Send them while the caller goes on: it holds the lock, and whoever is called may ask us at once."""
    if notices:
        threading.Thread(target=deliver, args=(notices,), daemon=True).start()


def _may_be_called(address: str) -> bool:
    """Say whether Google calls the address: only with https. This very machine is excepted here."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
