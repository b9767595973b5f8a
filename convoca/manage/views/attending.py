"""Who did not come, and who is sent the link once more (J12)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from convoca.booking.models import Booking
from convoca.booking.operations.attending import mark_missed, send_link_again, unmark_missed
from convoca.booking.operations.auditing import acting_on
from convoca.core.admission import Refusal
from convoca.manage import phrases
from convoca.manage import supervise_phrases as say
from convoca.manage.policy import Visit, for_supervisors, supervised_booking
from convoca.manage.returning import address_back


@require_POST
@for_supervisors
def note_missed(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    """Note that somebody did not come, or, if the form says so, that they did after all."""
    held, now = supervised_booking(visit, booking), timezone.now()
    by, came = acting_on(held.slot.schedule, visit.viewer), "came" in request.POST
    try:
        noted = unmark_missed(held, by=by, now=now) if came else mark_missed(held, by=by, now=now)
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
    else:
        messages.success(request, say.came(noted) if came else say.missed(noted))
    return _back(request, visit, held)


@require_POST
@for_supervisors
def send_again(request: HttpRequest, visit: Visit, booking: int) -> HttpResponse:
    held = supervised_booking(visit, booking)
    try:
        sent = send_link_again(held, by=acting_on(held.slot.schedule, visit.viewer), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, phrases.say(refusal))
    else:
        messages.success(request, say.sent_again(sent))
    return _back(request, visit, held)


def _back(request: HttpRequest, visit: Visit, booking: Booking) -> HttpResponse:
    page = reverse("manage:booking", args=[visit.account.name, booking.pk])
    return HttpResponse(status=303, headers={"Location": address_back(request, visit, otherwise=page)})
