"""Log-in and security: how somebody logs in, and where they are logged in."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.models import User
from convoca.booking.operations.log_ins import LinkOver, address_in, change_address
from convoca.booking.operations.refusals import HasLogIn
from convoca.manage.google_log_in import GOOGLE, is_offered
from convoca.manage.posting import send_address_link
from convoca.manage.proving import passkeys_work
from convoca.manage.security import AddressForm, PasswordForm, ways_in
from convoca.manage.sessions import end_others, end_session, places_of

# What allauth calls the rights to prove oneself anew for.
SECURITY = "allauth.mfa"


@never_cache
@login_required
@require_safe
def show_security(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    context = {
        "places": places_of(user, request),
        "passkeys_work": passkeys_work(),
        "google": user.outside_log_ins.filter(provider=GOOGLE).first(),
        "google_offered": is_offered(),
    }
    return render(request, "manage/security.html", context | ways_in(user))


@sensitive_post_parameters("current", "password")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password. That logs the person out in every other browser."""
    user = _person(request)
    if not user.has_usable_password():
        raise_if_reauthentication_required(request, app=SECURITY)
    if request.method == "POST" and (limited := _limited(request, "change_password")):
        return limited
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        get_adapter().set_password(user, form.cleaned_data["password"])
        finalize_password_change(request, user)
        messages.success(request, gettext("Your password is changed. You are logged out everywhere else."))
        return _back()
    return render(request, "account/password_change.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_email(request: HttpRequest) -> HttpResponse:
    """Send a link to the address that somebody wants to log in with. Nobody learns who has a log-in."""
    user = _person(request)
    raise_if_reauthentication_required(request, app=SECURITY)
    if request.method == "POST" and (limited := _limited(request, "manage_email")):
        return limited
    form = AddressForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        if send_address_link(user, form.cleaned_data["email"], now=timezone.now()):
            messages.success(request, gettext("We sent a link to that address. Nothing changes until you open it."))
        else:
            messages.error(request, gettext("The mail could not be sent. Nothing changed; try again in a moment."))
        return _back()
    return render(request, "account/email_change.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Show whoever opens the link in the mail what it changes, and change it."""
    wanted = address_in(token, now=timezone.now())
    if wanted is None:
        return render(request, "account/email_over.html", status=404)
    if request.method == "POST":
        try:
            user = change_address(token, now=timezone.now())
        except (LinkOver, HasLogIn):
            return render(request, "account/email_over.html", status=404)
        get_adapter().send_notification_mail("account/email/email_changed", user, email=wanted.user.email)
        messages.success(request, gettext("From now on you log in with {email}.").format(email=user.email))
        return _back()
    return render(request, "account/email_confirm.html", {"email": wanted.email, "old": wanted.user.email})


@require_POST
@login_required
def log_out_there(request: HttpRequest, session: int) -> HttpResponse:
    """End one session of the person."""
    if end_session(_person(request), session):
        messages.success(request, gettext("Logged out there."))
    return _back()


@require_POST
@login_required
def log_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End all sessions of the person but this one."""
    end_others(_person(request), request)
    messages.success(request, gettext("You are logged in here only."))
    return _back()


def _limited(request: HttpRequest, action: str) -> HttpResponse | None:
    answer: HttpResponse | None = consume_or_429(request, action=action, user=request.user)
    return answer


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _back() -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse("mfa_index")})
