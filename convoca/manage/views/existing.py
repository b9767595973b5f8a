"""Applying a schedule's source of links to what is booked already."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from convoca.booking.models import Schedule
from convoca.booking.operations.applying import apply_to_existing
from convoca.manage import existing_phrases
from convoca.manage.existing import blocks_of
from convoca.manage.policy import Visit, configured_schedule, for_supervisors
from convoca.manage.returning import address_back, came_from


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def apply_source(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """Give what is booked a meeting of the schedule's source; asked without posting, say how far that is."""
    configured, now = configured_schedule(visit, schedule), timezone.now()
    if request.method != "POST":
        block = blocks_of(visit.account, [configured], now=now).get(configured.pk)
        if block is not None and block.seen == request.GET.get("seen"):
            return HttpResponse(status=204)
        context = {"existing": block, "account": visit.account, "back": came_from(request, visit)}
        return render(request, "manage/existing.html", context)
    everything = request.POST.get("to") == Schedule.Applying.ALL
    apply_to_existing(configured, Schedule.Applying.ALL if everything else Schedule.Applying.MISSING, now=now)
    if configured.applying:
        messages.success(request, existing_phrases.applied())
    else:
        messages.error(request, existing_phrases.not_applied())
    page = reverse("manage:process", args=[visit.account.name, configured.slug])
    return HttpResponse(status=303, headers={"Location": address_back(request, visit, otherwise=page)})
