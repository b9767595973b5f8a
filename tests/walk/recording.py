"""Remembers which parameters the views of each route have read, so that none escapes the table."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase, StreamingHttpResponse

READ: defaultdict[str, set[str]] = defaultdict(set)


class Overheard(QueryDict):
    """A query or a form that notes what is asked of it."""

    def __init__(self, original: QueryDict, heard: set[str]) -> None:
        super().__init__(mutable=True, encoding=original.encoding)
        self.heard = heard
        for key, values in original.lists():
            self.setlist(key, values)
        self._mutable = False

    def __getitem__(self, key: str) -> Any:
        self.heard.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.heard.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.heard.add(key)
        return super().getlist(key, default)


def record_parameters(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware, to be the innermost."""

    def middleware(request: HttpRequest) -> HttpResponse:
        heard: set[str] = set()
        request.GET = Overheard(request.GET, heard)  # type: ignore[assignment]
        request.POST = Overheard(request.POST, heard)  # type: ignore[assignment]
        response = get_response(request)
        if request.resolver_match is not None:
            READ[request.resolver_match.view_name] |= heard
        return response

    return middleware


def whole(response: HttpResponseBase) -> HttpResponse:
    """Return the answer with all that it tells; one that is sent bit by bit is read to its end."""
    if isinstance(response, StreamingHttpResponse):
        return HttpResponse(response.getvalue(), status=response.status_code, headers=dict(response.items()))
    if not isinstance(response, HttpResponse):
        raise TypeError(f"{type(response)} cannot be read")
    return response


def text_of(response: HttpResponse) -> str:
    """Return what the answer says, of a picture the bytes as they come."""
    return response.content.decode("utf-8", "replace")
