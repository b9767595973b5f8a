"""A form that can be shown in another language before it is sent, and loses nothing of what was typed.

The switch of language is a button of the form: what is sent to it is the whole form, and `speak` beside it. Whoever
asks that has sent nothing yet, so nothing is judged and nothing is done.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Self

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

# What a form sends, in place of being sent, to be shown again in another language.
SPEAK = "speak"
A_YEAR = 365 * 24 * 60 * 60

type View = Callable[..., HttpResponseBase]


class SpokenForm(forms.Form):
    """A form that is never valid while it only asks to be shown in another language, and never wrong."""

    def is_valid(self) -> bool:
        if SPEAK in self.data:
            self.judged_later()
            return False
        return super().is_valid()

    def judged_later(self) -> Self:
        """Return the form with what was typed, and find nothing wrong with it: it has not been sent yet."""
        self._errors = ErrorDict()
        return self


def is_spoken(language: str) -> bool:
    """Say whether pages are there in this language."""
    return language in dict(settings.LANGUAGES)


def asks_to_speak(request: HttpRequest) -> bool:
    """Say whether a form was sent only to be shown in another language, as far as it has been filled in."""
    return request.method == "POST" and SPEAK in request.POST


def speak_as_asked(request: HttpRequest, otherwise: str = "") -> str:
    """Speak the language in which a form asks to be shown, or else `otherwise`; return it, "" if it is none of ours."""
    language = request.POST[SPEAK] if asks_to_speak(request) else otherwise
    if not is_spoken(language):
        return ""
    translation.activate(language)
    return language


def remember_language[Response: HttpResponseBase](response: Response, language: str) -> Response:
    """Let the browser that gets `response` be spoken to in this language from now on; "" changes nothing."""
    if language:
        remember(response, settings.LANGUAGE_COOKIE_NAME, language)
    return response


def remember(response: HttpResponseBase, name: str, value: str) -> None:
    """Let the browser keep what somebody chose for it, as long as browsers keep such things."""
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )


def in_the_language_asked(view: View) -> View:
    """Answer in the language in which the form asks to be shown, and remember it. Its form has to be a SpokenForm."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = speak_as_asked(request)
        return remember_language(view(request, *args, **kwargs), language)

    return answered
