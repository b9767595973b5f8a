"""Deleting a schedule: first what happens, then how far it is."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.models import Schedule
from convoca.booking.operations.auditing import acting_on
from convoca.booking.operations.deleting import delete_schedule, let_go
from convoca.booking.questions.closing import consequences_of, remains_of
from convoca.manage import deleting_phrases as say
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_owner
from convoca.manage.slot_forms import MessageForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def delete(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Ask first, saying what happens; then close the schedule. One that is being deleted says how far it is."""
    now = timezone.now()
    doomed = _own(visit, schedule)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by = acting_on(doomed, visit.viewer)
        delete_schedule(doomed, message=form.cleaned_data["message"], by=by, now=now)
        messages.success(request, say.begun(doomed))
        return see_other("manage:schedules", account=visit.account.name)
    context: dict[str, object] = {"schedule": doomed, "form": form}
    if doomed.is_closing:
        found = remains_of(doomed, now=now)
        context |= {"sentences": say.remains(found), "stuck": say.stuck(found)}
    else:
        context["sentences"] = say.consequences(doomed, consequences_of(doomed, now=now))
    return render_page(request, visit, "manage/delete_schedule.html", context, status=422 if form.errors else 200)


@require_POST
@for_owner
def leave_meetings(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Leave at the vendor what cannot be deleted there, so that the schedule can go."""
    left = let_go(_own(visit, schedule), now=timezone.now())
    messages.success(request, say.left(left))
    return see_other("manage:schedules", account=visit.account.name)


def _own(visit: Visit, slug: str) -> Schedule:
    """Return the account's schedule of that address, also one that is being deleted. Raises Http404."""
    schedule = get_object_or_404(Schedule, account=visit.account, slug=slug)
    schedule.account = visit.account
    return schedule
