"""Sockets that know when their call must be over.

An HTTP client's timeouts hold for one operation each, so a vendor that sends a byte now and then could keep a call
open for ever. A lease on a meeting lasts 20 s; a call that outlived it could act for somebody who no longer holds it.
Here every operation gets the time that the whole call has left, and nothing is written once it is used up.
"""

import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpcore2


@dataclass
class Call:
    """One call in flight: when it must be over (monotonic seconds), and whether a byte of its request has left us."""

    deadline: float
    sent: bool = False


current_call: ContextVar[Call] = ContextVar("current_call")


def _within_deadline(timeout: float | None, exceeded: type[httpcore2.TimeoutException]) -> float:
    """Return the seconds that an operation may take: `timeout`, or less if the call has less left."""
    left = current_call.get().deadline - monotonic()
    if left <= 0:
        raise exceeded("The call's time is used up.")
    return left if timeout is None else min(timeout, left)


class DeadlineStream(httpcore2.NetworkStream):
    """A connection whose reads and writes end with the current call, and which notes that the call has been sent."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within_deadline(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        seconds = _within_deadline(timeout, httpcore2.WriteTimeout)
        # Noted before the write: a write that fails halfway may have reached the vendor.
        current_call.get().sent = True
        self._stream.write(buffer, seconds)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        seconds = _within_deadline(timeout, httpcore2.ConnectTimeout)
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore2.NetworkBackend):
    """Opens connections that keep the current call's deadline."""

    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        seconds = _within_deadline(timeout, httpcore2.ConnectTimeout)
        return DeadlineStream(self._backend.connect_tcp(host, port, seconds, local_address, socket_options))
