"""Moving a booking to another time: the picker of the schedule's page, without the details that are known already."""

from collections.abc import Sequence
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from convoca.booking.models import Booking, Slot
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.booking.operations.refusals import BookingsPaused, NotOffered
from convoca.booking.questions.offers import local_window, next_free_day, slots_on_offer, starts_on_offer
from convoca.booking.questions.terms import kept_length
from convoca.core.admission import Refusal
from convoca.core.time import Interval, local_day
from convoca.public import phrases
from convoca.public.answers import SeeOther, personal, reads_and_writes
from convoca.public.booked import Standing, booked_page, standing_of
from convoca.public.calendar import WINDOW_DAYS, list_days
from convoca.public.choices import Hints, Offer, value_of
from convoca.public.forms import Asked, ChangeForm
from convoca.public.holding import Held, for_holder
from convoca.public.month import month_days, month_table
from convoca.public.page import paused_text
from convoca.public.summary import summary_of
from convoca.public.visit import Visit, read_change


@personal
@reads_and_writes
@for_holder
def change_time(request: HttpRequest, held: Held) -> HttpResponse:
    """Show the times that a booking can be moved to, and move it."""
    if standing_of(held.booking, now=held.now) is not Standing.LIVE or not held.may_change:
        return SeeOther(reverse("booking", args=[held.token]))
    path = reverse("booking_change", args=[held.token])
    visit = read_change(request, held.booking, held.viewer, path=path, now=held.now)
    asked = Asked(chooses_slot=visit.schedule.is_capacity)
    if request.method == "POST":
        return _move(request, held, visit, ChangeForm(request.POST, asked=asked))
    return render(request, "public/change.html", _page(held, visit, ChangeForm(asked=asked)))


def _move(request: HttpRequest, held: Held, visit: Visit, form: ChangeForm) -> HttpResponse:
    if not form.is_valid():
        return render(request, "public/change.html", _page(held, visit, form), status=422)
    try:
        _move_to(held, visit, form)
    except Refusal as refusal:
        form.add_error("choice", phrases.say_of_move(refusal, visit.schedule))
        return render(request, "public/change.html", _page_after_refusal(held, visit, form), status=409)
    return SeeOther(reverse("booking", args=[held.token]) + "?moved=1")


def _move_to(held: Held, visit: Visit, form: ChangeForm) -> None:
    """Move it. Raises a core Refusal."""
    schedule = visit.schedule
    if paused_text(visit):
        raise BookingsPaused(schedule.paused_message)
    if not schedule.is_capacity:
        move_appointment(held.booking, form.starts_at, now=held.now)
        return
    slot = Slot.objects.filter(account_id=schedule.account_id, schedule=schedule, pk=form.slot_ids[0]).first()
    if slot is None:
        raise NotOffered
    move_place(held.booking, slot, now=held.now)


def _page_after_refusal(held: Held, visit: Visit, form: ChangeForm) -> dict[str, object]:
    """Show the page again, and first of all the times that come after the one that was refused."""
    wanted = None if visit.schedule.is_capacity else form.starts_at
    if wanted is None or local_day(wanted, visit.time_zone) < visit.today:
        return _page(held, visit, form)
    return _page(held, visit.starting(local_day(wanted, visit.time_zone), opened=False), form, not_before=wanted)


def _page(held: Held, visit: Visit, form: ChangeForm, *, not_before: datetime | None = None) -> dict[str, object]:
    page = booked_page(held)
    context: dict[str, object] = {
        "token": held.token,
        "account": held.booking.account,
        "schedule": visit.schedule,
        "visit": visit,
        "form": form,
        "page": page,
        "summary": summary_of(visit.schedule, visit=visit, now=held.now),
        "links": {"zones": "", "month": visit.at(month=f"{visit.first_day:%Y-%m}"), "days": visit.at()},
        "is_change": True,
        "paused": paused_text(visit),
    }
    if context["paused"]:
        return context | {"days": None}
    if visit.month is not None:
        return context | {"month": month_table(_offers(held, visit, *month_days(visit)), visit)}
    offers = _offers(held, visit, visit.first_day, WINDOW_DAYS)
    own = value_of(_own(held.booking))
    if all(value_of(each) == own for each in offers):
        current = f"{page.day}, {page.clock}"
        return context | {"days": None} | _nothing_else(held, visit, current)
    hints = Hints(
        current=own,
        quantity=held.booking.quantity,
        shows_places=visit.schedule.shows_places,
        whole_days=visit.lasts_for_days,
    )
    return context | {"days": list_days(offers, visit, hints=hints, not_before=not_before)}


def _own(booking: Booking) -> Offer:
    slot = booking.slot
    return slot if slot.schedule.is_capacity else Interval(slot.starts_at, slot.ends_at)


def _offers(held: Held, visit: Visit, first: date, days: int) -> Sequence[Offer]:
    """Return what the booking can be moved to, and in its place the time that it has."""
    window, now, slot = local_window(first, days, visit.time_zone), held.now, held.booking.slot
    if visit.schedule.is_capacity:
        return slots_on_offer(visit.schedule, window=window, now=now)
    free = starts_on_offer(
        visit.schedule,
        window=window,
        now=now,
        resource=visit.resource,
        service=visit.service,
        kept=kept_length(slot),
    )
    own = Interval(slot.starts_at, slot.ends_at)
    others = [each for each in free if each.starts_at != own.starts_at]
    is_shown = visit.month is None and window.starts_at <= own.starts_at < window.ends_at
    return sorted([*others, own], key=lambda each: each.starts_at) if is_shown else others


def _nothing_else(held: Held, visit: Visit, current: str) -> dict[str, object]:
    day = next_free_day(
        visit.schedule,
        after=visit.first_day,
        now=held.now,
        resource=visit.resource,
        service=visit.service,
        kept=None if visit.schedule.is_capacity else kept_length(held.booking.slot),
    )
    return {
        "nothing": gettext("No other free times. You keep {current}.").format(current=current),
        "later_dates": visit.at(day=day.isoformat()) if day else "",
    }
