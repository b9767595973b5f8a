"""Access Control: for now, the supervisor field."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from convoca.booking.models import Account, Schedule
from convoca.booking.operations.configuring import set_supervisor_field
from convoca.manage import phrases
from convoca.manage.forms import SupervisorFieldForm
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_owner


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def control_access(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Enable, disable or rename the supervisor field."""
    account = visit.account
    current = {"choice": account.supervisor_field, "label": account.supervisor_label}
    form = SupervisorFieldForm(request.POST or None, initial=current)
    if request.method == "POST" and form.is_valid():
        in_use = _schedules_in_need(account, form.cleaned_data["choice"])
        if in_use:
            form.add_error("choice", phrases.field_in_use(in_use))
        else:
            set_supervisor_field(account, form.cleaned_data["choice"], label=form.cleaned_data["label"])
            messages.success(request, gettext("Saved."))
            return see_other("manage:access-control", account=account.name)
    context = {"form": form, "chosen": form["choice"].value(), "choices": Account.SupervisorField.choices}
    return render_page(request, visit, "manage/access_control.html", context, status=422 if form.errors else 200)


def _schedules_in_need(account: Account, choice: str) -> list[str]:
    """Return the schedules that would lose the field in which their links are typed."""
    if choice != Account.SupervisorField.OFF:
        return []
    manual = Schedule.objects.filter(account=account, link_source=Schedule.MANUAL)
    return list(manual.exclude(kind=Schedule.Kind.CAPACITY).values_list("name", flat=True))
