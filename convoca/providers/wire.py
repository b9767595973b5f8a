"""The only sockets towards vendors: one exchange, one deadline, one verdict about what may have happened.

No retry, no redirect, no cookie, no compression: an answer is what the vendor said to this one request.
"""

import os
from collections.abc import Callable
from functools import cache, partial
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import httpcore2
import httpx2
import structlog

from convoca.providers.contract import Exchange, NotSent, OutcomeLost, ProviderError, Request, Response, Unreachable
from convoca.providers.deadline import Call, DeadlineBackend, current_call
from convoca.providers.public_only import PublicOnlyBackend

CONNECT_SECONDS: Final = 3.0
ANSWER_MAX_BYTES: Final = 1024 * 1024
# Workers hold up to 16 calls in flight; a request of a person (consent, disconnect) must not queue behind them.
MAX_CONNECTIONS: Final = 64
# Shorter than the idle time after which vendors hang up, or a request would be sent into a closing connection.
KEEP_ALIVE_SECONDS: Final = 5.0
# A repeated read changes nothing, so that an answer lost is only a vendor not reached.
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FAILURES: Final = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    OSError,
    ValueError,
)

log = structlog.get_logger(__name__)


def carry_out[T](
    exchange: Exchange[T],
    *,
    seconds: float,
    before: Callable[[Request], None] | None = None,
    heard: Callable[[Response], None] | None = None,
    only_public: bool = False,
) -> T:
    """Run `exchange` against the vendor and return its result; `seconds` are for all its requests together.

    `before` is asked before each request and may raise a ProviderError instead of letting it go; `heard` is told of
    each answer. `only_public`: somebody typed the address, so it may lead to nothing of our own network.

    Raises NotSent if not a byte of a request left us, Unreachable if a read was not answered, OutcomeLost if any other
    request was sent and no complete answer came in time; each is raised at the exchange's `yield`, which may know more.
    Raises whatever ProviderError the exchange reads from an answer.
    """
    deadline = monotonic() + seconds
    step: Callable[[], Request] = partial(next, exchange)
    while True:
        try:
            request = step()
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            if before is not None:
                before(request)
            response = _send(request, Call(deadline), only_public=only_public)
        except (ProviderError, OutcomeLost) as failure:
            step = partial(exchange.throw, failure)
        else:
            if heard is not None:
                heard(response)
            step = partial(exchange.send, response)


def _send(request: Request, call: Call, *, only_public: bool) -> Response:
    started = monotonic()
    token = current_call.set(call)
    try:
        outgoing = _encode(request)
        response = _receive(_pool(os.getpid(), only_public), outgoing)
    except FAILURES as error:
        failure = _verdict(request, call)
        _log(request, started, outcome=type(failure).__name__, error=type(error).__name__)
        raise failure from error
    finally:
        current_call.reset(token)
    _log(request, started, outcome="Answered", status=response.status)
    return response


def _verdict(request: Request, call: Call) -> NotSent | Unreachable | OutcomeLost:
    """Say what may have happened at the vendor when a request got no answer."""
    if not call.sent:
        return NotSent("The vendor was not reached.")
    if request.method.upper() in SAFE_METHODS:
        return Unreachable("The vendor did not answer.")
    return OutcomeLost("The request was sent and its answer did not come.")


def _encode(request: Request) -> httpcore2.Request:
    """Return the bytes to send. A request that cannot be encoded raises ValueError, with nothing sent."""
    headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "Convoca", **request.headers}
    try:
        encoded = httpx2.Request(
            request.method,
            request.url,
            headers=headers,
            params=dict(request.query) or None,
            data=None if request.form is None else dict(request.form),
            json=request.json,
            content=request.body,
        )
    except httpx2.InvalidURL as error:
        raise ValueError("The vendor's address is not a valid URL.") from error
    url = encoded.url
    return httpcore2.Request(
        method=encoded.method,
        url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=encoded.headers.raw,
        content=encoded.read(),
        # Only connecting has a limit of its own; the rest is bounded by the deadline.
        extensions={"timeout": {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}},
    )


def _receive(pool: httpcore2.ConnectionPool, request: httpcore2.Request) -> Response:
    answer = pool.handle_request(request)
    try:
        body = bytearray()
        for part in answer.iter_stream():
            body += part
            if len(body) > ANSWER_MAX_BYTES:
                raise httpcore2.RemoteProtocolError("The answer is larger than any that we can use.")
    finally:
        answer.close()
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
    return Response(status=answer.status, headers=headers, body=bytes(body))


@cache
def _pool(process_id: int, only_public: bool) -> httpcore2.ConnectionPool:
    """Return the connections of this process, shared by its threads; a forked child gets its own."""
    backend = DeadlineBackend()
    return httpcore2.ConnectionPool(
        ssl_context=httpcore2.default_ssl_context(),
        max_connections=MAX_CONNECTIONS,
        keepalive_expiry=KEEP_ALIVE_SECONDS,
        network_backend=PublicOnlyBackend(backend) if only_public else backend,
    )


def _log(request: Request, started: float, **fields: str | int) -> None:
    """Note a call without its path, query, headers or body: links and tokens travel there."""
    log.info(
        "vendor_call",
        host=_host_of(request.url),
        method=request.method,
        ms=round((monotonic() - started) * 1000),
        **fields,
    )


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
