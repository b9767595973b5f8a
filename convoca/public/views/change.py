"""Moving a booking to another time: the picker of the schedule's page, without the details that are known already."""

from collections.abc import Sequence
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from convoca.booking.models import Booking, Slot
from convoca.booking.operations.moving import move_appointment, move_place
from convoca.booking.operations.refusals import BookingsPaused, NotOffered
from convoca.booking.questions.offers import local_window, next_free_day, slots_on_offer, starts_on_offer
from convoca.booking.questions.terms import kept_length
from convoca.booking.spoken import asks_to_speak, remember_language, speak_as_asked
from convoca.core.admission import Refusal
from convoca.core.time import Interval, local_day
from convoca.public import phrases
from convoca.public.answers import SeeOther, personal, reads_and_writes
from convoca.public.booked import Standing, booked_words, standing_of
from convoca.public.calendar import WINDOW_DAYS, list_days
from convoca.public.choices import Hints, Offer, value_of
from convoca.public.forms import Asked, ChangeForm
from convoca.public.holding import Hand, Held, for_holder
from convoca.public.month import month_days, month_table
from convoca.public.page import paused_text
from convoca.public.summary import summary_of
from convoca.public.visit import Visit, read_change


@personal
@reads_and_writes
@for_holder
def change_time(request: HttpRequest, held: Held) -> HttpResponse:
    """Show the times that a booking can be moved to, and move it."""
    return change(request, held)


def change(request: HttpRequest, hand: Hand) -> HttpResponse:
    """Let whoever has the booking in hand move it."""
    if standing_of(hand.booking, now=hand.now) is not Standing.LIVE or not hand.may_change:
        return SeeOther(hand.page_address)
    visit = read_change(
        request, hand.booking, hand.viewer, path=hand.change_address, time_zone=hand.time_zone, now=hand.now
    )
    asked = Asked(chooses_slot=visit.schedule.is_capacity)
    if request.method != "POST":
        return render(request, "public/change.html", _page(hand, visit, ChangeForm(asked=asked)))
    form = ChangeForm(request.POST, asked=asked)
    if asks_to_speak(request):
        language = speak_as_asked(request)
        response = render(request, "public/change.html", _page(hand, visit, form.judged_later()))
        return remember_language(response, language)
    if not form.is_valid():
        return render(request, "public/change.html", _page(hand, visit, form), status=422)
    try:
        _move_to(hand, visit, form)
    except Refusal as refusal:
        form.add_error("choice", _say(refusal, hand, visit))
        return render(request, "public/change.html", _page_after_refusal(hand, visit, form), status=409)
    return SeeOther(hand.moved_address)


def _say(refusal: Refusal, hand: Hand, visit: Visit) -> str:
    if hand.whose:
        return phrases.say_of_their_move(refusal, visit.schedule, hand.whose)
    return phrases.say_of_move(refusal, visit.schedule)


def _move_to(hand: Hand, visit: Visit, form: ChangeForm) -> None:
    """Move it. Raises a core Refusal."""
    schedule = visit.schedule
    if paused_text(visit):
        raise BookingsPaused(schedule.paused_message)
    if not schedule.is_capacity:
        move_appointment(hand.booking, form.starts_at, now=hand.now, by=hand.by)
        return
    slot = Slot.objects.filter(account_id=schedule.account_id, schedule=schedule, pk=form.slot_ids[0]).first()
    if slot is None:
        raise NotOffered
    move_place(hand.booking, slot, now=hand.now, by=hand.by)


def _page_after_refusal(hand: Hand, visit: Visit, form: ChangeForm) -> dict[str, object]:
    """Show the page again, and first of all the times that come after the one that was refused."""
    wanted = None if visit.schedule.is_capacity else form.starts_at
    if wanted is None or local_day(wanted, visit.time_zone) < visit.today:
        return _page(hand, visit, form)
    return _page(hand, visit.starting(local_day(wanted, visit.time_zone), opened=False), form, not_before=wanted)


def _page(hand: Hand, visit: Visit, form: ChangeForm, *, not_before: datetime | None = None) -> dict[str, object]:
    page = booked_words(hand)
    context: dict[str, object] = {
        "back": hand.page_address,
        "whose": hand.whose,
        "account": hand.booking.account,
        "schedule": visit.schedule,
        "visit": visit,
        "form": form,
        "page": page,
        "summary": summary_of(visit.schedule, visit=visit, now=hand.now),
        "links": {"zones": "", "month": visit.at(month=f"{visit.first_day:%Y-%m}"), "days": visit.at()},
        "is_change": True,
        "paused": paused_text(visit),
    }
    if context["paused"]:
        return context | {"days": None}
    if visit.month is not None:
        return context | {"month": month_table(_offers(hand, visit, *month_days(visit)), visit)}
    offers = _offers(hand, visit, visit.first_day, WINDOW_DAYS)
    own = value_of(_own(hand.booking))
    if all(value_of(each) == own for each in offers):
        current = f"{page.day}, {page.clock}"
        return context | {"days": None} | _nothing_else(hand, visit, current)
    # What was refused is not chosen any more.
    checked = frozenset[str]() if form.errors else frozenset(form.chosen)
    hints = Hints(
        checked=checked,
        current=own,
        is_own=not hand.whose,
        quantity=hand.booking.quantity,
        shows_places=visit.schedule.shows_places,
        whole_days=visit.lasts_for_days,
    )
    days = list_days(offers, visit, hints=hints, not_before=not_before)
    return context | {"days": days, "speaks_by_form": "booking"}


def _own(booking: Booking) -> Offer:
    slot = booking.slot
    return slot if slot.schedule.is_capacity else Interval(slot.starts_at, slot.ends_at)


def _offers(hand: Hand, visit: Visit, first: date, days: int) -> Sequence[Offer]:
    """Return what the booking can be moved to, and in its place the time that it has."""
    window, now, slot = local_window(first, days, visit.time_zone), hand.now, hand.booking.slot
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


def _nothing_else(hand: Hand, visit: Visit, current: str) -> dict[str, object]:
    day = next_free_day(
        visit.schedule,
        after=visit.first_day,
        now=hand.now,
        resource=visit.resource,
        service=visit.service,
        kept=None if visit.schedule.is_capacity else kept_length(hand.booking.slot),
    )
    stays = (
        gettext("No other free times. It stays {current}.")
        if hand.whose
        else gettext("No other free times. You keep {current}.")
    )
    return {
        "nothing": stays.format(current=current),
        "later_dates": visit.at(day=day.isoformat()) if day else "",
    }
