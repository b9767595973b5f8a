"""The language and the appearance that this browser asks for. Both are cookies, and set by a POST only."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from convoca.booking.spoken import is_spoken, remember, remember_language
from convoca.public.answers import SeeOther, writes
from convoca.public.embedding import LANGUAGE

THEME_COOKIE = "theme"
CHOSEN_THEMES = frozenset({"light", "dark"})


@writes
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language; one that we do not speak changes nothing."""
    language = request.POST.get("language", "")
    if not is_spoken(language):
        return SeeOther(_next(request))
    return remember_language(SeeOther(_in_language(_next(request), language)), language)


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
        remember(response, THEME_COOKIE, theme)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def _next(request: HttpRequest) -> str:
    """Return the page of ours to go back to: never another site, whatever the form says."""
    wanted = request.POST.get("next", "")
    clean = wanted.startswith("/") and wanted.isprintable()
    if clean and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure()):
        return wanted
    return "/"
