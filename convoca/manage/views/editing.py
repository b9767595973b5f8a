"""One slot made ahead: changed or called off, alone or with those of its series that follow."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from convoca.booking.models import Slot
from convoca.booking.operations.auditing import acting_on
from convoca.booking.operations.calling_off import cancel_slot, undo_cancel_slot
from convoca.booking.operations.editing import edit_slot
from convoca.booking.questions.links import links_for
from convoca.booking.questions.permissions import Action
from convoca.booking.questions.series import people_in, rest_of_series
from convoca.booking.questions.supervising import places_of
from convoca.booking.wording import day_text, span_text, zone_text
from convoca.core.admission import Refusal
from convoca.core.time import local_day
from convoca.manage import phrases, slot_phrases
from convoca.manage.agenda import chips_of, named
from convoca.manage.pages import render_page, see_other
from convoca.manage.policy import Visit, for_supervisors
from convoca.manage.slot_forms import FOLLOWING, THIS, CancelSlotForm, EditSlotForm
from convoca.manage.views.slots import capacity_schedule


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def change_slot(request: HttpRequest, visit: Visit, schedule: str, slot: int) -> HttpResponse:
    """Show one slot as it is, who is in it, and change it."""
    now = timezone.now()
    held = _slot(visit, schedule, slot, now=now)
    posted = request.POST if request.method == "POST" else None
    form = EditSlotForm(posted, slot=held, shown_location=_shown_location(visit, held, now=now), now=now)
    if request.method == "POST" and form.is_valid():
        try:
            by = acting_on(held.schedule, visit.viewer)
            changed = edit_slot(held, form.changes, following=form.following, by=by, now=now)
        except Refusal as refusal:
            form.add_error(None, slot_phrases.say(refusal))
        else:
            messages.success(request, slot_phrases.edited(len(changed)))
            return see_other("manage:slots", account=visit.account.name, schedule=schedule)
    people = [
        {"booking_id": each.pk, "name": named(each), "chips": chips_of(each, was_moved=False, now=now)}
        for each in places_of(held)
    ]
    context = _context(held, form, now=now) | {"people": people}
    return render_page(request, visit, "manage/edit_slot.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def call_off_slot(request: HttpRequest, visit: Visit, schedule: str, slot: int) -> HttpResponse:
    """Ask first, and say how many people will be told; then cancel."""
    now = timezone.now()
    held = _slot(visit, schedule, slot, now=now)
    form = CancelSlotForm(request.POST if request.method == "POST" else None, initial={"which": THIS})
    if request.method == "POST" and form.is_valid():
        try:
            by, message = acting_on(held.schedule, visit.viewer), form.cleaned_data["message"]
            ended = cancel_slot(held, following=form.following, message=message, by=by, now=now)
        except Refusal as refusal:
            form.add_error(None, slot_phrases.say(refusal))
        else:
            messages.success(request, slot_phrases.called_off(len(ended)))
            return see_other("manage:slots", account=visit.account.name, schedule=schedule)
    context = _context(held, form, now=now)
    return render_page(request, visit, "manage/cancel_slot.html", context, status=422 if form.errors else 200)


@require_POST
@for_supervisors
def undo_call_off(request: HttpRequest, visit: Visit, schedule: str, slot: int) -> HttpResponse:
    """Take back, within five minutes, that a slot was called off, with all that were called off in the same act."""
    of = capacity_schedule(visit, schedule)
    visit.require(Action.CHANGE, of)
    gone = get_object_or_404(Slot, account=visit.account, schedule=of, pk=slot)
    try:
        back = undo_cancel_slot(gone, by=acting_on(of, visit.viewer), now=timezone.now())
    except Refusal as refusal:
        messages.error(request, slot_phrases.say(refusal))
    else:
        messages.success(request, slot_phrases.back(len(back)))
    return see_other("manage:slots", account=visit.account.name, schedule=schedule)


def _slot(visit: Visit, slug: str, number: int, *, now: datetime) -> Slot:
    """Return the schedule's slot that is to come. Raises Http404 for who does not supervise it, or NotGranted."""
    schedule = capacity_schedule(visit, slug)
    visit.require(Action.CHANGE, schedule)
    coming = Slot.objects.select_related("series").filter(cancelled_at__isnull=True, ends_at__gt=now)
    slot = get_object_or_404(coming, account=visit.account, schedule=schedule, pk=number)
    slot.schedule = schedule
    return slot


def _shown_location(visit: Visit, slot: Slot, *, now: datetime) -> str:
    """Return what the location field holds: the room, or the link that was typed there."""
    link = links_for(visit.viewer, [slot], now=now)[slot.pk]
    return slot.location or (link.url if link.is_typed else "")


def _context(slot: Slot, form: EditSlotForm | CancelSlotForm, *, now: datetime) -> dict[str, object]:
    zone = slot.schedule.time_zone
    rest = rest_of_series(slot, now=now)
    chosen = form["which"].value()
    return {
        "slot": slot,
        "schedule": slot.schedule,
        "title": slot.title or slot.schedule.name,
        "day": day_text(local_day(slot.starts_at, zone), "full"),
        "clock": span_text(slot.starts_at, slot.ends_at, zone),
        "zone": zone_text(zone, slot.starts_at),
        "places": phrases.places(slot.taken, slot.capacity),
        "repeats": slot.series.get_frequency_display() if slot.series else "",
        "form": form,
        "told": slot_phrases.told(people_in([slot])),
        "choices": [
            {"value": THIS, "hint": slot_phrases.told(people_in([slot])), "is_chosen": chosen != FOLLOWING},
            {
                "value": FOLLOWING,
                "hint": slot_phrases.told_of(len(rest), people_in(rest)),
                "is_chosen": chosen == FOLLOWING,
            },
        ]
        if len(rest) > 1
        else [],
    }
