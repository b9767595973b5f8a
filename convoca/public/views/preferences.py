"""The language and the appearance that this browser asks for. Both are cookies, and set by a POST only."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from convoca.public.answers import SeeOther, writes
from convoca.public.embedding import LANGUAGE, is_spoken

A_YEAR = 365 * 24 * 60 * 60
THEME_COOKIE = "theme"
CHOSEN_THEMES = frozenset({"light", "dark"})


@writes
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language; one that we do not speak changes nothing."""
    language = request.POST.get("language", "")
    if not is_spoken(language):
        return SeeOther(_next(request))
    return remember_language(SeeOther(_in_language(_next(request), language)), language)


def remember_language[Response: HttpResponse](response: Response, language: str) -> Response:
    """Let the browser that gets `response` be spoken to in this language from now on; "" changes nothing."""
    if language:
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


def _in_language(address: str, language: str) -> str:
    """Return the address, asking for this language if it asked for one."""
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if LANGUAGE not in dict(query):
        return address
    spoken = [(name, language if name == LANGUAGE else value) for name, value in query]
    return urlunsplit(parts._replace(query=urlencode(spoken)))


@writes
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark; anything else follows the system again."""
    response = SeeOther(_next(request))
    theme = request.POST.get("theme", "")
    if theme in CHOSEN_THEMES:
        _remember(response, THEME_COOKIE, theme)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )


def _next(request: HttpRequest) -> str:
    """Return the page of ours to go back to: never another site, whatever the form says."""
    wanted = request.POST.get("next", "")
    clean = wanted.startswith("/") and wanted.isprintable()
    if clean and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure()):
        return wanted
    return "/"
