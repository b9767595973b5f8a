"""A vendor's page: which schedules use it, Connect and Disconnect, and what became of the credentials."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from convoca.booking.models import Account, Connection, Schedule
from convoca.booking.operations.auditing import acting
from convoca.booking.operations.connecting import (
    connect_installation,
    connect_schedule,
    disconnect_schedule,
    finish_consent,
    is_shown_as_connected,
    usable_connection,
)
from convoca.booking.operations.vendors import is_registered, serves_itself
from convoca.booking.questions.given_up import working_links
from convoca.manage import phrases
from convoca.manage.connections import receipt_of, rows_of, warnings_of
from convoca.manage.consent import Consent, answered_consent, ask_for_consent
from convoca.manage.csp import TO_VENDORS
from convoca.manage.google_log_in import answered as log_in_answered
from convoca.manage.pages import integration_title, render_page, see_other
from convoca.manage.policy import Visit, for_owner, supervised_schedule, visit_of
from convoca.manage.reconnecting import FOR_MEET, back_to_row, connect_by, to_calendars, to_synchronize, to_vendor
from convoca.manage.views.google import take_answer
from convoca.providers import CALENDAR_PROVIDERS, CONNECTED_PROVIDERS, connected_provider_by_id
from convoca.providers.contract import ConnectedProvider


@csp_override(TO_VENDORS)
@require_safe
@for_owner
def show_integration(request: HttpRequest, visit: Visit, provider: str) -> HttpResponse:
    shown, now = _provider(provider), timezone.now()
    rows = rows_of(visit, shown, now=now)
    context = {
        "provider": shown,
        "title": integration_title(shown),
        "rows": rows,
        "warnings": warnings_of(rows, visit.account, now=now),
        "back": request.path,
        "receipt": receipt_of(visit.account, shown),
        "not_registered": "" if is_registered(shown.id) else phrases.not_registered(shown),
    }
    return render_page(request, visit, "manage/integration.html", context)


@require_safe
@for_owner
def tell_receipt(request: HttpRequest, visit: Visit, provider: str) -> HttpResponse:
    """Answer a page that shows a disconnection under way: nothing (204) while it is as far as it was."""
    of = _provider(provider)
    receipt = receipt_of(visit.account, of)
    if receipt is not None and receipt.progress == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "manage/receipt.html", {"receipt": receipt, "account": visit.account, "provider": of})


@require_POST
@for_owner
def connect(request: HttpRequest, visit: Visit, provider: str, schedule: str) -> HttpResponse:
    """Connect one schedule; the vendor asks for consent only where there is no connection that can be used."""
    wanted, of, now = _provider(provider), supervised_schedule(visit, schedule), timezone.now()
    if not is_registered(wanted.id):
        messages.error(request, phrases.not_registered(wanted))
        return _back(visit.account, wanted)
    connection = usable_connection(visit.account, wanted.id)
    if connection is None and serves_itself(wanted.id):
        connect_by(request, of, wanted, lambda: connect_installation(visit.account, wanted.id, now=now), now=now)
        return _back(visit.account, wanted)
    if connection is None:
        return to_vendor(ask_for_consent(request, wanted.id, of, now=now))
    connect_schedule(of, connection, by=acting(visit.viewer.membership), now=now)
    messages.success(request, phrases.connected_without_asking(of, wanted))
    return _back(visit.account, wanted)


@never_cache
def consent_answered(request: HttpRequest, provider: str) -> HttpResponse:
    """Take the vendor's answer: consent, or who logs in with Google, which comes to the one address Google knows."""
    asked = log_in_answered(request, provider, now=timezone.now()) if request.method == "GET" else None
    answer: HttpResponse = take_answer(request, asked) if asked else _take_consent(request, provider)
    return answer


@login_required
@require_GET
def _take_consent(request: HttpRequest, provider: str) -> HttpResponse:
    """Take an owner's consent. OAuth makes a GET change something here; the state stands in for the form's token."""
    asked = _asked(provider)
    now = timezone.now()
    consent = answered_consent(request, asked.id, now=now)
    wanted_for = _wanted_for(request, consent) if consent else None
    if consent is None or wanted_for is None:
        messages.error(request, phrases.consent_unknown())
        return redirect("manage:accounts")
    account, code = wanted_for.account, request.GET.get("code", "")
    if "error" in request.GET or not code:
        denied = request.GET.get("error") == "access_denied"
        messages.error(request, phrases.consent_denied() if denied else phrases.consent_refused(asked))
    else:
        connection = connect_by(
            request,
            wanted_for,
            asked,
            lambda: finish_consent(account, asked.id, code, code_verifier=consent.code_verifier, now=now),
            now=now,
        )
        if isinstance(wanted_for, Schedule) and asked in CALENDAR_PROVIDERS and connection is not None:
            return to_calendars(wanted_for, connection, for_meet=consent.purpose == FOR_MEET)
    if isinstance(wanted_for, Connection):
        return back_to_row(wanted_for)
    return to_synchronize(wanted_for) if asked in CALENDAR_PROVIDERS else _back(account, asked)


def _wanted_for(request: HttpRequest, consent: Consent) -> Schedule | Connection | None:
    """Return what is to be connected or mended, if this person still owns its account."""
    found: Schedule | Connection | None
    if consent.connection_id:
        connections = Connection.objects.select_related("account")
        found = connections.filter(account_id=consent.account_id, pk=consent.connection_id).first()
    else:
        schedules = Schedule.objects.select_related("account").filter(closing_at__isnull=True)
        found = schedules.filter(account_id=consent.account_id, pk=consent.schedule_id).first()
    visit = visit_of(request, found.account.name) if found else None
    return found if visit is not None and visit.is_owner else None


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def disconnect(request: HttpRequest, visit: Visit, provider: str, schedule: str) -> HttpResponse:
    """Ask first, saying what happens (J11); then stop making links for this schedule."""
    used, of, now = _provider(provider), supervised_schedule(visit, schedule), timezone.now()
    if not is_shown_as_connected(of, used.id):
        messages.info(request, phrases.was_not_connected(of, used))
        return _back(visit.account, used)
    if request.method == "POST":
        deletes = request.POST.get("meetings") == "delete"
        disconnect_schedule(of, delete_meetings=deletes, by=acting(visit.viewer.membership), now=now)
        messages.success(request, phrases.disconnected(of, used, deletes=deletes))
        return _back(visit.account, used)
    links = working_links(of, used.id, now=now)
    others = Schedule.objects.filter(account=visit.account, connection=of.connection_id).exclude(pk=of.pk)
    context = {
        "provider": used,
        "schedule": of,
        "deleting": phrases.delete_before(links) if links else "",
        "sentences": [
            phrases.will_have_no_link(of, used),
            phrases.keep_working(links),
            *([] if others.exists() else [phrases.last_one(used)]),
        ],
    }
    return render_page(request, visit, "manage/disconnect.html", context)


def _provider(provider_id: str) -> ConnectedProvider:
    """Return a provider that schedules are connected to for their links."""
    found = _asked(provider_id)
    if found not in CONNECTED_PROVIDERS:
        raise Http404
    return found


def _asked(provider_id: str) -> ConnectedProvider:
    try:
        return connected_provider_by_id(provider_id)
    except LookupError as error:
        raise Http404 from error


def _back(account: Account, provider: ConnectedProvider) -> HttpResponse:
    return see_other("manage:integration", account=account.name, provider=provider.id)
