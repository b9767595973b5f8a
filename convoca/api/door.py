"""The door of programs: who they are, how often they may ask, and how they are told no.

A key is its account's owner to all that is asked; what that is worth on a schedule, the one matrix says.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBasicAuth, HttpBearer

from convoca.api import phrases
from convoca.api.asked import Unclear
from convoca.booking.models import Account, ApiKey
from convoca.booking.operations.keys import CalledTooOften, count_call, key_given, viewer_by
from convoca.booking.questions.viewers import Viewer
from convoca.core.admission import Refusal

# The client for .NET takes nothing or an object; all others read the address where they can find it.
TAKES_NO_TEXT = "DOTNET/"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A program that asks in an account's name, now."""

    account: Account
    viewer: Viewer
    now: datetime


class Keyed(HttpRequest):
    """A request whose key was good."""

    auth: Caller


class NotHere(Exception):
    """This kind of schedule has no such thing."""


class NotYet(Exception):
    """This is not written for this kind of schedule."""


class Wrong(Exception):
    """What is said cannot be; the messages say what."""

    def __init__(self, *titles: str) -> None:
        super().__init__(*titles)
        self.titles = titles


class BasicKey(HttpBasicAuth):
    """The account's name and its key, as SuperSaaS's clients send them."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, colon, key = b64decode(credentials, validate=True).decode().partition(":")
        except (NotBase64, UnicodeError, ValueError):
            return None
        return self.authenticate(request, name, key) if colon else None

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Caller | None:
        return _caller(key_given(password), username)


class BearerKey(HttpBearer):
    """The key alone; an `account` in the address must be its own."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        key = key_given(token)
        return _caller(key, request.GET.get("account") or (key.account.name if key else ""))


def _caller(key: ApiKey | None, account: str) -> Caller | None:
    if key is None or key.account.name != account.replace(" ", "_"):
        return None
    now = timezone.now()
    count_call(key, now=now)
    return Caller(account=key.account, viewer=viewer_by(key.account), now=now)


api = NinjaAPI(
    title="Convoca",
    version="3",
    description="Bookings and users of one account. SuperSaaS's own clients speak it.",
    urls_namespace="programs",
    auth=[BasicKey(), BearerKey()],
    docs_url=None,
    docs_decorator=require_safe,
)


def refuse(request: HttpRequest, status: int, *titles: str) -> HttpResponse:
    """Answer with errors, always as an object: some clients read nothing else."""
    errors = [{"status": str(status), "title": title} for title in titles]
    answer = api.create_response(request, {"errors": errors}, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Basic realm="Convoca API"'
    return answer


def point_to(request: HttpRequest, what: str, *, status: int) -> HttpResponse:
    """Answer with the address of what was made or found, in every place where a client looks for it."""
    address = f"{settings.BASE_URL}/api/{what}.json"
    answer = api.create_response(request, address, status=status)
    if TAKES_NO_TEXT in request.headers.get("user-agent", ""):
        answer.content = b""
    # Some clients look for it in lower case.
    answer["location"] = address
    return answer


@api.exception_handler(AuthenticationError)
def _say_unknown(request: HttpRequest, error: AuthenticationError | type[AuthenticationError]) -> HttpResponse:
    return refuse(request, HTTPStatus.UNAUTHORIZED, "The account name and API key are not right.")


@api.exception_handler(CalledTooOften)
def _say_too_often(request: HttpRequest, error: CalledTooOften | type[CalledTooOften]) -> HttpResponse:
    answer = refuse(request, HTTPStatus.TOO_MANY_REQUESTS, "Too many calls. Wait, and call again.")
    answer["Retry-After"] = str(getattr(error, "seconds", 60))
    return answer


@api.exception_handler(ValidationError)
def _say_wrong(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    found: Sequence[dict[str, Any]] = getattr(error, "errors", ())
    return refuse(request, HTTPStatus.BAD_REQUEST, *(phrases.invalid(each) for each in found))


@api.exception_handler(Unclear)
def _say_unclear(request: HttpRequest, error: Unclear | type[Unclear]) -> HttpResponse:
    return refuse(request, HTTPStatus.BAD_REQUEST, f"Bad request: {error}")


@api.exception_handler(HttpError)
def _say_http(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    return refuse(request, getattr(error, "status_code", HTTPStatus.BAD_REQUEST), str(error))


@api.exception_handler(Http404)
def _say_missing(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    return refuse(request, HTTPStatus.NOT_FOUND, "There is none of that number.")


@api.exception_handler(NotHere)
def _say_not_here(request: HttpRequest, error: NotHere | type[NotHere]) -> HttpResponse:
    return refuse(request, HTTPStatus.METHOD_NOT_ALLOWED, "Not available for capacity type schedule.")


@api.exception_handler(NotYet)
def _say_not_yet(request: HttpRequest, error: NotYet | type[NotYet]) -> HttpResponse:
    return refuse(request, HTTPStatus.NOT_IMPLEMENTED, "Not yet implemented for service type schedule.")


@api.exception_handler(Refusal)
def _say_refused(request: HttpRequest, error: Refusal | type[Refusal]) -> HttpResponse:
    return refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, phrases.refused(error))


@api.exception_handler(Wrong)
def _say_impossible(request: HttpRequest, error: Wrong | type[Wrong]) -> HttpResponse:
    return refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, *getattr(error, "titles", ()))
