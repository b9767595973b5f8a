"""Integrations: everything that an account can be connected to, and the key with which programs ask."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.operations.keys import make_key, revoke_key
from convoca.booking.questions.programs import api_key_of
from convoca.manage.integrating import cards_of
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_owner
from convoca.manage.program_phrases import key_words


@require_safe
@for_owner
def list_integrations(request: HttpRequest, visit: Visit) -> HttpResponse:
    return render_page(request, visit, "manage/integrations.html", {"cards": cards_of(visit)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def manage_key(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say how the key stands. Asked for a new one, answer with it: nothing keeps it that could show it again."""
    key = make_key(visit.account, by=visit.member, now=timezone.now()) if request.method == "POST" else ""
    kept = api_key_of(visit.account)
    context = {
        "key": key,
        "kept": kept,
        "words": key_words(kept, visit.account.time_zone),
        "base": settings.BASE_URL,
    }
    return render_page(request, visit, "manage/api_key.html", context)


@require_POST
@for_owner
def revoke(request: HttpRequest, visit: Visit) -> HttpResponse:
    if revoke_key(visit.account):
        messages.success(request, gettext("The key is dead. No program can ask with it any more."))
    return see_other("manage:api-key", account=visit.account.name)
