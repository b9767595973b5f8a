"""The first run: an address that the server printed makes an owner and a page that can be booked (J5)."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.operations.examples import add_examples, has_examples, remove_examples
from convoca.booking.operations.founding import KeyUsed, found, is_open, leave_out
from convoca.booking.operations.refusals import HasLogIn
from convoca.booking.spoken import in_the_language_asked
from convoca.manage.founding import FoundingForm, code_of, first_schedule, is_for_this_computer_only, steps_left
from convoca.manage.pages import public_address, render_page, see_other
from convoca.manage.policy import Visit, for_owner

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password", "key")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_the_language_asked
def set_up(request: HttpRequest) -> HttpResponse:
    """Ask the first owner four things, and make their account. The key travels in the form, and in no other address."""
    now, key = timezone.now(), request.POST.get("key") or request.GET.get("key", "")
    if not is_open(key, now=now):
        return render(request, "account/setup_closed.html", status=404)
    form = FoundingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            schedule = found(key, form.founder, now=now)
        except KeyUsed:
            return render(request, "account/setup_closed.html", status=404)
        except HasLogIn:
            form.add_error("email", gettext("There is a log-in for this address already. Use another one."))
        else:
            login(request, schedule.account.memberships.get().user, backend=BACKEND)
            return see_other("manage:first-steps", account=schedule.account.name)
    return render(request, "account/setup.html", {"form": form, "key": key}, status=422 if form.errors else 200)


@require_safe
@for_owner
def show_first_steps(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say that the page is live, and what can be done next; every step can be left out."""
    schedule = first_schedule(visit.account)
    if schedule is None:
        raise Http404
    address = public_address(visit, schedule)
    context = {
        "schedule": schedule,
        "address": address,
        "code": code_of(address),
        "steps": steps_left(schedule),
        "is_local": is_for_this_computer_only(),
        "base": settings.BASE_URL,
        "has_examples": has_examples(visit.account),
    }
    return render_page(request, visit, "manage/first_steps.html", context)


@require_POST
@for_owner
def fill_with_examples(request: HttpRequest, visit: Visit) -> HttpResponse:
    add_examples(visit.account, now=timezone.now())
    messages.success(request, gettext("Two example schedules are there, with people who do not exist on them."))
    return see_other("manage:schedules", account=visit.account.name)


@require_POST
@for_owner
def take_examples_away(request: HttpRequest, visit: Visit) -> HttpResponse:
    remove_examples(visit.account, now=timezone.now())
    messages.success(request, gettext("The examples are gone. What is yours is as it was."))
    return see_other("manage:first-steps", account=visit.account.name)


@require_POST
@for_owner
def leave_step_out(request: HttpRequest, visit: Visit) -> HttpResponse:
    leave_out(visit.account, request.POST.get("step", ""))
    return see_other("manage:first-steps", account=visit.account.name)
