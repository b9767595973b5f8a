"""The language and the appearance that this browser asks for. Both are cookies, and set by a POST only."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language

from convoca.public.answers import SeeOther, writes

A_YEAR = 365 * 24 * 60 * 60
THEME_COOKIE = "theme"
CHOSEN_THEMES = frozenset({"light", "dark"})


@writes
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language; one that we do not speak changes nothing."""
    response = SeeOther(_next(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


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
