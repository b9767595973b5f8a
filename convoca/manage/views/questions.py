"""Configure > Form, and the form of those who sign up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from convoca.booking.operations.configuring import set_form, set_sign_up_form
from convoca.booking.questions.forms import asked_fields, sign_up_fields
from convoca.booking.questions.permissions import Action
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, configured_schedule, for_supervisors, for_those_who_may
from convoca.manage.questions import QuestionsForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def configure_form(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Choose what people are asked when they book."""
    asking = configured_schedule(visit, schedule)
    form = QuestionsForm(request.POST or None, saved=asked_fields(asking))
    if request.method == "POST" and form.is_valid():
        set_form(asking, form.questions)
        messages.success(request, gettext("Saved. It counts for new bookings."))
        return see_other("manage:form", account=visit.account.name, schedule=asking.slug)
    context = {"schedule": asking, "tabs": schedule_tabs(request, visit, asking), "form": form}
    return render_page(request, visit, "manage/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who_may(Action.GOVERN)
def configure_sign_up_form(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Choose what people are asked when they become users."""
    form = QuestionsForm(request.POST or None, saved=sign_up_fields(visit.account))
    if request.method == "POST" and form.is_valid():
        set_sign_up_form(visit.account, form.questions)
        messages.success(request, gettext("Saved. It counts for whoever signs up from now on."))
        return see_other("manage:sign-up-form", account=visit.account.name)
    return render_page(request, visit, "manage/sign_up_form.html", {"form": form}, status=422 if form.errors else 200)
