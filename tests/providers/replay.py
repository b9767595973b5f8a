"""Exchanges without a socket: recorded answers in, requests out."""

import json
from typing import Any
from urllib.parse import urlsplit

from convoca.providers.contract import Exchange, Request, Response
from tests.contracts import zoom_specification
from tests.google_contracts import faults_in_google_request


def replay[T](exchange: Exchange[T], *responses: Response, sent: list[Request] | None = None) -> T:
    """Run `exchange` against `responses` and return its result; `sent` collects what it asked for.

    Every request must keep the vendor's contract, and the answers must be as many as the requests.
    """
    left = list(responses)
    try:
        request = next(exchange)
        while True:
            check_contract(request)
            if sent is not None:
                sent.append(request)
            assert left, f"No answer is recorded for {request.method} {request.url}."
            request = exchange.send(left.pop(0))
    except StopIteration as end:
        assert not left, f"{len(left)} recorded answers were not asked for."
        result: T = end.value
        return result


def check_contract(request: Request) -> None:
    """Fail if a request to Zoom's or Google's interface is not one that its specification allows."""
    specification = zoom_specification()
    address = urlsplit(request.url)
    if address.hostname == "www.googleapis.com":
        path = address.path.removeprefix("/calendar/v3")
        assert faults_in_google_request(request.method, path, request.query, request.json) == []
    if specification is None or address.hostname != "api.zoom.us":
        return
    path = address.path.removeprefix("/v2")
    assert specification.faults_in_request(request.method, path, request.query, request.json) == []


def answer(status: int, value: Any = None, /, **headers: str) -> Response:
    """Return an answer with a JSON body, or an empty one; `retry_after="3"` becomes the header `retry-after`."""
    body = b"" if value is None else json.dumps(value).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status=status, headers={"content-type": "application/json"} | named, body=body)


def page(status: int, body: bytes = b"<!DOCTYPE html><title>Bad gateway</title>") -> Response:
    """Return what the edge of a vendor's network answers: not JSON."""
    return Response(status=status, headers={"content-type": "text/html"}, body=body)
