"""What vendors tell us by themselves. They are answered at once; the truth is asked for by the worker."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from convoca.booking.operations.heeding import heed
from convoca.booking.operations.vendors import application_for, is_registered, webhook_secret
from convoca.providers.google import push
from convoca.providers.zoom import events

# Zoom's notices are a few thousand bytes long.
BODY_MAX_BYTES = 64 * 1024


@csrf_exempt
@require_POST
@never_cache
def hear_zoom(request: HttpRequest) -> HttpResponse:
    """Take a notice of Zoom's: nothing of it is believed, kept or logged but where to look.

    Whoever does not prove to be Zoom is refused before a byte is read as anything.
    """
    secret = webhook_secret("zoom")
    if not secret:
        raise Http404
    if _length(request) > BODY_MAX_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers, now = {name.lower(): value for name, value in request.headers.items()}, timezone.now()
    if not events.is_genuine(headers, request.body, secret=secret, now=now):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    if (proof := events.answer_validation(request.body, secret=secret)) is not None:
        return JsonResponse(proof)
    if (notice := events.read_notice(request.body)) is not None:
        heed(notice, "zoom", now=now)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@csrf_exempt
@require_POST
@never_cache
def hear_google(request: HttpRequest) -> HttpResponse:
    """Take a notice of Google's, which stands in headers alone: it says under which channel to look, and no more.

    Whoever does not repeat the secret that we gave to Google for that channel is refused.
    """
    if not is_registered("google"):
        raise Http404
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not push.is_genuine(headers, application=application_for("google")):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    if (notice := push.read_notice(headers)) is not None:
        heed(notice, "google", now=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _length(request: HttpRequest) -> int:
    """Return how long the body says it is; what says nothing is read as empty, and is nobody's."""
    told = request.headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() else 0
