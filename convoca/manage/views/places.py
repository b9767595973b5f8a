"""One occasion: who has a place, who waits in which order, its link, and what was done to it."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from convoca.booking.models import AuditEntry, Booking, Slot
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.supervising import places_of, trail_of_slot
from convoca.booking.wording import clock_text, day_text, zone_text
from convoca.core.time import local_day
from convoca.manage import phrases
from convoca.manage import supervise_phrases as say
from convoca.manage.agenda import chips_of, make_rows, named
from convoca.manage.csp import TO_MEETINGS
from convoca.manage.live import poll_of
from convoca.manage.pages import render_page
from convoca.manage.policy import Visit, for_supervisors

TRAIL_SHOWN = 50


@csp_override(TO_MEETINGS)
@require_safe
@for_supervisors
def show_places(request: HttpRequest, visit: Visit, slot: int) -> HttpResponse:
    """Show one occasion with everybody who has a place in it or waits for one."""
    now = timezone.now()
    held = _slot(visit, slot)
    bookings = places_of(held)
    for booking in bookings:
        booking.slot = held
    zone = visit.account.time_zone
    row = make_rows(visit.viewer, [held], bookings, time_zone=zone, now=now)[0]
    queue = [booking for booking in bookings if booking.status == Booking.Status.WAITING]
    context = {
        "row": row,
        "schedule": held.schedule,
        "back": request.path,
        "day": day_text(local_day(held.starts_at, zone), "full"),
        "day_iso": local_day(held.starts_at, zone).isoformat(),
        "zone": zone_text(zone, held.starts_at),
        "description": held.description,
        "people": [_line(booking, 0, zone) for booking in bookings if booking not in queue],
        "waiting": [_line(booking, place, zone) for place, booking in enumerate(queue, start=1)],
        "history": _trail(trail_of_slot(held)[:TRAIL_SHOWN], zone),
        "poll": poll_of(visit.account, {held.pk: row.link.state}),
    }
    return render_page(request, visit, "manage/places.html", context)


def _slot(visit: Visit, number: int) -> Slot:
    """Return the slot, live or cancelled. Raises Http404 unless the visitor supervises its schedule."""
    slot = get_object_or_404(Slot.objects.select_related("schedule", "service"), account=visit.account, pk=number)
    if not may(visit.viewer, Action.SUPERVISE, slot.schedule):
        raise Http404
    return slot


def _line(booking: Booking, place: int, zone: str) -> dict[str, object]:
    until = booking.offered_until
    return {
        "booking_id": booking.pk,
        "name": named(booking),
        "email": booking.email,
        "place": place,
        "until": clock_text(until, zone) if until else "",
        "chips": chips_of(booking, was_moved=False, now=timezone.now()),
    }


def _trail(entries: Iterable[AuditEntry], zone: str) -> list[dict[str, str]]:
    return [
        {
            "at": phrases.moment(entry.at, zone),
            "what": f"{entry.get_verb_display()}: {entry.booking.called}"
            if entry.booking
            else entry.get_verb_display(),
            "who": say.who_did(entry),
        }
        for entry in entries
    ]
