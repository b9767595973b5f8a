"""Whether the process lives, and whether it can serve."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from convoca.booking.questions.health import oldest_overdue


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers. Asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Say that the database answers, and how many seconds the oldest unclaimed work is overdue."""
    connection.ensure_connection()
    return JsonResponse({"database": "ok", "overdue_seconds": oldest_overdue(now=timezone.now()).total_seconds()})
