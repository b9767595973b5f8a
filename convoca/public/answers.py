"""What is common to the answers of this door.

These views do not ask for Django's CSRF token. That token guards what a browser's cookies entitle it to, and here they
entitle nobody to anything: an attendee's right is the token in the address. So everything also works in a browser that
keeps no cookies, and from a page that sends no referrer. Where a log-in counts, `door.forgery_checked` asks.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.csp import CSP
from django.utils.translation import gettext
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]

# A Join button posts to us and is answered with a redirect to the provider, which browsers hold against form-action.
# Links typed by hand lead to any http(s) host.
JOINING_CSP: dict[str, Any] = {**settings.SECURE_CSP, "form-action": [CSP.SELF, "https:", "http:"]}


class SeeOther(HttpResponseRedirect):
    """303: what was posted is done; look at it there."""

    status_code = 303


def reads[**P](view: View[P]) -> View[P]:
    """A page that is only looked at."""
    return require_http_methods(["GET", "HEAD"])(view)


def reads_and_writes[**P](view: View[P]) -> View[P]:
    """A page whose form posts to the page itself."""
    return csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(view))


def writes[**P](view: View[P]) -> View[P]:
    """What a button does."""
    return csrf_exempt(require_http_methods(["POST"])(view))


def personal[**P](view: View[P]) -> View[P]:
    """An address that is one person's own: kept by no cache, found by no search, told to no other site."""

    @wraps(view)
    def personal_view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return csp_override(JOINING_CSP)(personal_view)


def bad_link(request: HttpRequest, *, form: Form | None = None, status: int = 404) -> HttpResponse:
    """Say that no booking has this address, and let the valid ones be mailed; nothing tells whether it ever had one."""
    context = {
        "title": gettext("This link is not valid"),
        "text": gettext("Open the link in your latest email or ask for a new one."),
        "sends_again": True,
        "form": form,
    }
    return render(request, "public/message.html", context, status=status)
