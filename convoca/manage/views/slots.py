"""The slots of a capacity schedule: what is coming, and one more."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from convoca.booking.models import Schedule
from convoca.booking.operations.slots import open_slot
from convoca.booking.questions.bookings import slots_between
from convoca.booking.questions.links import links_for
from convoca.booking.wording import day_text, span_text, zone_text
from convoca.core.admission import Refusal
from convoca.core.time import Interval, local_day
from convoca.manage import phrases
from convoca.manage.agenda import cells_of
from convoca.manage.forms import SlotForm
from convoca.manage.live import poll_of
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, for_supervisors, supervised_schedule

# Slots further away are made rarely and seen when they come nearer.
SHOWN_AHEAD = timedelta(days=120)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def manage_slots(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """List the coming slots and make one more; its one meeting is born with it (M10)."""
    now = timezone.now()
    of = supervised_schedule(visit, schedule)
    if not of.is_capacity:
        raise Http404
    form = SlotForm(request.POST or None, schedule=of, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            _open(of, form, now=now)
        except Refusal as refusal:
            form.add_error(None, phrases.say(refusal))
        else:
            messages.success(request, gettext("The slot is open for sign-up."))
            return see_other("manage:slots", account=visit.account.name, schedule=of.slug)
    context = _coming(visit, of, now=now) | {
        "schedule": of,
        "tabs": schedule_tabs(request, visit, of),
        "form": form,
        "zone": zone_text(of.time_zone, now),
    }
    return render_page(request, visit, "manage/slots.html", context, status=422 if form.errors else 200)


def _open(schedule: Schedule, form: SlotForm, *, now: datetime) -> None:
    typed = form.cleaned_data
    open_slot(
        schedule, form.when, title=typed["title"], capacity=typed["capacity"], location=typed["location"], now=now
    )


def _coming(visit: Visit, schedule: Schedule, *, now: datetime) -> dict[str, object]:
    slots = slots_between(visit.viewer, Interval(now, now + SHOWN_AHEAD), schedule=schedule)
    links = links_for(visit.viewer, slots, now=now)
    cells = cells_of(visit.account.pk, links, time_zone=schedule.time_zone)
    rows = [
        {
            "slot_id": slot.pk,
            "title": slot.title or schedule.name,
            "day": day_text(local_day(slot.starts_at, schedule.time_zone), "short"),
            "on": local_day(slot.starts_at, visit.account.time_zone).isoformat(),
            "clock": span_text(slot.starts_at, slot.ends_at, schedule.time_zone),
            "places": phrases.places(slot.taken, slot.capacity),
            "location": slot.location,
            "link": cells[slot.pk],
        }
        for slot in slots
    ]
    return {"slots": rows, "poll": poll_of(visit.account, {slot_id: link.state for slot_id, link in links.items()})}
