"""The bookings of others, for users whom a schedule lets change everybody's: the list, another time, cancelling."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convoca.booking.operations.cancelling import cancel, undo_cancel
from convoca.booking.questions.theirs import changed_by, theirs_coming
from convoca.booking.wording import zone_text
from convoca.core.admission import Refusal
from convoca.public import phrases
from convoca.public.answers import SeeOther
from convoca.public.booked import booked_words
from convoca.public.my import Home, at_home
from convoca.public.theirs import Page, Theirs, find_cancelled, find_theirs, lines, page_of
from convoca.public.views.change import change
from convoca.public.visit import NUMBER_FORM


@require_safe
@at_home
def show_theirs(request: HttpRequest, home: Home) -> HttpResponse:
    """List the bookings of others that this user may change, by schedule and in order."""
    now, schedules = timezone.now(), changed_by(home.viewer)
    if not schedules:
        raise Http404
    said = request.GET.get("cancelled", "")
    context = _list(request, home) | {
        "moved": "moved" in request.GET,
        "cancelled": find_cancelled(home, int(said), now=now) if NUMBER_FORM.fullmatch(said) else None,
    }
    return render(request, "public/theirs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_home
def change_theirs(request: HttpRequest, home: Home, booking: int) -> HttpResponse:
    """Show the times that somebody's booking can be moved to, and move it."""
    return change(request, find_theirs(home, booking, now=timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@at_home
def cancel_theirs(request: HttpRequest, home: Home, booking: int) -> HttpResponse:
    """Ask whether to cancel somebody's booking, and cancel it."""
    hand = find_theirs(home, booking, now=timezone.now())
    if request.method != "POST":
        return _ask(request, hand)
    if not hand.may_change:
        return _ask(request, hand, problem=phrases.not_yours_to_change(hand.booking.slot.schedule))
    try:
        cancel(hand.booking, now=hand.now, by=hand.by)
    except Refusal as refusal:
        return _ask(request, hand, problem=phrases.say(refusal, hand.booking.slot.schedule))
    return SeeOther(hand.cancelled_address)


@require_POST
@at_home
def undo_theirs(request: HttpRequest, home: Home, booking: int) -> HttpResponse:
    """Take back what this user has just cancelled."""
    hand = find_cancelled(home, booking, now=timezone.now())
    if hand is None:
        raise Http404
    try:
        undo_cancel(hand.booking, now=hand.now, by=hand.by)
    except Refusal:
        context = _list(request, home) | {"problem": phrases.undo_too_late()}
        return render(request, "public/theirs.html", context, status=409)
    return SeeOther(hand.page_address)


def _list(request: HttpRequest, home: Home) -> dict[str, object]:
    now = timezone.now()
    shown = _page(request, home, now=now)
    return {
        "account": home.account,
        "person": home.person,
        "zone": zone_text(home.time_zone, now),
        "lines": lines(home, shown.bookings, now=now),
        "shown": shown,
    }


def _page(request: HttpRequest, home: Home, *, now: datetime) -> Page:
    said = request.GET.get("page", "")
    coming = theirs_coming(home.viewer, changed_by(home.viewer), now=now)
    return page_of(coming, int(said) if NUMBER_FORM.fullmatch(said) else 1)


def _ask(request: HttpRequest, hand: Theirs, *, problem: str = "") -> HttpResponse:
    context = {
        "account": hand.home.account,
        "booking": hand.booking,
        "page": booked_words(hand),
        "whose": hand.whose,
        "cancel_address": hand.cancel_address,
        "back": hand.page_address,
        "problem": problem,
        "note": gettext("They are told by email, and can take it back for five minutes."),
    }
    return render(request, "public/cancel.html", context, status=409 if problem else 200)
