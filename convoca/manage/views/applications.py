"""The vendors' applications: pasted by whoever looks after the installation, tried out, and used without a restart."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.operations.registering import Verdict, forget, register, try_out
from convoca.booking.operations.vendors import keys_for
from convoca.manage.applications import ApplicationForm, cards, verdict_text, with_applications
from convoca.manage.policy import for_operator
from convoca.providers.contract import ConnectedProvider


@require_safe
@for_operator
def list_applications(request: HttpRequest) -> HttpResponse:
    return render(request, "manage/applications.html", {"cards": cards()})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_operator
def save_application(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep what was pasted. What the environment sets cannot be changed here."""
    of = _provider(provider)
    if request.method != "POST":
        return redirect(_address_of(of))
    kept = keys_for(of.id)
    form = ApplicationForm(request.POST, provider=of.id, kept=kept)
    if kept.from_environment:
        messages.error(request, gettext("The environment sets this application. Nothing was changed."))
        return _see(of)
    if not form.is_valid():
        context = {"cards": cards(typed=form, provider_id=of.id), "form": form}
        return render(request, "manage/applications.html", context, status=422)
    register(of.id, form.pasted, now=timezone.now())
    messages.success(request, gettext("Saved. Test it before you connect."))
    return _see(of)


@require_POST
@for_operator
def test_application(request: HttpRequest, provider: str) -> HttpResponse:
    """Ask the vendor whether it knows our application."""
    of = _provider(provider)
    verdict, reason = try_out(of.id)
    tell = messages.success if verdict is Verdict.ACCEPTED else messages.error
    tell(request, verdict_text(of, verdict, reason))
    return _see(of)


@require_POST
@for_operator
def forget_application(request: HttpRequest, provider: str) -> HttpResponse:
    of = _provider(provider)
    forget(of.id)
    messages.success(request, gettext("Deleted. Nothing is connected to {provider} anew.").format(provider=of.name))
    return _see(of)


def _provider(provider_id: str) -> ConnectedProvider:
    found = next((each for each in with_applications() if each.id == provider_id), None)
    if found is None:
        raise Http404
    return found


def _address_of(provider: ConnectedProvider) -> str:
    return f"{reverse('applications')}#{provider.id}"


def _see(provider: ConnectedProvider) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": _address_of(provider)})
