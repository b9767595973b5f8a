"""Logging in with Google, and linking one's Google account to a log-in that is here already."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.models import User
from convoca.booking.operations.outside import (
    LinkedAlready,
    NotTheirAddress,
    Outsider,
    ProveFirst,
    Unknown,
    enter,
    link,
    unlink,
)
from convoca.manage.csp import TO_VENDORS
from convoca.manage.google_log_in import (
    GOOGLE,
    Asked,
    ask_google,
    forget_waiting,
    is_offered,
    outsider_of,
    remember_to_link,
    waiting_to_be_linked,
)
from convoca.providers.contract import OutcomeLost, ProviderError


@csp_override(TO_VENDORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Go to Google: to log in, or, of somebody who is logged in and still is it, to link their account."""
    if not is_offered():
        raise Http404
    if request.user.is_authenticated:
        raise_if_reauthentication_required(request, app="allauth.mfa")
    if request.method != "POST":
        return render(request, "account/google.html")
    limited: HttpResponse | None = consume_or_429(request, action="login")
    if limited is not None:
        return limited
    going_to = get_next_redirect_url(request) or ""
    return _see(ask_google(request, going_to=going_to, now=timezone.now()))


def take_answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Log in whoever Google says it is, or say why not. The state stands in for the form's token."""
    now, code = timezone.now(), request.GET.get("code", "")
    if "error" in request.GET or not code:
        return _refused(request, gettext("Nothing was changed: you did not log in at Google."))
    try:
        outsider = outsider_of(asked, code, now=now)
    except (ProviderError, OutcomeLost):
        return _refused(request, gettext("Google did not say who you are. Try again in a moment, or log in otherwise."))
    if isinstance(request.user, User):
        return _link(request, request.user, outsider)
    try:
        user = enter(outsider, now=now)
    except ProveFirst:
        messages.info(request, gettext("There is a log-in for this address. Log in as usual, once, to link Google."))
        return redirect(remember_to_link(request, outsider, now=now))
    except NotTheirAddress:
        return _refused(request, gettext("Google has not verified the email address of that account."))
    except (Unknown, LinkedAlready):
        sentence = gettext("Nobody logs in here with {email}.").format(email=outsider.email)
        return _refused(request, sentence)
    record_authentication(request, user, "socialaccount", provider=GOOGLE, uid=outsider.subject)
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=asked.going_to or None))
    return answer


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def link_waiting(request: HttpRequest) -> HttpResponse:
    """Ask whoever has just logged in whether the account at Google that they came with should open this log-in."""
    outsider = waiting_to_be_linked(request, now=timezone.now())
    if outsider is None:
        return redirect("mfa_index")
    if request.method == "POST":
        assert isinstance(request.user, User)
        return _link(request, request.user, outsider)
    return render(request, "account/google_link.html", {"email": outsider.email})


@require_POST
@login_required
def stop(request: HttpRequest) -> HttpResponse:
    """Log the person in with Google no more."""
    raise_if_reauthentication_required(request, app="allauth.mfa")
    assert isinstance(request.user, User)
    if unlink(request.user, GOOGLE):
        get_adapter().send_notification_mail("google/unlinked", request.user)
        messages.success(request, gettext("You log in with Google no more."))
    return _see(reverse("mfa_index"))


def _link(request: HttpRequest, user: User, outsider: Outsider) -> HttpResponse:
    try:
        link(user, outsider, now=timezone.now())
    except LinkedAlready:
        messages.error(request, gettext("That Google account opens another log-in, or yours has one already."))
    else:
        get_adapter().send_notification_mail("google/linked", user)
        messages.success(request, gettext("From now on you can log in with Google."))
    forget_waiting(request)
    return _see(reverse("mfa_index"))


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return _see(reverse("mfa_index" if request.user.is_authenticated else "account_login"))


def _see(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
