"""The slots of a capacity schedule: what is coming, and more of them, alone or as a series."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods

from convoca.booking.models import Schedule, Series, Slot
from convoca.booking.operations.auditing import acting_on
from convoca.booking.operations.slots import open_series
from convoca.booking.questions.bookings import slots_between, waiting_for
from convoca.booking.questions.links import Link, links_for
from convoca.booking.questions.offers import local_window
from convoca.booking.questions.permissions import Action, may
from convoca.booking.questions.plans import forecast_for
from convoca.booking.questions.series import called_off_since
from convoca.booking.wording import day_text, span_text, zone_text
from convoca.core.admission import Refusal, TooManyRepeats
from convoca.core.reconcile import UNDO_WINDOW
from convoca.core.time import local_day, localize
from convoca.manage import existing_phrases, phrases, slot_phrases
from convoca.manage.agenda import cells_of, warned_cells
from convoca.manage.csp import TO_MEETINGS
from convoca.manage.forms import read_day
from convoca.manage.live import poll_of
from convoca.manage.pages import render_page, schedule_tabs, see_other
from convoca.manage.policy import Visit, for_supervisors, supervised_schedule
from convoca.manage.slot_forms import NewSlotForm
from convoca.providers import provider_by_id

# So much is read at once; what is further away stands on the next page.
DAYS_SHOWN = 28


@csp_override(TO_MEETINGS)
@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def manage_slots(request: HttpRequest, visit: Visit, schedule: str) -> HttpResponse:
    """List the coming slots and make more; each one's meeting is born with it (M10)."""
    now = timezone.now()
    of = capacity_schedule(visit, schedule)
    if request.method == "POST":
        visit.require(Action.CHANGE, of)
    posted = request.POST if request.method == "POST" else None
    form = NewSlotForm(posted, schedule=of, now=now, initial={"capacity": of.usual_capacity})
    foretold = _foretold(of, form, now=now) if request.method == "POST" and form.is_valid() else ""
    if request.method == "POST" and form.is_valid() and (not foretold or form.cleaned_data["foretold"]):
        try:
            made = _open(visit, of, form, now=now)
        except Refusal as refusal:
            form.add_error("until" if isinstance(refusal, TooManyRepeats) else None, slot_phrases.say(refusal))
        else:
            messages.success(request, f"{slot_phrases.opened(len(made))} {foretold}".rstrip())
            return see_other("manage:slots", account=visit.account.name, schedule=of.slug)
    first = max(read_day(request.GET.get("day"), time_zone=of.time_zone, now=now), local_day(now, of.time_zone))
    context = _coming(visit, of, first, now=now) | {
        "schedule": of,
        "tabs": schedule_tabs(request, visit, of),
        "form": form,
        "foretold": "" if form.errors else foretold,
        "zone": zone_text(of.time_zone, localize(first, 12 * 60, of.time_zone)),
        "may_change": may(visit.viewer, Action.CHANGE, of),
        "called_off": _called_off(of, now=now) if may(visit.viewer, Action.CHANGE, of) else [],
    }
    return render_page(request, visit, "manage/slots.html", context, status=422 if form.errors else 200)


def _called_off(schedule: Schedule, *, now: datetime) -> list[dict[str, object]]:
    """Return what was called off so lately that it can be taken back, act by act."""
    return [
        {"slot_id": act[0].pk, "text": slot_phrases.called_off_just_now(act, schedule.time_zone)}
        for act in called_off_since(schedule, now - UNDO_WINDOW)
    ]


def _foretold(schedule: Schedule, form: NewSlotForm, *, now: datetime) -> str:
    """Return on which days the links of these slots will be made, if not all at once (M12, B3)."""
    shares = forecast_for(schedule, form.meetings, now=now)
    return existing_phrases.forecast(shares, provider_by_id(schedule.link_source), now=now) if shares else ""


def capacity_schedule(visit: Visit, slug: str) -> Schedule:
    """Return the schedule of that address. Raises Http404 unless it has slots and the visitor supervises it."""
    schedule = supervised_schedule(visit, slug)
    if not schedule.is_capacity:
        raise Http404
    return schedule


def _open(visit: Visit, schedule: Schedule, form: NewSlotForm, *, now: datetime) -> list[Slot]:
    typed = form.cleaned_data
    return open_series(
        schedule,
        form.when,
        repeat=form.repeat,
        title=typed["title"],
        description=typed["description"],
        capacity=typed["capacity"],
        location=typed["location"],
        by=acting_on(schedule, visit.viewer),
        now=now,
    )


def _coming(visit: Visit, schedule: Schedule, first: date, *, now: datetime) -> dict[str, object]:
    """Return the slots of four weeks from the day `first`, by day; of today also what is under way."""
    window = local_window(first, DAYS_SHOWN, schedule.time_zone)
    slots = [slot for slot in slots_between(visit.viewer, window, schedule=schedule) if slot.ends_at > now]
    links = links_for(visit.viewer, slots, now=now)
    rows = _rows(visit, schedule, slots, links)
    days = [
        {"text": day_text(day, "long"), "rows": [rows[slot.pk] for slot in of_day]}
        for day, of_day in groupby(slots, key=lambda slot: local_day(slot.starts_at, schedule.time_zone))
    ]
    today, step = local_day(now, schedule.time_zone), timedelta(days=DAYS_SHOWN)
    return {
        "days": days,
        "first": day_text(first, "full"),
        "earlier": max(first - step, today).isoformat() if first > today else "",
        "later": (first + step).isoformat(),
        "poll": poll_of(visit.account, {slot_id: link.state for slot_id, link in links.items()}),
    }


def _rows(
    visit: Visit, schedule: Schedule, slots: Sequence[Slot], links: Mapping[int, Link]
) -> dict[int, dict[str, object]]:
    cells = cells_of(visit.account.pk, links, time_zone=schedule.time_zone)
    cells |= warned_cells(visit.viewer, slots, links, cells)
    waiting = waiting_for(slots)
    series = Series.objects.filter(account=visit.account, pk__in={slot.series_id for slot in slots if slot.series_id})
    frequencies = {each.pk: each.get_frequency_display() for each in series}
    return {
        slot.pk: {
            "slot_id": slot.pk,
            "title": slot.title or schedule.name,
            "clock": span_text(slot.starts_at, slot.ends_at, schedule.time_zone),
            "places": phrases.places(slot.taken, slot.capacity),
            "waiting": slot_phrases.waiting(waiting.get(slot.pk, 0)),
            "repeats": frequencies.get(slot.series_id or 0, ""),
            "location": slot.location,
            "link": cells[slot.pk],
        }
        for slot in slots
    }
