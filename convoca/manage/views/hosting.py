"""Starting a meeting as its host."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from convoca.booking.operations.hosting import NoHostLink, host_link
from convoca.manage import meeting_phrases
from convoca.manage.pages import address_of_row
from convoca.manage.policy import Visit, for_supervisors, supervised_slot
from convoca.manage.returning import address_back


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def start_meeting(request: HttpRequest, visit: Visit, slot: int) -> HttpResponse:
    """Send the host into the meeting: the way in is asked for now, and written down nowhere."""
    started = supervised_slot(visit, slot)
    if request.method != "POST":
        return redirect(address_of_row(visit, started))
    try:
        address = host_link(started, now=timezone.now())
    except NoHostLink as refusal:
        messages.error(request, meeting_phrases.no_host_link(refusal))
        address = address_back(request, visit, otherwise=address_of_row(visit, started))
    return HttpResponse(status=303, headers={"Location": address, "Referrer-Policy": "no-referrer"})
