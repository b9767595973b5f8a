"""The health page: what is wrong with links and mails, and one button for each thing that mends it (J10, B5)."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from convoca.booking.mail.button import is_fresh_key
from convoca.booking.models import Connection, Incident, Meeting
from convoca.booking.operations.answering import keep_appointment, keep_theirs, put_ours_back
from convoca.booking.operations.connecting import connect_installation
from convoca.booking.operations.mending import retry_meeting, send_again
from convoca.booking.operations.reconnecting import create_new_links, keep_links
from convoca.booking.operations.vendors import is_registered, serves_itself
from convoca.booking.operations.watching import keep_quiet
from convoca.manage import health_phrases as say
from convoca.manage import phrases
from convoca.manage.consent import ask_for_consent
from convoca.manage.csp import TO_VENDORS
from convoca.manage.health import health_of
from convoca.manage.health_services import services_of
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_owner
from convoca.manage.reconnecting import back_to_row, connect_by, to_vendor
from convoca.manage.returning import address_back
from convoca.providers import connected_provider_by_id, provider_by_id


@csp_override(TO_VENDORS)
@require_safe
@for_owner
def show_health(request: HttpRequest, visit: Visit) -> HttpResponse:
    now = timezone.now()
    context = {"health": health_of(visit.account, now=now), "services": services_of(visit.account, now=now)}
    return render_page(request, visit, "manage/health.html", context)


@require_safe
@for_owner
def tell_health(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer a page that waits for a repair: nothing (204) while it is as far as it was, else the connections."""
    health = health_of(visit.account, now=timezone.now())
    if health.digest == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "manage/health_live.html", {"health": health, "account": visit.account, "is_news": True})


@require_POST
@for_owner
def reconnect(request: HttpRequest, visit: Visit, connection: int) -> HttpResponse:
    """Ask the vendor for consent again; the answer mends the connection with all that waits for it."""
    lost, now = _own(visit, connection), timezone.now()
    provider = connected_provider_by_id(lost.provider)
    if not is_registered(provider.id):
        messages.error(request, phrases.not_registered(provider))
        return back_to_row(lost)
    if serves_itself(provider.id):
        connect_by(request, lost, provider, lambda: connect_installation(visit.account, provider.id, now=now), now=now)
        return back_to_row(lost)
    return to_vendor(ask_for_consent(request, provider.id, lost, now=now))


@require_safe
@for_owner
def mend(request: HttpRequest, visit: Visit, connection: int) -> HttpResponse:
    """Go on from a mail's button to the vendor's question, which changes nothing here; else to the button's row (J10).

    Where nobody need be asked, access is got anew by the row's own button: a mail's address changes nothing.
    """
    lost, now = _own(visit, connection), timezone.now()
    key = request.GET.get("key", "")
    needs_consent = is_registered(lost.provider) and not serves_itself(lost.provider)
    if lost.state != Connection.State.NEEDS_OWNER or not needs_consent or not is_fresh_key(key, lost, now=now):
        return back_to_row(lost)
    return to_vendor(ask_for_consent(request, lost.provider, lost, now=now))


@require_POST
@for_owner
def answer_links(request: HttpRequest, visit: Visit, connection: int) -> HttpResponse:
    """Keep the links of an account that was replaced by another, or make new ones."""
    old = _own(visit, connection)
    if request.POST.get("links") == "new":
        messages.success(request, say.new_links(create_new_links(old, now=timezone.now())))
    else:
        messages.success(request, say.kept_links() if keep_links(old) else say.nothing_asked())
    return see_other("manage:health", account=visit.account.name)


@require_POST
@for_owner
def retry(request: HttpRequest, visit: Visit, meeting: int) -> HttpResponse:
    """Try a meeting that is not ready again at once."""
    tried = retry_meeting(_meeting(visit, meeting), now=timezone.now())
    messages.success(request, say.tried_again() if tried else say.nothing_to_try())
    page = f"{reverse('manage:health', args=[visit.account.name])}#not-ready"
    return HttpResponse(status=303, headers={"Location": address_back(request, visit, otherwise=page)})


@require_POST
@for_owner
def answer(request: HttpRequest, visit: Visit, meeting: int) -> HttpResponse:
    """Take the owner's answer about a meeting that is not at the vendor as we made it (T31)."""
    asked = _meeting(visit, meeting)
    provider, now = provider_by_id(asked.provider), timezone.now()
    answers: dict[str, tuple[Callable[[], bool], str]] = {
        "keep": (lambda: keep_appointment(asked), say.kept_appointment()),
        "theirs": (lambda: keep_theirs(asked), say.kept_theirs(provider)),
        "ours": (lambda: put_ours_back(asked, now=now), say.ours_put_back(provider)),
    }
    act, done = answers.get(request.POST.get("answer", ""), (lambda: False, ""))
    messages.success(request, done if act() else say.nothing_asked())
    return _back_to(visit, "questions")


@require_POST
@for_owner
def send_mails_again(request: HttpRequest, visit: Visit) -> HttpResponse:
    messages.success(request, say.sent_again(send_again(visit.account, now=timezone.now())))
    return see_other("manage:health", account=visit.account.name)


@require_POST
@for_owner
def be_quiet(request: HttpRequest, visit: Visit, incident: int) -> HttpResponse:
    """Send no reminder of an incident for a while."""
    found = get_object_or_404(Incident, account=visit.account, pk=incident)
    keep_quiet(found, now=timezone.now())
    return see_other("manage:health", account=visit.account.name)


def _own(visit: Visit, connection: int) -> Connection:
    found = get_object_or_404(Connection.objects.select_related("replaced_by"), account=visit.account, pk=connection)
    found.account = visit.account
    return found


def _meeting(visit: Visit, meeting: int) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("slot"), account=visit.account, pk=meeting)


def _back_to(visit: Visit, section: str) -> HttpResponse:
    page = reverse("manage:health", args=[visit.account.name])
    return HttpResponse(status=303, headers={"Location": f"{page}#{section}"})
