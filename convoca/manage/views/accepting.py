"""Further accounts: whether anybody may open one, and opening one with a link from a mail."""

from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from convoca.booking.operations.accepting import (
    NoAccountsTaken,
    decide,
    found_requested,
    request_by_token,
    takes_accounts,
)
from convoca.booking.operations.founding import KeyUsed
from convoca.booking.operations.refusals import HasLogIn
from convoca.booking.spoken import in_the_language_asked
from convoca.manage.founding import FoundingForm
from convoca.manage.pages import has_outbox, see_other
from convoca.manage.policy import for_operator
from convoca.manage.posting import send_founding_link
from convoca.manage.views.founding import BACKEND


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_the_language_asked
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask what the first owner is asked, and mail a link. Nobody learns who has a log-in."""
    if request.user.is_authenticated:
        return redirect("manage:accounts")
    if not takes_accounts():
        return render(request, "account/signup_closed.html")
    form = FoundingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["email"].lower()
        limited: HttpResponse | None = consume_or_429(request, action="reset_password", key=f"sign-up:{key}")
        if limited is not None:
            return limited
        try:
            if send_founding_link(form.founder, now=timezone.now()):
                return _see(reverse("account_signup_sent"))
        except NoAccountsTaken:
            return render(request, "account/signup_closed.html")
        form.add_error(None, gettext("The mail could not be sent. Nothing changed; try again in a moment."))
    return render(request, "account/setup.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def tell_sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way, whoever asked."""
    return render(request, "account/signup_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest, token: str) -> HttpResponse:
    """Show whoever opens the link in the mail what they asked for, and make it."""
    now = timezone.now()
    wanted = request_by_token(token, now=now)
    if wanted is None:
        return render(request, "account/signup_over.html", status=404)
    if request.method != "POST":
        return render(request, "account/signup_finish.html", {"wanted": wanted})
    try:
        schedule = found_requested(token, now=now)
    except (KeyUsed, HasLogIn):
        return render(request, "account/signup_over.html", status=404)
    login(request, schedule.account.memberships.get().user, backend=BACKEND)
    return see_other("manage:first-steps", account=schedule.account.name)


@require_http_methods(["GET", "HEAD", "POST"])
@for_operator
def decide_on_accounts(request: HttpRequest) -> HttpResponse:
    """Let whoever looks after the installation open or close the founding of accounts."""
    if request.method == "POST":
        takes = request.POST.get("takes") == "yes"
        decide(takes=takes, now=timezone.now())
        messages.success(request, gettext("Saved"))
        return _see(reverse("sign_up_setting"))
    address = f"{settings.BASE_URL}{reverse('account_signup')}"
    context = {"takes": takes_accounts(), "address": address, "has_outbox": has_outbox()}
    return render(request, "manage/sign_up_setting.html", context)


def _see(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
