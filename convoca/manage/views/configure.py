"""Configure > Rules and Configure > Start times."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from convoca.booking.operations.configuring import set_rules
from convoca.booking.operations.opening import set_start_times
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, configured_schedule, for_supervisors
from convoca.manage.rules import RulesForm
from convoca.manage.starts import StartsForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def configure_rules(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Change what the schedule asks of bookings (M18, M20)."""
    configured = configured_schedule(visit, schedule)
    form = RulesForm(request.POST or None, schedule=configured)
    if request.method == "POST" and form.is_valid():
        set_rules(configured, form.values)
        messages.success(request, gettext("Saved. Bookings already made stay as they are."))
        return see_other("manage:rules", account=visit.account.name, schedule=configured.slug)
    context = {"schedule": configured, "tabs": schedule_tabs(request, visit, configured), "form": form}
    return render_page(request, visit, "manage/rules.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def configure_starts(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Choose when bookings may start; a class starts when its owner put it."""
    configured = configured_schedule(visit, schedule)
    if configured.is_capacity:
        raise Http404
    form = StartsForm(request.POST or None, schedule=configured)
    if request.method == "POST" and form.is_valid():
        set_start_times(configured, every=form.interval, listed=form.listed)
        messages.success(request, gettext("Saved. Bookings already made stay as they are."))
        return see_other("manage:start-times", account=visit.account.name, schedule=configured.slug)
    context = {"schedule": configured, "tabs": schedule_tabs(request, visit, configured), "form": form}
    return render_page(request, visit, "manage/start_times.html", context, status=422 if form.errors else 200)
